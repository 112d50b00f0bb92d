"""The kernels of GPUs get packed examples apart, on the whole path of a training run."""

from pathlib import Path
from typing import Any

import pytest
import torch

from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.training.config import TrainingSection
from dartmath.training.log import read_log
from dartmath.training.run import train
from training.kernels import use_flash, use_flex
from training.material import examples, write_jsonl

pytestmark = pytest.mark.skipif(torch.cuda.is_available(), reason="test_gpu.py has the kernels themselves")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "rows.jsonl", examples(40))


def _losses(model: str, data: Path, out: Path, dtype: Any, kernel: str) -> list[float]:
    section = TrainingSection(max_steps=4, batch_size=2, max_length=256, learning_rate=1e-2, dtype=dtype)
    summary = train(section, ModelSection(name=model), load_template("qa"), [data], out, seed=1)
    assert summary.attention == kernel
    return [row["loss"] for row in read_log(out)]


@pytest.mark.parametrize(
    ("kernel", "dtype", "tolerance"),
    [
        pytest.param("flex_attention", "float32", 1e-4, marks=pytest.mark.slow),
        ("flash_attention_2", "bfloat16", 2e-3),
    ],
)
def test_a_run_has_the_losses_of_sdpa(  # noqa: PLR0917
    kernel: str,
    dtype: str,
    tolerance: float,
    tiny_llama: str,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = _losses(tiny_llama, data, tmp_path / "plain", dtype, "sdpa_varlen")
    (use_flex if kernel == "flex_attention" else use_flash)(monkeypatch)
    monkeypatch.setattr("dartmath.training.session.choose_attention", lambda section: kernel)
    found = _losses(tiny_llama, data, tmp_path / "out", dtype, kernel)
    assert found == pytest.approx(expected, rel=tolerance)
    assert found[-1] < found[0] - 0.1
