"""A journal in memory, for tests of what reads journals through their protocol."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dartmath.curation.pool import QueryPool, read_pool
from dartmath.queries.query import Query
from dartmath.sampling.sample import Sample
from dartmath.sampling.tally import QueryCounts, Tally
from dartmath.verify.contract.outcome import Outcome


@dataclass
class MemoryJournal:
    manifest: Mapping[str, Any]
    asked: list[Query]
    trials: list[Sample]
    pilot: int = 0

    def queries(self) -> list[Query]:
        return self.asked

    def samples(self, outcomes: Collection[Outcome] | None = None) -> Iterator[Sample]:
        return (s for s in self.trials if outcomes is None or s.outcome in outcomes)

    def counts(self) -> dict[str, QueryCounts]:
        tally = Tally(len(self.asked), self.pilot)
        places = {query.id: place for place, query in enumerate(self.asked)}
        for one in self.trials:
            tally.add(places[one.query_id], one)
        return {id: tally.counts(place) for id, place in places.items()}


def query(name: str, **metadata: Any) -> Query:
    return Query(name, "made/up", f"What is {name}?", ("1",), metadata=metadata)


def sample(query_id: str, trial: int, correct: bool, text: str | None = None, tokens: int = 10) -> Sample:
    outcome = Outcome.CORRECT if correct else Outcome.WRONG
    return Sample(
        query_id,
        trial,
        f"{query_id} {trial}" if text is None else text,
        "stop",
        5,
        tokens,
        trial,
        outcome,
        "1",
    )


def pools(verdicts: Mapping[str, Sequence[bool]], **metadata: Mapping[str, Any]) -> list[QueryPool]:
    """Pools of queries by name with the verdicts of their trials."""
    asked = [query(name, **metadata.get(name, {})) for name in verdicts]
    trials = [sample(name, i, v) for name, row in verdicts.items() for i, v in enumerate(row)]
    return read_pool(MemoryJournal({}, asked, trials))
