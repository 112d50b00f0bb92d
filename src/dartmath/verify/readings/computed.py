"""An answer that still shows how it was computed: `\\frac{0.1x^2}{x^2} \\times 100 = 10\\%`."""

from __future__ import annotations

from collections.abc import Iterator

from dartmath.verify.numeric.equality import scalar_equal
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Expression, Group, Quantity, Relation, Symbol, Text

_NO_SCALARS = (Group, Quantity, Relation, Text)


def computes(sides: Sides) -> bool:
    """Whether the answer alone is an equation, and one that gives no letter its value."""
    theirs = sides.theirs
    return (
        isinstance(theirs, Relation)
        and not isinstance(sides.ours, Relation)
        and not isinstance(theirs.sides[0], Symbol)
        and set(theirs.operators) == {"="}
    )


def computed(sides: Sides) -> Iterator[Pair]:
    """The last side of a chain of equations whose last two sides are always equal; of `x^2 = 4` nothing."""
    assert isinstance(sides.theirs, Relation)
    before, last = sides.theirs.sides[-2:]
    if _are_equal(before, last):
        yield sides.ours, last


def _are_equal(one: Expression, two: Expression) -> bool:
    if one == two:
        return True
    if isinstance(one, _NO_SCALARS) or isinstance(two, _NO_SCALARS):
        return False
    return scalar_equal(one, two).equal is True
