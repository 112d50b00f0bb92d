"""Assignment: which of several teachers makes a trial of a query.

Teachers that take turns share the trials of every query by a fixed pattern of trial numbers. A teacher that
takes over has all trials from its number on, of queries without a correct response before it. So who makes a
trial follows from its number and from what is recorded of the trials before: a takeover waits until all
trials before it are recorded or one of them is correct, and what was decided once is never decided otherwise,
whatever the timing and however often the run was killed.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import islice

from dartmath.sampling.config import MAIN, SamplingSection
from dartmath.sampling.tally import Tally

# Shares repeat within as many trials, or nearly: the pattern is kept, since every launch asks for it.
_PATTERN = 4096


class Assignment:
    """The teachers of a run by number: 0 is the recipe's own, the others as `sampling.teachers` lists them.

    A *tier* is 0 for a query as it is at first, and then the place among the teachers that take over of the
    one that did. `cap` bounds the trials of a query by all of them.
    """

    def __init__(self, section: SamplingSection | None = None, *, cap: int = 0) -> None:
        teachers = section.teachers if section else []
        number = {one.name: place for place, one in enumerate(teachers, start=1)}
        takeovers = section.takeovers if section else []
        self.names: tuple[str, ...] = (MAIN, *(one.name for one in teachers))
        self.bounds = tuple(one.after or 0 for one in takeovers)
        self._takers = tuple(number[one.name] for one in takeovers)
        self._caps = (cap, *(min(cap, (one.after or 0) + (one.trials or cap)) for one in takeovers))
        turns = [(0, 1.0), *((number[t.name], t.share or 1.0) for t in teachers if t.after is None)]
        self._pattern = pattern(turns, min(cap, _PATTERN)) if len(turns) > 1 else array("H")

    def cap(self, tier: int) -> int:
        """Most trials of a query of that tier."""
        return self._caps[tier]

    def tier(self, tally: Tally, index: int, trial: int) -> int | None:
        """The tier that the trial of the query belongs to; None while the record does not tell."""
        found = 0
        for place, bound in enumerate(self.bounds, start=1):
            if trial < bound or _solved_before(tally, index, place):
                break
            if tally.prefix[index] < bound:
                return None
            found = place
        return found

    def teacher(self, tally: Tally, index: int, trial: int) -> int | None:
        """The number of the teacher that makes the trial; None while the record does not tell."""
        tier = self.tier(tally, index, trial)
        if tier:
            return self._takers[tier - 1]
        if tier is None:
            return None
        return self._pattern[trial % len(self._pattern)] if self._pattern else 0

    def ahead(self, tally: Tally, index: int, tier: int) -> bool:
        """Whether another teacher may yet take the query over."""
        return tier < len(self.bounds) and not tally.correct[index]


def _solved_before(tally: Tally, index: int, place: int) -> bool:
    """Whether a trial before the bound of that place, from 1, is correct."""
    return tally.correct[index] > tally.since(index, place)[1]


def pattern(turns: Sequence[tuple[int, float]], length: int) -> array[int]:
    """Who is next for each of `length` trials: always the one that is furthest behind its share.

    `turns` are (number, share). Of equals, the first. After any number of trials, each has had its share of
    them to within one for two teachers, and nearly so for more.

    >>> list(pattern([(0, 1.0), (1, 0.5)], 6))
    [0, 1, 0, 0, 1, 0]
    """
    return array("H", islice(_turns(turns), length))


def _turns(turns: Sequence[tuple[int, float]]) -> Iterator[int]:
    total = sum(share for _, share in turns)
    had = [0] * len(turns)
    trial = 0
    while True:
        trial += 1
        behind = [share / total * trial - had[place] for place, (_, share) in enumerate(turns)]
        place = max(range(len(turns)), key=lambda one: (behind[one], -one))
        had[place] += 1
        yield turns[place][0]
