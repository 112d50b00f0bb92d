"""Files of every format, read by the real `datasets`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from dartmath.base.errors import ConfigError, DataError, UnknownNameError
from dartmath.curation.config import CurationSection
from dartmath.export import ExportSection, export
from dartmath.export.formats import FORMATS
from dartmath.export.stepwise import labels_of, step_labels, steps_of
from dartmath.prompts.template import load_template
from dartmath.sampling.policy import VRT
from dartmath.verify.rewards import trl_reward, verifiers_reward, verl_reward
from export.pool import TEXTS, TRIALS, TWIN, make_pool

ASKED = list(TRIALS)
SHAPES = yaml.safe_load(Path(__file__).with_name("shapes.yaml").read_text(encoding="utf-8"))["shapes"]
ALPACA = load_template("alpaca")


@pytest.fixture(scope="module")
def text_pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pool(tmp_path_factory.mktemp("text") / "sample", source="book", page=3)


@pytest.fixture(scope="module")
def chat_pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pool(tmp_path_factory.mktemp("chat") / "sample", template="chat-boxed")


def loaded(pool: Path, name: str, out: Path, suffix: str = ".jsonl", **section: Any) -> list[dict[str, Any]]:
    """The rows of an export as `datasets` loads them."""
    from datasets import load_dataset

    path = out / f"rows{suffix}"
    done = export(pool, name, path, section=ExportSection(**section))
    kind = "parquet" if suffix == ".parquet" else "json"
    rows = load_dataset(kind, data_files=str(path), split="train", cache_dir=str(out / "cache"))
    assert done.rows == len(rows)
    return list(rows)


@pytest.mark.parametrize("name", FORMATS)
def test_datasets_loads_every_format(name: str, chat_pool: Path, tmp_path: Path) -> None:
    kinds = {"responses": 10, "pairs": 1, "labels": 12, "steps": 10, "queries": 3}
    for suffix in FORMATS[name].suffixes:
        rows = loaded(chat_pool, name, tmp_path / suffix, suffix)
        assert len(rows) == kinds[FORMATS[name].kind]


@pytest.mark.parametrize("name", FORMATS)
def test_rows_have_the_shape_that_their_loaders_ask_for(name: str, chat_pool: Path, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    for system in (None, "Be brief."):
        export(chat_pool, name, path, section=ExportSection(system=system))
        for line in path.read_text(encoding="utf-8").splitlines():
            Draft202012Validator(SHAPES[name]).validate(json.loads(line))


def test_chat_templates_go_through_as_messages(chat_pool: Path, tmp_path: Path) -> None:
    rows = loaded(chat_pool, "messages", tmp_path, system="Be brief.")
    system, user, assistant = rows[0]["messages"]
    assert system == {"role": "system", "content": "Be brief."}
    assert user["content"] == load_template("chat-boxed").messages(ASKED[0])[-1]["content"] != ASKED[0]
    assert assistant == {"role": "assistant", "content": f"Try 0. {TEXTS[0]}"}


def test_text_templates_go_through_as_text(text_pool: Path, tmp_path: Path) -> None:
    row = loaded(text_pool, "prompt-completion", tmp_path)[0]
    assert row["prompt"] == ALPACA.render(ASKED[0]).text
    assert row["completion"] == f"Try 0. {TEXTS[0]}"
    segments = loaded(text_pool, "axolotl", tmp_path)[0]["segments"]
    assert segments == [{"label": False, "text": row["prompt"]}, {"label": True, "text": row["completion"]}]


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
def test_kept_columns_go_along(text_pool: Path, tmp_path: Path, suffix: str) -> None:
    row = loaded(text_pool, "preference", tmp_path, suffix)[0]
    assert (row["source"], row["page"], row["reference"], row["fail_rate"]) == ("book", 3, "42", 0.75)
    info = loaded(text_pool, "verl", tmp_path, suffix)[0]["extra_info"]
    assert (info["source"], info["page"], info["pass_rate"]) == ("book", 3, 0.25)


@pytest.mark.parametrize(
    ("rejected", "beginning"),
    [("frequent", TEXTS[TWIN]), ("near", "Try 2. "), ("longest", "Try 4. Let me see.")],
)
def test_the_wrong_response_is_the_one_that_was_asked_for(
    rejected: str, beginning: str, text_pool: Path, tmp_path: Path
) -> None:
    (row,) = loaded(text_pool, "preference", tmp_path, rejected=rejected)
    assert row["prompt"] == ALPACA.render(ASKED[0]).text
    assert row["chosen"].startswith("Try 0. ") and row["rejected"].startswith(beginning)
    votes = 3 if rejected == "frequent" else 1
    assert row["margin"] == pytest.approx((2 - votes) / 8)


def test_no_response_is_in_two_pairs(text_pool: Path, tmp_path: Path) -> None:
    rows = loaded(text_pool, "preference", tmp_path, pairs=9, rejected="random")
    assert len(rows) == 2, "the query has two right responses"
    assert len({row["chosen"] for row in rows}) == len({row["rejected"] for row in rows}) == 2


def test_the_balance_of_pairs_is_shown(text_pool: Path, tmp_path: Path) -> None:
    done = export(text_pool, "preference", tmp_path / "p.jsonl", section=ExportSection(rejected="longest"))
    assert done.balance == {
        "pairs": 1,
        "mean chosen tokens": 20.0,
        "mean rejected tokens": 60.0,
        "share with the chosen longer": 0.0,
        "mean margin": 0.125,
    }
    assert done.left_out == {"queries without a right response": 1, "queries without a wrong response": 1}


def test_labels_hold_wrong_responses_of_queries_that_are_never_solved(
    text_pool: Path, tmp_path: Path
) -> None:
    rows = loaded(text_pool, "kto", tmp_path, pairs=2)
    labels = {text: [r["label"] for r in rows if text in r["prompt"]] for text in ASKED}
    assert labels == {
        ASKED[0]: [True, True, False, False],
        ASKED[1]: [True] * 8,
        ASKED[2]: [False, False],
    }


def test_steps_are_right_up_to_the_first_that_does_not_compute(text_pool: Path, tmp_path: Path) -> None:
    rows = loaded(text_pool, "stepwise", tmp_path, pairs=4)
    told = {(len(row["completions"]), *row["labels"]) for row in rows}
    assert told == {(1, True), (1, False)} and len(rows) == 14, "ten right ones, and four that say 43"
    left = export(text_pool, "stepwise", tmp_path / "again.jsonl", section=ExportSection(pairs=4)).left_out
    assert left["responses whose steps nothing can judge"] == 3


@pytest.mark.parametrize(
    ("response", "right", "labels"),
    [
        ("We add.\n3 + 4 = 7\n\nSo 7 * 2 = 14.", True, [True, True, True]),
        ("We add.\n3 + 4 = 8\nSo 8 * 2 = 16.", False, [True, False, False]),
        ("We add.\n3 + 4 = 8\nNo: 3 + 4 = 7.", True, [True, False, False]),
        ("We add.\nIt is 16.", False, None),
        ("We add.\nIt is 14.", True, None),
        ("3 + 4 = 7\nIt is 16.", False, None),
    ],
)
def test_the_labels_of_steps(response: str, right: bool, labels: list[bool] | None) -> None:
    assert step_labels(response, right) == labels == labels_of([response, right])
    assert labels is None or len(steps_of(response)) == len(labels)


def test_queries_are_taken_by_their_pass_rate(text_pool: Path, tmp_path: Path) -> None:
    rows = loaded(text_pool, "trl-grpo", tmp_path, min_pass_rate=0.1, max_pass_rate=0.9)
    assert [(row["answer"], row["pass_rate"], row["trials"]) for row in rows] == [("42", 0.25, 8)]


def test_rewards_read_the_references_of_the_rows(chat_pool: Path, tmp_path: Path) -> None:
    right = "It is \\boxed{42}."
    grpo = loaded(chat_pool, "trl-grpo", tmp_path)[0]
    assert trl_reward([grpo["prompt"]], [right], answer=[grpo["answer"]]) == [1.0]
    verl = loaded(chat_pool, "verl", tmp_path)[0]
    truth = verl["reward_model"]["ground_truth"]
    assert verl_reward(verl["data_source"], right, truth, verl["extra_info"])["score"] == 1.0
    row = loaded(chat_pool, "verifiers", tmp_path)[0]
    assert verifiers_reward(right, row["answer"], row["prompt"]) == 1.0
    assert json.loads(row["info"])["pass_rate"] == 0.25


def test_curation_selects_what_is_exported(text_pool: Path, tmp_path: Path) -> None:
    section = CurationSection(policy=VRT(trials=1))
    assert export(text_pool, "messages", tmp_path / "m.jsonl", curation=section).rows == 2


def test_a_format_that_is_not_there_is_named(text_pool: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match='did you mean "messages"'):
        export(text_pool, "mesages", tmp_path / "m.jsonl")


@pytest.mark.parametrize(
    ("pool", "name", "file", "section", "said"),
    [
        ("text_pool", "openai", "m.parquet", {}, r"ends in \.jsonl"),
        ("text_pool", "openai", "m", {}, r"ends in \.jsonl"),
        ("text_pool", "messages", "m.jsonl", {"prompt": "text"}, "hold messages alone"),
        ("chat_pool", "preference", "m.jsonl", {"prompt": "text"}, "chat template"),
        ("text_pool", "preference", "m.jsonl", {"thoughts": "field"}, "field of a message"),
        ("chat_pool", "openai", "m.jsonl", {"thoughts": "field"}, "does not read `reasoning_content`"),
        ("chat_pool", "llama-factory", "m.jsonl", {"thoughts": "field"}, "take text or drop"),
    ],
)
def test_what_a_format_cannot_hold_is_refused(
    *,
    pool: str,
    name: str,
    file: str,
    section: dict[str, Any],
    said: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    with pytest.raises(ConfigError, match=said):
        export(request.getfixturevalue(pool), name, tmp_path / file, section=ExportSection(**section))
    assert not (tmp_path / file).exists()


def test_nothing_to_export_says_why(text_pool: Path, tmp_path: Path) -> None:
    section = ExportSection(min_pass_rate=0.5, max_pass_rate=0.6)
    with pytest.raises(DataError, match=r"2 queries below .* 1 queries above"):
        export(text_pool, "verl", tmp_path / "q.parquet", section=section)
