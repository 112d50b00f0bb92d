"""Exported in 16 bits: what was trained but for rounding, in every file, and nothing that cannot be held."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from dartmath.base.errors import ConfigError, TrainingError
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.training.config import TrainingSection
from dartmath.training.rounding import round_weights
from dartmath.training.run import train
from training.material import examples, write_jsonl


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize("lora", [None, {"rank": 4}])
def test_the_written_model_is_the_trained_one_rounded(
    dtype: str, lora: Any, tiny_llama: str, tmp_path: Path
) -> None:
    data = write_jsonl(tmp_path / "rows.jsonl", examples(8))
    settings = {"max_steps": 2, "batch_size": 2, "max_length": 256, "dtype": "float32", "learning_rate": 1e-2}
    for name in ("float32", dtype):
        section = TrainingSection(**settings, lora=lora, export_dtype=name)
        train(section, ModelSection(name=tiny_llama), load_template("qa"), [data], tmp_path / name)
    whole, rounded = (load_file(tmp_path / name / "model.safetensors") for name in ("float32", dtype))
    assert whole.keys() == rounded.keys()
    assert all(torch.equal(rounded[name], whole[name].to(getattr(torch, dtype))) for name in whole)
    assert json.loads((tmp_path / dtype / "config.json").read_text())["dtype"] == dtype
    with pytest.raises(ConfigError, match=f"export_dtype: '{dtype}' -> 'float32'"):
        train(
            section.model_copy(update={"export_dtype": "float32"}),
            ModelSection(name=tiny_llama),
            load_template("qa"),
            [data],
            tmp_path / dtype,
        )


def test_every_file_of_a_large_model_is_rounded(tmp_path: Path) -> None:
    parts = {f"model-0000{i}-of-00002.safetensors": {f"w{i}": torch.ones(4, 4)} for i in (1, 2)}
    for name, weights in parts.items():
        save_file({**weights, f"{name}.step": torch.tensor(3)}, tmp_path / name)
    index = {"metadata": {"total_size": 144}, "weight_map": {"w1": min(parts), "w2": max(parts)}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    (tmp_path / "config.json").write_text("{}")
    round_weights(tmp_path, "bfloat16")
    found = [load_file(tmp_path / name) for name in sorted(parts)]
    assert [weights[f"w{i}"].dtype for i, weights in enumerate(found, 1)] == [torch.bfloat16] * 2
    assert [int(weights[f"{name}.step"]) for name, weights in zip(sorted(parts), found, strict=True)] == [
        3,
        3,
    ]
    again = json.loads((tmp_path / "model.safetensors.index.json").read_text())
    assert again == {**index, "metadata": {"total_size": 80}}


def test_a_weight_that_16_bits_cannot_hold_is_an_error(tmp_path: Path) -> None:
    save_file({"w": torch.tensor([1e5])}, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(TrainingError, match="float16 cannot hold"):
        round_weights(tmp_path, "float16")
    assert load_file(tmp_path / "model.safetensors")["w"].dtype == torch.float32
