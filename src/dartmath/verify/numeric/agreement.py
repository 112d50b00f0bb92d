"""Two functions of the same symbols, compared at points: equal, apart by a constant, or proportional.

They agree where both are real and in the relation asked for, and at points where neither is real. A point
where just one of them is real tells them apart: `\\ln x` is not `\\ln |x|`. Poles tell nothing, so that
`\\frac{x^2}{x}` is `x`, as every textbook has it.

How many points are enough: two functions without critical expressions (see `critical`) are meromorphic, and
equal if they agree on an interval; that they agree at `ENOUGH` pseudo-random points to `POINT_BITS` bits and
yet differ has no chance worth counting. Others are tried at all sample places, whose signs and sizes come
in all combinations, and on both sides of every zero of their critical expressions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain, islice
from math import ceil, floor
from typing import Protocol

from flint import acb

from dartmath.verify.numeric.ball import Evaluator, precision
from dartmath.verify.numeric.critical import critical_expressions, critical_places, has_jumps
from dartmath.verify.numeric.exact import Inexact, OutsideDomain, TooLong, Undefined, rational
from dartmath.verify.numeric.functions import Ball, is_real, rational_ball
from dartmath.verify.numeric.points import Place, balls, integer_places, sample_places
from dartmath.verify.tree.expression import Expression, Number, heads, replace

BITS, MORE_BITS = 128, 1024
"""Precision of the values, and of a second attempt where all were too wide to tell anything."""

POINT_BITS = 60
"""Bits to which values must be known to agree."""

NARROW = 2.0**-40
"""Widest ball of a difference that still counts as zero."""

ENOUGH = 4
"""Agreeing points that make two functions without critical expressions equal."""

NEEDED = 2
"""Agreeing points without which nothing is decided, where a function is defined almost nowhere."""

MAX_PLACES = 40
"""Places for functions with critical expressions."""

MAX_STEPS = 40_000
"""Operations at all places together, as many as the largest trees take at `ENOUGH` of them; beyond, what
was tried decides nothing."""

Value = Ball | None
"""A ball, or None where the function has no value in the complex numbers either."""

Places = Callable[[], Iterator[Place]]
"""What makes the places anew for every attempt."""


@dataclass(slots=True)
class Found:
    """What the points say, None in `holds` if nothing; `ratio` is that of proportional functions."""

    holds: bool | None
    reason: str
    too_long: bool = False
    ratio: Ball | None = None


class FunctionRelation(Protocol):
    """What two functions may be to each other; `first` is the value that the first point gave."""

    first: Ball | None

    def holds(self, ours: Ball, theirs: Ball) -> bool | None:
        """Whether the relation holds at one point; None when the values are too wide to tell."""
        ...


@dataclass(slots=True)
class Same:
    """Equal values."""

    first: Ball | None = None

    def holds(self, ours: Ball, theirs: Ball) -> bool | None:
        if not ours.overlaps(theirs):
            return False
        narrow = bool((ours - theirs).rad() < NARROW)
        return True if narrow and _is_known(ours, theirs) else None


@dataclass(slots=True)
class Apart:
    """Values that differ by the same constant everywhere."""

    first: Ball | None = None

    def holds(self, ours: Ball, theirs: Ball) -> bool | None:
        difference = ours - theirs
        if not difference.rad() < NARROW:
            return None
        if self.first is None:
            self.first = difference
        return bool(difference.overlaps(self.first))


@dataclass(slots=True)
class SameRatio:
    """Values with the same ratio everywhere, or both zero."""

    first: Ball | None = None

    def holds(self, ours: Ball, theirs: Ball) -> bool | None:
        if ours.contains(0) or theirs.contains(0):
            return False if _vanishes(ours) != _vanishes(theirs) and _is_known(ours, theirs) else None
        ratio = ours / theirs
        if ratio.rel_accuracy_bits() < POINT_BITS:
            return None
        if self.first is None:
            self.first = ratio
        return bool(ratio.overlaps(self.first))


def _vanishes(value: Ball) -> bool:
    return bool(value.contains(0)) and bool(value.rad() < NARROW)


def _is_known(ours: Ball, theirs: Ball) -> bool:
    """Whether both values are known to enough bits, relative to their size or to 1 where they vanish."""
    return bool(min(ours.rel_one_accuracy_bits(), theirs.rel_one_accuracy_bits()) >= POINT_BITS)


@dataclass(slots=True)
class Pair:
    """Two functions of the symbols `names`; `log_base` is the base of a bare `log`."""

    left: Expression
    right: Expression
    names: frozenset[str]
    log_base: int | None = None
    steps: int = 0
    critical: list[Expression] = field(default_factory=list)
    complex_meant: bool = False
    jumps: bool = False

    def __post_init__(self) -> None:
        self.complex_meant = "i" in heads(self.left) or "i" in heads(self.right)
        found = chain.from_iterable(
            critical_expressions(side, self.names) for side in (self.left, self.right)
        )
        self.critical = list({str(expression): expression for expression in found}.values())
        self.jumps = has_jumps(self.left) or has_jumps(self.right)

    def over_the_reals(self, relation: FunctionRelation) -> Found:
        """Compare as functions of real symbols."""
        return self._decided(self._real_places, relation)

    def over_the_integers(self, whole: frozenset[str], relation: FunctionRelation) -> Found:
        """Compare as functions of natural numbers `whole`, real in their other symbols."""
        return self._decided(lambda: self._whole_places(whole), relation)

    def _decided(self, places: Places, relation: FunctionRelation) -> Found:
        with precision(BITS):
            found, wide = self._tried(places(), relation)
        if found.holds is not None or found.too_long or not wide:
            return found
        self.steps = 0
        with precision(MORE_BITS):
            return self._tried(places(), relation)[0]

    def _real_places(self) -> Iterator[Place]:
        """Sample places; for functions with critical expressions then those around their zeros."""
        if not self.critical:
            yield from sample_places(self.names)
            return
        places = list(sample_places(self.names))
        yield from places
        bases = places[:1] + places[3:4] if len(self.names) > 1 else places[:1]  # a lone symbol has one line
        near = critical_places(self.critical, bases, jumps=self.jumps)
        yield from islice(near, MAX_PLACES - len(places))

    def _whole_places(self, whole: frozenset[str]) -> Iterator[Place]:
        """Natural numbers; for functions with critical expressions also those beside their zeros."""
        places = list(integer_places(self.names, whole))
        yield from places
        if self.critical:
            near = critical_places(self.critical, places[:1])
            rounded = (natural for place in near for natural in _naturals(place, whole))
            yield from islice(rounded, MAX_PLACES - len(places))

    def _tried(self, places: Iterable[Place], relation: FunctionRelation) -> tuple[Found, bool]:
        tally = _Tally()
        for place in places:
            point = balls(place)
            try:
                ours, theirs = (self._value(side, place, point) for side in (self.left, self.right))
            except TooLong:
                return Found(None, "the values take too many operations", too_long=True), False
            except (Undefined, ArithmeticError, ValueError):
                continue
            reason = self._objection(ours, theirs, relation, tally)
            if reason:
                return Found(False, f"{reason} at {_shown(place)}"), False
            if not self.critical and tally.real + tally.complex * self.complex_meant >= ENOUGH:
                break
        return tally.found(relation), tally.wide

    def _objection(self, ours: Value, theirs: Value, relation: FunctionRelation, tally: _Tally) -> str:
        """What one point says against the relation; "" where it says nothing against it."""
        real = _reality(ours), _reality(theirs)
        if not self.complex_meant and {True, False} == set(real):
            return "one side is not defined"
        if ours is None or theirs is None or None in real:
            return ""
        holds = relation.holds(ours, theirs)
        if holds is None:
            tally.wide = True
        elif holds:
            tally.count(real=real == (True, True))
        elif real == (True, True) or self.complex_meant:
            return "different"
        else:
            tally.differed = True
        return ""

    def _value(self, node: Expression, place: Place, point: dict[str, Ball]) -> Value:
        # At a jump a ball tells nothing, however narrow it is.
        if self.critical and (self.jumps or all(value.denominator == 1 for value in place.values())):
            try:
                exact = rational(replace(node, {name: Number(value) for name, value in place.items()}))
                return acb(rational_ball(exact))
            except Inexact:
                pass
        evaluator = Evaluator(point, self.log_base, principal=self.complex_meant)
        try:
            return evaluator.value(node)
        except OutsideDomain:
            return None
        finally:
            self.steps += evaluator.steps
            if self.steps > MAX_STEPS:
                raise TooLong("too many operations at all points together")


@dataclass(slots=True)
class _Tally:
    """Agreeing points by kind, and whether some said nothing or differed where neither side is real."""

    real: int = 0
    complex: int = 0
    differed: bool = False
    wide: bool = False

    def count(self, *, real: bool) -> None:
        self.real += real
        self.complex += not real

    def found(self, relation: FunctionRelation) -> Found:
        if self.real >= NEEDED or (self.real + self.complex >= NEEDED and not self.differed):
            return Found(True, f"equal at {self.real + self.complex} points", ratio=relation.first)
        if self.differed:
            return Found(False, "different complex values")
        return Found(None, "no value could be computed at the points tried")


def _naturals(place: Place, whole: frozenset[str]) -> Iterator[Place]:
    """The natural numbers below and above the coordinates of a place that are not whole."""
    for rounded in (floor, ceil):
        found = {name: Fraction(rounded(v)) if name in whole else v for name, v in place.items()}
        if all(found[name] > 0 for name in whole):
            yield found


def _reality(value: Value) -> bool | None:
    """Whether a value is real; None where its ball is too wide to tell."""
    if value is None:
        return False
    if is_real(value):
        return True
    return None if value.imag.contains(0) else False


def _shown(place: Place) -> str:
    shown = [f"{name} = {float(value):.4g}" for name, value in sorted(place.items())[:3]]
    return ", ".join(shown)[:80]
