"""What needs a GPU: QLoRA, compiled models, Liger kernels, and sharding over GPUs."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.training.config import Lora, TrainingSection
from dartmath.training.log import read_log
from dartmath.training.run import TrainingSummary, train
from training.material import examples, write_jsonl

pytestmark = pytest.mark.gpu

BASE: dict[str, Any] = {"epochs": 3, "batch_size": 4, "max_length": 256, "learning_rate": 5e-3}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "rows.jsonl", examples(60))


def _train(model: str, data: Path, out: Path, **changes: Any) -> TrainingSummary:
    section = TrainingSection(**{**BASE, **changes})
    return train(section, ModelSection(name=model), load_template("qa"), [data], out, seed=1)


@pytest.mark.parametrize(
    ("changes", "package"),
    [
        ({"compile": True}, ""),
        ({"liger": True}, "liger_kernel"),
        ({"attention": "flex_attention"}, ""),
        ({"attention": "flash_attention_2"}, "flash_attn"),
        ({"attention": "flash_attention_3"}, "flash_attn_interface"),
        ({"attention": "sdpa_varlen"}, ""),
        ({"gradient_checkpointing": False}, ""),
        ({"micro_batch": 4}, ""),
    ],
)
def test_an_option_for_speed_changes_nothing_that_is_learnt(
    changes: dict[str, Any], package: str, tiny_llama: str, data: Path, tmp_path: Path
) -> None:
    if package:
        pytest.importorskip(package)
    _train(tiny_llama, data, tmp_path / "plain")
    _train(tiny_llama, data, tmp_path / "fast", **changes)
    expected, found = read_log(tmp_path / "plain"), read_log(tmp_path / "fast")
    losses = [row["loss"] for row in expected]
    assert [row["loss"] for row in found] == pytest.approx(losses, rel=3e-2)


def test_qlora_learns_and_is_merged(tiny_llama: str, data: Path, tmp_path: Path) -> None:
    pytest.importorskip("bitsandbytes")
    from transformers import AutoModelForCausalLM

    summary = _train(tiny_llama, data, tmp_path / "out", lora=Lora(rank=8, quantize=True))
    assert summary.last_loss < summary.first_loss
    merged = AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    assert not hasattr(merged.config, "quantization_config")


@pytest.mark.parametrize("launch", [None, "fsdp2", "zero3"])
def test_two_gpus_give_the_curve_of_one(
    launch: str | None, tiny_llama: str, data: Path, tmp_path: Path
) -> None:
    if torch.cuda.device_count() < 2:
        pytest.skip("needs two GPUs")
    if launch == "zero3":
        pytest.importorskip("deepspeed")
    _train(tiny_llama, data, tmp_path / "one")
    command = [sys.executable, "-m", "dartmath.cli", "train", "--model", tiny_llama, "--data", str(data)]
    command += ["--template", "qa", "--epochs", "3", "--batch-size", "4", "--max-length", "256"]
    command += ["--seed", "1", "--learning-rate", "5e-3", "--gpus", "2", "--out", str(tmp_path / "two")]
    subprocess.run([*command, *(["--launch", launch] if launch else [])], check=True, timeout=280)
    expected, found = read_log(tmp_path / "one"), read_log(tmp_path / "two")
    losses = [row["loss"] for row in expected]
    assert [row["loss"] for row in found] == pytest.approx(losses, rel=3e-2)
