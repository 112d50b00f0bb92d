"""The bootstrap against the variance that theory gives, and against studies made with a known truth."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from dartmath.study.statistics import difference_interval, mean_interval

HALF = 1.959963984540054


def crossed(rng: Any, seeds: int, queries: int, spread: tuple[float, float, float]) -> Any:
    """mean 0.5 + effect of the seed + effect of the query + noise of the cell."""
    by_seed, by_query, noise = (
        rng.normal(0, s, size)
        for s, size in zip(spread, ((seeds, 1), (1, queries), (seeds, queries)), strict=True)
    )
    return 0.5 + by_seed + by_query + noise


@pytest.mark.parametrize("spread", [(0.05, 0.0, 0.0), (0.0, 0.4, 0.0), (0.05, 0.4, 0.0)])
def test_the_width_is_that_of_crossed_effects(spread: tuple[float, float, float]) -> None:
    scores = crossed(np.random.default_rng(0), 30, 400, spread)
    found = mean_interval([scores])
    # Unbiased estimates of either effect's variance of the mean: no noise stands between them.
    by_seed, by_query = scores.mean(axis=1).var(ddof=1) / 30, scores.mean(axis=0).var(ddof=1) / 400
    assert found.value == pytest.approx(scores.mean())
    assert (found.high - found.low) / 2 == pytest.approx(HALF * math.sqrt(by_seed + by_query), rel=0.05)


def test_few_seeds_are_not_flattered() -> None:
    """With three seeds the plain bootstrap's variance would be two thirds of the unbiased one."""
    scores = crossed(np.random.default_rng(1), 3, 500, (0.1, 0.0, 0.0))
    found = mean_interval([scores])
    unbiased = math.sqrt(scores.mean(axis=1).var(ddof=1) / 3)
    # Three seeds have ten resamples, so percentiles are coarse; they reach the farthest.
    assert (found.high - found.low) / 2 > 1.5 * unbiased


def test_what_both_arms_share_does_not_widen_their_difference() -> None:
    rng = np.random.default_rng(2)
    hard = rng.normal(0, 0.4, (1, 300))
    first, second = (0.5 + hard + rng.normal(0, 0.01, (5, 300)) for _ in range(2))
    difference, alone = difference_interval([first], [second]), mean_interval([first])
    assert difference.high - difference.low < 0.1 * (alone.high - alone.low)
    assert difference.value == pytest.approx(second.mean() - first.mean())


def test_the_headline_weighs_bands_and_not_queries_alike() -> None:
    small, large = np.full((2, 10), 0.2), np.full((2, 1000), 0.8)
    assert mean_interval([small, large]).value == pytest.approx(0.5)
    assert difference_interval([small, large], [small + 0.2, large]).value == pytest.approx(0.1)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """200 studies of 5 seeds and 100 queries, right or wrong answers, and a true difference of 0.1."""
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(200):
        ease = rng.beta(1.5, 1.5, (1, 100)) * 0.8 + 0.05
        arms = [ease + shift + rng.normal(0, 0.03, (5, 1)) for shift in (0.0, 0.1)]
        first, second = ((rng.random((5, 100)) < p).astype(float) for p in arms)
        found = difference_interval([first], [second])
        held += found.low <= 0.1 <= found.high
    assert held >= 184, "at least 92 % of the studies"


def test_one_seed_varies_queries_alone() -> None:
    scores = (np.random.default_rng(4).random((1, 400)) < 0.3).astype(float)
    found = mean_interval([scores])
    assert (found.high - found.low) / 2 == pytest.approx(HALF * scores.std(ddof=1) / 20, rel=0.05)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([], []),
        ([np.ones((2, 3)), np.ones((3, 3))], [np.ones((2, 3))] * 2),
        ([np.ones((2, 3))], [np.ones((2, 4))]),
    ],
)
def test_what_cannot_be_compared_is_refused(first: list[Any], second: list[Any]) -> None:
    with pytest.raises(ValueError, match=r"band|seeds|queries"):
        difference_interval(first, second)
