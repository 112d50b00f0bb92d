"""Points at which functions are compared: every pattern of signs, small and large values, integers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from functools import lru_cache
from itertools import chain

from flint import acb

from dartmath.verify.numeric.digest import digest
from dartmath.verify.numeric.functions import Ball, rational_ball

Place = dict[str, Fraction]
"""A value for every free symbol."""

REGIMES = ((0.1, 0.9), (1.1, 3.9), (-0.9, -0.1), (2.0, 9.0), (-6.0, -1.1), (0.9, 1.6), (10.0, 40.0))
"""Intervals from which all symbols take their values at once: functions such as `\\arcsin(x y)` are real
only where all are small, others only where all are large or of one sign."""

_SIZES = ((0.1, 0.9), (1.1, 3.9), (4.0, 9.0), (10.0, 40.0), (100.0, 900.0))
_CODES = (1, 2, 4, 7, 3, 5, 6, 8, 15, 9, 10, 11, 12, 13, 14)
"""The sign of the symbol with code c in row t is the parity of the bits of c & t. Any two codes differ, so
that any two symbols meet in all four combinations of signs within 8 (16) rows; the first three codes are
independent, so that up to three symbols meet in all eight."""

_MANY = 7
"""With more symbols than this, codes of four bits are in use, and 16 rows are needed instead of 8."""

_ROWS, _MANY_ROWS = 10, 16
"""10 instead of 8, so that a lone symbol takes every size with both signs."""

GRAIN = 65_536
"""Coordinates are multiples of 1 / 2^16: exact as balls, and short as rational numbers."""

INTEGERS = 12
"""Consecutive whole numbers at which functions of integers are compared: formulas that treat remainders
apart do so with a period of 2, 3, 4, 6 or 12, and no other is met in answers."""

_positive: ContextVar[bool] = ContextVar("positive", default=False)


@contextmanager
def positive_symbols() -> Iterator[None]:
    """All symbols of what is compared inside stand for positive numbers."""
    token = _positive.set(True)
    try:
        yield
    finally:
        _positive.reset(token)


def balls(place: Mapping[str, Fraction]) -> dict[str, Ball]:
    """A place as the point at which an `Evaluator` computes values."""
    return {name: acb(rational_ball(value)) for name, value in place.items()}


def real_points(names: Set[str]) -> Iterator[dict[str, Ball]]:
    """Points whose coordinates all come from one interval of `REGIMES`."""
    for trial, interval in enumerate(REGIMES):
        yield balls({name: _within(interval, name, trial) for name in names})


def sample_places(names: Set[str]) -> Iterator[Place]:
    """Pseudo-random places, the same ones every time: of one size and sign each, then of every pattern."""
    ordered = sorted(names)
    rows = range(_MANY_ROWS if len(ordered) > _MANY else _ROWS)
    first = (_regime(ordered, trial) for trial in (0, 1))
    patterns = (_row(ordered, trial) for trial in rows)
    rest = (_regime(ordered, trial) for trial in range(2, len(REGIMES)))
    for place in chain(first, patterns, rest):
        yield {name: abs(value) for name, value in place.items()} if _positive.get() else place


def integer_places(names: Set[str], whole: Set[str]) -> Iterator[Place]:
    """Natural numbers for the symbols in `whole`, reals for the others; a lone integer runs from 1 up."""
    ordered, reals = sorted(whole), sorted(names - whole)
    for trial in range(INTEGERS):
        place = _regime(reals, trial % len(REGIMES))
        for order, name in enumerate(ordered):
            jump = 0 if order == 0 else int(5 * _unit(name, trial))
            place[name] = Fraction(1 + (trial * (order + 1) + jump) % INTEGERS)
        yield place


def is_allowed(place: Place) -> bool:
    """Whether a place meets what is assumed of all symbols."""
    return not _positive.get() or all(value > 0 for value in place.values())


def _regime(names: list[str], trial: int) -> Place:
    return {name: _within(REGIMES[trial], name, trial) for name in names}


def _row(names: list[str], trial: int) -> Place:
    place: Place = {}
    for order, name in enumerate(names):
        size = _within(_SIZES[(trial + 2 * order) % len(_SIZES)], name, trial + len(REGIMES))
        odd = (_CODES[order % len(_CODES)] & trial).bit_count() % 2
        place[name] = -size if odd else size
    return place


def _within(interval: tuple[float, float], name: str, trial: int) -> Fraction:
    low, high = interval
    return Fraction(round((low + (high - low) * _unit(name, trial)) * GRAIN), GRAIN)


@lru_cache(maxsize=4096)
def _unit(name: str, trial: int) -> float:
    return int.from_bytes(digest(f"{trial}|{name}", 6), "big") / (1 << 48)
