"""Limits: how much of a set one teacher, or hints, may make up. Pure functions.

A limit of a query acts in the order in which its responses are chosen, and so leaves room for others. A limit
of the set leaves out, of the rows that are too many, those of queries that have the most of them first, so
that as many queries as possible keep one.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from pydantic import Field, model_validator

from dartmath.base.section import Section
from dartmath.curation.pool import Candidate
from dartmath.curation.select import Selection, count_rows


class LimitSection(Section):
    """How much of a set one teacher may make up."""

    teacher: str
    """Its name; `main` is the recipe's own."""
    share: float | None = Field(None, gt=0, le=1)
    """Most of the rows."""
    rows: int | None = Field(None, ge=0)
    """Most rows."""
    per_query: int | None = Field(None, ge=0)
    """Most rows of one query."""

    @model_validator(mode="after")
    def _limits(self) -> Self:
        if self.share is None and self.rows is None and self.per_query is None:
            raise ValueError(f"the limit of {self.teacher!r} limits nothing; give share, rows or per_query")
        return self


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many of the rows that `holds` is true of."""

    name: str
    holds: Callable[[Candidate], bool]
    share: float = 1.0
    rows: int | None = None
    per_query: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """All limits of a set. `size` is how many rows it is to have, where that is known before."""

    limits: tuple[Limit, ...] = ()
    size: int | None = None

    @classmethod
    def of(cls, sections: Sequence[LimitSection], hinted_share: float, size: int | None) -> Limits:
        """The limits of a recipe."""
        named = [
            Limit(one.teacher, _by(one.teacher), one.share or 1.0, one.rows, one.per_query)
            for one in sections
        ]
        return cls((*named, Limit("hints", lambda row: row.hinted, hinted_share)), size)

    def of_query(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Those of one query, in their order, that its limits leave."""
        kept = list(candidates)
        for limit in self.limits:
            if limit.per_query is not None:
                kept = _first(kept, limit)
        return kept

    def of_set(self, selections: Sequence[Selection]) -> list[Selection]:
        """What the limits leave of a set."""
        found = [replace(s, chosen=tuple(self.of_query(s.chosen))) for s in selections]
        # Fewer rows of one are a larger share of another; rows only ever go, so it ends.
        while True:
            before = count_rows(found)
            for limit in self.limits:
                found = self._limited(found, limit)
            if count_rows(found) == before:
                return found

    def _limited(self, selections: list[Selection], limit: Limit) -> list[Selection]:
        rows = [
            (place, _priority(s, nth, one), one.trial)
            for place, s in enumerate(selections)
            for nth, one in enumerate([c for c in s.chosen if limit.holds(c)])
        ]
        most = self._most(limit, count_rows(selections), len(rows))
        if len(rows) <= most:
            return selections
        left_out = {(place, trial) for place, _, trial in sorted(rows, key=lambda row: row[1])[most:]}
        return [
            replace(s, chosen=tuple(c for c in s.chosen if (place, c.trial) not in left_out))
            for place, s in enumerate(selections)
        ]

    def _most(self, limit: Limit, rows: int, held: int) -> int:
        """How many of the `held` rows of a limit a set of so many rows may keep."""
        most = math.inf if limit.rows is None else limit.rows
        if limit.share < 1:
            others = rows - held
            # The share is one of what is left: kept <= share * (others + kept).
            own = others * limit.share / (1 - limit.share)
            most = min(most, own if self.size is None else max(own, limit.share * self.size))
        return held if most == math.inf else math.floor(most + 1e-9)


def _by(teacher: str) -> Callable[[Candidate], bool]:
    return lambda row: row.teacher == teacher


def _first(candidates: Sequence[Candidate], limit: Limit) -> list[Candidate]:
    kept, held = [], 0
    for one in candidates:
        mine = limit.holds(one)
        held += mine
        if not mine or held <= (limit.per_query or 0):
            kept.append(one)
    return kept


def _priority(selection: Selection, nth: int, one: Candidate) -> tuple[int, bytes]:
    """The first rows of every query before the second ones; among equals as if drawn."""
    key = f"{selection.pool.query.id}:{one.trial}".encode("utf-8", "surrogatepass")
    return nth, hashlib.blake2b(key, digest_size=8).digest()
