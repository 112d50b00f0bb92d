"""95 % intervals of a mean over queries, and paired comparisons of two runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z95 = 1.959963984540054
_RESAMPLES = 10_000
# How much single trials weigh in the spread of few queries. Chosen by simulation among some weights, as the
# smallest that keeps 30 queries at a mean of 5 % covered; `benchmarks/interval_coverage.py` shows what it is.
_FEW = 4.0
# How many queries that differ wholly are taken to stand beside those that were seen to differ, when the size
# of a difference is asked for: one or two small ones do not tell how large the next would be. Chosen by
# simulation among some weights, as the one with which most gains are held at 93 to 97 %.
_UNSEEN = 0.25
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

    `low` and `high` bound it at 95 % (see `paired_interval`; never empty, however alike the runs are),
    `bootstrap_low` and `bootstrap_high` by resampling queries. `only_first` and `only_second` count
    queries that one run alone got right in most trials; `p_value` is McNemar's exact one where both
    runs have one trial per query, else that of the clustered z-test; `test` says which.
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
    low, high = _score_bounds(share, total, quantile) or (share, share)
    # At 0 and at 1 the bound is the share itself; rounding must not move it past.
    return Estimate(share, max(0.0, min(share, low)), min(1.0, max(share, high)), "wilson")


def _score_bounds(share: float, total: float, quantile: float) -> tuple[float, float] | None:
    """The shares p with (share - p)² = quantile² p (1 - p) / total; None where a share below 0 has none."""
    square = quantile * quantile
    root = share * (1 - share) / total + square / (4 * total**2)
    if root < 0:
        return None
    centre, half = share + square / (2 * total), quantile * math.sqrt(root)
    return (centre - half) / (1 + square / total), (centre + half) / (1 + square / total)


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


def student(freedom: float) -> float:
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
    below, above = _sides([(e.value, e.low, e.high) for e in estimates])
    return Estimate(mean, mean - below, mean + above, "macro")


def _sides(bounded: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    """How far the interval of a mean of independent (value, low, high) reaches below and above that mean."""
    count = len(bounded)
    below = math.hypot(*(value - low for value, low, _ in bounded)) / count
    above = math.hypot(*(high - value for value, _, high in bounded)) / count
    return below, above


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

    A benchmark of 5,000 queries weighs as much as one of 675, as in the mean of scores. The distances to each
    bound add in squares, as in `macro`; the p-value takes the error that the bound on the side of 0 tells, so
    that it is below 5 % where the interval leaves 0 out.
    """
    count = len(found)
    mean = math.fsum(one.difference for one in found) / count
    below, above = _sides([(one.difference, one.low, one.high) for one in found])
    return Paired(
        queries=sum(one.queries for one in found),
        first=math.fsum(one.first for one in found) / count,
        second=math.fsum(one.second for one in found) / count,
        difference=mean,
        low=mean - below,
        high=mean + above,
        bootstrap_low=math.nan,
        bootstrap_high=math.nan,
        only_first=sum(one.only_first for one in found),
        only_second=sum(one.only_second for one in found),
        p_value=z_test(mean, (below if mean > 0 else above) / Z95, count),
        test="z",
    )


def paired_interval(first: Sequence[float], second: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the mean difference, second minus first; NaN with fewer than two queries.

    It is mean ± quantile standard errors, the queries being the clusters; the quantile is that of runs
    exchanged at random, which tells whether 0 is left out, and Student's for a bound beyond 0. It is widened
    where a bound lies so far out that the queries which would differ then make a larger spread than those
    that did: if queries differ by the size that was seen or not at all, their share has Wilson's interval. So
    do score intervals for pairs of single trials take the spread at the bound (Tango 1998, Statistics in
    Medicine 17). Where the spread that was seen is smaller than that model's, since nearly all queries differ
    and by various amounts, the model's is scaled to it at every bound, as a quasi-likelihood does (McCullagh
    1983, Annals of Statistics 11). The fewer queries differ, the less their size is known: see `_UNSEEN`.
    """
    differences = [b - a for a, b in zip(first, second, strict=True)]
    count = len(differences)
    if count <= 1:
        return math.nan, math.nan
    mean = math.fsum(differences) / count
    error = standard_error(differences)
    differing, size = _differing(differences)
    half, beyond = (quantile * error for quantile in (_exchanged(differing, count), student(count - 1)))
    bounds = [
        mean - (beyond if mean - half < 0 < mean else half),
        mean + (beyond if mean < 0 < mean + half else half),
    ]
    size = (differing * size + _UNSEEN) / (differing + _UNSEEN)
    for sign in (1, -1):
        share = min(1.0, sign * mean / size)
        effective = count / _dispersion(count * (error / size) ** 2, share * (1 - share), count)
        shares = _score_bounds(share, effective, student(count - 1)) or ()
        bounds += [sign * size * share for share in shares]
    return max(-1.0, min(bounds)), min(1.0, max(bounds))


def _differing(differences: Sequence[float]) -> tuple[float, float]:
    """How many queries differ and by how much; (0, 1) where none does."""
    squares, fourths = (math.fsum(d**power for d in differences) for power in (2, 4))
    if fourths <= _ROUNDING:
        return 0.0, 1.0
    # The participation ratio tells how many values make up a sum of squares.
    return squares**2 / fourths, math.sqrt(fourths / squares)


def _dispersion(variance: float, model: float, count: int) -> float:
    """The variance of `count` values in terms of a model's, as if one more were spread as the model says.

    1 at most, and where the model has none: without that one, equal differences would have no interval.
    """
    if model <= _ROUNDING:
        return 1.0
    return min(1.0, (variance * (count - 1) + model) / (model * count))


def _exchanged(differing: float, count: int) -> float:
    """The 97.5 % quantile of mean over standard error, if which run is the first were tossed for each query.

    The distribution of R = sum / root of the sum of squares has shorter tails than the normal one then: the
    kurtosis 3 - 2 / m for m `differing` queries. R² is taken as the beta distribution with that kurtosis
    (Pitman 1937, JRSS Supplement 4; Box and Andersen 1955, JRSS B 17), which is Student's for
    m = (count + 2) / 3, and that of an evenly spread R for 5 / 3, the least that is told apart.
    """
    freedom = max(3.0, 3 * differing - 2)
    if freedom >= count:
        return student(count - 1)
    square = student(freedom - 1) ** 2
    bound = freedom * square / (freedom - 1 + square)  # of R²
    return math.sqrt(bound * (count - 1) / (count - bound))


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
