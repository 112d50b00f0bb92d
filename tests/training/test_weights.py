"""Weights of rows: the loss of each is multiplied by its own, however examples are laid out."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from dartmath.base.errors import ConfigError, DataError
from dartmath.model import ModelSection, load_model, load_tokenizer
from dartmath.prompts.template import load_template
from dartmath.training.config import DatasetWeight, Lora, TrainingSection
from dartmath.training.exported_rows import row_reader
from dartmath.training.log import read_log
from dartmath.training.rows import read_rows
from dartmath.training.run import train
from dartmath.training.tokens import Encoder
from training.material import examples

BASE: dict[str, Any] = {"max_length": 256, "dtype": "float32", "warmup": 0.0, "learning_rate": 1e-3}
ROWS = examples(12)
WEIGHTS = [(0.0, 0.5, 1, 3.25)[i % 4] for i in range(len(ROWS))]


def _write(path: Path, weights: list[Any]) -> str:
    lines = [{"query": q, "response": r, "w": w} for (q, r), w in zip(ROWS, weights, strict=True)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(path)


def _losses(model: str, source: str, out: Path, weight: str | None = "w", **changes: Any) -> list[float]:
    data = [DatasetWeight(path=source, row_weight=weight)]
    section = TrainingSection(**{**BASE, "datasets": data, **changes})
    train(section, ModelSection(name=model), load_template("qa"), [], out, seed=1)
    return [row["loss"] for row in read_log(out)]


def _expected(folder: str) -> float:
    """The weighed sum of the losses of all rows by the model itself, over the number of their tokens."""
    model = load_model(ModelSection(name=folder, dtype="float32"), "cpu")
    encoder = Encoder(load_tokenizer(ModelSection(name=folder)), load_template("qa"))
    total, count = 0.0, 0
    for (query, response), weight in zip(ROWS, WEIGHTS, strict=True):
        tokens: Any = encoder.encode(query, response)
        ids = torch.tensor([tokens.ids])
        with torch.no_grad():
            scores = model(ids).logits[0, :-1].log_softmax(-1).gather(1, ids[0, 1:, None])[:, 0]
        total -= weight * float(scores[tokens.prompt - 1 :].sum())
        count += len(tokens.ids) - tokens.prompt
    return total / count


@pytest.mark.parametrize(
    "layout",
    [
        {"batch_size": 64},
        pytest.param({"batch_size": 64, "micro_batch": 2}, marks=pytest.mark.slow),
        pytest.param({"batch_size": 12, "micro_batch": 3, "packing": False}, marks=pytest.mark.slow),
        pytest.param({"batch_size": 64, "lora": Lora(rank=4)}, marks=pytest.mark.slow),
    ],
    ids=["packed", "packed, two at once", "padded", "lora"],
)
def test_the_loss_is_the_weighed_sum_of_the_rows_losses(
    layout: dict[str, Any], tiny_llama: str, tmp_path: Path
) -> None:
    source = _write(tmp_path / "rows.jsonl", WEIGHTS)
    found = _losses(tiny_llama, source, tmp_path / "out", max_steps=1, **layout)
    assert found == pytest.approx([_expected(tiny_llama)], rel=1e-5)


@pytest.mark.slow
def test_a_row_of_weight_zero_teaches_nothing_and_packing_changes_nothing(
    tiny_llama: str, tmp_path: Path
) -> None:
    source = _write(tmp_path / "rows.jsonl", WEIGHTS)
    packed = _losses(tiny_llama, source, tmp_path / "packed", batch_size=64, max_steps=6)
    padded = _losses(tiny_llama, source, tmp_path / "padded", batch_size=12, packing=False, max_steps=6)
    assert packed == pytest.approx(padded, rel=1e-4)
    other = [(q, "Nonsense.") if w == 0 else (q, r) for (q, r), w in zip(ROWS, WEIGHTS, strict=True)]
    lines = [{"query": q, "response": r, "w": w} for (q, r), w in zip(other, WEIGHTS, strict=True)]
    changed = tmp_path / "changed.jsonl"
    changed.write_text("".join(json.dumps(line) + "\n" for line in lines))
    # The mean is over all tokens, so a shorter row of weight 0 scales the loss, and nothing else.
    there = _losses(tiny_llama, str(changed), tmp_path / "there", batch_size=64, max_steps=6)
    ratios = [one / two for one, two in zip(there, packed, strict=True)]
    assert ratios == pytest.approx([ratios[0]] * 6, rel=1e-3)


def test_weights_of_one_are_none(tiny_llama: str, tmp_path: Path) -> None:
    source = _write(tmp_path / "rows.jsonl", [1] * len(ROWS))
    weighed = _losses(tiny_llama, source, tmp_path / "weighed", batch_size=2, max_steps=2)
    plain = _losses(tiny_llama, source, tmp_path / "plain", None, batch_size=2, max_steps=2)
    assert weighed == plain


@pytest.mark.parametrize("value", [-1, "2", True, None, float("inf"), float("nan")])
def test_what_is_no_weight_is_named_by_file_and_line(value: Any, tmp_path: Path) -> None:
    source = _write(tmp_path / "rows.jsonl", [1.0, value, *WEIGHTS[2:]])
    read = row_reader("sft", load_template("qa"), weight="w")
    with pytest.raises(DataError, match=r"rows\.jsonl:2: `w` must be a weight, a number of at least 0"):
        list(read_rows(source, ("query", "response", "w"), read))


def test_weights_are_refused_where_the_loss_cannot_take_them(tiny_llama: str, tmp_path: Path) -> None:
    data = [DatasetWeight(path="x", row_weight="w")]
    for changes in ({"loss": "dft"}, {"compile": True}, {"launch": "zero3"}, {"objective": "dpo"}):
        with pytest.raises(ValueError, match="row_weight"):
            TrainingSection(datasets=data, **changes)
    import transformers as t

    scaled = t.CohereConfig(
        vocab_size=500, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2
    )
    t.AutoModelForCausalLM.from_config(scaled).save_pretrained(tmp_path / "base")
    load_tokenizer(ModelSection(name=tiny_llama)).save_pretrained(tmp_path / "base")
    source = _write(tmp_path / "rows.jsonl", WEIGHTS)
    with pytest.raises(ConfigError, match="its logits are capped"):
        _losses(str(tmp_path / "base"), source, tmp_path / "out", batch_size=1, max_steps=1)
