"""Compare two parsed answers by their structure, down to scalars."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from dartmath.verify.approximate import approximately
from dartmath.verify.choices import same_choice
from dartmath.verify.equality import Decision, scalar_equal
from dartmath.verify.expression import (
    Apply,
    Cases,
    Constant,
    Expression,
    Group,
    Matrix,
    Named,
    Quantity,
    Relation,
    SetBuilder,
    Symbol,
    Text,
)
from dartmath.verify.groups import same_collection, same_tuple
from dartmath.verify.matrices import combined, components, mentions_matrix
from dartmath.verify.measures import same_measure
from dartmath.verify.parser import MAX_LENGTH
from dartmath.verify.prose import same_prose
from dartmath.verify.realset import is_set
from dartmath.verify.relations import assigned, is_equation, same_equation, solves_for_y
from dartmath.verify.sets import same_set
from dartmath.verify.tokens import NotationError, tokenize
from dartmath.verify.words import same_words

_MONOTONIC = re.compile(
    r"\bintervals?\b.{0,80}\b(?:increas|decreas|monoton)|\b(?:increas|decreas|monoton)\w*\b.{0,60}\bintervals?\b"
    r"|\bintervals?\b.{0,40}\bof (?:increase|decrease|monotonicity)",
    re.IGNORECASE | re.DOTALL,
)
_IN_ORDER = re.compile(
    r"\brespectively\b|^\s*(?:sort|put|arrange|order)\b.{0,300}\border\b", re.IGNORECASE | re.DOTALL
)
MAX_COMPARISONS = 5_000
"""Comparisons of parts in one verdict; more make it undecided."""


@dataclass(slots=True)
class Context:
    """What a comparison may depend on beside the two answers; `order` None leaves it to the query."""

    query: str = ""
    tolerance: float | None = None
    order: bool | None = None
    comparisons: int = 0

    @property
    def ordered(self) -> bool:
        """Whether a bare list must come in its order."""
        return bool(_IN_ORDER.search(self.query[-2000:])) if self.order is None else self.order

    @property
    def ignore_ends(self) -> bool:
        """Whether open and closed ends are alike, as for an interval on which a function increases."""
        return bool(_MONOTONIC.search(self.query[-2000:]))

    def spend(self) -> bool:
        """Count one comparison; False when there have been too many."""
        self.comparisons += 1
        return self.comparisons <= MAX_COMPARISONS


def same(reference: Expression, answer: Expression, context: Context) -> Decision:
    """Whether an answer means the same as its reference."""
    if not context.spend():
        return Decision(None, "undecided", f"more than {MAX_COMPARISONS} comparisons")
    if reference == answer:
        return Decision(True, "structure", "the same expression")
    for rule in (_by_choice, _by_words, _by_relation, _by_set, _by_collection, _by_matrix, _by_cases):
        found = rule(reference, answer, context)
        if found is not None:
            return found
    decision = _ratios(reference, answer) or same_measure(reference, answer, context.tolerance, context.query)
    if decision or not context.query or context.tolerance is not None:
        return decision
    return approximately(reference, answer, context.query) or decision


def _ratios(reference: Expression, answer: Expression) -> Decision | None:
    """`1:2:3` and `2:4:6` are proportional; a ratio of two parts is also a quotient."""
    match reference, answer:
        case Apply(name="ratio", args=ours), Apply(name="ratio", args=theirs) if len(ours) > 2:
            if len(ours) != len(theirs):
                return Decision(False, "ratio", "ratios of different length")
            crossed = (
                scalar_equal(Apply("mul", (one, theirs[0])), Apply("mul", (two, ours[0])))
                for one, two in zip(ours[1:], theirs[1:], strict=True)
            )
            equal = all(crossed)
            return Decision(equal, "ratio", "proportional" if equal else "not proportional")
    return None


def _by_choice(reference: Expression, answer: Expression, context: Context) -> Decision | None:
    if _is_choice(reference) or _is_choice(answer):
        return same_choice(reference, answer, context, same)
    return None


def _is_choice(node: Expression) -> bool:
    return isinstance(node, Named) and node.kind == "choice"


def _by_words(reference: Expression, answer: Expression, context: Context) -> Decision | None:
    if (
        isinstance(reference, Named)
        and isinstance(answer, Named)
        and "set" not in (reference.kind, answer.kind)
    ):
        return _same_named(reference, answer)
    if isinstance(reference, Text) and isinstance(answer, Text):
        equal = same_words(reference, answer) or _same_tokens(reference, answer)
        plain = Decision(equal, "text", "the same words" if equal else "different words")
        return plain if equal else same_prose(reference, answer, context.query) or plain
    if isinstance(reference, Text) or isinstance(answer, Text):
        if (found := same_prose(reference, answer, context.query)) is not None:
            return found
        return Decision(False, "text", "words against mathematics")
    if Named("word", "infinitely many") in (reference, answer) and Constant("infinity") in (
        reference,
        answer,
    ):
        return Decision(True, "text", "infinitely many")
    if {"boolean"} == {side.kind for side in (reference, answer) if isinstance(side, Named)} and (
        isinstance(reference, Group) or isinstance(answer, Group)
    ):
        return None
    if isinstance(reference, Named) and reference.kind != "set":
        return Decision(False, "text", f"{answer} is no {reference.kind}")
    if isinstance(answer, Named) and answer.kind != "set":
        return Decision(False, "text", f"{reference} is no {answer.kind}")
    return None


def _same_tokens(reference: Text, answer: Text) -> bool:
    """Mathematics outside the grammar is the same when it is the same but for spaces and synonyms."""
    if max(len(reference.words), len(answer.words)) > MAX_LENGTH:
        return False
    try:
        ours, theirs = ([token[:2] for token in tokenize(side.words)] for side in (reference, answer))
    except NotationError:
        return False
    return ours == theirs and any(kind in ("num", "cmd") for kind, _ in ours)


def _same_named(reference: Named, answer: Named) -> Decision:
    """Named words match by kind and value; "?" stands for a part that one side leaves out."""
    equal = reference.kind == answer.kind
    for ours, theirs in zip(reference.value.split(" "), answer.value.split(" "), strict=False):
        equal = equal and (ours == theirs or "?" in (ours, theirs))
    return Decision(equal, reference.kind, f"{answer.value} against {reference.value}")


def _by_relation(reference: Expression, answer: Expression, context: Context) -> Decision | None:
    ours, theirs = is_equation(reference), is_equation(answer)
    if not ours and not theirs:
        return None
    if ours and theirs:
        return _equations(reference, answer, context)
    equation, other = (reference, answer) if ours else (answer, reference)
    if isinstance(other, Relation):
        return _relation_as_set(reference, answer, context)
    value = assigned(equation)
    if value is not None:
        found = same(value, answer, context) if ours else same(reference, value, context)
        if found or not isinstance(value, Relation):
            return found
    return _bare_against(equation, other, context)


def _relation_as_set(reference: Expression, answer: Expression, context: Context) -> Decision:
    """An assignment of a set against an inequality: `M = (0, 1)` and `0 < x < 1`."""
    ours, theirs = assigned(reference), assigned(answer)
    if ours is None and theirs is None:
        return Decision(False, "relation", "an equation against an inequality")
    return same(reference if ours is None else ours, answer if theirs is None else theirs, context)


def _equations(reference: Expression, answer: Expression, context: Context) -> Decision:
    assert isinstance(reference, Relation) and isinstance(answer, Relation)
    ours, theirs = assigned(reference), assigned(answer)
    structured = (Group, Matrix, Relation, SetBuilder, Quantity, Text, Named, Cases)
    if ours is not None and theirs is not None and (_needs(ours, structured) or _needs(theirs, structured)):
        if _conflicting(reference, answer):
            return Decision(False, "equation", "values of different names")
        return same(ours, theirs, context)
    found = same_equation(reference, answer)
    if not found and ours is not None and theirs is not None and _mergeable(reference, answer):
        return same(ours, theirs, context)
    return found


def _needs(node: Expression, kinds: tuple[type, ...]) -> bool:
    return (
        isinstance(node, kinds)
        or is_set(node)
        or (isinstance(node, Apply) and node.name in ("percent", "degree"))
    )


def _conflicting(reference: Relation, answer: Relation) -> bool:
    """Whether both sides name plain variables, and not the same ones."""
    heads = reference.sides[0], answer.sides[0]
    return all(isinstance(head, Symbol) for head in heads) and heads[0] != heads[1]


def _mergeable(reference: Relation, answer: Relation) -> bool:
    """`f(x) = ...` against `y = ...`, or a value with a label in words."""
    heads = reference.sides[0], answer.sides[0]
    if any(isinstance(head, Text) for head in heads):
        return not all(isinstance(head, Text) for head in heads)
    generic = [isinstance(head, Symbol) and head.name == "y" for head in heads]
    applied = [isinstance(head, Apply) for head in heads]
    return (generic[0] and applied[1]) or (generic[1] and applied[0])


def _bare_against(equation: Expression, value: Expression, context: Context) -> Decision:
    assert isinstance(equation, Relation)
    if len(equation.sides) == 2 and isinstance(value, Apply | Symbol):
        if solves_for_y(equation, value):
            return Decision(True, "equation", "the value of y that the equation gives")
        sides = equation.sides
        if same_measure(sides[0], sides[1], None) and same_measure(sides[1], value, None):
            return Decision(True, "equation", "either side of an identity")
    return Decision(False, "relation", "an equation against a value")


def _by_set(reference: Expression, answer: Expression, context: Context) -> Decision | None:
    if is_set(reference) or is_set(answer):
        return same_set(reference, answer, context, same)
    return None


def _by_collection(reference: Expression, answer: Expression, context: Context) -> Decision | None:
    if isinstance(reference, Group) or isinstance(answer, Group):
        return same_collection(reference, answer, context, same)
    return None


def _by_matrix(reference: Expression, answer: Expression, context: Context) -> Decision | None:
    if not mentions_matrix(reference) and not mentions_matrix(answer):
        return None
    reference, answer = combined(reference) or reference, combined(answer) or answer
    if not isinstance(reference, Matrix) and not isinstance(answer, Matrix):
        return None
    if not (isinstance(reference, Matrix) and isinstance(answer, Matrix)):
        return _single_entry(reference, answer, context)
    ours, theirs = reference.rows, answer.rows
    if len(ours) != len(theirs) or len(ours[0]) != len(theirs[0]):
        return Decision(False, "matrix", "matrices of different shape")
    flat = Group("", tuple(entry for row in ours for entry in row))
    other = Group("", tuple(entry for row in theirs for entry in row))
    return replace(same_tuple(flat.items, other.items, context, same), comparison="matrix")


def _single_entry(reference: Expression, answer: Expression, context: Context) -> Decision:
    matrix, other = (reference, answer) if isinstance(reference, Matrix) else (answer, reference)
    assert isinstance(matrix, Matrix)
    if len(matrix.rows) == len(matrix.rows[0]) == 1:
        return same(matrix.rows[0][0], other, context)
    entries = tuple(entry for row in matrix.rows for entry in row)
    parts = components(other, len(entries)) if 1 in (len(matrix.rows), len(matrix.rows[0])) else None
    if parts is not None:
        return same_tuple(*((entries, parts) if matrix is reference else (parts, entries)), context, same)
    return Decision(False, "matrix", "a matrix against something else")


def _by_cases(reference: Expression, answer: Expression, context: Context) -> Decision | None:
    """Piecewise definitions with the same structure; a scalar against cases is compared at points."""
    if not (isinstance(reference, Cases) and isinstance(answer, Cases)):
        return None
    if len(reference.cases) != len(answer.cases):
        return Decision(False, "cases", "a different number of cases")
    left = list(answer.cases)
    for value, condition in reference.cases:
        match = next(
            (
                case
                for case in left
                if same(value, case[0], context) and _same_condition(condition, case[1], context)
            ),
            None,
        )
        if match is None:
            return Decision(False, "cases", f"no case equal to {value}")
        left.remove(match)
    return Decision(True, "cases", "the same cases")


def _same_condition(ours: Expression | None, theirs: Expression | None, context: Context) -> bool:
    always = (None, Named("boolean", "true"))
    if ours in always or theirs in always:
        return ours in always and theirs in always
    assert ours is not None and theirs is not None
    return bool(same(ours, theirs, context))
