"""Intervals and tests against SciPy, and their laws."""

from __future__ import annotations

import itertools
import math
import random
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from dartmath.evaluation.intervals import (
    Estimate,
    bootstrap,
    clustered,
    macro,
    macro_paired,
    mcnemar,
    paired,
    paired_interval,
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


@pytest.mark.parametrize(
    "sizes", [[1.0] * 7, [1.0] * 12, [2.0**-i for i in range(8)], [1.0, 1.0, *[0.1] * 8], [0.1, 0.5, 0.9] * 3]
)
def test_runs_that_differ_by_chance_alone_are_told_apart_in_one_of_twenty_exchanges(
    sizes: list[float],
) -> None:
    """All exchanges of the two runs, query by query, of which the exact test of exchanges takes 5 %."""
    zeros, claimed = [0.0] * (30 - len(sizes)), 0
    for signs in itertools.product((0, 1), repeat=len(sizes)):
        first = [size * sign for size, sign in zip(sizes, signs, strict=True)]
        second = [size * (1 - sign) for size, sign in zip(sizes, signs, strict=True)]
        low, high = paired_interval(first + zeros, second + zeros)
        claimed += not low <= 0 <= high
    # The two ends of 7 equal queries are 1.6 %, with the next ones 12.5 %; of 12 queries 3.9 %.
    assert 0.015 <= claimed / 2 ** len(sizes) <= 0.07


@pytest.mark.parametrize(("only", "told"), [(3, False), (4, True)])
def test_four_queries_that_one_run_alone_solves_tell_runs_apart(only: int, told: bool) -> None:
    low, high = paired_interval([0.0] * 30, [1.0] * only + [0.0] * (30 - only))
    assert (low > 0) is told
    # As far out as the share of these queries may be.
    assert high == pytest.approx(_student_wilson(only, 30)[1])


@pytest.mark.parametrize("count", [5, 30, 300])
def test_runs_that_are_alike_or_wholly_unlike_are_as_sure_as_a_share_of_nothing(count: int) -> None:
    nothing = _student_wilson(0, count)[1]
    # The quantile is a series, within 0.04 % at four degrees of freedom.
    same, other = (pytest.approx(bounds, rel=1e-3) for bounds in ((-nothing, nothing), (1 - nothing, 1)))
    assert paired_interval([0.0] * count, [0.0] * count) == same
    assert paired_interval([0.5] * count, [0.5] * count) == same
    assert paired_interval([0.0] * count, [1.0] * count) == other


def _student_wilson(correct: int, total: int) -> tuple[float, float]:
    """Wilson's bounds with Student's quantile, by searching for them."""
    share, quantile = correct / total, float(stats.t.ppf(0.975, total - 1))

    def off(p: float) -> float:
        return (share - p) ** 2 * total - quantile**2 * p * (1 - p)

    low = optimize.brentq(off, 0, share) if correct else 0.0
    return low, optimize.brentq(off, max(share, 1e-9), 1)


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


def test_what_students_series_leaves_out_begins_with_the_fifth_power() -> None:
    """Times that power, it is smooth in 1 / v; a coefficient that is a little off leaves a multiple of v."""

    def left_out(freedom: int) -> float:
        return float(stats.t.ppf(0.975, freedom) - student(freedom)) * freedom**5

    known = [15, 20, 30, 60]
    smooth = np.polyfit([1 / v for v in known], [left_out(v) for v in known], 3)
    assert left_out(150) == pytest.approx(np.polyval(smooth, 1 / 150), abs=2e-4)


def _score_bounds(share: float, total: float, quantile: float) -> tuple[float, float]:
    """Where a share is `quantile` standard errors of the bound itself away: the roots of a quadratic."""
    square = quantile**2 / total
    low, high = sorted(np.roots([1 + square, -(2 * share + square), share**2]).real)
    return max(0.0, low), min(1.0, high)


@given(SHARES)
def test_clustered_bounds_are_those_of_the_effective_queries(means: list[float]) -> None:
    """With the variance of single trials in it, by 4 / (expected successes or failures)² queries."""
    count, mean = len(means), statistics.fmean(means)
    single = mean * (1 - mean)
    found = clustered(means)
    if len(set(means)) == 1:
        effective, quantile = float(count), stats.norm.ppf(0.975)
    else:
        pulled = 4 / (count * single) ** 2
        variance = (statistics.variance(means) * (count - 1) + single * pulled) / (count - 1 + pulled)
        # More varied than single trials, they still are not fewer queries than there are.
        effective, quantile = max(count, count * single / variance), student(count - 1)
    assert found.value == pytest.approx(mean)
    assert (found.low, found.high) == pytest.approx(_score_bounds(mean, effective, quantile), abs=1e-9)
    assert found.method == ("wilson" if len(set(means)) == 1 else "clustered")


@pytest.mark.parametrize(
    ("count", "better", "worse"), [(12, 3, 0), (12, 0, 3), (40, 2, 1), (40, 9, 4), (1000, 80, 20)]
)
def test_paired_bounds_of_single_trials(count: int, better: int, worse: int) -> None:
    """d queries that differ by 1 have 3 d - 2 degrees of freedom, beyond 0 Student's; or Wilson's bounds."""
    first = [0.0] * better + [1.0] * worse + [0.0] * (count - better - worse)
    second = [1.0] * better + [0.0] * worse + [0.0] * (count - better - worse)
    differences, mean = [b - a for a, b in zip(first, second, strict=True)], (better - worse) / count
    freedom = min(count, max(3, 3 * (better + worse) - 2))
    share = freedom * student(freedom - 1) ** 2 / (freedom - 1 + student(freedom - 1) ** 2)
    quantile = student(count - 1) if freedom == count else math.sqrt(share * (count - 1) / (count - share))
    error = statistics.stdev(differences) / math.sqrt(count)
    ends = [mean + sign * quantile * error for sign in (-1, 1)]
    below, above = (
        mean + sign * student(count - 1) * error if mean * end < 0 else end
        for sign, end in zip((-1, 1), ends, strict=True)
    )
    low, high = _score_bounds(abs(mean), count, student(count - 1))
    low, high = (low, high) if mean > 0 else (-high, -low)
    found = paired(first, second, single=True)
    expected = (max(-1, min(below, low)), min(1, max(above, high)))
    assert (found.low, found.high) == pytest.approx(expected)
    assert found.queries == count
    assert found.difference == pytest.approx(mean)
    assert (found.first, found.second) == (worse / count, better / count)


@pytest.mark.parametrize("count", [1, 60])
@pytest.mark.parametrize("size", [0.125, 0.5])
def test_a_difference_counts_with_its_size(size: float, count: int) -> None:
    """Queries that differ by a part are bound as those that differ wholly, times it, or hardly wider."""
    part, whole = (paired_interval([0.0] * 300, [one] * count + [0.0] * (300 - count)) for one in (size, 1.0))
    assert size * whole[1] < part[1] < 1.2 * size * whole[1]


@pytest.mark.parametrize("only", [1, 2])
def test_a_bound_beyond_nothing_is_as_far_out_as_students(only: int) -> None:
    """Which of the two runs is the first says nothing of gains: there, only 0 is told by exchanges."""
    found = paired_interval([1.0] * only + [0.0] * (50 - only), [0.0] * 50)
    known = stats.ttest_1samp([-1.0] * only + [0.0] * (50 - only), 0).confidence_interval()
    assert known.high > 0
    assert found[1] == pytest.approx(known.high, rel=1e-3)


def test_a_gain_that_few_of_thirty_queries_show_is_bound_from_above() -> None:
    """Of such samples the usual one has a query of large gain less than there should be."""
    generator, low, high = np.random.default_rng(7), 0, 0
    many = generator.beta(0.05, 1.0, 1_000_000)
    gain = float((1 - (1 - many) ** 1.5 - many).mean())
    for rates in generator.beta(0.05, 1.0, (600, 30)):
        first, second = (generator.binomial(64, p) / 64 for p in (rates, 1 - (1 - rates) ** 1.5))
        bounds = paired_interval(first.tolist(), second.tolist())
        low, high = low + (gain < bounds[0]), high + (gain > bounds[1])
    assert low / 600 <= 0.025
    assert high / 600 <= 0.06


def test_a_gain_that_all_queries_show_is_bound_by_its_own_spread() -> None:
    """Not by that of queries which would differ wholly or not at all, of which there was none."""
    generator = random.Random(4)
    gains = [generator.gauss(0.15, 0.04) for _ in range(40)]
    low, high = paired_interval([0.0] * 40, gains)
    known = stats.ttest_1samp(gains, 0).confidence_interval()
    assert (high - low) / (known.high - known.low) == pytest.approx(1, abs=0.15)


def test_a_paired_comparison_of_one_query_or_none_has_no_interval() -> None:
    one, none = paired([0.5], [1.0], single=False), paired([], [], single=False)
    assert (one.difference, one.first, one.second, one.queries) == (0.5, 0.5, 1.0, 1)
    assert all(math.isnan(x) for x in (one.low, one.high, one.p_value, none.first, none.second, none.low))
    assert math.isnan(none.difference) and none.queries == 0
    assert paired_interval([0.5, 0.5], [1.0, 0.5])[0] < 0.25  # two have one


def test_a_query_counts_for_a_run_that_solves_it_in_more_than_half_of_its_trials() -> None:
    found = paired([0.5, 0.75, 0.75, 0.25, 0.0], [0.75, 0.5, 1.0, 0.5, 1.0], single=False)
    assert (found.only_first, found.only_second, found.test) == (1, 2, "z")


def test_the_macro_difference_weighs_benchmarks_alike() -> None:
    parts = [paired([0.0] * 4 + [1.0] * 2, [1.0] * 3 + [0.0] * 3, single=True)]
    parts += [paired([0.0, 0.5, 0.5] * 20, [0.5, 0.5, 1.0] * 20, single=False)]
    found = macro_paired(parts)
    mean = (parts[0].difference + parts[1].difference) / 2
    below = math.hypot(*(one.difference - one.low for one in parts)) / 2
    above = math.hypot(*(one.high - one.difference for one in parts)) / 2
    assert (found.queries, found.test) == (66, "z")
    assert found.difference == pytest.approx(mean)
    assert (found.low, found.high) == pytest.approx((mean - below, mean + above))
    assert found.first == pytest.approx(sum(one.first for one in parts) / 2)
    assert found.second == pytest.approx(sum(one.second for one in parts) / 2)
    assert (found.only_first, found.only_second) == (2 + 0, 3 + 20)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(mean / (below / stats.norm.ppf(0.975))))
    assert math.isnan(found.bootstrap_low) and math.isnan(found.bootstrap_high)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(7, 40)), min_size=1, max_size=6))
def test_the_macro_difference_turns_with_the_order_of_the_runs(
    counts: list[tuple[int, int, int]],
) -> None:
    """Exchanged runs give the interval mirrored, and one benchmark alone its own interval."""
    runs = [
        ([1.0] * worse + [0.0] * (total - worse), [0.0] * (total - better) + [1.0] * better)
        for worse, better, total in counts
    ]
    there = macro_paired([paired(one, other, single=True) for one, other in runs])
    back = macro_paired([paired(other, one, single=True) for one, other in runs])
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert there.p_value == pytest.approx(back.p_value)
    if len(runs) == 1:
        assert (there.low, there.high) == pytest.approx(paired_interval(*runs[0]))
    if abs(there.difference) > 1e-9:
        assert (there.p_value < 0.05) == (there.low > 0 or there.high < 0)


@pytest.mark.parametrize("count", [3, 99, 101, 333])
def test_resampling_in_portions_gives_what_resampling_at_once_gives(count: int) -> None:
    values = [math.sin(n) for n in range(count)]
    generator = np.random.default_rng(5)
    means = np.asarray(values)[generator.integers(0, count, (10_000, count))].mean(axis=1)
    assert bootstrap(values, seed=5) == pytest.approx(np.percentile(means, [2.5, 97.5]).tolist())


def test_no_error_of_measurement_is_told_from_a_small_one() -> None:
    assert z_test(0.0, 0.0, 9) == z_test(1e-14, 0.0, 9) == 1.0
    assert z_test(1e-6, 0.0, 9) == 2.0**-8
    assert z_test(1e-6, 1e-6, 9) == pytest.approx(2 * stats.norm.sf(1))
    assert math.isnan(z_test(0.5, math.nan, 1))
