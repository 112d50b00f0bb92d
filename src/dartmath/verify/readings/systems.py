"""Solutions of systems, one tuple for each: `x = 1, y = 2; x = 3, y = 4`, and chains `x = y = 0`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from dartmath.verify.compare.relations import assigned, is_equation, label
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Expression, Group, Relation, Symbol


def solutions_as_tuples(sides: Sides) -> Iterator[Pair]:
    """Assignments as the tuples of values that they mean, where a side has tuples."""
    one, two = (_tuples(side) for side in (sides.ours, sides.theirs))
    if one is not None or two is not None:
        yield one or sides.ours, two or sides.theirs


def _tuples(node: Expression) -> Expression | None:
    match node:
        case Relation(sides=(*names, value)) if len(names) > 1 and is_equation(node):
            alike = all(isinstance(name, Symbol) and len(name.name) == 1 for name in names)
            return Group("()", (value,) * len(names)) if alike else None
        case Group(brackets="", items=items):
            return _from_assignments(items) or _from_named_tuples(items)
    return None


def _from_assignments(items: tuple[Expression, ...]) -> Expression | None:
    """`x = 1, y = 2, x = 3, y = 4` as (1, 2), (3, 4): every name as often, in the same order each time."""
    values: dict[str, list[Expression]] = defaultdict(list)
    order = [label(item) or "" for item in items]
    for name, item in zip(order, items, strict=True):
        value = assigned(item)
        if len(name) != 1 or value is None:
            return None
        values[name].append(value)
    count, width = len(items) // max(len(values), 1), len(values)
    if width <= 1 or count <= 1 or order != order[:width] * count:
        return None
    return Group(
        "", tuple(Group("()", row) for row in zip(*(values[name] for name in sorted(values)), strict=True))
    )


def _from_named_tuples(items: tuple[Expression, ...]) -> Expression | None:
    """`(x, y) = (1, 2)` and further tuples without the name."""
    first = assigned(items[0]) if isinstance(items[0], Relation) else None
    if not isinstance(first, Group) or not all(isinstance(item, Group) for item in items[1:]):
        return None
    return Group("", (first, *items[1:]))
