"""Measured values of one list that are nearly equal: what tells them apart is smaller than 1 % of them.

The two lines of a doublet, 589.0 and 589.6 nm, are not 585 and 592 nm, of which each is within the accuracy
of a measurement.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from dartmath.verify.compare.measures import measure
from dartmath.verify.compare.names import value_of
from dartmath.verify.compare.rounding import MIN_DIGITS, Literal, shown
from dartmath.verify.tree.expression import Expression, Quantity

_CLOSE = Fraction(1, 50)
"""The share of a value that another is away, up to which the gap between them is what was measured."""

_OF_GAP = Fraction(1, 20)
"""The share of the gap that each may be away."""


def are_blurred(reference: Sequence[Expression], answer: Sequence[Expression]) -> bool:
    """Whether items lie close together and are further from those of the other side than the gap allows."""
    ours = _literals(reference) if len(reference) == len(answer) else []
    theirs = _literals(answer) if ours else []
    if not theirs or len(_units((*reference, *answer))) != 1:
        return False
    ours.sort(key=lambda one: one.value)
    theirs.sort(key=lambda one: one.value)
    gaps = [two.value - one.value for one, two in pairwise(ours)]
    gap = min((gap for gap in gaps if gap), default=Fraction(0))
    if not 0 < gap < _CLOSE * max(abs(one.value) for one in ours):
        return False
    return any(not _is_near(one, two, gap) for one, two in zip(ours, theirs, strict=True))


def _is_near(ours: Literal, theirs: Literal, gap: Fraction) -> bool:
    apart = abs(ours.value - theirs.value)
    is_rounded = apart * 2 <= ours.step or (theirs.digits >= MIN_DIGITS and apart * 2 <= theirs.step)
    return is_rounded or apart <= gap * _OF_GAP


def _literals(items: Sequence[Expression]) -> list[Literal]:
    """The numbers of items, without their units; none where an item is another one."""
    found = [shown(measure(value_of(item)).value) for item in items]
    return [one for one in found if one is not None] if all(found) and len(found) > 1 else []


def _units(items: Sequence[Expression]) -> set[str]:
    """The units of items, in the letters in which they are written; "" for none."""
    values = map(value_of, items)
    return {value.unit.lstrip("~") if isinstance(value, Quantity) else "" for value in values}
