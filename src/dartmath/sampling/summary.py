"""SamplingSummary: what came out of a sampling run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dartmath.sampling.schedule import Schedule, State
from dartmath.sampling.tally import Tally


@dataclass(frozen=True, slots=True)
class SamplingSummary:
    """What a run directory holds now.

    `states` counts queries by where they stand; `suspects` lists the ids of those that were given
    up or capped without one correct response: too hard for the model, or a wrong reference
    answer. `stopped` says why the run ended before everything owed was there; None when complete.
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


def summarise(
    folder: Path, ids: list[str], tally: Tally, schedule: Schedule, *, seconds: float, stopped: str | None
) -> SamplingSummary:
    """The summary of a run from its counters."""
    states = schedule.states()
    hopeless = (State.GAVE_UP, State.CAPPED)
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
        suspects=tuple(
            i for i, s, c in zip(ids, states, tally.correct, strict=True) if s in hopeless and c == 0
        ),
        refused=tuple(i for i, s in zip(ids, states, strict=True) if s is State.REFUSED),
        stopped=stopped,
    )
