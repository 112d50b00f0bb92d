"""What people see of rounds: the table, the sentences, JSON, and the section of the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dartmath.evaluation.result import Score
from dartmath.report.plot import Figure
from dartmath.report.rounds import COLUMNS, print_rounds, round_lines, round_rows
from dartmath.report.sections_rounds import rounds_section
from dartmath.rounds.result import Change, Measured, Round, RoundsResult, read_rounds, write_rounds


def measured(**values: float) -> Measured:
    scores = {n: Score(value=v, low=v - 0.1, high=v + 0.1, method="wilson") for n, v in values.items()}
    mean = sum(values.values()) / len(values)
    return Measured(scores=scores, held_out=Score(value=mean, low=None, high=None, method="macro"))


def one(number: int, **values: float) -> Round:
    change = Change(difference=0.05 * number, low=-0.1, high=0.2)
    return Round(
        number=number,
        sampler=f"model-{number - 1}",
        base="model-0",
        model=f"model-{number}",
        samples=1000 * number,
        correct=10,
        pass_rate=0.25 * number,
        queries=20,
        covered=10 + number,
        rows=30,
        measured=measured(**values),
        change=None if number == 1 else change,
    )


def result(**keys: Any) -> RoundsResult:
    made = {
        "name": "made",
        "held_out": ["a", "b"],
        "before": measured(a=0.2, b=0.3),
        "rounds": [one(1, a=0.4, b=0.5), one(2, a=0.3, b=0.5)],
        "best": 1,
        "stopped": "the held-out score has not risen in the last round",
    }
    return RoundsResult.model_validate({**made, **keys})


def test_the_table_has_the_model_before_and_every_round() -> None:
    rows = round_rows(result())
    assert all(len(row) == len(COLUMNS) for row in rows)
    assert [row[0] for row in rows] == [0, 1, 2]
    assert rows[0][5] == "25.0" and rows[1][5] == "45.0"
    assert rows[1][2:5] == ("25.0%", "11 of 20", 30)
    assert (rows[1][6], rows[2][6]) == ("", "+10.0 (-10.0 to +20.0)")
    assert [row[0] for row in round_rows(result(before=None))] == [1, 2]


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({}, ["best: round 1, 45.0 % held-out; its model is model-1", "it ended because the held-out score"]),
        ({"best": 0}, ["no round rose above the model before any training", "it ended because"]),
        ({"stopped": None}, ["best: round 1"]),
    ],
)
def test_the_sentences_name_the_best_and_why_it_ended(keys: dict[str, Any], says: list[str]) -> None:
    found = [*round_lines(result(**keys))]
    assert len(found) == len(says)
    assert all(line.startswith(start) for line, start in zip(found, says, strict=True))


def test_the_end_of_a_run_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    print_rounds(tmp_path, result(), as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["best"] == 1 and len(found["rounds"]) == 2
    assert found["places"]["best model"] == str(tmp_path / "round-1" / "model")
    print_rounds(tmp_path, result(best=0), as_json=True)
    assert "best model" not in json.loads(capsys.readouterr().out)["places"]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    assert read_rounds(tmp_path) is None
    write_rounds(tmp_path, result())
    assert read_rounds(tmp_path) == result()


def test_the_section_draws_each_benchmark_and_the_mean() -> None:
    assert not rounds_section([]).blocks
    figures = {f.title: f for f in rounds_section([result()]).blocks if isinstance(f, Figure)}
    lines = {trace["name"]: trace for trace in figures["Pass@1 by round"].spec["data"]}
    assert set(lines) == {"held-out", "a", "b"}
    assert lines["a"]["x"] == [0, 1, 2] and lines["a"]["y"] == pytest.approx([20, 40, 30])
    assert lines["held-out"]["y"] == pytest.approx([25, 45, 40])
    pools = {trace["name"]: trace["y"] for trace in figures["Training queries by round"].spec["data"]}
    assert pools == {"pass rate": [25, 50], "queries covered": [55, 60]}
