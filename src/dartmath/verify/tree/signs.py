"""Expand ± and ∓ into the values they stand for."""

from __future__ import annotations

from collections.abc import Iterator

from dartmath.verify.language.errors import NotationError
from dartmath.verify.tree.expression import Apply, Expression, Group, Quantity, Relation, children
from dartmath.verify.tree.terms import negated

MAX_SIGNS = 4
"""Independent signs of one expression: two values for the first, and twice as many for each more."""


def expanded(tree: Expression) -> list[Expression]:
    """The values of a tree with ± in it: every choice of signs, ∓ always opposite to ±.

    Without ∓ the signs are independent; repeated values are dropped.
    """
    places = _signs(tree)
    if not places:
        return [tree]
    if isinstance(tree, Group) and tree.brackets in ("", "{}"):
        return [
            Group(tree.brackets, tuple(value for item in tree.items for value in expanded(item)), tree.joiner)
        ]
    if len(places) > MAX_SIGNS:
        raise NotationError(f"more than {MAX_SIGNS} ± signs")
    tied = any(place.name == "mp" for place in places)
    rounds = 2 if tied else 2 ** len(places)
    made: list[Expression] = []
    for choice in range(rounds):
        signs = iter([(choice if tied else choice >> place) & 1 for place in range(len(places))])
        value = _chosen(tree, signs)
        if value not in made:
            made.append(value)
    return made


def _signs(tree: Expression) -> list[Apply]:
    found: list[Apply] = []
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Apply) and node.name in ("pm", "mp"):
            found.append(node)
        stack.extend(children(node))
    return found


def _chosen(tree: Expression, signs: Iterator[int]) -> Expression:
    """The tree with every ± replaced by the next of the chosen signs."""
    match tree:
        case Apply(name="pm" | "mp" as name, args=args):
            minus = bool(next(signs)) != (name == "mp")
            parts = [_chosen(part, signs) for part in args]
            last = negated(parts[-1]) if minus else parts[-1]
            return last if len(parts) == 1 else Apply("add", (parts[0], last))
        case Apply(name=name, args=args):
            return Apply(name, tuple(_chosen(part, signs) for part in args))
        case Group(brackets=brackets, items=items, joiner=joiner):
            return Group(brackets, tuple(_chosen(part, signs) for part in items), joiner)
        case Relation(sides=sides, operators=operators):
            return Relation(tuple(_chosen(part, signs) for part in sides), operators)
        case Quantity(value=value, unit=unit):
            return Quantity(_chosen(value, signs), unit)
    return tree
