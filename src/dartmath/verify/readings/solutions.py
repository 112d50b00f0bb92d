"""Equations against their solutions: `x^2 = 4` and `x = \\pm 2`, `xy = 1` and `y = \\frac1x`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.compare.inequalities import ONE_SIDED, solution_set
from dartmath.verify.compare.pieces import Pieces, same_pieces
from dartmath.verify.compare.realset import RealSets
from dartmath.verify.compare.relations import assigned, difference, is_equation, label
from dartmath.verify.compare.sets import SET_BITS
from dartmath.verify.numeric.ball import precision
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.numeric.exact import Undefined
from dartmath.verify.numeric.polynomials import same_real_zeros
from dartmath.verify.readings.reading import Sides
from dartmath.verify.tree.expression import (
    Apply,
    Constant,
    Expression,
    Group,
    Number,
    Relation,
    Symbol,
    heads,
    symbols,
)

MAX_SOLUTIONS = 8
"""Solutions of one equation; polynomials of higher degree have no solutions that people write down."""

_ASKS_EQUATION = regex(
    r"\b(?:find|write|give|determine|derive|obtain|state) (?:the |an )?(?:[a-z]+ ){0,2}equations?\b"
    r"|\bequations? (?:of|that|describing|representing|satisfied|whose)\b|\bimplicit|\bcartesian|\blocus\b",
    re.IGNORECASE,
)


def solved_equations(sides: Sides) -> Iterator[Decision]:
    """Two equations, or an equation and its solutions, that hold for the same real numbers.

    An answer that is not solved is none to a query which is not after an equation: it may be the query's own.
    """
    ours, theirs = sides.ours, sides.theirs
    if not (_is_plain(ours) or _is_plain(theirs)) or (_is_number(ours) and _is_number(theirs)):
        return
    if _is_solved(ours) and not _solves_for(theirs, ours) and not _may_stay(sides.query):
        return
    name = _lone_name(ours) or _lone_name(theirs)
    one, two = _residual(ours, name), _residual(theirs, name)
    if one is None or two is None or symbols(one) != symbols(two) or not symbols(one):
        return  # without a letter there is nothing to solve for: `f(1) = 4`
    if same_real_zeros(one, two):
        yield Decision(True, "equation", "the same solutions")


def solved_inequalities(sides: Sides) -> Iterator[Decision]:
    """`(-2, 2)` for `x^2 < 4`, and for `\\frac1x > 0` the positive numbers.

    An answer that is not solved is none to a query which does not ask for an inequality.
    """
    if _is_unsolved(sides.theirs) and sides.query:
        return
    names = {name for side in (sides.ours, sides.theirs) for name in symbols(side) if name.isalpha()}
    if not (_is_unsolved(sides.ours) or _is_unsolved(sides.theirs)) or len(names) != 1:
        return
    with precision(SET_BITS):
        one, two = (_solutions(side, *names) for side in (sides.ours, sides.theirs))
        if one is not None and two is not None and same_pieces(one, two, ignore_ends=False):
            yield Decision(True, "set", "the solutions of the inequality", SET_BITS)


def _is_unsolved(node: Expression) -> bool:
    """Whether a tree is an inequality in which the variable does not stand alone on one side."""
    if not isinstance(node, Relation) or not set(node.operators) <= ONE_SIDED:
        return False
    return any(symbols(side) and not isinstance(side, Symbol) for side in node.sides)


def _solutions(node: Expression, name: str) -> Pieces | None:
    """The real numbers that satisfy an inequality, or are in a set; None where that is not known."""
    if (found := solution_set(node)) is not None:
        return found
    try:
        return RealSets({}, name).pieces(node)
    except (Undefined, ArithmeticError, ValueError):
        return None


def _may_stay(query: str) -> bool:
    return not query or _ASKS_EQUATION.search(query) is not None


def _is_plain(node: Expression) -> bool:
    return isinstance(node, Relation) and is_equation(node) and len(node.operators) == 1


def _is_number(node: Expression) -> bool:
    """Whether a side is a number or fraction, bare or of a letter: the plain reading has compared two."""
    if _is_plain(node) and isinstance(node, Relation) and isinstance(node.sides[0], Symbol):
        node = node.sides[1]
    match node:
        case Number() | Apply(name="div", args=(Number(), Number())):
            return True
        case Apply(name="neg", args=(inner,)):
            return _is_number(inner)
    return False


def _is_solved(node: Expression) -> bool:
    """Whether a side gives values: bare, or to one name."""
    if isinstance(node, Group):
        return all(_is_solved(item) for item in node.items)
    return assigned(node) is not None if isinstance(node, Relation) else True


def _solves_for(answer: Expression, reference: Expression) -> bool:
    """Whether an answer gives values to the name to which its reference does."""
    names = [{label(item) for item in _items(side)} for side in (answer, reference)]
    return _is_solved(answer) and (names[0] == names[1] or {None} in names)


def _items(node: Expression) -> tuple[Expression, ...]:
    return node.items if isinstance(node, Group) else (node,)


def _lone_name(node: Expression) -> str:
    """The one symbol of an equation, whose values may stand bare on the other side."""
    names = symbols(node) if _is_plain(node) else frozenset()
    return next(iter(names)) if len(names) == 1 else ""


def _residual(node: Expression, name: str) -> Expression | None:
    """What is zero where one of the alternatives holds; None for what is no list of alternatives."""
    items = _items(node)
    if isinstance(node, Group) and (node.brackets not in ("", "{}") or not 0 < len(items) <= MAX_SOLUTIONS):
        return None
    if len(items) > 1 and not _are_alternatives(node, items):
        return None
    parts = [_zero(item, name) for item in items]
    found = [part for part in parts if part is not None]
    if len(found) != len(parts) or "i" in heads(Apply("mul", tuple(found))):
        return None
    return Apply("mul", tuple(found)) if len(found) > 1 else found[0]


def _are_alternatives(node: Expression, items: tuple[Expression, ...]) -> bool:
    """Several values of one name, or equations joined by "or"."""
    names = {label(item) for item in items}
    return len(names) == 1 or (isinstance(node, Group) and node.joiner == "or")


def _zero(item: Expression, name: str) -> Expression | None:
    if isinstance(item, Relation):
        return difference(*item.sides) if _is_plain(item) else None
    if not name or not isinstance(item, Apply | Number | Symbol | Constant) or name in symbols(item):
        return None
    return difference(Symbol(name), item)
