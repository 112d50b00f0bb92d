"""Private hooks into libraries: a release that renames one, or calls it no more, fails here by name."""

import inspect
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from transformers import Trainer, TrainingArguments
from trl import DPOTrainer, KTOTrainer, SFTConfig, SFTTrainer

from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.training.config import TrainingSection, Validation
from dartmath.training.run import train
from training.material import examples, write_jsonl

# What our code overrides, calls or sets, with the parameters that it counts on.
HOOKS: list[tuple[Any, str, set[str]]] = [
    (Trainer, "_run_epoch", set()),
    (Trainer, "_get_grad_norm", {"model", "grad_norm"}),
    (Trainer, "create_optimizer", {"model"}),
    (Trainer, "evaluate", {"eval_dataset", "ignore_keys", "metric_key_prefix"}),
    (SFTTrainer, "compute_loss", {"model", "inputs", "return_outputs", "num_items_in_batch"}),
    (DPOTrainer, "compute_loss", {"model", "inputs"}),
    (KTOTrainer, "compute_loss", {"model", "inputs"}),
    (DPOTrainer, "_prepare_dataset", {"dataset", "dataset_name"}),
    (KTOTrainer, "_prepare_dataset", {"dataset", "dataset_name"}),
]


@pytest.mark.parametrize(
    ("owner", "name", "parameters"), HOOKS, ids=[f"{owner.__name__}.{name}" for owner, name, _ in HOOKS]
)
def test_a_hook_is_where_it_was(owner: Any, name: str, parameters: set[str]) -> None:
    found = getattr(owner, name, None)
    assert found is not None, f"{owner.__name__}.{name} is gone: what our override of it does is off"
    assert parameters <= set(inspect.signature(found).parameters)


@pytest.mark.parametrize("name", ["use_liger_kernel", "torch_compile", "padding_free", "dataset_kwargs"])
def test_an_option_is_where_it_was(name: str) -> None:
    assert name in {field.name for field in fields(SFTConfig)}, f"SFTConfig.{name} is gone"


def test_the_tokens_of_a_piece_of_logits_are_where_they_were() -> None:
    from trl.kernels import chunked_logprob

    assert isinstance(chunked_logprob.TOKEN_CHUNK_SIZE, int)
    source = inspect.getsource(chunked_logprob.ChunkedLogProbFunction)
    assert "TOKEN_CHUNK_SIZE" in source, "pieces of logits are of another size: what we set is not read"


def test_the_number_of_devices_can_be_set(tmp_path: Path) -> None:
    arguments = TrainingArguments(output_dir=str(tmp_path), use_cpu=True)
    assert "_n_gpu" in vars(arguments) or arguments.n_gpu == arguments._n_gpu
    arguments._n_gpu = 1
    assert arguments.n_gpu == 1


@pytest.mark.parametrize("objective", ["sft", "dpo"])
def test_every_hook_is_called_in_a_run(
    objective: str, tiny_llama: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dartmath.training.trainer import Checked

    called: list[str] = []

    def noted(name: str) -> Any:
        original = getattr(Checked, name)

        def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            called.append(name)
            return original(self, *args, **kwargs)

        return call

    hooks = ("create_optimizer", "compute_loss", "evaluate", "_run_epoch", "_get_grad_norm")
    for name in hooks:
        monkeypatch.setattr(Checked, name, noted(name))
    rows = examples(12)
    data = write_jsonl(tmp_path / "rows.jsonl", rows)
    if objective == "dpo":
        import json

        pairs = [{"query": query, "chosen": response, "rejected": "No."} for query, response in rows]
        data.write_text("".join(json.dumps(pair) + "\n" for pair in pairs))
    section = TrainingSection(
        objective=objective,
        batch_size=2,
        max_length=256,
        max_steps=1,
        dtype="float32",
        validation=Validation(share=0.3),
    )
    train(section, ModelSection(name=tiny_llama), load_template("qa"), [data], tmp_path / "out", seed=1)
    assert set(called) == set(hooks)
