"""Subsets of the real line as finite unions of intervals with numeric ends."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from flint import arb

from dartmath.verify.compare.pieces import Piece, Pieces, compare_ends, intersection, union
from dartmath.verify.numeric.ball import Evaluator
from dartmath.verify.numeric.exact import Undefined
from dartmath.verify.parsing.progressions import written_out
from dartmath.verify.tree.expression import (
    Apply,
    Cases,
    Constant,
    Expression,
    Group,
    Named,
    Relation,
    SetBuilder,
    Symbol,
    is_infinite,
    symbols,
)

INEQUALITIES = frozenset(["<", "<=", ">", ">=", "!="])
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_REALS = frozenset(["\\mathbb{R}", "R"])
_POSITIVE = frozenset(["\\mathbb{R}+", "\\mathbb{R}_+", "\\mathbb{R}_>0"])
_NONNEGATIVE = frozenset(["\\mathbb{R}_>=0"])


class RealSets:
    """Turns expressions into pieces, at one choice of values for the parameters."""

    def __init__(self, point: Mapping[str, Any], variable: str | None) -> None:
        self._evaluate = Evaluator(point)
        self._variable = variable
        self._infinity = arb.pos_inf()

    def pieces(self, node: Expression) -> Pieces:
        """The canonical pieces of a set. Raises `Undefined` when it is none that is known here."""
        match node:
            case Apply(name="union", args=args):
                return union([piece for part in args for piece in self.pieces(part)])
            case Apply(name="intersection", args=args):
                return reduce(intersection, map(self.pieces, args))
            case Apply(name="difference", args=(whole, removed)):
                return intersection(self.pieces(whole), self._complement(self.pieces(removed)))
            case Group(brackets=brackets, items=(low, high)) if brackets in ("()", "[)", "(]", "[]"):
                return self._interval(low, brackets[0] == "[", high, brackets[1] == "]")
            case Group(brackets="{}"):
                return union([self._point(item) for item in written_out(node).items])
            case Group(brackets="", items=items, joiner=joiner):
                return self._joined(items, joiner)
            case SetBuilder(element=element, condition=condition):
                return self._built(element, condition)
            case Relation():
                return self._solutions(node)
            case Cases():
                return self.pieces(self._evaluate.chosen_case(node))
            case Named(kind="set") | Symbol():
                return self._known(node)
        raise Undefined("no set of reals")

    def _known(self, node: Expression) -> Pieces:
        """Sets with a name."""
        if node == Named("set", "empty"):
            return ()
        if node == Named("set", "reals") or (isinstance(node, Symbol) and node.name in _REALS):
            return self._reals()
        if isinstance(node, Symbol) and node.name in _POSITIVE | _NONNEGATIVE:
            return (Piece(type(self._infinity)(0), node.name in _NONNEGATIVE, self._infinity, False),)
        raise Undefined(f"the set {node}")

    def _reals(self) -> Pieces:
        return (Piece(-self._infinity, False, self._infinity, False),)

    def _number(self, node: Expression) -> Any:
        if node == Constant("infinity"):
            return self._infinity
        if node == Apply("neg", (Constant("infinity"),)):
            return -self._infinity
        return self._evaluate.real(node)

    def _interval(self, low: Expression, low_closed: bool, high: Expression, high_closed: bool) -> Pieces:
        ends = self._number(low), self._number(high)
        order = compare_ends(*ends)
        if order > 0 or (order == 0 and not (low_closed and high_closed)):
            raise Undefined("a pair whose first number is not the smaller is a point")
        piece = Piece(
            ends[0],
            low_closed and bool(ends[0].is_finite()),
            ends[1],
            high_closed and bool(ends[1].is_finite()),
        )
        return union([piece])

    def _point(self, node: Expression) -> Piece:
        value = self._number(node)
        return Piece(value, True, value, True)

    def _complement(self, pieces: Pieces) -> Pieces:
        found = self._reals()
        for piece in pieces:
            below = Piece(-self._infinity, False, piece.low, not piece.low_closed)
            above = Piece(piece.high, not piece.high_closed, self._infinity, False)
            found = intersection(found, union([below, above]))
        return found

    def _joined(self, items: tuple[Expression, ...], joiner: str) -> Pieces:
        """Or joins to a union, "and" joins conditions to an intersection.

        A comma, and an "and" between intervals, mean an intersection unless that is empty.
        """
        parts = [self.pieces(item) for item in items]
        common = reduce(intersection, parts)
        if joiner == "and" and all(isinstance(item, Relation) for item in items):
            return common
        together = union([piece for part in parts for piece in part])
        return together if joiner == "or" else common or together

    def _built(self, element: Expression, condition: Expression) -> Pieces:
        domain: Pieces | None = None
        if isinstance(element, Relation) and element.operators == ("in",):
            domain = self.pieces(element.sides[1])
            element = element.sides[0]
        if not isinstance(element, Symbol):
            raise Undefined("a set-builder of an expression")
        self._variable, before = element.name, self._variable
        found = self.pieces(condition)
        self._variable = before
        return found if domain is None else intersection(found, domain)

    def _solutions(self, relation: Relation) -> Pieces:
        """The values of the one lone variable of a chain of comparisons."""
        sides, operators = relation.sides, relation.operators
        if operators == ("in",):
            return self.pieces(sides[1])
        if operators == ("notin",):
            return self._complement(self.pieces(sides[1]))
        place = self._lone(sides)
        found = self._reals()
        if place > 0:
            found = intersection(found, self._half(sides[place - 1], _FLIPPED.get(operators[place - 1], "?")))
        if place < len(operators):
            found = intersection(found, self._half(sides[place + 1], operators[place]))
        if sides[: max(place - 1, 0)] or sides[place + 2 :]:  # beyond the neighbours of the variable
            raise Undefined("a chain around more than one variable")
        return found

    def _lone(self, sides: tuple[Expression, ...]) -> int:
        for place, side in enumerate(sides):
            if isinstance(side, Symbol) and (self._variable is None or side.name == self._variable):
                return place
            if isinstance(side, Apply) and side.name == "abs" and isinstance(side.args[0], Symbol):
                raise Undefined("an absolute value")
        raise Undefined("no lone variable")

    def _half(self, bound: Expression, sign: str) -> Pieces:
        """The numbers x with `x sign bound`."""
        value = self._number(bound)
        low, high = -self._infinity, self._infinity
        if sign in ("<", "<="):
            return (Piece(low, False, value, sign == "<="),)
        if sign in (">", ">="):
            return (Piece(value, sign == ">=", high, False),)
        point = (Piece(value, True, value, True),)
        if sign == "=":
            return point
        if sign == "!=":
            return self._complement(point)
        raise Undefined(f"the relation {sign}")


def is_set(node: Expression) -> bool:
    """Whether a tree can only mean a set of numbers (a pair in parentheses may be a point)."""
    match node:
        case Apply(name=name):
            return name in ("union", "intersection", "difference")
        case SetBuilder() | Named(kind="set"):
            return True
        case Group(brackets="[)" | "(]"):
            return True
        case Group(brackets="()" | "[]", items=(low, high)):
            return is_infinite(low) or is_infinite(high)
        case Group(brackets="", items=items):
            return all(is_set(item) for item in items) and any(isinstance(item, Relation) for item in items)
        case Relation(operators=operators):
            return operators[0] in ("in", "notin") or all(sign in INEQUALITIES for sign in operators)
        case Symbol(name=name):
            return name.startswith("\\mathbb")
        case Cases(cases=cases):
            return all(is_set(value) for value, _ in cases)
    return False


def lone_variable(node: Expression) -> str | None:
    """The variable that a set of conditions is about: alone on a side of every comparison."""
    relations = [node] if isinstance(node, Relation) else list(node.items) if isinstance(node, Group) else []
    common: set[str] | None = None
    for relation in relations:
        if not isinstance(relation, Relation):
            return None
        alone = {side.name for side in relation.sides if isinstance(side, Symbol)}
        common = alone if common is None else common & alone
    if not common:
        return None
    return "x" if "x" in common else min(common)


def parameters(node: Expression, variable: str | None) -> set[str]:
    """Free symbols of a set other than its variable, number sets and bound variables."""
    found = {name for name in symbols(node) if not name.startswith("\\mathbb")} - {variable}
    return {name for name in found if name is not None} - _bound(node)


def _bound(node: Expression) -> set[str]:
    match node:
        case (
            SetBuilder(element=Symbol(name=name)) | SetBuilder(element=Relation(sides=(Symbol(name=name), _)))
        ):
            return {name}
        case Relation(operators=("in",), sides=(Symbol(name=name), _)):
            return {name}
        case Apply(name="union" | "intersection" | "difference", args=parts) | Group(items=parts):
            return set().union(*(_bound(part) for part in parts)) if parts else set()
        case Cases(cases=cases):
            return set().union(*(_bound(value) for value, _ in cases))
    return set()
