"""From measurements to a forecast: bands of a journal, and policies of equal size side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from dartmath.base.errors import DataError
from dartmath.queries.query import Query
from dartmath.sampling.forecast import BandData, bootstrap_fits, forecast
from dartmath.sampling.policy import VRT, PolicySection, Prop2Diff, Uniform
from dartmath.sampling.tally import QueryCounts

_QUICK = 8


def choose_pilot(queries: Sequence[Query], bands: Mapping[str, str], count: int, seed: int) -> list[Query]:
    """At most `count` queries, each band in proportion to its size and with at least two."""
    rng = np.random.default_rng(seed)
    members: dict[str, list[Query]] = {}
    for query in queries:
        members.setdefault(bands[query.id], []).append(query)
    chosen: list[Query] = []
    for found in members.values():
        share = min(len(found), max(2, round(count * len(found) / len(queries))))
        chosen += [found[i] for i in sorted(rng.permutation(len(found))[:share])]
    return chosen


def measured_bands(
    queries: Sequence[Query], bands: Mapping[str, str], counts: Mapping[str, QueryCounts]
) -> list[BandData]:
    """What the trials in `counts` tell of each band of `queries`.

    Queries without trials are known by the others of their band; a band without any trial by
    all. Raises `DataError` when there is no trial at all.
    """
    tried = {q.id: c for q in queries if (c := counts.get(q.id)) is not None and c.valid}
    if not tried:
        raise DataError("nothing was measured: there is no trial with a response to forecast from")
    members: dict[str, list[str]] = {}
    for query in queries:
        members.setdefault(bands[query.id], []).append(query.id)
    overall, none = _band("all", list(tried), tried), np.zeros(0, np.int64)
    return [
        found if found.fits else replace(overall, name=name, size=len(ids), trials=none, correct=none)
        for name, ids in members.items()
        for found in [_band(name, ids, tried)]
    ]


def _band(name: str, ids: Sequence[str], tried: Mapping[str, QueryCounts]) -> BandData:
    known = [tried[id] for id in ids if id in tried]
    total = max(1, sum(c.trials for c in known))
    tokens = sum(c.completion_tokens for c in known) / total
    trials = np.array([c.valid for c in known], np.int64)
    correct = np.array([c.correct for c in known], np.int64)
    return BandData(
        name=name,
        size=len(ids),
        fits=bootstrap_fits(trials, correct) if known else (),
        trials=trials,
        correct=correct,
        tokens=tokens,
        prompt_tokens=sum(c.prompt_tokens for c in known) / total,
    )


def matched_policies(
    policy: PolicySection, bands: Sequence[BandData], sizes: Mapping[str, Mapping[str, int | None]] = {}
) -> list[PolicySection]:
    """VRT, Uniform and Prop2Diff, each of about as many rows as `policy`, which is among them.

    `sizes` holds settings by the kind of policy that take the place of those found; None is none.
    """
    rows = forecast(policy, bands, replicates=_QUICK).rows.mean
    cap = max(policy.most_trials, 64) if policy.wants_successes else 2048
    others: list[PolicySection] = [
        VRT(trials=1),
        Uniform(k=1, cap=cap),
        Prop2Diff(k=1, cap=cap, pilot=max(1, min(16, policy.pilot_trials or 16))),
    ]
    found = [policy if o.kind == policy.kind else with_rows(o, rows, bands) for o in others]
    if policy.kind not in {o.kind for o in others}:
        found.append(policy)
    given = {kind: {k: v for k, v in own.items() if v is not None} for kind, own in sizes.items()}
    return [one.model_copy(update=given.get(one.kind, {})) for one in found]


def with_rows(policy: PolicySection, rows: float, bands: Sequence[BandData]) -> PolicySection:
    """The policy with the k (or trials) that is expected to give about `rows` rows."""

    def expected(size: int) -> float:
        return forecast(policy.with_size(size), bands, replicates=_QUICK).rows.mean

    low, high = 1, 1
    while expected(high) < rows and high < policy.most_trials * 64:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if expected(middle) < rows else (low, middle)
    return policy.with_size(high)
