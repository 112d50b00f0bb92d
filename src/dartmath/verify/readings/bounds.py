"""Intervals with letters in their ends, against inequalities that name what lies between."""

from __future__ import annotations

from collections.abc import Iterator

from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Apply, Constant, Expression, Group, Relation, symbols

_BELOW, _ABOVE = ("<", "<="), (">", ">=")
_ENDS = 2
"""Of an interval."""


def has_bounds(sides: Sides) -> bool:
    """Whether one side is an interval and the other an inequality."""
    return (isinstance(sides.ours, Group) and isinstance(sides.theirs, Relation)) or (
        isinstance(sides.ours, Relation) and isinstance(sides.theirs, Group)
    )


def bounds(sides: Sides) -> Iterator[Pair]:
    """`a < F < b` for (a, b) and `r/R >= 1/n` for [1/n, oo): what is bounded need not be a letter."""
    ours, theirs = sides.ours, sides.theirs
    if isinstance(theirs, Relation) and isinstance(ours, Group):
        interval = _interval(theirs, ours)
        if interval is not None:
            yield ours, interval
    elif isinstance(ours, Relation) and isinstance(theirs, Group):
        interval = _interval(ours, theirs)
        if interval is not None:
            yield interval, theirs


def _interval(relation: Relation, like: Group) -> Group | None:
    """The interval of what an inequality bounds, which no end of the other side's interval contains."""
    if like.brackets not in ("()", "[)", "(]", "[]") or len(like.items) != _ENDS:
        return None
    parts, signs = relation.sides, relation.operators
    if all(sign in _ABOVE for sign in signs):
        parts, signs = parts[::-1], tuple(sign.replace(">", "<") for sign in signs[::-1])
    if not all(sign in _BELOW for sign in signs):
        return None
    if len(parts) == _ENDS + 1:
        low, bounded, high = parts
        brackets = ("[" if signs[0] == "<=" else "(") + ("]" if signs[1] == "<=" else ")")
    elif len(parts) == _ENDS:
        infinity: Expression = Constant("infinity")
        if infinity == like.items[1]:
            (low, bounded), high = parts, infinity
            brackets = ("[" if signs[0] == "<=" else "(") + ")"
        else:
            low, (bounded, high) = Apply("neg", (infinity,)), parts
            brackets = "(" + ("]" if signs[0] == "<=" else ")")
    else:
        return None
    names = symbols(bounded)
    if not names or names <= symbols(like.items[0]) | symbols(like.items[1]):
        return None
    return Group(brackets, (low, high))
