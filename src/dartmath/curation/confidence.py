"""Confidence: how probable it is that the correct responses to a query are no luck.

`curation/trust.py` estimates the lucky share of a band. Within the band luck goes with failure: a query with
w failed trials has had w times the chance of one. So of the c responses of a query that a set may take,

    raw = (min(rate * w, c) + weight * share) / (c + weight),   rate = share * (sum of c) / (sum of w)

where `share` is the band's, and the sums are over it: rate * w is how many lucky ones as many failures bring.
The band counts as `_WEIGHT` response more, since a single one says little of its query. All are then scaled
so that their mean is the band's share. A query that was solved once in 64 trials is probably luck where one
of 50 failures ends right; one that was solved ten times is not. benchmarks/lucky_share.py holds it against
the truth.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from dartmath.curation.pool import FAILED, QueryPool
from dartmath.curation.trust import LuckyShare

_WEIGHT = 1


class Confidences:
    """The confidence in the responses of each query of a pool.

    Args:
        pools: as a policy would select from them: checked, and without duplicates where those are left out.
        bands: of the queries by id.
        shares: of the bands.
        checked: whether responses with a step that does not compute are left out.
    """

    def __init__(
        self,
        pools: Sequence[QueryPool],
        bands: Mapping[str, str],
        shares: Sequence[LuckyShare],
        *,
        checked: bool,
    ) -> None:
        self._bands, self._checked = bands, checked
        self._shares = {one.band: one for one in shares}
        usable, failed = Counter[str](), Counter[str]()
        for pool in pools:
            usable[bands[pool.query.id]] += len(pool.candidates)
            failed[bands[pool.query.id]] += pool.outcomes.count(FAILED)
        self._rates = {band: usable[band] / failed[band] if failed[band] else 0.0 for band in usable}
        raw = defaultdict[str, float](float)
        for pool in pools:
            raw[bands[pool.query.id]] += len(pool.candidates) * (self._raw(pool) or 0.0)
        self._scales = {
            band: (self._share(band) or 0.0) * usable[band] / raw[band] for band in raw if raw[band]
        }

    def of(self, pool: QueryPool) -> float | None:
        """Of the responses to a query; None where the pool bounds luck at most, or there is none to judge."""
        raw = self._raw(pool)
        return None if raw is None else 1 - min(1.0, raw * self._scales.get(self._bands[pool.query.id], 1.0))

    def _share(self, band: str) -> float | None:
        one = self._shares.get(band)
        return one.of_set(checked=self._checked) if one and not one.bound else None

    def _raw(self, pool: QueryPool) -> float | None:
        band = self._bands[pool.query.id]
        share, usable = self._share(band), len(pool.candidates)
        if share is None or not usable:
            return None
        expected = share * self._rates[band] * pool.outcomes.count(FAILED)
        return (min(expected, usable) + _WEIGHT * share) / (usable + _WEIGHT)
