"""SamplingSummary: what came out of a sampling run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from dartmath.base.files import write_text
from dartmath.base.manifest import read_manifest, write_manifest
from dartmath.queries.query import Query
from dartmath.sampling.schedule import Schedule, State
from dartmath.sampling.tally import QueryCounts, Tally


@dataclass(frozen=True, slots=True)
class SamplingSummary:
    """What a run directory holds now.

    `states` counts queries by where they stand; `suspects` lists the ids of those that were given
    up or capped without one correct response: too hard for the model, or a wrong reference
    answer; `suspects.jsonl` in the folder says more. `stopped` says why the run ended before
    everything owed was there; None when complete.
    """

    folder: Path
    queries: int
    samples: int
    correct: int
    distinct: int
    prompt_tokens: int
    tokens: int
    seconds: float
    outcomes: Mapping[str, int]
    states: Mapping[str, int]
    suspects: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    stopped: str | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing is owed any more."""
        return self.stopped is None

    def to_json(self) -> dict[str, Any]:
        """A JSON-serialisable dictionary."""
        row = {name: getattr(self, name) for name in self.__slots__}
        row.update(folder=str(self.folder), suspects=list(self.suspects), refused=list(self.refused))
        return {**row, "complete": self.complete}


def conclude(
    folder: Path,
    queries: Sequence[Query],
    tally: Tally,
    schedule: Schedule,
    *,
    seconds: float,
    stopped: str | None,
) -> SamplingSummary:
    """Record in the run directory where it stands: `suspects.jsonl`, and the summary in the manifest."""
    ids = [query.id for query in queries]
    summary = _summarise(folder, ids, tally, schedule, seconds=seconds, stopped=stopped)
    _write_suspects(folder, queries, tally, schedule)
    manifest = read_manifest(folder, stage="sample")
    manifest.update(finished=summary.complete, summary=summary.to_json())
    write_manifest(folder, manifest)
    return summary


def _summarise(
    folder: Path, ids: list[str], tally: Tally, schedule: Schedule, *, seconds: float, stopped: str | None
) -> SamplingSummary:
    """The summary of a run from its counters."""
    states = schedule.states()
    return SamplingSummary(
        folder=folder,
        queries=len(ids),
        samples=tally.total,
        correct=tally.total_correct,
        distinct=sum(tally.distinct),
        prompt_tokens=tally.total_prompt_tokens,
        tokens=tally.total_tokens,
        seconds=round(seconds, 3),
        outcomes={outcome.value: count for outcome, count in tally.totals().items()},
        states=dict(Counter(state.value for state in states)),
        suspects=tuple(ids[index] for index in schedule.suspects()),
        refused=tuple(i for i, s in zip(ids, states, strict=True) if s is State.REFUSED),
        stopped=stopped,
    )


def _write_suspects(folder: Path, queries: Sequence[Query], tally: Tally, schedule: Schedule) -> None:
    """Write `suspects.jsonl`: every query that missed its target, and why, the hopeless first."""
    rows = sorted(_suspects(queries, tally, schedule), key=lambda row: (row["correct"], -row["trials"]))
    write_text(folder / "suspects.jsonl", "".join(orjson.dumps(row).decode() + "\n" for row in rows))


def _suspects(queries: Sequence[Query], tally: Tally, schedule: Schedule) -> Iterator[dict[str, Any]]:
    for index, query in enumerate(queries):
        state = schedule.state(index)
        if state in (State.OPEN, State.REACHED):
            continue
        counts, target = tally.counts(index), schedule.expected_target(index)
        yield {
            "query_id": query.id,
            "dataset": query.dataset,
            "state": state.value,
            "reason": _reason(state, counts),
            "trials": counts.trials,
            "correct": counts.correct,
            "target": target,
            "chance": schedule.chance(index),
            "text": query.text,
            "references": list(query.references),
        }


def _reason(state: State, counts: QueryCounts) -> str:
    if state is State.REFUSED:
        return "the engine refused every request for it"
    if not counts.valid:
        return "every trial failed with an error, so that nothing is known of it"
    if state is State.CAPPED and counts.correct:
        return "trial cap reached before the target"
    why = "trial cap reached" if state is State.CAPPED else "target out of reach within the trial cap"
    return why if counts.correct else f"{why} without one correct response: wrong reference, or too hard"
