"""`dartmath import`, as a user calls it: from one file of responses to a run and a training set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dartmath.cli import app

ROWS: list[dict[str, object]] = [
    {"problem": "What is 2 + 3?", "answer": "5", "n": 9, "generation": "2 + 3 = 5, so \\boxed{5}."},
    {"problem": "What is 2 + 3?", "answer": "5", "n": 4, "generation": "It is \\boxed{6}."},
    {"problem": "What is 20 * 30?", "answer": "600", "n": 5, "generation": "The answer is 600."},
]
COLUMNS = ("--query", "problem", "--response", "generation")


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The recipe that `init` makes of a file of responses."""
    monkeypatch.chdir(tmp_path)
    write("old.jsonl", ROWS)
    output = dartmath("init", "old.jsonl", "--yes", "--no-train").stdout
    assert "dartmath import old.yaml old.jsonl --query problem --response generation" in output
    return "old.yaml"


def write(name: str, rows: list[dict[str, object]]) -> None:
    Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows))


def dartmath(*arguments: str) -> Result:
    """What the program prints; raises what it raises."""
    result = CliRunner().invoke(app, arguments)
    if result.exception:
        raise result.exception
    return result


def test_from_a_file_of_responses_to_a_training_set(recipe: str) -> None:
    result = dartmath("import", recipe, "old.jsonl", *COLUMNS)
    assert "3 samples (correct 2, wrong 1)" in result.stdout
    assert "3 responses to 2 of 2 queries -> runs/old/sample" in result.stderr
    assert "dartmath sample old.yaml\n" in result.stderr
    curated = json.loads(dartmath("curate", "runs/old/sample", "--json").stdout)
    assert (curated["rows"], curated["covered"]) == (2, 2)
    card = dartmath("card", "runs/old/dataset", "--print").stdout
    assert "| imported responses | 3 of old.jsonl; model and settings as the recipe names them |" in card


def test_for_machines(recipe: str) -> None:
    write("more.jsonl", [*ROWS, {"problem": "Why?", "generation": "Because."}])
    options = ("--out", "pools/a b", "--set", "sampling.keep_wrong=hash", "--json")
    result = dartmath("import", recipe, "more.jsonl", *COLUMNS, *options)
    found = json.loads(result.stdout)
    assert (found["responses"], found["correct"], found["without_query"]) == (3, 2, 1)
    assert (found["folder"], found["first_without_query"]) == ("pools/a b", "more.jsonl:4: 'Why?'")
    assert "no query asked is theirs: 1" in result.stderr


def test_the_command_that_goes_on_has_the_same_options(recipe: str) -> None:
    options = ("--out", "pools/a b", "--set", "seed=5")
    said = dartmath("import", recipe, "old.jsonl", *COLUMNS, *options).stderr
    assert "dartmath sample old.yaml --out 'pools/a b' --set seed=5\n" in said
    assert "dartmath curate 'pools/a b'\n" in said


def test_a_filtered_file_is_warned_of(recipe: str) -> None:
    write("right.jsonl", [ROWS[0]] * 20)
    said = dartmath("import", recipe, "right.jsonl", *COLUMNS).stderr
    assert "every response is correct" in said
    write("most.jsonl", [ROWS[0]] * 20 + [ROWS[1]])
    said = dartmath("import", recipe, "most.jsonl", *COLUMNS, "--out", "b").stderr
    assert "every response is correct" not in said


def test_runs_of_two_models_are_named_in_the_card(recipe: str) -> None:
    dartmath("import", recipe, "old.jsonl", *COLUMNS)
    other = ("--set", "model.name=acme/other", "--out", "runs/other/sample")
    dartmath("import", recipe, "old.jsonl", *COLUMNS, *other, "--tokens", "n")
    said = dartmath("import", recipe, "runs/old", "runs/other", "--out", "runs/both/sample").stderr
    line = "model.name: 'acme/other' there, 'smollm2-135m-instruct' asked"
    assert f"runs/other/sample: {line}" in said
    dartmath("curate", "runs/both/sample")
    card = dartmath("card", "runs/both/dataset", "--print").stdout
    assert f"6 of old, other; model and settings as the recipe names them, but {line} |" in card
