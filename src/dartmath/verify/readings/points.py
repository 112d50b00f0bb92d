"""Points with their names, and what is named by points: lengths, angles, areas, probabilities."""

from __future__ import annotations

import string
from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Apply, Expression, Group, Matrix, Relation, Symbol, symbols

_POINT = regex(r"[A-Z]|m|angle|triangle")


def points_with_names(sides: Sides) -> Iterator[Pair]:
    """`P(1, 2)`, a point with its name, for (1, 2); and lists of such points."""
    ours, theirs = sides.ours, sides.theirs
    if isinstance(ours, Group) and isinstance(theirs, Group) and not ours.brackets + theirs.brackets:
        yield _unnamed(ours), _unnamed(theirs)
    if isinstance(theirs, Group) and (point := _named_point(ours)) is not None:
        yield point, theirs
    if isinstance(ours, Group) and (point := _named_point(theirs)) is not None:
        yield ours, point


def _unnamed(points: Group) -> Group:
    return Group("", tuple(_named_point(item) or item for item in points.items), points.joiner)


def _named_point(node: Expression) -> Group | None:
    match node:
        case Apply(name="mul", args=(Symbol(name=name), Group(brackets="()") as point)) if name[0].isupper():
            return point
        case Apply(name="F" | "G" | "H", args=(_, _, *_) as items):
            return Group("()", items)
    return None


def values_of_figures(sides: Sides) -> Iterator[Pair]:
    """`AB = 5`, `\\angle ABC = 70^\\circ`, `P(X = 2) = 0.25` and `A^2 = ...` for their values.

    Of a list of figures the values stand in its order.
    """
    if isinstance(sides.ours, Group) and isinstance(sides.theirs, Group):
        yield from _lists_of_figures(sides.ours, sides.theirs)
    if isinstance(sides.ours, Relation) == isinstance(sides.theirs, Relation):
        return
    if isinstance(sides.ours, Relation) and (value := _ratio_of_names(sides.ours)) is not None:
        yield value, sides.theirs
    one, two = (
        _without_points(side) if isinstance(side, Relation) else side for side in (sides.ours, sides.theirs)
    )
    if one is not None and two is not None:
        yield one, two


def _ratio_of_names(reference: Relation) -> Expression | None:
    """The number that a reference such as `\\frac{l_1}{l_2} = \\frac12` gives for a ratio of two names."""
    head, value = reference.sides[0], reference.sides[-1]
    if set(reference.operators) != {"="} or symbols(value):
        return None
    match head:
        case Apply(name="div" | "ratio", args=(Symbol(), Symbol())):
            return value
    return None


def _lists_of_figures(ours: Group, theirs: Group) -> Iterator[Pair]:
    if ours.brackets or theirs.brackets:
        return
    one, two = (
        [_without_points(item) if isinstance(item, Relation) else item for item in side.items]
        for side in (ours, theirs)
    )
    named = [any(isinstance(item, Relation) for item in side.items) for side in (ours, theirs)]
    left, right = ([item for item in part if item is not None] for part in (one, two))
    if named[0] != named[1] and len(left) == len(one) and len(right) == len(two):
        yield Group("<>", tuple(left)), Group("<>", tuple(right))


def _without_points(relation: Relation) -> Expression | None:
    head, value = relation.sides[0], relation.sides[-1]
    if set(relation.operators) != {"="}:
        return None
    if _has_rows(value) and all(name in string.ascii_uppercase for name in symbols(head)):
        return value
    if symbols(value):
        return None
    match head:
        case Apply(name="mul", args=(Symbol(name="P"), Relation() | Apply(name="union" | "intersection"))):
            return value
    absolute = isinstance(head, Apply) and head.name in ("abs", "det")
    head = head.args[0] if absolute and isinstance(head, Apply) else head
    if isinstance(head, Apply) and head.name in ("div", "ratio"):
        return value if all(_is_figure(part) for part in head.args) else None
    factors = head.args if isinstance(head, Apply) and head.name == "mul" else (head,)
    points = all(isinstance(part, Symbol) and _POINT.fullmatch(part.name) for part in factors)
    return value if points and (absolute or len(factors) > 1) else None


def _has_rows(value: Expression) -> bool:
    """Whether a value is a matrix, or a list of its rows."""
    match value:
        case Matrix():
            return True
        case Group(brackets="[]", items=rows):
            return all(isinstance(row, Group) and row.brackets == "[]" for row in rows)
    return False


def _is_figure(node: Expression) -> bool:
    """`AB` or `[ABC]`, of which a ratio is taken."""
    return (
        isinstance(node, Apply)
        and node.name == "mul"
        and all(isinstance(part, Symbol) and part.name in string.ascii_uppercase for part in node.args)
    )
