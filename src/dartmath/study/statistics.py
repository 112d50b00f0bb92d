"""Intervals over seeds and queries at once.

A score of an arm is a mean over training seeds and over queries, and both are drawn: another seed would
give another model, other queries other answers. Resampling queries alone, as for one model, says nothing
of the first; here both are resampled, crossed as they are (Owen 2007, "The pigeonhole bootstrap", Annals
of Applied Statistics 1). That bootstrap is known to be conservative: it counts the noise of a single
answer up to three times.

Two arms are compared on the same queries, so these are drawn once for both; their seeds have nothing to do
with each other and are drawn apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    """Scores of an arm on a band, [seeds, queries], each from 0 to 1."""

RESAMPLES = 10_000


class Interval(NamedTuple):
    """A mean, or a difference of two, with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval does not hold 0."""
        return self.low > 0 or self.high < 0


def mean_interval(bands: Sequence[Matrix], *, seed: int = 0) -> Interval:
    """The unweighted mean over `bands` of the mean score; every band has the same seeds.

    Raises `ValueError` for no band, and for bands of different seeds.
    """
    value, low, high = _interval([(1.0, bands)], seed)
    # Stretched draws may leave the range that a mean of shares has.
    return Interval(value, max(0.0, low), min(1.0, high))


def difference_interval(first: Sequence[Matrix], second: Sequence[Matrix], *, seed: int = 0) -> Interval:
    """`second` minus `first`, each the unweighted mean over the same bands with the same queries."""
    return _interval([(-1.0, first), (1.0, second)], seed)


def _interval(arms: Sequence[tuple[float, Sequence[Matrix]]], seed: int) -> Interval:
    import numpy as np

    _check([bands for _, bands in arms])
    generator = np.random.default_rng(seed)
    seed_weights = [_weights(len(bands[0]), generator) for _, bands in arms]
    value, draws = 0.0, np.zeros(RESAMPLES)
    for place in range(len(arms[0][1])):
        query_weights = _weights(arms[0][1][place].shape[1], generator)
        for (sign, bands), weights in zip(arms, seed_weights, strict=True):
            share = sign / len(bands)
            value += share * float(bands[place].mean())
            draws += share * np.einsum("bs,sq,bq->b", weights, bands[place], query_weights, optimize=True)
    low, high = np.percentile(draws, [2.5, 97.5])
    return Interval(value, float(low), float(high))


def _weights(count: int, generator: Any) -> Any:
    """[resamples, count]: how much each of `count` draws weighs in a resample; a single one cannot vary.

    The deviations from 1 / count are stretched by sqrt(count / (count - 1)): the plain bootstrap's variance
    is smaller by that square (Efron and Tibshirani 1993, section 5.3), a fifth of it with five seeds.
    """
    import numpy as np

    if count == 1:
        return np.ones((RESAMPLES, 1))
    drawn = generator.multinomial(count, [1 / count] * count, size=RESAMPLES) / count
    return 1 / count + (drawn - 1 / count) * math.sqrt(count / (count - 1))


def _check(arms: Sequence[Sequence[Matrix]]) -> None:
    if not arms[0]:
        raise ValueError("an interval needs a band")
    for bands in arms:
        if {len(band) for band in bands} != {len(bands[0])}:
            raise ValueError("every band of an arm has the same seeds")
    for several in zip(*arms, strict=True):
        if len({band.shape[1] for band in several}) != 1:
            raise ValueError("arms are compared on the same queries")
