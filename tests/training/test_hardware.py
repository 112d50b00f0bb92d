"""Options that cannot run here are refused with the way out; those that can are chosen well."""

from pathlib import Path
from typing import Any

import pytest
import torch

from dartmath.base.errors import ConfigError, MissingDependencyError, TrainingError
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.training.config import Lora, TrainingSection
from dartmath.training.hardware import (
    MEMORY_GIB,
    PEAK_FLOPS,
    check_options,
    choose_attention,
    choose_dtype,
    flops_per_token,
    loading_device,
    lookup,
)
from dartmath.training.load import load_trainable
from dartmath.training.run import train
from training.material import examples, write_jsonl

no_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="says what happens without a GPU")


@no_gpu
@pytest.mark.parametrize("kernel", ["flash_attention_2", "flash_attention_3", "flex_attention"])
def test_kernels_that_need_a_gpu_are_refused(kernel: Any) -> None:
    with pytest.raises(ConfigError, match="--attention sdpa"):
        choose_attention(TrainingSection(attention=kernel))


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A GPU that is good at bfloat16, as far as anybody asks."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda **_: True)
    return monkeypatch


@pytest.mark.parametrize(
    ("installed", "changes", "expected"),
    [
        (True, {}, "flash_attention_2"),
        (False, {}, "sdpa_varlen"),
        (False, {"packing": False}, "sdpa"),
        (False, {"compile": True}, "sdpa"),
        (True, {"dtype": "float32"}, "sdpa_varlen"),  # which FlashAttention has not
        (True, {"attention": "flash_attention_3"}, "flash_attention_3"),
    ],
)
def test_a_gpu_takes_flash_attention_where_it_can(
    installed: bool, changes: dict[str, Any], expected: str, gpu: pytest.MonkeyPatch
) -> None:
    gpu.setattr("transformers.utils.is_flash_attn_2_available", lambda **_: installed)
    gpu.setattr("transformers.utils.is_flash_attn_3_available", lambda: installed)
    assert choose_attention(TrainingSection(**changes)) == expected


def test_flash_attention_that_the_hub_has_built_is_enough(gpu: pytest.MonkeyPatch) -> None:
    """The package `kernels` is here and finds the kernel of FlashAttention-2; nothing else is."""
    import sys
    from types import ModuleType

    import transformers.integrations.hub_kernels  # which takes more from the package when it is loaded

    asked: list[str] = []
    kernels = ModuleType("kernels")
    kernels.get_kernel = lambda name, **_: asked.append(name)  # type: ignore[attr-defined]
    gpu.setitem(sys.modules, "kernels", kernels)
    gpu.setattr("transformers.utils.import_utils.is_kernels_available", lambda *_, **__: True)
    import_utils = transformers.utils.import_utils
    import_utils.is_flash_attn_2_available.cache_clear()
    try:
        assert choose_attention(TrainingSection()) == "flash_attention_2"
        assert asked == ["kernels-community/flash-attn2"]
        with pytest.raises(MissingDependencyError, match="flash_attention_3 is not installed"):
            choose_attention(TrainingSection(attention="flash_attention_3"))
    finally:
        import_utils.is_flash_attn_2_available.cache_clear()


@pytest.mark.parametrize("kernel", ["flash_attention_2", "flash_attention_3"])
def test_flash_attention_in_float32_is_refused(kernel: Any, gpu: pytest.MonkeyPatch) -> None:
    gpu.setattr("transformers.utils.is_flash_attn_2_available", lambda **_: True)
    gpu.setattr("transformers.utils.is_flash_attn_3_available", lambda: True)
    with pytest.raises(ConfigError, match="--dtype bfloat16"):
        choose_attention(TrainingSection(attention=kernel, dtype="float32"))


@pytest.mark.parametrize(
    ("environment", "changes", "expected"),
    [
        ({}, {}, "cuda:0"),
        ({"LOCAL_RANK": "3"}, {"gpus": 8}, "cuda:3"),
        ({}, {"launch": "zero3"}, None),
        ({"ACCELERATE_USE_FSDP": "true"}, {}, None),  # by accelerate's own launcher
        ({"ACCELERATE_USE_DEEPSPEED": "true"}, {}, None),
    ],
)
def test_weights_are_read_onto_the_gpu_that_trains_them(
    environment: dict[str, str], changes: dict[str, Any], expected: str | None, gpu: pytest.MonkeyPatch
) -> None:
    gpu.delenv("LOCAL_RANK", raising=False)
    for name, value in environment.items():
        gpu.setenv(name, value)
    assert loading_device(TrainingSection(**changes)) == expected


def test_no_process_holds_the_model_in_its_memory_first(tiny_llama: str) -> None:
    """Read onto the device that has no memory, nothing is left on the CPU."""
    section = TrainingSection(dtype="float32")
    model = load_trainable(
        tiny_llama, section, revision=None, dtype="float32", attention="sdpa_varlen", device="meta"
    )
    assert {parameter.device.type for parameter in model.parameters()} == {"meta"}


@no_gpu
def test_liger_needs_a_gpu() -> None:
    with pytest.raises(ConfigError, match="--no-liger"):
        check_options(TrainingSection(liger=True))


@no_gpu
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "sdpa_varlen"),
        ({"packing": False}, "sdpa"),
        ({"compile": True}, "sdpa"),
        ({"attention": "sdpa"}, "sdpa"),
        ({"attention": "eager"}, "eager"),
    ],
)
def test_without_a_gpu_packed_sequences_are_attended_example_by_example(
    changes: dict[str, Any], expected: str
) -> None:
    assert choose_attention(TrainingSection(**changes)) == expected


def test_attention_that_would_be_compiled_for_every_sequence_is_refused() -> None:
    with pytest.raises(ConfigError, match="--no-compile"):
        choose_attention(TrainingSection(attention="sdpa_varlen", compile=True))


@pytest.mark.parametrize(
    ("changes", "module", "command"),
    [
        ({"liger": True}, "liger_kernel", "pip install liger-kernel"),
        ({"lora": Lora(quantize=True)}, "bitsandbytes", "pip install bitsandbytes"),
        ({"log_to": ["wandb"]}, "wandb", "pip install wandb"),
        ({"log_to": ["tensorboard", "trackio"]}, "trackio", "pip install trackio"),
    ],
)
def test_a_missing_package_is_named_with_its_command(
    changes: dict[str, Any], module: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr(
        "dartmath.training.hardware.find_spec", lambda name: None if name == module else object()
    )
    with pytest.raises(MissingDependencyError, match=command):
        check_options(TrainingSection(**changes))


def test_dtype_is_what_was_asked_for() -> None:
    assert choose_dtype(TrainingSection(dtype="float32")) == "float32"
    assert choose_dtype(TrainingSection(dtype="bfloat16")) == "bfloat16"
    assert choose_dtype(TrainingSection()) in ("float32", "bfloat16")


@pytest.mark.parametrize("kind", ["CP", "SP"])
def test_sequences_are_not_cut_among_devices(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables that accelerate's launcher sets, of any configuration file."""
    from accelerate.utils import ParallelismConfig

    monkeypatch.setenv(f"PARALLELISM_CONFIG_{kind}_SIZE", "1")
    check_options(TrainingSection())
    monkeypatch.setenv(f"PARALLELISM_CONFIG_{kind}_SIZE", "2")
    assert getattr(ParallelismConfig(), f"{kind.lower()}_size") == 2  # accelerate reads them
    with pytest.raises(ConfigError, match="packed examples would see each other"):
        check_options(TrainingSection())


@pytest.mark.parametrize(
    ("device", "name"),
    [
        ("NVIDIA H200", "H200"),
        ("NVIDIA H20", "H20"),
        ("NVIDIA GH200 480GB", "GH200"),
        ("NVIDIA H100 80GB HBM3", "H100"),
        ("NVIDIA H100 PCIe", "H100 PCIe"),
        ("NVIDIA L40", "L40"),
        ("NVIDIA L40S", "L40S"),
        ("NVIDIA A100-SXM4-80GB", "A100"),
        ("NVIDIA RTX A6000", "A6000"),
        ("NVIDIA GeForce RTX 4090", "RTX 4090"),
        ("NVIDIA RTX PRO 6000 Blackwell Workstation Edition", "RTX PRO 6000"),
        ("NVIDIA RTX 6000 Ada Generation", "RTX 6000 Ada"),
        ("NVIDIA L20", "L20"),
        ("NVIDIA A16", "A16"),
        ("Quadro RTX 6000", None),  # of Turing, without bfloat16
        ("NVIDIA RTX A4000", None),  # not an A40
        ("NVIDIA A10G", None),  # slower than an A10
        ("a device nobody knows", None),
    ],
)
def test_a_device_is_found_by_the_words_of_its_name(device: str, name: str | None) -> None:
    assert lookup(PEAK_FLOPS, device) == (name and PEAK_FLOPS[name])
    assert lookup(MEMORY_GIB, device) == (name and MEMORY_GIB[name])
    assert PEAK_FLOPS.keys() == MEMORY_GIB.keys()


def test_flops_follow_the_published_formula(tiny_llama: str) -> None:
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(tiny_llama)
    looked_up = model.get_input_embeddings().weight.numel()
    parameters = sum(p.numel() for p in model.parameters()) - looked_up
    assert flops_per_token(model, 100) == 6 * parameters + 6 * 2 * 32 * 100
    logits = 6 * model.get_output_embeddings().weight.numel()
    assert flops_per_token(model, 100, labelled=0.25) == flops_per_token(model, 100) - 0.75 * logits
    assert flops_per_token(model, 100, frozen=True) == 4 * parameters + 6 * 2 * 32 * 100


def test_a_window_is_only_switched_off_where_there_is_one(tiny_llama: str, tmp_path: Path) -> None:
    data = write_jsonl(tmp_path / "rows.jsonl", examples(5))
    section = TrainingSection(batch_size=1, sliding_window=False)
    with pytest.raises(ConfigError, match="has no sliding window"):
        train(section, ModelSection(name=tiny_llama), load_template("qa"), [data], tmp_path / "out")


@pytest.mark.parametrize("value", [torch.inf, torch.nan])
def test_a_gradient_that_is_not_finite_stops_the_run(
    value: float, tiny_llama: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loss is fine; the gradient of one weight is not."""

    def spoiled(*args: Any, **kwargs: Any) -> Any:
        model = load_trainable(*args, **kwargs)
        model.model.norm.weight.register_hook(lambda gradient: torch.full_like(gradient, value))
        return model

    monkeypatch.setattr("dartmath.training.build.load_trainable", spoiled)
    data = write_jsonl(tmp_path / "rows.jsonl", examples(5))
    section = TrainingSection(batch_size=1, max_length=256, dtype="float32")
    with pytest.raises(TrainingError, match=r"gradient norm became .* at step 1.*rows\.jsonl row"):
        train(section, ModelSection(name=tiny_llama), load_template("qa"), [data], tmp_path / "out")


def test_a_full_disk_says_how_to_go_on(
    tiny_llama: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write_jsonl(tmp_path / "rows.jsonl", examples(20))

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dartmath.training.callbacks.mark_whole", full)
    section = TrainingSection(batch_size=1, max_length=256, save_steps=1, dtype="float32")
    with pytest.raises(TrainingError, match=r"No space left.*the same command goes on"):
        train(section, ModelSection(name=tiny_llama), load_template("qa"), [data], tmp_path / "out")
