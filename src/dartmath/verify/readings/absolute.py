"""Inequalities of an absolute value as intervals: `|x - 2| < 3` is `(-1, 5)`."""

from __future__ import annotations

from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.numeric.exact import linear
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import (
    Apply,
    Constant,
    Expression,
    Group,
    Number,
    Relation,
    symbols,
)

_INFINITY = Constant("infinity")
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


_ABSOLUTE = regex(r"\||\\[lr]?vert|\\mid|\babs(?:olute)?\b")
"""A query with an absolute value may be answered by repeating it, which is no solution."""


def absolute_of_reference(sides: Sides) -> Iterator[Pair]:
    """The interval that a reference with an absolute value means."""
    if (interval := _without_absolute(sides.ours)) is not None:
        yield interval, sides.theirs


def absolute_of_answer(sides: Sides) -> Iterator[Pair]:
    """The interval that such an answer means, where it does not just repeat the query."""
    interval = _without_absolute(sides.theirs)
    if interval is not None and not _ABSOLUTE.search(sides.query):
        yield sides.ours, interval


def _without_absolute(node: Expression) -> Expression | None:
    """The numbers that satisfy `|a x + b| < c`, where a and b are rational; None for any other tree."""
    if not isinstance(node, Relation):
        return None
    match node:
        case Relation(sides=(Apply(name="abs", args=(inner,)), bound), operators=(sign,)):
            return _interval(inner, sign, bound)
        case Relation(sides=(bound, Apply(name="abs", args=(inner,))), operators=(sign,)):
            return _interval(inner, _FLIPPED.get(sign, sign), bound)
    return None


def _interval(inner: Expression, sign: str, bound: Expression) -> Expression | None:
    line = linear(inner) if sign in _FLIPPED and not symbols(bound) else None
    if line is None or not line[1]:
        return None
    middle, radius = Number(-line[0] / line[1]), Apply("div", (bound, Number(abs(line[1]))))
    low, high = Apply("add", (middle, Apply("neg", (radius,)))), Apply("add", (middle, radius))
    closed = sign.endswith("=")
    if sign[0] == "<":
        return Group("[]" if closed else "()", (low, high))
    left = Group("(]" if closed else "()", (Apply("neg", (_INFINITY,)), low))
    right = Group("[)" if closed else "()", (high, _INFINITY))
    return Apply("union", (left, right))
