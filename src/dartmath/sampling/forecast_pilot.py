"""From measurements to a forecast: bands of a journal, and policies of equal size side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from dartmath.base.errors import DataError
from dartmath.queries.query import Query
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.forecast import BandData, Beta, Ints, TakeoverData, bootstrap_fits, forecast
from dartmath.sampling.policy import VRT, PolicySection, Prop2Diff, Uniform
from dartmath.sampling.tally import QueryCounts, Tally
from dartmath.verify.contract.outcome import Outcome

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


def own_counts(
    queries: Sequence[Query], counts: Mapping[str, QueryCounts], tally: Tally
) -> dict[str, QueryCounts]:
    """Of `counts`, the trials of the teachers that a query has at first, without those that took it over."""
    own = dict(counts)
    if not tally.windows.bounds:
        return own
    for index, query in enumerate(queries):
        valid, correct = tally.since(index, 1)
        if query.id in own and valid and correct == tally.correct[index]:
            one = own[query.id]
            left = {Outcome.ERROR: one.outcomes.get(Outcome.ERROR, 0)}
            trials = one.trials - valid
            own[query.id] = replace(one, trials=trials, correct=0, outcomes=left)
    return own


def measured_takeovers(
    section: SamplingSection, tally: Tally, bands: Sequence[BandData]
) -> list[TakeoverData]:
    """What is known of the teachers of `section` that take over, from a run's `tally`.

    Of one that was not asked nothing is known: its pass rates may be any, and its responses as long as those
    of the others.
    """
    found = []
    size = sum(band.size for band in bands)
    tokens, prompt = (
        sum(getattr(band, name) * band.size for band in bands) / max(1, size)
        for name in ("tokens", "prompt_tokens")
    )
    for one in section.takeovers:
        after, counts = one.after or 0, tally.teachers.get(one.name)
        trials, correct = _taken_over(tally, after)
        known = counts is not None and counts.trials > 0 and len(trials) > 0
        found.append(
            TakeoverData(
                name=one.name,
                after=after,
                trials=one.trials,
                fits=bootstrap_fits(trials, correct) if known else (Beta(1.0, 1.0),),
                tokens=counts.tokens / counts.trials if counts is not None and known else tokens,
                prompt_tokens=counts.prompt_tokens / counts.trials
                if counts is not None and known
                else prompt,
                price=one.price,
                known=known,
            )
        )
    return found


def _taken_over(tally: Tally, after: int) -> tuple[Ints, Ints]:
    """(trials, correct ones) from that bound to the next, of each query that was unsolved at the bound."""
    bounds = tally.windows.bounds
    rows = []
    place = bounds.index(after) + 1 if after in bounds else 0
    for index in range(tally.size if place else 0):
        valid, right = tally.since(index, place)
        beyond = tally.since(index, place + 1) if place < len(bounds) else (0, 0)
        if right == tally.correct[index] and valid > beyond[0]:
            rows.append((valid - beyond[0], right - beyond[1]))
    table = np.array(rows, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


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
