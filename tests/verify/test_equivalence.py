"""Classes of answers that all mean the same, and answers that all mean something else."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from dartmath.verify import verify

CASES = Path(__file__).parents[1] / "cases" / "verify"


def rows(name: str) -> list[Any]:
    lines = (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("row", rows("equivalent"), ids=lambda row: f"{row['category']}: {row['members'][0]}")
def test_every_member_equals_every_other(row: dict[str, Any]) -> None:
    wrong = [pair for pair in permutations(row["members"], 2) if not verify(*pair).correct]
    assert not wrong


@pytest.mark.parametrize("row", rows("different"), ids=lambda row: str(row["reference"]))
def test_no_answer_equals_the_reference(row: dict[str, Any]) -> None:
    wrong = [answer for answer in row["answers"] if verify(row["reference"], answer).correct]
    assert not wrong


def test_the_classes_are_many() -> None:
    assert sum(len(row["members"]) * (len(row["members"]) - 1) for row in rows("equivalent")) > 8_000
    assert sum(len(row["answers"]) for row in rows("different")) > 650
