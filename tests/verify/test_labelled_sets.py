"""The verifier on sets of labelled answers that are not part of the project."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dartmath.queries.query import make_query
from dartmath.verify import grade, verify


def rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    with (folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def disagreements(folder: Path, name: str) -> tuple[list[str], list[str]]:
    """Ids of false positives and of false negatives."""
    positives, negatives = [], []
    for row in rows(folder, name):
        correct = verify(row["ref"], row["pred"], query=row["query"]).correct
        if correct and not row["label"]:
            positives.append(row["id"])
        if not correct and row["label"]:
            negatives.append(row["id"])
    return positives, negatives


@pytest.mark.parametrize(
    ("name", "most_positives", "most_negatives"),
    [
        ("metamorphic", 3, 15),
        ("hardverify", 1, 11),
        ("math_responses", 0, 0),
        ("deepmind_responses", 0, 0),
        ("gsm8k_solutions", 0, 0),
    ],
)
def test_errors_stay_within_the_bars(
    shared_verify: Path, name: str, most_positives: int, most_negatives: int
) -> None:
    positives, negatives = disagreements(shared_verify, name)
    assert len(positives) <= most_positives, positives
    assert len(negatives) <= most_negatives, negatives


@pytest.mark.parametrize(
    ("name", "most"), [("math_responses", 0), ("deepmind_responses", 12), ("gsm8k_solutions", 0)]
)
def test_whole_responses(shared_verify: Path, name: str, most: int) -> None:
    wrong = [
        row["id"]
        for row in rows(shared_verify, name)
        if row.get("resp")
        and grade(make_query(name, row["query"], row["ref"]), row["resp"]).correct != row["label"]
    ]
    assert len(wrong) <= most, wrong
