"""Preferences: rows as exports write them, the tokens of fine-tuning, TRL's losses, resume and export."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from dartmath.base.errors import ConfigError, DataError, TrainingError
from dartmath.base.manifest import read_manifest
from dartmath.export.config import ExportSection
from dartmath.export.format import RowSource
from dartmath.export.kto import KTO
from dartmath.export.preference import PREFERENCE
from dartmath.export.prompting import prompting_of
from dartmath.model import ModelSection, load_model, load_tokenizer
from dartmath.pipeline.stages import RunFolders, run_train
from dartmath.prompts.template import Template, load_template
from dartmath.queries.query import Query
from dartmath.recipe import Recipe
from dartmath.training.config import Lora, Preference, TrainingSection, Validation
from dartmath.training.exported_rows import row_reader
from dartmath.training.log import read_log
from dartmath.training.rows import read_rows
from dartmath.training.run import TrainingSummary, train
from dartmath.training.store import PairStore, tokenise
from dartmath.training.tokens import Encoder
from dartmath.training.validation import read_evaluations
from export.pool import make_pool
from training.material import byte_level_tokenizer, examples

BASE: dict[str, Any] = {
    "epochs": 3,
    "batch_size": 4,
    "micro_batch": 2,
    "max_length": 256,
    "learning_rate": 3e-3,
    "dtype": "float32",
    "warmup": 0.0,
}
RIGHT = examples(16)


def _exported(template: Template, form: Any, prompt: str = "auto") -> list[dict[str, Any]]:
    """Rows as `dartmath export` writes them."""
    section = ExportSection(prompt=prompt)
    prompting = prompting_of(template, section, holds=form.prompts, name="x")
    rows = []
    for number, (text, response) in enumerate(RIGHT):
        query = Query(id=str(number), text=text, references=("1",), dataset="own")
        known: dict[str, Any] = {
            "trial": 0,
            "trials": 2,
            "correct": 1,
            "fail_rate": 0.5,
            "margin": 0.0,
            "own": {},
        }
        wrong = f"I guess {number}."
        if form is PREFERENCE:
            rows.append(form.row(RowSource(query, response, wrong, True, **known), prompting))
        else:
            for one, label in ((response, True), (wrong, False)):
                rows.append(form.row(RowSource(query, one, "", label, **known), prompting))
    return rows


def _write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pairs")
    return _write(folder / "pairs.jsonl", _exported(load_template("qa"), PREFERENCE))


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("labels")
    return _write(folder / "labels.jsonl", _exported(load_template("qa"), KTO))


@pytest.mark.parametrize("name", ["qa", "alpaca", "deepseekmath", "llama3", "chat", "chat-boxed"])
@pytest.mark.parametrize("form", [PREFERENCE, KTO], ids=["pairs", "labels"])
def test_rows_of_exports_give_back_queries_and_responses(name: str, form: Any, tmp_path: Path) -> None:
    template = load_template(name)
    path = _write(tmp_path / "rows.jsonl", _exported(template, form))
    read = row_reader("dpo" if form is PREFERENCE else "kto", template)
    rows = [row for batch in read_rows(str(path), (), read) for row in batch]
    if form is PREFERENCE:
        assert [(row.query, row.response) for row in rows] == RIGHT
        assert [row.rejected for row in rows] == [f"I guess {i}." for i in range(len(RIGHT))]
    else:
        assert [(row.query, row.response) for row in rows if row.label] == RIGHT
        assert [row.response for row in rows if not row.label] == [f"I guess {i}." for i in range(len(RIGHT))]


def test_both_sides_have_the_tokens_of_supervised_fine_tuning(pairs: Path, tiny_llama: str) -> None:
    encoder = Encoder(load_tokenizer(ModelSection(name=tiny_llama)), load_template("qa"), max_length=256)
    store = PairStore(tokenise(str(pairs), encoder, objective="dpo"))
    assert len(store) == len(RIGHT)
    for number, (query, response) in enumerate(RIGHT):
        assert store.pair(number) == (
            encoder.encode(query, response),
            encoder.encode(query, f"I guess {number}."),
        )


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            {"prompt": "What is 1?", "chosen": "1", "rejected": "2"},
            "the prompt is not laid out by template 'qa'",
        ),
        ({"query": "What is 1?", "chosen": "1"}, "no column `rejected`; the row has: chosen, query"),
        ({"query": "What is 1?", "chosen": 1, "rejected": "2"}, "`chosen` must be a text or chat messages"),
        (
            {"query": "1?", "chosen": [{"role": "user", "content": "1"}], "rejected": "2"},
            "`chosen` must be one message of the assistant",
        ),
        ([1], "a row of preferences is a JSON object"),
    ],
)
def test_a_bad_row_is_named_by_file_and_line(row: Any, message: str, tmp_path: Path) -> None:
    good = {"query": "1?", "chosen": "1", "rejected": "2"}
    path = _write(tmp_path / "rows.jsonl", [good, row])
    with pytest.raises(DataError, match=rf"rows\.jsonl:2: {message}"):
        list(read_rows(str(path), (), row_reader("dpo", load_template("qa"))))
    path = _write(tmp_path / "rows.jsonl", [{"query": "1?", "response": "1", "label": "yes"}])
    with pytest.raises(DataError, match=r"rows\.jsonl:1: `label` must be true or false, got 'yes'"):
        list(read_rows(str(path), (), row_reader("kto", load_template("qa"))))


def _train(model: str, data: Path, out: Path, objective: str = "dpo", **changes: Any) -> TrainingSummary:
    section = TrainingSection(**{**BASE, "objective": objective, **changes})
    return train(section, ModelSection(name=model), load_template("qa"), [data], out, seed=1)


def _scores(folder: str, pair: tuple[Any, Any]) -> list[float]:
    """The log-probability of each side's response."""
    model = load_model(ModelSection(name=folder, dtype="float32"), "cpu")
    found = []
    for tokens in pair:
        ids = torch.tensor([tokens.ids])
        with torch.no_grad():
            scores = model(ids).logits[0, :-1].log_softmax(-1).gather(1, ids[0, 1:, None])[:, 0]
        found.append(float(scores[tokens.prompt - 1 :].sum()))
    return found


@pytest.mark.parametrize(
    "lora", [None, pytest.param(Lora(rank=4), marks=pytest.mark.slow)], ids=["full", "lora"]
)
def test_pairs_are_learnt_from_the_base_on_and_written_as_trained(
    lora: Lora | None, pairs: Path, tiny_llama: str, tmp_path: Path
) -> None:
    validation = Validation(steps=100, share=0.3)
    rate = 2e-2 if lora else 3e-3
    summary = _train(
        tiny_llama, pairs, tmp_path / "out", lora=lora, validation=validation, learning_rate=rate
    )
    log = read_log(tmp_path / "out")
    # The model is its own reference at first: every pair costs ln 2.
    assert log[0]["loss"] == pytest.approx(math.log(2), abs=1e-5)
    assert log[-1]["loss"] < log[0]["loss"] - 0.05
    assert log[-1]["reward_accuracy"] == 1.0
    assert read_manifest(tmp_path / "out")["config"]["objective"] == "dpo"
    # DPO's loss by its formula, from the two models on disk.
    encoder = Encoder(load_tokenizer(ModelSection(name=tiny_llama)), load_template("qa"), max_length=256)
    store = PairStore(tokenise(str(pairs), encoder, objective="dpo"))
    from dartmath.training.mixture import hold_out, mix

    _, held = hold_out(mix([store], [1.0], seed=1), 0.3, seed=1)
    margins = []
    for number in range(len(held)):
        after, before = (_scores(name, held.pair(number)) for name in (str(tmp_path / "out"), tiny_llama))
        margins.append(0.1 * ((after[0] - before[0]) - (after[1] - before[1])))
    expected = sum(math.log1p(math.exp(-margin)) for margin in margins) / len(margins)
    assert summary.held_out == len(held)
    assert read_evaluations(tmp_path / "out")[-1].loss == pytest.approx(expected, rel=1e-3)


def test_labelled_responses_are_learnt(labels: Path, tiny_llama: str, tmp_path: Path) -> None:
    _train(tiny_llama, labels, tmp_path / "out", "kto", epochs=6)
    log = read_log(tmp_path / "out")
    assert log[0]["loss"] == pytest.approx(0.5, abs=1e-4)
    assert log[-1]["loss"] < 0.45


@pytest.fixture
def killed_after_six() -> Iterator[pytest.MonkeyPatch]:
    """Every run ends in its seventh step, until this is undone."""
    from dartmath.training.trainer import Checked

    original = Checked._get_grad_norm

    def killed(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.state.global_step == 6:
            raise KeyboardInterrupt
        return original(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Checked, "_get_grad_norm", killed)
        yield patch


@pytest.mark.slow
@pytest.mark.parametrize(("objective", "rows"), [("dpo", "pairs"), ("kto", "labels")])
def test_a_stopped_run_goes_on_bit_by_bit(
    objective: str, rows: str, request: pytest.FixtureRequest, tiny_llama: str, tmp_path: Path
) -> None:
    data, patch = request.getfixturevalue(rows), request.getfixturevalue("killed_after_six")
    changes = {"save_steps": 4, "max_steps": 8}
    with pytest.raises(KeyboardInterrupt):
        _train(tiny_llama, data, tmp_path / "killed", objective, **changes)
    patch.undo()
    assert len(read_log(tmp_path / "killed")) == 6
    _train(tiny_llama, data, tmp_path / "killed", objective, **changes)
    _train(tiny_llama, data, tmp_path / "whole", objective, **changes)
    one, other = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "killed"))
    assert all(torch.equal(one[name], other[name]) for name in one)
    losses = [[row["loss"] for row in read_log(tmp_path / name)] for name in ("whole", "killed")]
    assert losses[0] == losses[1]


@pytest.mark.slow
def test_a_loss_beside_that_of_the_pairs_raises_the_chosen_response(
    pairs: Path, tiny_llama: str, tmp_path: Path
) -> None:
    encoder = Encoder(load_tokenizer(ModelSection(name=tiny_llama)), load_template("qa"), max_length=256)
    pair = PairStore(tokenise(str(pairs), encoder, objective="dpo")).pair(0)
    for name, weight in (("plain", 0.0), ("weighed", 1.0)):
        _train(tiny_llama, pairs, tmp_path / name, preference=Preference(nll_weight=weight))
    plain, weighed = (_scores(str(tmp_path / name), pair)[0] for name in ("plain", "weighed"))
    assert weighed > plain


def test_a_nan_stops_the_run_and_names_the_pair(pairs: Path, tiny_llama: str, tmp_path: Path) -> None:
    import shutil

    rows = [json.loads(line) for line in pairs.read_text().splitlines()]
    rows[5]["rejected"] = "§§"
    source = _write(tmp_path / "rows.jsonl", rows)
    poisoned = Path(shutil.copytree(tiny_llama, tmp_path / "model"))
    weights = load_file(poisoned / "model.safetensors")
    from safetensors.torch import save_file

    tokenizer = byte_level_tokenizer()
    texts = " ".join(row[name] for row in rows for name in ("prompt", "chosen"))
    common = set(tokenizer(texts)["input_ids"])
    odd = [token for token in tokenizer("§")["input_ids"] if token not in common]
    weights["model.embed_tokens.weight"][odd] = torch.nan
    save_file(weights, poisoned / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(TrainingError, match=r"loss became nan at step \d+.*rows\.jsonl row 6"):
        _train(str(poisoned), source, tmp_path / "out")


def test_a_pair_of_the_same_response_is_left_out(tiny_llama: str, tmp_path: Path) -> None:
    rows = [{"query": f"{n}?", "chosen": f"{n}", "rejected": "0"} for n in range(6)]
    summary = _train(tiny_llama, _write(tmp_path / "rows.jsonl", rows), tmp_path / "out", max_steps=1)
    assert (summary.examples, summary.dropped) == (5, {"chosen_is_rejected": 1})


@pytest.mark.parametrize("objective", ["dpo", pytest.param("kto", marks=pytest.mark.slow)])
def test_a_recipe_trains_on_the_preferences_of_its_own_samples(
    objective: str, tiny_llama: str, tmp_path: Path
) -> None:
    recipe = Recipe.model_validate(
        {
            "name": "own",
            "run": str(tmp_path / "run"),
            "model": {"name": tiny_llama},
            "template": "alpaca",
            "queries": [{"dataset": "gsm8k/train"}],
            "training": {**BASE, "objective": objective, "batch_size": 2, "max_steps": 1, "max_length": 512},
        }
    )
    folders = RunFolders(recipe.folder)
    make_pool(folders.sample)
    run_train(recipe, load_template("alpaca"), folders)
    manifest = read_manifest(folders.model)
    form = {"dpo": "preference", "kto": "kto"}[objective]
    assert manifest["inputs"] == [str(recipe.folder / "preferences" / f"{form}.jsonl")]
    assert manifest["summary"]["examples"] >= 1


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"objective": "sft", "preference": Preference(beta=0.2)}, "only objective dpo and kto"),
        ({"objective": "dpo", "loss": "dft"}, "dft is of objective sft"),
        ({"objective": "kto"}, "at least 2"),
        ({"objective": "kto", "micro_batch": 2, "preference": Preference(loss="ipo")}, "only beta"),
    ],
)
def test_an_objective_is_given_nothing_that_it_does_not_have(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TrainingSection(**keys)


def test_pairs_are_no_data_of_another_objective(pairs: Path, tiny_llama: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no column `query`"):
        _train(tiny_llama, pairs, tmp_path / "out", "sft")
    _train(tiny_llama, pairs, tmp_path / "dpo", max_steps=1)
    with pytest.raises(ConfigError, match="objective: 'dpo' -> 'kto'"):
        _train(tiny_llama, pairs, tmp_path / "dpo", "kto")
