"""Equations against each other, and against bare values and sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dartmath.verify.compare.measures import same_measure
from dartmath.verify.compare.realset import is_set
from dartmath.verify.compare.relations import (
    assigned,
    definition,
    generic,
    is_equation,
    same_equation,
    solves_for_y,
)
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.parsing.words import fold
from dartmath.verify.tree.expression import (
    Apply,
    Cases,
    Expression,
    Group,
    Matrix,
    Named,
    Quantity,
    Relation,
    SetBuilder,
    Symbol,
    Text,
    symbols,
)

if TYPE_CHECKING:
    from dartmath.verify.compare.comparison import Comparison


def same_relation(reference: Expression, answer: Expression, comparison: Comparison) -> Decision:
    """Compare when at least one side is an equation."""
    ours, theirs = is_equation(reference), is_equation(answer)
    if ours and theirs:
        return _equations(reference, answer, comparison)
    equation, other = (reference, answer) if ours else (answer, reference)
    if isinstance(other, Relation):
        return _relation_as_set(reference, answer, comparison)
    value = assigned(equation)
    if value is not None:
        found = comparison.same(value, answer) if ours else comparison.same(reference, value)
        if found or not isinstance(value, Relation):
            return found
    return _bare_against(equation, other, comparison)


def _relation_as_set(reference: Expression, answer: Expression, comparison: Comparison) -> Decision:
    """An assignment of a set against an inequality: `M = (0, 1)` and `0 < x < 1`."""
    ours, theirs = assigned(reference), assigned(answer)
    if ours is None and theirs is None:
        return Decision(False, "relation", "an equation against an inequality")
    return comparison.same(reference if ours is None else ours, answer if theirs is None else theirs)


def _equations(reference: Expression, answer: Expression, comparison: Comparison) -> Decision:
    assert isinstance(reference, Relation) and isinstance(answer, Relation)
    ours, theirs = assigned(reference), assigned(answer)
    structured = (Group, Matrix, Relation, SetBuilder, Quantity, Text, Named, Cases)
    if ours is not None and theirs is not None and (_needs(ours, structured) or _needs(theirs, structured)):
        if _conflicting(reference, answer):
            return Decision(False, "equation", "values of different names")
        return comparison.same(*_values(reference, ours, answer, theirs))
    found = same_equation(reference, answer)
    if not found and ours is not None and theirs is not None and _mergeable(reference, answer):
        return comparison.same(*_values(reference, ours, answer, theirs))
    return found


def _values(
    reference: Relation, ours: Expression, answer: Relation, theirs: Expression
) -> tuple[Expression, Expression]:
    """What two assignments say, with the arguments numbered where both define functions of as many."""
    one, two = _defined(reference), _defined(answer)
    if one and two and len(one[1]) == len(two[1]):
        return generic(*one[1:]), generic(*two[1:])
    return ours, theirs


def _defined(node: Relation) -> tuple[str, tuple[Symbol, ...], Expression] | None:
    """A definition, or a label in words for a formula in one letter: `Cost = 1200 + 1.5 X` is one of X."""
    letters = symbols(node.sides[-1])
    if isinstance(node.sides[0], Text) and len(node.operators) == len(letters) == 1:
        return node.sides[0].words, tuple(map(Symbol, letters)), node.sides[-1]
    return definition(node)


def _needs(node: Expression, kinds: tuple[type, ...]) -> bool:
    return (
        isinstance(node, kinds)
        or is_set(node)
        or (isinstance(node, Apply) and node.name in ("percent", "degree"))
    )


def _conflicting(reference: Relation, answer: Relation) -> bool:
    """Whether both sides name plain variables or functions, and not the same ones."""
    match reference.sides[0], answer.sides[0]:
        case Symbol() as one, Symbol() as two:
            return one != two and not _alike(one.name, two.name)
        case Apply(name="mul") as one, Apply(name="mul") as two:
            return one != two
        case Apply(name=one), Apply(name=two):
            return one != two
        case Text() as one, Text() as two:
            return fold(one.words) != fold(two.words)
    return False


def _alike(one: str, two: str) -> bool:
    """Whether two names differ only in case, or in an index that one leaves out: `w`, `W` and `w_0`."""
    (left, _, index), (right, _, other) = one.lower().partition("_"), two.lower().partition("_")
    if left + index == right + other:
        return True  # pK_a and pKa
    return left == right and not (index and other)


def _mergeable(reference: Relation, answer: Relation) -> bool:
    """`f(x) = ...` against `y = ...` or `f = ...`, names that are alike, or a value with a label in words."""
    heads = reference.sides[0], answer.sides[0]
    match heads:
        case Symbol(name=one), Symbol(name=two):
            return one != two and _alike(one, two)
        case (Symbol(name=one), Apply(name=two)) | (Apply(name=two), Symbol(name=one)) if two == f"@{one}":
            return True
    if any(isinstance(head, Text) for head in heads):
        return not all(isinstance(head, Text) for head in heads)
    generic = [isinstance(head, Symbol) and head.name == "y" for head in heads]
    applied = [isinstance(head, Apply) for head in heads]
    return (generic[0] and applied[1]) or (generic[1] and applied[0])


def _bare_against(equation: Expression, value: Expression, comparison: Comparison) -> Decision:
    assert isinstance(equation, Relation)
    if len(equation.operators) == 1 and isinstance(value, Apply | Symbol):
        if solves_for_y(equation, value):
            return Decision(True, "equation", "the value of y that the equation gives")
        sides = equation.sides
        if same_measure(sides[0], sides[1], comparison) and same_measure(sides[1], value, comparison):
            return Decision(True, "equation", "either side of an identity")
    return Decision(False, "relation", "an equation against a value")
