"""References whose coefficients a program has rounded: `0.333333 x` for `\\\\frac{x}{3}`."""

from __future__ import annotations

from collections.abc import Iterator

from flint import acb, arb

from dartmath.verify.compare.rounding import digits
from dartmath.verify.numeric.ball import Evaluator, precision
from dartmath.verify.numeric.critical import critical_expressions
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.numeric.exact import Undefined
from dartmath.verify.numeric.functions import Ball, rational_ball
from dartmath.verify.numeric.points import balls, sample_places
from dartmath.verify.readings.reading import Sides
from dartmath.verify.tree.expression import (
    Apply,
    Expression,
    Group,
    Number,
    Quantity,
    Relation,
    Symbol,
    Text,
    heads,
    symbols,
)

MIN_DIGITS = 6
"""Significant digits from which on a coefficient is taken for a rounded one, as programs print them."""

MAX_COEFFICIENTS = 16
BITS = 128
NEEDED = 8
"""Points at which the values must overlap."""

KNOWN_BITS = 13
"""Bits to which the rounding must leave the reference known at a point that counts: four digits."""

_NO_SCALARS = (Group, Quantity, Relation, Text)


def has_long_decimals(sides: Sides) -> bool:
    """Whether the reference is a function with decimals, which may be rounded coefficients."""
    return (
        "decimal" in heads(sides.ours)
        and bool(symbols(sides.ours))
        and symbols(sides.ours) == symbols(sides.theirs)
        and not isinstance(sides.ours, _NO_SCALARS)
        and not isinstance(sides.theirs, _NO_SCALARS)
    )


def rounded_coefficients(sides: Sides) -> Iterator[Decision]:
    """`\\\\frac{23 - x}{54}` for `0.333333 - 0.0185185 (x - 5)`, where each long decimal half a unit off."""
    names = symbols(sides.ours)
    uncertain: dict[str, Ball] = {}
    ours = _loosened(sides.ours, uncertain)
    if not uncertain or len(uncertain) > MAX_COEFFICIENTS:
        return
    if critical_expressions(sides.ours, names) or critical_expressions(sides.theirs, names):
        return
    if (agreed := _agreeing(ours, sides.theirs, names, uncertain)) >= NEEDED:
        yield Decision(True, "points", f"equal at {agreed} points within the rounding of coefficients", BITS)


def _loosened(node: Expression, uncertain: dict[str, Ball]) -> Expression:
    """A tree with a symbol for every long decimal, and what each may be in `uncertain`."""
    if isinstance(node, Number):
        if not node.places or digits(node) < MIN_DIGITS:
            return node
        name = f"~{len(uncertain)}"
        half = arb(1) / (2 * arb(10) ** node.places)
        uncertain[name] = acb(arb(rational_ball(node.value).mid(), half))
        return Symbol(name)
    if isinstance(node, Apply):
        return Apply(node.name, tuple(_loosened(part, uncertain) for part in node.args))
    return node


def _agreeing(ours: Expression, theirs: Expression, names: frozenset[str], uncertain: dict[str, Ball]) -> int:
    """How many sample places leave both sides the same value to four digits or more; 0 where one does not."""
    agreed = 0
    with precision(BITS):
        for place in sample_places(names):
            point = balls(place)
            try:
                one = Evaluator({**point, **uncertain}).value(ours)
                two = Evaluator(point).value(theirs)
            except (Undefined, ArithmeticError, ValueError):
                continue
            if not one.overlaps(two):
                return 0
            agreed += one.rel_accuracy_bits() >= KNOWN_BITS
    return agreed
