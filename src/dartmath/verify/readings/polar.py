"""Curves in polar coordinates: `r = 2\\cos\\theta` is `x^2 + y^2 = 2x`."""

from __future__ import annotations

from collections.abc import Iterator

from dartmath.verify.compare.relations import difference, is_equation
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.numeric.ratio import constant_ratio
from dartmath.verify.readings.reading import Sides
from dartmath.verify.tree.expression import Apply, Expression, Relation, Symbol, number, replace, symbols

MAX_POWER = 2
"""Powers of r by which an equation may have been multiplied on the way."""

_X, _Y = Symbol("x"), Symbol("y")
_R = Apply("root", (Apply("add", (Apply("pow", (_X, number(2))), Apply("pow", (_Y, number(2))))), number(2)))
_THETA = frozenset(["theta", "phi"])
_RATIOS: dict[str, Expression] = {
    "cos": Apply("div", (_X, _R)),
    "sin": Apply("div", (_Y, _R)),
    "tan": Apply("div", (_Y, _X)),
    "sec": Apply("div", (_R, _X)),
    "csc": Apply("div", (_R, _Y)),
    "cot": Apply("div", (_X, _Y)),
}


def polar_coordinates(sides: Sides) -> Iterator[Decision]:
    """An equation in r and an angle, and one in x and y, that are proportional but for powers of r."""
    ours, theirs = _residual(sides.ours), _residual(sides.theirs)
    if ours is None or theirs is None:
        return
    one, two = _cartesian(ours), _cartesian(theirs)
    if (one is None) == (two is None):
        return
    left, right = (one, theirs) if one is not None else (two, ours)
    assert left is not None
    if symbols(right) == {"x", "y"} and any(
        constant_ratio(Apply("mul", (left, Apply("pow", (_R, number(power))))), right)
        for power in range(MAX_POWER + 1)
    ):
        yield Decision(True, "equation", "the same curve in polar coordinates")


def _residual(node: Expression) -> Expression | None:
    if not isinstance(node, Relation) or not is_equation(node) or len(node.operators) != 1:
        return None
    return difference(*node.sides)


def _cartesian(node: Expression) -> Expression | None:
    """A tree in r and functions of an angle as one in x and y; None for any other."""
    names = symbols(node)
    if "r" not in names or not names <= {"r", *_THETA} or len(names - {"r"}) > 1:
        return None
    changed = replace(_without_angle(node), {"r": _R})
    return changed if symbols(changed) <= {"x", "y"} else None


def _without_angle(node: Expression) -> Expression:
    match node:
        case Apply(name=name, args=(Symbol(name=angle),)) if name in _RATIOS and angle in _THETA:
            return _RATIOS[name]
        case Apply(name=name, args=args):
            return Apply(name, tuple(_without_angle(part) for part in args))
    return node
