"""Evaluations while a model trains: what they measure, what they decide, and that no more changes."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from dartmath.base.errors import ConfigError, DataError
from dartmath.base.manifest import read_manifest
from dartmath.model import ModelSection, load_model, load_tokenizer
from dartmath.prompts.template import load_template
from dartmath.training.config import Lora, TrainingSection, Validation
from dartmath.training.log import read_log
from dartmath.training.mixture import hold_out, mix
from dartmath.training.run import TrainingSummary, train
from dartmath.training.store import tokenise
from dartmath.training.tokens import Encoder, Tokens
from dartmath.training.validation import (
    HeldOutScore,
    best_evaluation,
    read_evaluations,
    rewind_evaluations,
    should_stop,
    write_evaluations,
)
from training.material import examples, write_jsonl

BASE: dict[str, Any] = {
    "epochs": 3,
    "batch_size": 2,
    "max_length": 256,
    "learning_rate": 1e-2,
    "save_steps": 4,
    "dtype": "float32",
}
ROWS = examples(40)
# Other responses to queries that have one.
SECOND = [(query, f"Once more: {response}") for query, response in ROWS[:10]]


def _train(model: str, data: Path, out: Path, **changes: Any) -> TrainingSummary:
    section = TrainingSection(**{**BASE, **changes})
    return train(section, ModelSection(name=model), load_template("qa"), [data], out, seed=1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_jsonl(tmp_path_factory.mktemp("data") / "rows.jsonl", [*ROWS, *SECOND])


def _tokens(model: str, rows: list[tuple[str, str]]) -> list[Tokens]:
    encoder = Encoder(load_tokenizer(ModelSection(name=model)), load_template("qa"))
    return [tokens for tokens in encoder.encode_many(rows) if isinstance(tokens, Tokens)]


def _mean_loss(folder: Path, examples_: list[Tokens]) -> float:
    model = load_model(ModelSection(name=str(folder), dtype="float32"), "cpu")
    total, count = 0.0, 0
    for tokens in examples_:
        ids = torch.tensor([tokens.ids])
        with torch.no_grad():
            scores = model(ids).logits[0, :-1].log_softmax(-1).gather(1, ids[0, 1:, None])[:, 0]
        total -= float(scores[tokens.prompt - 1 :].sum())
        count += len(tokens.ids) - tokens.prompt
    return total / count


@pytest.mark.parametrize(
    "changes",
    [{}, pytest.param({"packing": False, "micro_batch": 2}, marks=pytest.mark.slow)],
    ids=["packed", "padded"],
)
def test_the_held_out_loss_is_that_of_queries_never_trained_on(
    changes: dict[str, Any], tiny_llama: str, data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    summary = _train(tiny_llama, data, out, validation=Validation(steps=3, share=0.2), **changes)
    assert summary.examples + summary.held_out == len(ROWS) + len(SECOND)
    rows = read_evaluations(out)
    assert [row.step for row in rows] == [*range(3, summary.steps, 3), summary.steps]
    assert rows[-1].loss == summary.held_out_loss
    encoder = Encoder(
        load_tokenizer(ModelSection(name=tiny_llama)), load_template("qa"), max_length=BASE["max_length"]
    )
    parts = hold_out(mix([tokenise(str(data), encoder)], [1.0], seed=1), 0.2, seed=1)
    kept, held = ([part[i] for i in range(len(part))] for part in parts)
    assert len(held) == summary.held_out
    assert not {tuple(t.ids[: t.prompt]) for t in held} & {tuple(t.ids[: t.prompt]) for t in kept}
    assert rows[-1].loss == pytest.approx(_mean_loss(out, held), rel=1e-4)


@pytest.mark.slow
def test_evaluations_change_nothing_that_is_learnt(tiny_llama: str, data: Path, tmp_path: Path) -> None:
    often = Validation(steps=1, share=0.2, benchmark="reasoning-gym/leg_counting", n=3, max_tokens=8)
    rarely = Validation(steps=1000, share=0.2)
    lora = Lora(rank=4, dropout=0.2)  # draws random numbers at every step
    for name, validation in (("often", often), ("rarely", rarely)):
        _train(tiny_llama, data, tmp_path / name, validation=validation, lora=lora, max_steps=6)
    one, other = ([row["loss"] for row in read_log(tmp_path / name)] for name in ("often", "rarely"))
    assert one == other
    one_weights, others = (load_file(tmp_path / n / "model.safetensors") for n in ("often", "rarely"))
    assert all(torch.equal(one_weights[name], others[name]) for name in others)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows that a model soon knows by heart, so that the loss on other queries rises again."""
    return write_jsonl(tmp_path_factory.mktemp("few") / "rows.jsonl", examples(12))


OVERFITTING: dict[str, Any] = {"epochs": 15, "learning_rate": 5e-2, "schedule": "constant", "warmup": 0.0}
OVERFITTING |= {"batch_size": 1, "max_length": 128}


def test_the_weights_of_the_best_evaluation_are_exported_and_patience_ends_a_run(
    tiny_llama: str, few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = _train(
        tiny_llama, few, tmp_path / "last", validation=Validation(steps=5, share=0.3), **OVERFITTING
    )
    rows = read_evaluations(tmp_path / "last")
    best = min(rows, key=lambda row: row.loss)
    assert best.step < last.steps - 10
    assert last.exported_step == last.steps

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    changes = {"validation": Validation(steps=5, share=0.3, best="loss", patience=2), **OVERFITTING}
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("dartmath.training.session.export", killed)
        _train(tiny_llama, few, tmp_path / "best", **changes)
    chosen = _train(tiny_llama, few, tmp_path / "best", **changes)
    assert (chosen.exported_step, chosen.held_out_loss) == (best.step, best.loss)
    assert chosen.steps == best.step + 10
    assert read_evaluations(tmp_path / "best") == [row for row in rows if row.step <= chosen.steps]
    short = _train(
        tiny_llama, few, tmp_path / "short", max_steps=best.step,
        validation=Validation(steps=5, share=0.3), **OVERFITTING,
    )  # fmt: skip
    assert short.steps == best.step
    one, other = (load_file(tmp_path / name / "model.safetensors") for name in ("best", "short"))
    assert all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.slow
def test_a_run_that_was_killed_before_its_export_trains_no_further_step(
    tiny_llama: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = {"max_steps": 3, "schedule": "constant"}
    whole = _train(tiny_llama, data, tmp_path / "whole", **changes)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("dartmath.training.session.export", killed)
        _train(tiny_llama, data, tmp_path / "killed", **changes)
    assert _train(tiny_llama, data, tmp_path / "killed", **changes).steps == whole.steps == 3
    one, other = (load_file(tmp_path / n / "model.safetensors") for n in ("whole", "killed"))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_answers_are_graded_and_recorded(tiny_llama: str, tmp_path: Path) -> None:
    query = {"query": "What is 1 + 1?", "answer": "2"}
    (tmp_path / "queries.jsonl").write_text(json.dumps(query) + "\n")
    rows = [(f"What is {a} + {b}?", "The answer is 2.") for a in range(5) for b in range(8)]
    rows = [row for row in rows if row[0] != query["query"]]
    data = write_jsonl(tmp_path / "rows.jsonl", rows)
    validation = Validation(
        steps=20, benchmark=str(tmp_path / "queries.jsonl"), n=1, max_tokens=40, best="pass_at_1", share=0.1
    )
    summary = _train(tiny_llama, data, tmp_path / "out", validation=validation, epochs=20)
    rates = [row.pass_at_1 for row in read_evaluations(tmp_path / "out")]
    assert rates[-1] == 1.0
    assert summary.held_out_pass_at_1 == 1.0
    assert read_manifest(tmp_path / "out")["summary"]["exported_step"] == summary.exported_step


def test_what_evaluations_decide_is_a_function_of_their_file(tmp_path: Path) -> None:
    losses = [0.9, 0.5, 0.6, 0.5, 0.7]
    rows = [HeldOutScore(step, loss, pass_at_1=step / 10) for step, loss in enumerate(losses, 1)]
    write_evaluations(tmp_path, rows)
    assert read_evaluations(tmp_path) == rows
    assert best_evaluation(rows, "loss") == best_evaluation(rows, None) == rows[1]
    assert best_evaluation(rows, "pass_at_1") == rows[-1]
    assert [should_stop(rows[:n], Validation(patience=2)) for n in range(6)] == [False] * 4 + [True] * 2
    assert not should_stop(rows, Validation())
    rewind_evaluations(tmp_path, 3)
    assert read_evaluations(tmp_path) == rows[:3]
    (tmp_path / "validation.jsonl").open("a").write('{"step": 4, "lo')
    assert read_evaluations(tmp_path) == rows[:3]


def test_evaluations_that_cannot_be_are_refused(tiny_llama: str, data: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="pass_at_1 needs `benchmark`"):
        Validation(best="pass_at_1")
    one = write_jsonl(tmp_path / "one.jsonl", examples(1))
    with pytest.raises(DataError, match=r"validation\.share"):
        _train(tiny_llama, one, tmp_path / "out", validation=Validation())
    with pytest.raises(ConfigError, match=r"validation\.benchmark"):
        _train(
            tiny_llama, data, tmp_path / "out", launch="zero3", validation=Validation(benchmark="gsm8k/test")
        )
