"""Lines in a parameter, whose name and starting point are free: `(1 + 3t, 2 + 4t)`, `(4, 6) + s(3, 4)`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.compare.matrices import combined
from dartmath.verify.compare.relations import assigned, difference, label
from dartmath.verify.numeric.equality import Decision, scalar_equal
from dartmath.verify.numeric.exact import linear
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import (
    Apply,
    Expression,
    Group,
    Number,
    Relation,
    Symbol,
    number,
    replace,
    symbols,
)

_PARAMETERS = frozenset(["t", "s", "u", "v", "r", "k", "n", "m", "lambda", "mu", "alpha", "tau"])
_DIMENSIONS = (2, 3)
_LINE = regex(r"\blines?\b", re.IGNORECASE)

Line = tuple[tuple[Expression, ...], tuple[Expression, ...]]
"""The point at the parameter 0, and the step to that at 1."""


def lines(sides: Sides) -> Iterator[Pair | Decision]:
    """Points on the same line, whose parameters have different names unless the query is of lines."""
    ours, theirs = (
        _symmetric(side) or _entries(assigned(side) or side) for side in (sides.ours, sides.theirs)
    )
    if ours is None or theirs is None or len(ours) != len(theirs):
        return
    symmetric = _symmetric(sides.ours), _symmetric(sides.theirs)
    names = _parameter(ours), _parameter(theirs)
    if _are_coordinates(sides.ours) != _are_coordinates(sides.theirs):
        yield Group("()", ours), Group("()", theirs)
    if not all(names) or (not any(symmetric) and names[0] == names[1] and not _LINE.search(sides.query)):
        return
    one, two = _line(ours, names[0]), _line(theirs, names[1])
    if one is None or two is None:
        return
    apart = tuple(difference(a, b) for a, b in zip(one[0], two[0], strict=True))
    if _are_parallel(one[1], two[1]) and _are_parallel(one[1], apart):
        yield Decision(True, "line", "the same line")


def _entries(node: Expression) -> tuple[Expression, ...] | None:
    if isinstance(node, Group) and node.brackets in ("()", "<>", "[]") and len(node.items) > 1:
        return node.items
    if _are_coordinates(node) and isinstance(node, Group):
        return tuple(value for item in node.items if (value := assigned(item)) is not None)
    matrix = combined(node)
    if matrix is None or 1 not in (len(matrix.rows), len(matrix.rows[0])):
        return None
    return tuple(entry for row in matrix.rows for entry in row)


def _symmetric(node: Expression) -> tuple[Expression, ...] | None:
    """The points of `\\frac{x-1}{2} = \\frac{y}{3} = z`, with a parameter; None for no such line."""
    if not isinstance(node, Relation) or set(node.operators) != {"="} or len(node.sides) not in _DIMENSIONS:
        return None
    found: dict[str, Expression] = {}
    for side in node.sides:
        line, names = linear(side), symbols(side)
        if line is None or not line[1] or len(names) != 1:
            return None
        offset, slope = line
        (name,) = names
        found[name] = Apply("add", (Number(-offset / slope), Apply("mul", (Number(1 / slope), Symbol("t")))))
    order = ["x", "y", "z"][: len(node.sides)]
    return tuple(found[name] for name in order) if sorted(found) == order else None


def _are_coordinates(node: Expression) -> bool:
    """`x = 1 + t, y = 2t`: the coordinates of a point, by their names in their order."""
    if not isinstance(node, Group) or node.brackets or len(node.items) not in _DIMENSIONS:
        return False
    return [label(item) for item in node.items] == ["x", "y", "z"][: len(node.items)]


def _parameter(entries: tuple[Expression, ...]) -> str:
    names = frozenset().union(*(symbols(entry) for entry in entries)) & _PARAMETERS
    return next(iter(names)) if len(names) == 1 else ""


def _line(entries: tuple[Expression, ...], name: str) -> Line | None:
    """None unless every entry is linear in the parameter, and one of them depends on it."""
    start, middle, end = ([replace(entry, {name: number(at)}) for entry in entries] for at in (0, 1, 2))
    step = tuple(difference(b, a) for a, b in zip(start, middle, strict=True))
    further = (difference(c, b) for b, c in zip(middle, end, strict=True))
    if not all(scalar_equal(a, b) for a, b in zip(step, further, strict=True)):
        return None
    return None if all(scalar_equal(part, number(0)) for part in step) else (tuple(start), step)


def _are_parallel(one: tuple[Expression, ...], two: tuple[Expression, ...]) -> bool:
    """Whether all determinants of two entries vanish."""
    places = [(i, j) for i in range(len(one)) for j in range(i)]
    return all(
        scalar_equal(Apply("mul", (one[i], two[j])), Apply("mul", (one[j], two[i]))) for i, j in places
    )
