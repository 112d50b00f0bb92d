"""Options for speed and memory change nothing that is learnt."""

from pathlib import Path
from typing import Any

import pytest
import torch

from dartmath.base.errors import TrainingError
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.training.config import TrainingSection
from dartmath.training.log import read_log
from dartmath.training.run import train
from training.material import examples, write_jsonl

pytestmark = pytest.mark.skipif(torch.cuda.is_available(), reason="test_gpu.py has those of a GPU")

BASE: dict[str, Any] = {"epochs": 2, "batch_size": 2, "max_length": 256, "learning_rate": 1e-2}


def _losses(model: str, data: Path, out: Path, **changes: Any) -> list[float]:
    section = TrainingSection(**{**BASE, "dtype": "float32", **changes})
    train(section, ModelSection(name=model), load_template("qa"), [data], out, seed=1)
    return [row["loss"] for row in read_log(out)]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_jsonl(tmp_path_factory.mktemp("data") / "rows.jsonl", examples(40))


@pytest.fixture(scope="module")
def expected(tiny_llama: str, data: Path, tmp_path_factory: pytest.TempPathFactory) -> list[float]:
    """The losses of sdpa with the whole mask, and of TRL's own loss."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dartmath.training.trainer.use_labelled_loss", lambda model, **_: False)
        return _losses(tiny_llama, data, tmp_path_factory.mktemp("plain") / "out", attention="sdpa")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"attention": "eager"},
        {"gradient_checkpointing": True},
        {"micro_batch": 2},
        pytest.param({"compile": True}, marks=[pytest.mark.slow, pytest.mark.timeout(1800)]),
    ],
    ids=str,
)
def test_the_losses_are_the_same(
    changes: dict[str, Any], expected: list[float], tiny_llama: str, data: Path, tmp_path: Path
) -> None:
    assert expected[-1] < expected[0] - 0.5
    assert _losses(tiny_llama, data, tmp_path / "out", **changes) == pytest.approx(expected, rel=1e-4)


@pytest.mark.filterwarnings("ignore:'pin_memory'")  # there is nothing here to copy to
def test_what_is_set_for_an_accelerator_changes_no_loss(
    expected: list[float], tiny_llama: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers that load batches, pinned memory and checkpointing, as where there is a GPU."""
    monkeypatch.setattr("dartmath.training.arguments.has_accelerator", lambda: True)
    assert _losses(tiny_llama, data, tmp_path / "out") == pytest.approx(expected, rel=1e-4)


def test_a_compiled_model_is_proved_as_it_is_compiled(
    tiny_llama: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A compiler that drops the boundaries of examples, which the plain model keeps."""
    compile_ = torch.compile

    def careless(model: Any, **_: Any) -> Any:
        compiled = compile_(model, backend="eager")
        plain = compiled.forward

        def forward(*args: Any, **given: Any) -> Any:
            return plain(*args, **{**given, "attention_mask": torch.ones_like(given["input_ids"])})

        compiled.forward = forward
        return compiled

    monkeypatch.setattr("torch.compile", careless)
    with pytest.raises(TrainingError, match="does not keep packed examples apart"):
        _losses(tiny_llama, data, tmp_path / "out", compile=True, max_steps=1)
