"""Intervals and tests against SciPy, and their laws."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from dartmath.evaluation.intervals import (
    Estimate,
    bootstrap,
    clustered,
    macro,
    mcnemar,
    paired,
    standard_error,
    student,
    wilson,
    z_test,
)

SHARES = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=2, max_size=40)


@given(st.integers(1, 5000), st.data())
def test_wilson_is_scipys(total: int, data: st.DataObject) -> None:
    correct = data.draw(st.integers(0, total))
    ours = wilson(correct, total)
    theirs = stats.binomtest(correct, total).proportion_ci(0.95, method="wilson")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert 0 <= ours.low <= ours.value <= ours.high <= 1


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_equal_means_are_no_certainty(share: float) -> None:
    few, many = clustered([share] * 4), clustered([share] * 400)
    assert few.value == many.value == share
    assert few.high - few.low > many.high - many.low > 0
    assert clustered([0.0] * 4) == wilson(0, 4)


@given(SHARES)
def test_clustered_is_the_standard_error_of_the_mean(means: list[float]) -> None:
    assert standard_error(means) == pytest.approx(float(stats.sem(means)), abs=1e-12)
    estimate = clustered(means)
    assert 0 <= estimate.low <= estimate.value + 1e-12
    assert estimate.value - 1e-12 <= estimate.high <= 1


@pytest.mark.parametrize("estimate", [wilson(0, 0), clustered([]), macro([])])
def test_nothing_gives_nan(estimate: Estimate) -> None:
    assert math.isnan(estimate.value)


def test_one_query_has_no_clustered_interval() -> None:
    estimate = clustered([0.5])
    assert estimate.value == 0.5
    assert math.isnan(estimate.low)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_the_exact_binomial_test(first: int, second: int) -> None:
    expected = stats.binomtest(first, first + second, 0.5).pvalue if first + second else 1.0
    assert mcnemar(first, second) == pytest.approx(expected)


@settings(max_examples=25)
@given(SHARES)
def test_a_run_does_not_differ_from_itself(means: list[float]) -> None:
    found = paired(means, means, single=False)
    assert (found.difference, found.p_value) == (0, 1)
    assert found.low < 0 < found.high  # a few queries are no certainty
    assert (found.only_first, found.only_second) == (0, 0)


def test_paired_difference_changes_sign_with_the_order() -> None:
    first, second = [0.0, 1.0, 0.0, 0.0, 1.0], [1.0, 1.0, 0.0, 1.0, 0.0]
    forth, back = paired(first, second, single=True), paired(second, first, single=True)
    assert forth.difference == -back.difference == pytest.approx(0.2)
    assert (forth.only_first, forth.only_second) == (1, 2) == (back.only_second, back.only_first)
    assert forth.p_value == back.p_value == 1.0
    assert forth.test == "mcnemar"
    with pytest.raises(ValueError, match="same queries"):
        paired(first, second[:3], single=True)


def test_the_z_test_is_the_paired_one() -> None:
    generator = random.Random(1)
    first = [generator.choice([0.0, 0.5, 1.0]) for _ in range(400)]
    second = [min(1.0, value + generator.choice([0.0, 0.0, 0.5])) for value in first]
    ours, theirs = paired(first, second, single=False), stats.ttest_rel(second, first)
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=0.5)
    interval = theirs.confidence_interval(0.95)
    assert (ours.low, ours.high) == pytest.approx((interval.low, interval.high), abs=2e-3)
    assert (ours.bootstrap_low, ours.bootstrap_high) == pytest.approx((ours.low, ours.high), abs=6e-3)


@pytest.mark.parametrize(("count", "p_value"), [(2, 0.5), (3, 0.25), (11, 2**-10)])
def test_equal_differences_are_as_sure_as_equal_signs(count: int, p_value: float) -> None:
    found = paired([0.25] * count, [0.75] * count, single=False)
    assert (found.difference, found.p_value) == (0.5, p_value)
    assert stats.binomtest(count, count).pvalue == pytest.approx(p_value)


def test_shares_of_ten_trials_are_compared_without_their_rounding() -> None:
    # 0.3 - 0.2 and 0.4 - 0.3 are not quite the same number.
    assert paired([0.2, 0.3], [0.3, 0.4], single=False).p_value == 0.5
    # Nor do 0.3 - 0.2, 0.2 - 0.3 and so on add up to nothing.
    nothing = paired([0.2, 0.3, 0.4], [0.1 + 0.1, 0.1 + 0.2, 0.7 - 0.3], single=False)
    assert nothing.p_value == 1.0


def test_bootstrap_is_the_same_for_the_same_seed() -> None:
    values = [0.0, 1.0, -1.0, 0.5]
    assert bootstrap(values, seed=3) == bootstrap(values, seed=3)
    assert all(math.isnan(bound) for values in ([], [1.0, 1.0]) for bound in bootstrap(values))


@pytest.mark.parametrize("share", [0.5, 0.2])
def test_bootstrap_bounds_are_quantiles_of_the_binomial(share: float) -> None:
    """Means of resampled zeros and ones are binomial: their 2.5 and 97.5 % points are known.

    Those at 3.5 and 96.5 % lie 0.002 further in, and 10,000 resamples miss by 0.0004.
    """
    ones = round(1000 * share)
    low, high = bootstrap([1.0] * ones + [0.0] * (1000 - ones))
    exact = stats.binom.ppf([0.025, 0.975], 1000, share) / 1000
    assert (low, high) == pytest.approx(tuple(exact), abs=0.0016)


def test_intervals_cover_the_truth_about_95_percent_of_the_time() -> None:
    generator = random.Random(0)
    covered = 0
    for _ in range(600):
        rates = [generator.betavariate(0.5, 1.0) for _ in range(80)]
        means = [sum(generator.random() < rate for _ in range(4)) / 4 for rate in rates]
        estimate = clustered(means)
        covered += estimate.low <= 1 / 3 <= estimate.high
    assert 0.92 <= covered / 600 <= 0.98


@pytest.mark.parametrize("freedom", [2, 3, 4, 6, 9, 29, 99, 4999])
def test_students_quantile_is_scipys(freedom: int) -> None:
    """But for the first term that the series leaves out."""
    assert student(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=0.12 / freedom**4 + 1e-9)


@given(st.floats(-5, 5), st.floats(0.01, 2))
def test_the_p_value_is_that_of_the_normal_distribution(mean: float, error: float) -> None:
    exact = 2 * stats.norm.sf(abs(mean) / error)
    assert z_test(mean, error, 50) == pytest.approx(exact, rel=1e-9, abs=1e-300)


def _beta_means(generator: random.Random, queries: int, trials: int, a: float, b: float) -> list[float]:
    rates = [generator.betavariate(a, b) for _ in range(queries)]
    return [sum(generator.random() < rate for _ in range(trials)) / trials for rate in rates]


@pytest.mark.parametrize(("queries", "a", "b"), [(30, 0.05, 1.0), (30, 0.1, 0.5), (50, 20.0, 20.0)])
def test_few_queries_of_few_successes_are_covered_too(queries: int, a: float, b: float) -> None:
    generator, mean = random.Random(1), a / (a + b)
    found = [clustered(_beta_means(generator, queries, 8, a, b)) for _ in range(700)]
    assert 0.91 <= sum(one.low <= mean <= one.high for one in found) / len(found) <= 0.99


@pytest.mark.parametrize(("a", "b"), [(0.5, 5.0), (1.0, 1.0)])
def test_paired_differences_of_few_queries_are_covered(a: float, b: float) -> None:
    generator, covered = random.Random(2), 0
    for _ in range(300):
        rates = [generator.betavariate(a, b) for _ in range(30)]
        runs = [[sum(generator.random() < p for _ in range(4)) / 4 for p in rates] for _ in range(2)]
        found = paired(*runs, single=False)
        covered += found.low <= 0 <= found.high
    assert covered / 300 >= 0.92


def test_macro_averages_benchmarks_not_queries() -> None:
    found = macro([wilson(50, 100), wilson(0, 10)])
    assert found.value == 0.25
    assert found.low < 0.25 < found.high
    # The distances to each bound add in squares: nothing is below 0 of 10, and much above.
    first, second = wilson(50, 100), wilson(0, 10)
    assert found.low == pytest.approx(0.25 - (0.5 - first.low) / 2)
    assert found.high == pytest.approx(0.25 + math.hypot(first.high - 0.5, second.high) / 2)
