"""How many queries show a difference."""

from __future__ import annotations

import math
import random

import pytest

from dartmath.evaluation.intervals import Paired, paired, paired_interval
from dartmath.evaluation.power import queries_to_see, visible_difference


def runs(queries: int, difference: float, seed: int) -> tuple[list[float], list[float]]:
    """Two runs of one trial, the second better by `difference` in truth."""
    generator = random.Random(seed)
    first = [float(generator.random() < 0.5) for _ in range(queries)]
    second = [float(generator.random() < 0.5 + difference) for _ in range(queries)]
    return first, second


def compared() -> Paired:
    return paired(*runs(400, 0.0, seed=1), single=True)


def test_the_visible_difference_is_seen_in_four_of_five_comparisons() -> None:
    visible = visible_difference(compared())
    seen = sum(paired_interval(*runs(400, visible, seed))[0] > 0 for seed in range(2, 202))
    # Four standard errors of a share of 200 around 80 %.
    assert 138 <= seen <= 182


def test_half_the_difference_takes_four_times_the_queries() -> None:
    found = compared()
    assert queries_to_see(found, visible_difference(found)) == pytest.approx(400, abs=1)
    assert queries_to_see(found, visible_difference(found) / 2) == pytest.approx(1600, abs=1)


def test_nothing_is_said_where_nothing_is_known() -> None:
    lone = paired([1.0], [0.0], single=True)
    assert math.isnan(visible_difference(lone))
    assert queries_to_see(lone, 0.02) is None
