"""95 % intervals of a mean over queries, and paired comparisons of two runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z95 = 1.959963984540054
_RESAMPLES = 10_000
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

    `low` and `high` bound it at 95 % (normal, clustered by query), `bootstrap_low` and
    `bootstrap_high` by resampling queries. `only_first` and `only_second` count queries that one
    run alone got right in most trials; `p_value` is McNemar's exact one where both runs have one
    trial per query, else that of the clustered z-test; `test` says which.
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


def _wilson(share: float, total: int) -> Estimate:
    if total == 0:
        return Estimate(math.nan, math.nan, math.nan, "wilson")
    square = Z95 * Z95
    centre = (share + square / (2 * total)) / (1 + square / total)
    half = Z95 / (1 + square / total) * math.sqrt(share * (1 - share) / total + square / (4 * total**2))
    # At 0 and at 1 the bound is the share itself; rounding must not move it past.
    return Estimate(share, max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half)), "wilson")


def clustered(means: Sequence[float]) -> Estimate:
    """The mean of per-query means with a normal interval whose clusters are the queries.

    Trials of one query depend on each other, so the query is the unit: the standard error is the
    standard deviation of the means over sqrt(queries) (Miller 2024, arXiv 2411.00640, §2.2). The
    interval is cut to [0, 1]; it is NaN with fewer than two queries. Where all means are equal, at
    0 for example, that error is 0 and says nothing: Wilson's interval stands in, with one trial
    for each query.
    """
    count = len(means)
    if count == 0:
        return Estimate(math.nan, math.nan, math.nan, "clustered")
    mean = math.fsum(means) / count
    half = Z95 * standard_error(means)
    if math.isnan(half):
        return Estimate(mean, math.nan, math.nan, "clustered")
    if min(means) == max(means):
        return _wilson(means[0], count)
    return Estimate(mean, max(0.0, mean - half), min(1.0, mean + half), "clustered")


def standard_error(values: Sequence[float]) -> float:
    """Standard error of the mean of independent values; NaN with fewer than two."""
    count = len(values)
    if count < 2:
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


def paired(first: Sequence[float], second: Sequence[float], *, single: bool, seed: int = 0) -> Paired:
    """Compare two runs by their per-query means, in the same order of queries.

    `single` says that both had one trial per query. Raises `ValueError` for different lengths.
    """
    if len(first) != len(second):
        raise ValueError(f"paired runs have the same queries: {len(first)} and {len(second)}")
    differences = [b - a for a, b in zip(first, second, strict=True)]
    only_first = sum(a > 0.5 >= b for a, b in zip(first, second, strict=True))
    only_second = sum(b > 0.5 >= a for a, b in zip(first, second, strict=True))
    count = len(differences)
    mean = math.fsum(differences) / count if count else math.nan
    error = standard_error(differences)
    low, high = bootstrap(differences, seed=seed)
    return Paired(
        queries=count,
        first=math.fsum(first) / count if count else math.nan,
        second=math.fsum(second) / count if count else math.nan,
        difference=mean,
        low=mean - Z95 * error,
        high=mean + Z95 * error,
        bootstrap_low=low,
        bootstrap_high=high,
        only_first=only_first,
        only_second=only_second,
        p_value=mcnemar(only_first, only_second) if single else z_test(mean, error, count),
        test="mcnemar" if single else "z",
    )


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
    """95 % percentile interval of the mean by resampling queries (Efron 1979); NaN for nothing."""
    import numpy as np

    if not values:
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
