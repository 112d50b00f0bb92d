"""What could mislead beside a table, on results that are made to mislead."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from dartmath.study.result import ArmResult, StudyResult
from dartmath.study.statistics import Interval
from dartmath.study.warnings import warnings_of

BANDS = ("easy", "hard")


def arm(name: str, **changes: Any) -> ArmResult:
    """An arm with nothing to warn of."""
    accuracy = {band: Interval(0.5, 0.4, 0.6) for band in (*BANDS, "mean")}
    plain = ArmResult(
        arm=name,
        size="100 rows",
        seeds=[1, 2, 3],
        accuracy=accuracy,
        difference={},
        rows={"easy": 60, "hard": 40},
        tokens={"easy": 600, "hard": 800},
        lucky={"easy": 0.01, "hard": None},
        steps=10,
        trained_tokens=5000,
        policy={"kind": "vrt"},
    )
    return replace(plain, **changes)


def scored(easy: float, hard: float) -> dict[str, Interval]:
    return {name: Interval(v, v, v) for name, v in (("easy", easy), ("hard", hard), ("mean", 0.5))}


CASES: dict[str, tuple[dict[str, Any], dict[str, float], str]] = {
    "tokens": (
        {"tokens": {"easy": 300, "hard": 1600}},
        {},
        "unequal tokens of the responses: other has 1,900",
    ),
    "rows": ({"rows": {"easy": 10, "hard": 40}}, {}, "unequal rows: vrt has 100, other 50 (2.00 x)"),
    "steps": ({"steps": 20}, {}, "unequal optimiser steps: other has 20, vrt 10 (2.00 x)"),
    "seeds": ({"seeds": [1]}, {}, "other has 1 seed(s)"),
    "duplicates": (
        {"rows": {"easy": 40, "hard": 60}},
        {"easy": 0.7, "hard": 0.1},
        "deduplication takes 70% of the correct responses of easy and 10% of hard: vrt, with most",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_misleads_is_said(name: str) -> None:
    changes, duplicates, expected = CASES[name]
    assert warnings_of([arm("vrt"), arm("other")], BANDS) == []
    (said,) = warnings_of([arm("vrt"), arm("other", **changes)], BANDS, duplicates)
    assert expected in said


@pytest.mark.parametrize(("easy", "expected"), [(0.99, "above 98%"), (0.01, "below 2%")])
def test_a_saturated_band_is_said(easy: float, expected: str) -> None:
    both = [arm(name, accuracy=scored(easy, 0.5)) for name in ("vrt", "other")]
    (said,) = warnings_of(both, BANDS)
    assert said.startswith("100 rows: easy: every arm is") and expected in said
    assert warnings_of([both[0], arm("other")], BANDS) == [], "one that differs tells them apart"


def test_duplicates_that_are_everywhere_alike_are_not_one_sided() -> None:
    assert warnings_of([arm("vrt"), arm("other")], BANDS, {"easy": 0.6, "hard": 0.5}) == []


def test_a_result_survives_its_file() -> None:
    interval = Interval(0.1, -0.1, 0.3)
    result = StudyResult(
        name="made",
        baseline="vrt",
        headline=["easy"],
        bands={"easy": 10, "hard": 10},
        before=scored(0.2, 0.1),
        arms=[arm("vrt"), arm("other", difference={"easy": interval, "hard": interval, "mean": interval})],
        missing=["other, 200 rows, seed 1"],
        warnings=["something"],
    )
    assert StudyResult.from_json(json.loads(json.dumps(result.to_json()))) == result
