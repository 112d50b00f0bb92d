"""The budget of one verdict is spent once, and every verdict has its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dartmath.verify import verify
from dartmath.verify.numeric.effort import (
    FREE_BITS,
    MAX_EFFORT,
    MAX_TERMS_IN_ALL,
    BoundedEffort,
    affordable,
    affordable_terms,
)

LONG = int(MAX_EFFORT**0.5)


def test_long_numbers_share_one_budget() -> None:
    with BoundedEffort():
        assert affordable(LONG)
        assert not affordable(LONG)
        assert affordable(FREE_BITS)
    with BoundedEffort():
        assert affordable(LONG)


def test_terms_share_one_budget() -> None:
    with BoundedEffort():
        assert affordable_terms(MAX_TERMS_IN_ALL)
        assert not affordable_terms(1)
    with BoundedEffort():
        assert affordable_terms(1)


@pytest.mark.parametrize(
    ("take", "whole", "more_than_whole"),
    [(affordable, LONG, LONG + 1), (affordable_terms, MAX_TERMS_IN_ALL, MAX_TERMS_IN_ALL + 1)],
)
def test_a_refused_request_costs_nothing(
    take: Callable[[int], bool], whole: int, more_than_whole: int
) -> None:
    with BoundedEffort():
        assert not take(more_than_whole)
        assert take(whole)
        assert not take(whole)


def test_every_verdict_has_its_own() -> None:
    for _ in range(2):
        assert verify(r"\sum_{k=1}^{999}\frac{x}{k}", r"\sum_{k=1}^{999}\frac{1}{k}\cdot x").correct


def test_more_sums_than_one_verdict_may_add_up_are_not_judged_equal() -> None:
    ours = [rf"\sum_{{k=1}}^{{999}}\frac{{{n}}}{{k}}" for n in range(1, 31)]
    theirs = [rf"\sum_{{k=1}}^{{999}}\frac{{1}}{{k}}\cdot {n}" for n in range(1, 31)]
    assert not verify(", ".join(ours), ", ".join(theirs)).correct
