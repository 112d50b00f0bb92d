"""Difficulty bands: the named groups of queries that tables and figures show."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence

from dartmath.curation.pool import Journal
from dartmath.queries.query import Query
from dartmath.sampling.tally import QueryCounts

QUANTILES = 5


def band_of(queries: Sequence[Query], fail_rates: Mapping[str, float | None] | None = None) -> dict[str, str]:
    """The band of each query by id, in the order in which bands are to be shown.

    It is the metadata "band", else the level (with the data set's name where several sets have
    levels, or where other queries have none). Where no query has either, it is one of at most five
    groups by fail rate, or the data set while no fail rates are known.
    """
    named_somewhere = any(q.metadata.get("band") or q.metadata.get("level") for q in queries)
    if fail_rates is not None and not named_somewhere:
        return _quantiles(queries, fail_rates)
    datasets = list(dict.fromkeys(q.dataset for q in queries))
    named = {q.id: _name(q, several=len(datasets) > 1) for q in queries}
    order = {name: place for place, name in enumerate(dict.fromkeys(named.values()))}
    keys = {q.id: _sort_key(q, datasets, order[named[q.id]]) for q in queries}
    return {id: named[id] for id in sorted(named, key=lambda id: keys[id])}


def bands_of_run(journal: Journal) -> dict[str, str]:
    """The band of each query of a run, the same in every table of it.

    Where no query has a band or level, groups are cut at the fail rate of the pilot of the policy that
    sampled, or of all its trials where it has no pilot: neither a smaller set of that pool nor another
    policy moves a query to another band.
    """
    counts = journal.counts()
    return band_of(journal.queries(), {id: _measured(one) for id, one in counts.items()})


def _measured(counts: QueryCounts) -> float | None:
    """The fail rate in the pilot, or in all trials without one; None before the first response."""
    trials, correct = (counts.pilot_trials, counts.pilot_correct)
    if not trials:
        trials, correct = counts.valid, counts.correct
    return 1 - correct / trials if trials else None


def level_of(query: Query) -> str:
    """The level as a text; empty when the query has none."""
    return str(query.metadata.get("level") or "")


def _name(query: Query, *, several: bool) -> str:
    if band := query.metadata.get("band"):
        return str(band)
    level = level_of(query)
    if not level:
        return query.dataset
    name = f"level {level}" if level.isdigit() else level
    return f"{query.dataset} {name}" if several else name


def _sort_key(query: Query, datasets: Sequence[str], place: int) -> tuple[int, float, int]:
    """Bands in the order of the recipe; levels of a data set in the order of their numbers."""
    number = re.search(r"\d{1,18}", level_of(query))
    banded = bool(query.metadata.get("band"))
    return (
        place if banded else datasets.index(query.dataset),
        0 if banded or not number else int(number[0]),
        place,
    )


def _quantiles(queries: Sequence[Query], fail_rates: Mapping[str, float | None]) -> dict[str, str]:
    """Groups of nearly equal size by fail rate; equal rates are never split between groups."""
    known = sorted((rate, id) for id, rate in fail_rates.items() if rate is not None)
    rates = [rate for rate, _ in known]
    bands: dict[str, str] = {}
    start = 0
    for group in range(1, QUANTILES + 1):
        if start >= len(known):
            break
        end = _cut(rates, start, max(start + 1, len(known) * group // QUANTILES))
        ends = dict.fromkeys(f"{rate:.2f}" for rate in (rates[start], rates[end - 1]))
        name = f"fail rate {'-'.join(ends)}"
        bands.update((id, name) for _, id in known[start:end])
        start = end
    return bands | {q.id: "no trials" for q in queries if q.id not in bands}


def _cut(rates: Sequence[float], start: int, wanted: int) -> int:
    """The place nearest to `wanted`, after `start`, where two neighbours differ."""
    if wanted >= len(rates):
        return len(rates)
    before, after = bisect_left(rates, rates[wanted]), bisect_right(rates, rates[wanted])
    return before if before > start and wanted - before <= after - wanted else after
