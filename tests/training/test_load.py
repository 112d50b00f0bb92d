"""Adapters go where the recipe says, or the run is refused."""

from typing import Any

import pytest

from dartmath.base.errors import ConfigError, UnknownNameError
from dartmath.training.config import Lora
from dartmath.training.load import lora_config


@pytest.fixture(scope="module")
def model(tiny_llama: str) -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(tiny_llama)


def _adapted(model: Any, targets: str) -> set[str]:
    from peft import get_peft_model

    adapted = get_peft_model(model, lora_config(Lora(rank=2, targets=targets), model))
    names = {name.partition(".lora_A")[0] for name, _ in adapted.named_parameters() if "lora_A" in name}
    adapted.unload()
    return {".".join(name.split(".")[-2:]) for name in names}


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ("q_proj", {"self_attn.q_proj"}),
        ("q_proj, self_attn.v_proj", {"self_attn.q_proj", "self_attn.v_proj"}),
        ("down_proj,up_proj", {"mlp.down_proj", "mlp.up_proj"}),
    ],
)
def test_the_named_modules_get_adapters(targets: str, expected: set[str], model: Any) -> None:
    assert _adapted(model, targets) == expected


def test_all_linear_layers_are_all_but_the_last(model: Any) -> None:
    attention = {f"self_attn.{letter}_proj" for letter in "qkvo"}
    assert _adapted(model, "all-linear") == attention | {f"mlp.{n}_proj" for n in ("up", "gate", "down")}


@pytest.mark.parametrize("targets", ["q_proj,k_projj", "k_projj", "proj"])
def test_a_target_that_no_module_has_is_refused_even_beside_one_that_exists(targets: str, model: Any) -> None:
    with pytest.raises(UnknownNameError, match="_proj"):
        lora_config(Lora(targets=targets), model)


@pytest.mark.parametrize("targets", ["lm_head", "q_proj,lm_head"])
def test_an_adapter_that_would_not_be_trained_is_refused(targets: str, model: Any) -> None:
    with pytest.raises(ConfigError, match="output layer"):
        lora_config(Lora(targets=targets), model)
