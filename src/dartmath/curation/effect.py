"""What a choice among right responses did to a set, beside trial order: for manifest, cards and report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dartmath.curation.choose import Choice
from dartmath.curation.pool import Candidate
from dartmath.curation.select import Selection
from dartmath.curation.signature import likenesses, unpacked

# Pairs are compared for so many responses of a query at most: their mean is known well before.
_COMPARED = 64


@dataclass(frozen=True, slots=True)
class Effect:
    """A choice in numbers, over the queries of which the pool holds more right responses than were taken.

    `tokens` is the mean length of a row, `distance` the mean distance (1 - likeness) of two rows of a query,
    None where no likeness was asked for; each also as the first trials would have had it.
    """

    kind: str
    settings: dict[str, Any]
    queries: int
    tokens: float
    tokens_first: float
    distance: float | None
    distance_first: float | None

    def sentence(self) -> str:
        """For people."""
        shown = " ".join([self.kind, *(f"{key}={value}" for key, value in self.settings.items())])
        if not self.queries:
            return f"Chosen by {shown}: no query had more right responses than were taken."
        said = (
            f"Chosen by {shown} at {self.queries:,} queries that had more right responses than were taken: "
            f"{self.tokens:.0f} tokens a row, where the first trials have {self.tokens_first:.0f}"
        )
        if self.distance is None or self.distance_first is None:
            return f"{said}."
        return (
            f"{said}; distance of two rows of a query {self.distance:.2f}, of the first trials "
            f"{self.distance_first:.2f}."
        )


def effect_of(choice: Choice, selections: Sequence[Selection]) -> Effect | None:
    """What `choice` did; None for trial order."""
    if choice.kind == "first":
        return None
    free = [s for s in selections if 0 < len(s.chosen) < s.available]
    chosen = [s.chosen for s in free]
    first = [tuple(s.pool.candidates[: len(s.chosen)]) for s in free]
    return Effect(
        kind=choice.kind,
        settings=choice.model_dump(mode="json", exclude={"kind"}),
        queries=len(free),
        tokens=_tokens(chosen),
        tokens_first=_tokens(first),
        distance=_distance(chosen),
        distance_first=_distance(first),
    )


def _tokens(rows: Sequence[Sequence[Candidate]]) -> float:
    lengths = [one.tokens for row in rows for one in row]
    return sum(lengths) / len(lengths) if lengths else 0.0


def _distance(rows: Sequence[Sequence[Candidate]]) -> float | None:
    """The mean over queries of the mean distance of two of their rows."""
    found = [_between(row[:_COMPARED]) for row in rows if len(row) > 1 and row[0].sketch]
    return sum(found) / len(found) if found else None


def _between(row: Sequence[Candidate]) -> float:
    sketches = unpacked([one.sketch for one in row])
    alike = sum(float(likenesses(one, sketches).sum()) - 1 for one in sketches)
    return 1 - alike / (len(row) * (len(row) - 1))
