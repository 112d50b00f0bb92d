"""Sets of numbers: intervals, unions, inequalities and set-builders against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dartmath.verify.compare.pieces import same_pieces
from dartmath.verify.compare.realset import RealSets, lone_variable, parameters
from dartmath.verify.compare.relations import difference
from dartmath.verify.numeric.ball import precision
from dartmath.verify.numeric.equality import Decision, scalar_equal
from dartmath.verify.numeric.exact import Undefined
from dartmath.verify.numeric.points import real_points
from dartmath.verify.numeric.ratio import constant_ratio, positive_ratio
from dartmath.verify.tree.expression import (
    ANY,
    Apply,
    Cases,
    Expression,
    Group,
    Named,
    Relation,
    SetBuilder,
    Symbol,
    replace,
    symbols,
)

if TYPE_CHECKING:
    from dartmath.verify.compare.comparison import Comparison

SET_BITS = 256


def same_set(reference: Expression, answer: Expression, comparison: Comparison) -> Decision:
    """As subsets of the real line where both are that; else by structure."""
    decision = _as_real_sets(reference, answer, comparison)
    if decision is not None:
        return decision
    return _by_structure(reference, answer, comparison)


def _as_real_sets(reference: Expression, answer: Expression, comparison: Comparison) -> Decision | None:
    """Compare the pieces of both sets, at several values of the parameters they contain."""
    variables = _variable(reference), _variable(answer)
    if None not in variables and not _same_variable(reference, answer):
        return Decision(False, "set", f"conditions on {variables[1]}, not on {variables[0]}")
    if _has_several(reference) or _has_several(answer):
        return None
    names = parameters(reference, variables[0]) | parameters(answer, variables[1])
    points = real_points(names) if names else iter([{}])
    compared = 0
    with precision(SET_BITS):
        for point in points:
            try:
                ours = RealSets(point, variables[0]).pieces(reference)
                theirs = RealSets(point, variables[1]).pieces(answer)
            except (Undefined, ArithmeticError, ValueError):
                if compared or not names:
                    return None
                continue
            if not same_pieces(ours, theirs, ignore_ends=comparison.ignore_ends):
                return Decision(False, "set", "different sets of real numbers", SET_BITS)
            compared += 1
    if not compared:
        return None
    return Decision(True, "set", "the same set of real numbers", SET_BITS)


def _variable(node: Expression) -> str | None:
    return lone_variable(node) if isinstance(node, Relation | Group) else None


def _has_several(node: Expression) -> bool:
    """Whether conditions are on several variables: `y > 1 and z > 1`."""
    if not isinstance(node, Group) or node.brackets:
        return False
    return all(isinstance(item, Relation) for item in node.items) and lone_variable(node) is None


def _same_variable(reference: Expression, answer: Expression) -> bool:
    """Conditions must be on the same variable, unless one side names none: "greater than 2"."""
    left, right = _variable(reference), _variable(answer)
    return left == right or ANY in (left, right) or not _is_condition(reference) or not _is_condition(answer)


def _is_condition(node: Expression) -> bool:
    return isinstance(node, Relation) or (isinstance(node, Group) and not node.brackets)


def _by_structure(reference: Expression, answer: Expression, comparison: Comparison) -> Decision:
    match reference, answer:
        case Apply(name=one, args=ours), Apply(name=two, args=theirs) if one == two:
            return _parts(ours, theirs, one != "difference", comparison)
        case SetBuilder(), SetBuilder():
            return _builders(reference, answer, comparison)
        case Relation(operators=ours), Relation(operators=theirs) if set(ours) | set(theirs) <= {
            "in",
            "notin",
        }:
            pairs = zip(reference.sides, answer.sides, strict=False)
            equal = ours == theirs and all(comparison.same(one, two) for one, two in pairs)
            return Decision(equal, "set", "membership, side by side")
        case Relation(operators=("in",)), _:
            return comparison.same(reference.sides[1], answer)
        case _, Relation(operators=("in",)):
            return comparison.same(reference, answer.sides[1])
        case Relation(), Relation():
            return _inequalities(reference, answer)
        case Group(brackets="" | "{}"), Group(brackets="" | "{}"):
            return _parts(reference.items, answer.items, True, comparison)
        case Group(items=(low, high), brackets=ours), Group(items=(low2, high2), brackets=theirs):
            equal = ours == theirs or comparison.ignore_ends
            equal = equal and bool(comparison.same(low, low2)) and bool(comparison.same(high, high2))
            return Decision(equal, "set", "intervals, end by end")
        case Cases(), Cases():
            return Decision(False, "set", "cases that could not be compared")
        case Named(kind="set", value="empty"), _:
            return Decision(_is_empty(answer), "set", "the empty set")
        case _, Named(kind="set", value="empty"):
            return Decision(_is_empty(reference), "set", "the empty set")
    return Decision(False, "set", "a set against something else")


def _is_empty(node: Expression) -> bool:
    return isinstance(node, Group) and not node.items


def _parts(
    ours: tuple[Expression, ...],
    theirs: tuple[Expression, ...],
    any_order: bool,
    comparison: Comparison,
) -> Decision:
    from dartmath.verify.compare.collections import same_collection, same_tuple

    if any_order:
        return same_collection(Group("", ours), Group("", theirs), comparison)
    return same_tuple(ours, theirs, comparison)


def _builders(reference: Expression, answer: Expression, comparison: Comparison) -> Decision:
    """The same element under the same condition, after renaming a lone bound variable."""
    assert isinstance(reference, SetBuilder) and isinstance(answer, SetBuilder)
    ours, theirs = reference, answer
    one, two = _bound(ours), _bound(theirs)
    if one and two:
        renamed = replace(theirs, {two.name: one})
        assert isinstance(renamed, SetBuilder)
        theirs = renamed
    element = comparison.same(ours.element, theirs.element)
    if not element:
        return Decision(False, "set", "set-builders of different elements")
    condition = comparison.same(ours.condition, theirs.condition)
    return Decision(condition.equal, "set", f"set-builders: {condition.reason}", condition.precision)


def _bound(node: SetBuilder) -> Symbol | None:
    """The variable of `{x | ...}`, of `{x \\in S | ...}` and of `{k^2 | k \\in S}`."""
    element, condition = node.element, node.condition
    if isinstance(condition, Relation) and condition.operators == ("in",):
        element = element if isinstance(element, Symbol | Relation) else condition.sides[0]
    if isinstance(element, Relation) and element.operators == ("in",):
        element = element.sides[0]
    return element if isinstance(element, Symbol) else None


def _inequalities(reference: Relation, answer: Relation) -> Decision:
    """Two-sided inequalities that are the same after moving all to one side and scaling."""
    if len(reference.operators) != 1 or len(answer.operators) != 1:
        equal = _side_by_side(reference, answer) or _side_by_side(reference, _reversed(answer))
        return Decision(equal, "inequality", "chains, side by side")
    ours, theirs = _as_less(reference), _as_less(answer)
    if ours.operators != theirs.operators:
        return Decision(False, "inequality", "different relation signs")
    one, two = difference(*ours.sides), difference(*theirs.sides)
    if not symbols(one) or not symbols(two):
        return Decision(_side_by_side(ours, theirs), "inequality", "without a variable")
    found = bool(constant_ratio(one, two) if ours.operators == ("!=",) else positive_ratio(one, two))
    return Decision(
        found, "inequality", f"{'' if found else 'not '}proportional after moving all to one side"
    )


def _as_less(relation: Relation) -> Relation:
    """`a > b` as `b < a`."""
    return _reversed(relation) if relation.operators[0] in (">", ">=") else relation


def _reversed(relation: Relation) -> Relation:
    flipped = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
    signs = tuple(flipped.get(sign, sign) for sign in reversed(relation.operators))
    return Relation(tuple(reversed(relation.sides)), signs)


def _side_by_side(reference: Relation, answer: Relation) -> bool:
    return reference.operators == answer.operators and all(
        scalar_equal(one, two) for one, two in zip(reference.sides, answer.sides, strict=True)
    )
