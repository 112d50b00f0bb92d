"""95 % intervals of a mean over queries, and paired comparisons of two runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z95 = 1.959963984540054
_RESAMPLES = 10_000
# How much single trials weigh in the spread of few queries, for a mean and for a paired difference. Chosen
# by simulation among some weights, as the smallest that keep 30 queries at a mean of 5 % covered;
# `benchmarks/interval_coverage.py` shows what they come to.
_FEW, _FEW_PAIRS = 4.0, 10.0
# Below this, a difference of shares is the rounding of floating point.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share with its 95 % interval; `method` says how the interval was found."""

    value: float
    low: float
    high: float
    method: str


@dataclass(frozen=True, slots=True)
class Paired:
    """How two runs differ on the same queries: `difference` is second minus first.

    `low` and `high` bound it at 95 % (Student's, clustered by query; never empty, however alike the
    runs are), `bootstrap_low` and `bootstrap_high` by resampling queries. `only_first` and
    `only_second` count queries that one run alone got right in most trials; `p_value` is McNemar's
    exact one where both runs have one trial per query, else that of the clustered z-test; `test` says
    which.
    """

    queries: int
    first: float
    second: float
    difference: float
    low: float
    high: float
    bootstrap_low: float
    bootstrap_high: float
    only_first: int
    only_second: int
    p_value: float
    test: str


def wilson(correct: int, total: int) -> Estimate:
    """The share of correct ones with Wilson's score interval (Wilson 1927, JASA 22).

    Unlike value ± 1.96 standard errors it stays inside [0, 1] and is not empty at 0 and 1.
    NaN for nothing at all.
    """
    return _wilson(correct / total if total else math.nan, total)


def _wilson(share: float, total: float, quantile: float = Z95) -> Estimate:
    if total == 0:
        return Estimate(math.nan, math.nan, math.nan, "wilson")
    square = quantile * quantile
    centre = (share + square / (2 * total)) / (1 + square / total)
    half = quantile / (1 + square / total) * math.sqrt(share * (1 - share) / total + square / (4 * total**2))
    # At 0 and at 1 the bound is the share itself; rounding must not move it past.
    return Estimate(share, max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half)), "wilson")


def clustered(means: Sequence[float]) -> Estimate:
    """The mean of per-query means with an interval whose clusters are the queries.

    Trials of one query depend on each other, so the query is the unit (Miller 2024, arXiv 2411.00640,
    §2.2). The interval is Wilson's for as many effective queries as the spread of the means tells,
    mean (1 - mean) / (variance of the mean), as for samples of a survey (Korn and Graubard 1998,
    Survey Methodology 24), with Student's quantile. With few successes the spread itself is hardly
    known (30 queries at 5 % show one or two of the queries that make it), so it is pulled towards that
    of single trials, by as many queries as `_FEW` over the square of the expected successes or failures.
    `benchmarks/interval_coverage.py` measures how often that holds the truth. NaN with fewer than
    two queries.
    """
    count = len(means)
    if count == 0:
        return Estimate(math.nan, math.nan, math.nan, "clustered")
    mean = math.fsum(means) / count
    if count == 1:
        return Estimate(mean, math.nan, math.nan, "clustered")
    single = mean * (1 - mean)
    if min(means) == max(means) or single < _ROUNDING:
        return _wilson(means[0], count)
    spread = _shrunk(count * standard_error(means) ** 2, single, count, count * single, _FEW)
    estimate = _wilson(mean, max(count, count * single / spread), student(count - 1))
    return Estimate(mean, estimate.low, estimate.high, "clustered")


def _shrunk(variance: float, prior: float, count: int, evidence: float, weight: float) -> float:
    """A variance of `count` values, pulled towards a prior one the more, the less evidence there is."""
    pseudo = weight / evidence**2
    return (variance * (count - 1) + prior * pseudo) / (count - 1 + pseudo)


def student(freedom: int) -> float:
    """The 97.5 % quantile of Student's distribution (Abramowitz and Stegun 26.7.5).

    Within 0.04 % from 4 degrees of freedom on, 0.8 % at 2.
    """
    z, v = Z95, freedom
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + math.fsum(term / v ** (power + 1) for power, term in enumerate(terms))


def standard_error(values: Sequence[float]) -> float:
    """Standard error of the mean of independent values; NaN with fewer than two."""
    count = len(values)
    if count <= 1:
        return math.nan
    mean = math.fsum(values) / count
    return math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (count - 1) / count)


def macro(estimates: Sequence[Estimate]) -> Estimate:
    """The plain mean of several benchmarks' values.

    Its interval follows from theirs, taken as independent: the distances to each bound add in
    squares (Zou and Donner 2008, Statistics in Medicine 27, for sums of estimates).
    """
    count = len(estimates)
    if count == 0:
        return Estimate(math.nan, math.nan, math.nan, "macro")
    mean = math.fsum(e.value for e in estimates) / count
    below = math.sqrt(math.fsum((e.value - e.low) ** 2 for e in estimates)) / count
    above = math.sqrt(math.fsum((e.high - e.value) ** 2 for e in estimates)) / count
    return Estimate(mean, mean - below, mean + above, "macro")


_HALF = 0.5
"""A query of several trials counts as solved by a run that solves it in more than half of them."""


def paired(first: Sequence[float], second: Sequence[float], *, single: bool, seed: int = 0) -> Paired:
    """Compare two runs by their per-query means, in the same order of queries.

    `single` says that both had one trial per query. Raises `ValueError` for different lengths.
    """
    if len(first) != len(second):
        raise ValueError(f"paired runs have the same queries: {len(first)} and {len(second)}")
    differences = [b - a for a, b in zip(first, second, strict=True)]
    only_first = sum(a > _HALF >= b for a, b in zip(first, second, strict=True))
    only_second = sum(b > _HALF >= a for a, b in zip(first, second, strict=True))
    count = len(differences)
    mean = math.fsum(differences) / count if count else math.nan
    error = standard_error(differences)
    lowest, highest = paired_interval(first, second)
    low, high = bootstrap(differences, seed=seed)
    return Paired(
        queries=count,
        first=math.fsum(first) / count if count else math.nan,
        second=math.fsum(second) / count if count else math.nan,
        difference=mean,
        low=lowest,
        high=highest,
        bootstrap_low=low,
        bootstrap_high=high,
        only_first=only_first,
        only_second=only_second,
        p_value=mcnemar(only_first, only_second) if single else z_test(mean, error, count),
        test="mcnemar" if single else "z",
    )


def macro_paired(found: Sequence[Paired]) -> Paired:
    """The plain mean over benchmarks of paired differences, taken as independent.

    A benchmark of 5,000 queries weighs as much as one of 675, as in the mean of scores.
    """
    count = len(found)
    mean = math.fsum(one.difference for one in found) / count
    half = math.sqrt(math.fsum(((one.high - one.low) / 2) ** 2 for one in found)) / count
    return Paired(
        queries=sum(one.queries for one in found),
        first=math.fsum(one.first for one in found) / count,
        second=math.fsum(one.second for one in found) / count,
        difference=mean,
        low=mean - half,
        high=mean + half,
        bootstrap_low=math.nan,
        bootstrap_high=math.nan,
        only_first=sum(one.only_first for one in found),
        only_second=sum(one.only_second for one in found),
        p_value=z_test(mean, half / Z95, count),
        test="z",
    )


def paired_interval(first: Sequence[float], second: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the mean difference, second minus first; NaN with fewer than two queries.

    Few queries that differ say little of how much queries differ. So the variance is pulled towards that
    of two independent single trials, by the effective number of differing queries, which is the
    participation ratio of the differences, (sum of squares)² / sum of fourth powers.
    """
    differences = [b - a for a, b in zip(first, second, strict=True)]
    count = len(differences)
    if count <= 1:
        return math.nan, math.nan
    # Laplace's rule, so that runs without any success, or failure, keep a spread.
    shares = [(math.fsum(values) + 1) / (count + 2) for values in (first, second)]
    prior = sum(share * (1 - share) for share in shares)
    fourth = math.fsum(d**4 for d in differences)
    differing = math.fsum(d * d for d in differences) ** 2 / fourth if fourth > _ROUNDING else 0.5
    spread = _shrunk(count * standard_error(differences) ** 2, prior, count, max(0.5, differing), _FEW_PAIRS)
    mean, half = math.fsum(differences) / count, student(count - 1) * math.sqrt(spread / count)
    return mean - half, mean + half


def mcnemar(only_first: int, only_second: int) -> float:
    """Exact two-sided p-value of McNemar's test (McNemar 1947): are the discordant pairs a fair coin?

    >>> mcnemar(0, 5)
    0.0625
    """
    total, fewer = only_first + only_second, min(only_first, only_second)
    tail = sum(math.comb(total, i) for i in range(fewer + 1))
    return min(1.0, 2 * tail / (1 << total))


def z_test(mean: float, error: float, count: int) -> float:
    """Two-sided p-value of "the true mean of `count` values is 0"; 1 where all of them are 0.

    Where all values are equal otherwise, there is no error to measure by: the p-value is that of
    `count` equal signs, as in the sign test.
    """
    if math.isnan(error):
        return math.nan
    if error < _ROUNDING:
        return 1.0 if abs(mean) < _ROUNDING else 2.0 ** (1 - count)
    return math.erfc(abs(mean / error) / math.sqrt(2))


def bootstrap(values: Sequence[float], *, seed: int = 0) -> tuple[float, float]:
    """95 % percentile interval of the mean by resampling queries (Efron 1979).

    NaN for nothing, and for equal values: resampling them always gives the same, which is no certainty.
    """
    import numpy as np

    if not values or max(values) - min(values) < _ROUNDING:
        return math.nan, math.nan
    data, generator = np.asarray(values), np.random.default_rng(seed)
    # In portions, so that memory stays small however many queries there are.
    portion = max(1, min(_RESAMPLES, 1_000_000 // len(data)))
    means = np.concatenate(
        [
            data[generator.integers(0, len(data), (min(portion, _RESAMPLES - done), len(data)))].mean(axis=1)
            for done in range(0, _RESAMPLES, portion)
        ]
    )
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)
