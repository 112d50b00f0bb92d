"""Compare two parsed answers by their structure, down to scalars."""

from __future__ import annotations

from dataclasses import replace

from dartmath.verify.compare.approximate import approximately
from dartmath.verify.compare.choices import same_choice
from dartmath.verify.compare.collections import same_collection, same_tuple
from dartmath.verify.compare.comparison import Comparison
from dartmath.verify.compare.equations import same_relation
from dartmath.verify.compare.matrices import combined, components, mentions_matrix
from dartmath.verify.compare.measures import same_measure
from dartmath.verify.compare.prose import same_prose
from dartmath.verify.compare.realset import is_set
from dartmath.verify.compare.relations import is_equation
from dartmath.verify.compare.sets import same_set
from dartmath.verify.language.errors import NotationError
from dartmath.verify.language.names import split_word
from dartmath.verify.numeric.equality import Decision, scalar_equal
from dartmath.verify.parsing.parser import MAX_LENGTH
from dartmath.verify.parsing.tokens import Token, tokenize
from dartmath.verify.parsing.words import same_words
from dartmath.verify.tree.expression import (
    Apply,
    Cases,
    Constant,
    Expression,
    Group,
    Matrix,
    Named,
    Number,
    Symbol,
    Text,
)


def by_structure(reference: Expression, answer: Expression, comparison: Comparison) -> Decision:
    """Compare two trees by the first rule that knows one of them, down to scalars."""
    if not (_is_scalar(reference) and _is_scalar(answer)):
        for rule in _RULES:
            found = rule(reference, answer, comparison)
            if found is not None:
                return found
    return _same_scalar(reference, answer, comparison)


_FORMULAS = (Apply, Symbol)  # `Apply | Symbol` in a call would be made anew by each


def _is_scalar(node: Expression) -> bool:
    """Whether a tree is a number or an expression for one, which the rules of structure leave alone."""
    if isinstance(node, Number):
        return True
    if isinstance(node, _FORMULAS):
        return not is_set(node) and not mentions_matrix(node)
    return isinstance(node, Constant)


def _same_scalar(reference: Expression, answer: Expression, comparison: Comparison) -> Decision:
    match reference:
        case Apply(name="ratio", args=(_, _, _, *_)) if (found := _ratios(reference, answer)) is not None:
            return found
    decision = same_measure(reference, answer, comparison)
    if decision or comparison.margin is not None:
        return decision
    return approximately(reference, answer, comparison) or decision


def _ratios(reference: Apply, answer: Expression) -> Decision | None:
    """`1:2:3` and `2:4:6` are proportional; a ratio of two parts is also a quotient."""
    if not isinstance(answer, Apply) or answer.name != "ratio":
        return None
    ours, theirs = reference.args, answer.args
    if len(ours) != len(theirs):
        return Decision(False, "ratio", "ratios of different length")
    equal = all(
        scalar_equal(Apply("mul", (one, theirs[0])), Apply("mul", (two, ours[0])))
        for one, two in zip(ours[1:], theirs[1:], strict=True)
    )
    return Decision(equal, "ratio", "proportional" if equal else "not proportional")


_TRUTH = {"T": "true", "F": "false", "Y": "true", "N": "false"}


def _by_truth(reference: Expression, answer: Expression, comparison: Comparison) -> Decision | None:
    """`T` or `Y` for true and `F` or `N` for false, where the other side is one of these words."""
    for letter, word in ((reference, answer), (answer, reference)):
        match letter, word:
            case ((Symbol(name=sign) | Named(kind="choice", value=sign)), Named(kind="boolean", value=value)):
                if sign in _TRUTH:
                    return Decision(_TRUTH[sign] == value, "boolean", f"{sign} against {value}")
    return None


def _by_choice(reference: Expression, answer: Expression, comparison: Comparison) -> Decision | None:
    if _is_choice(reference) or _is_choice(answer):
        return same_choice(reference, answer, comparison)
    return None


def _is_choice(node: Expression) -> bool:
    return isinstance(node, Named) and node.kind == "choice"


def _by_words(reference: Expression, answer: Expression, comparison: Comparison) -> Decision | None:
    if (
        isinstance(reference, Named)
        and isinstance(answer, Named)
        and "set" not in (reference.kind, answer.kind)
    ):
        return _same_named(reference, answer)
    if isinstance(reference, Text) and isinstance(answer, Text):
        equal = same_words(reference, answer) or _same_tokens(reference, answer)
        plain = Decision(equal, "text", "the same words" if equal else "different words")
        return plain if equal else same_prose(reference, answer, comparison) or plain
    if isinstance(reference, Text) or isinstance(answer, Text):
        if (found := same_prose(reference, answer, comparison)) is not None:
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
        ours, theirs = (_signs(tokenize(side.words)) for side in (reference, answer))
    except NotationError:
        return False
    return ours == theirs and any(kind in ("num", "cmd") for kind, _ in ours)


_DRESSING = frozenset([("cmd", "hat"), ("cmd", "vec")])
"""Commands above a letter that make no other name of it."""


def _signs(tokens: list[Token]) -> list[tuple[str, str]]:
    """Kinds and texts: products in single letters, no braces around one sign, no hats."""
    found: list[tuple[str, str]] = []
    for kind, text, _, _ in tokens:
        if (kind, text) in _DRESSING:
            continue
        parts = split_word(text) if kind == "word" else None
        found.extend((kind, part) for part in parts or (text,))
        if (kind, text) == ("close", "}") and found[-3:-2] == [("open", "{")]:
            found[-3:] = found[-2:-1]
    return found


def _same_named(reference: Named, answer: Named) -> Decision:
    """Named words match by kind and value; "?" stands for a part that one side leaves out."""
    equal = reference.kind == answer.kind
    for ours, theirs in zip(reference.value.split(" "), answer.value.split(" "), strict=False):
        equal = equal and (ours == theirs or "?" in (ours, theirs))
    return Decision(equal, reference.kind, f"{answer.value} against {reference.value}")


def _by_relation(reference: Expression, answer: Expression, comparison: Comparison) -> Decision | None:
    if is_equation(reference) or is_equation(answer):
        return same_relation(reference, answer, comparison)
    return None


def _by_set(reference: Expression, answer: Expression, comparison: Comparison) -> Decision | None:
    if is_set(reference) or is_set(answer):
        return same_set(reference, answer, comparison)
    return None


def _by_collection(reference: Expression, answer: Expression, comparison: Comparison) -> Decision | None:
    if isinstance(reference, Group) or isinstance(answer, Group):
        return same_collection(reference, answer, comparison)
    return None


def _by_matrix(reference: Expression, answer: Expression, comparison: Comparison) -> Decision | None:
    if not mentions_matrix(reference) and not mentions_matrix(answer):
        return None
    reference, answer = combined(reference) or reference, combined(answer) or answer
    if not isinstance(reference, Matrix) and not isinstance(answer, Matrix):
        return None
    if not (isinstance(reference, Matrix) and isinstance(answer, Matrix)):
        return _single_entry(reference, answer, comparison)
    ours, theirs = reference.rows, answer.rows
    if len(ours) != len(theirs) or len(ours[0]) != len(theirs[0]):
        return Decision(False, "matrix", "matrices of different shape")
    flat = Group("", tuple(entry for row in ours for entry in row))
    other = Group("", tuple(entry for row in theirs for entry in row))
    return replace(same_tuple(flat.items, other.items, comparison), comparison="matrix")


def _single_entry(reference: Expression, answer: Expression, comparison: Comparison) -> Decision:
    matrix, other = (reference, answer) if isinstance(reference, Matrix) else (answer, reference)
    assert isinstance(matrix, Matrix)
    if len(matrix.rows) == len(matrix.rows[0]) == 1:
        return comparison.same(matrix.rows[0][0], other)
    entries = tuple(entry for row in matrix.rows for entry in row)
    parts = components(other, len(entries)) if 1 in (len(matrix.rows), len(matrix.rows[0])) else None
    if parts is not None:
        return same_tuple(*((entries, parts) if matrix is reference else (parts, entries)), comparison)
    return Decision(False, "matrix", "a matrix against something else")


def _by_cases(reference: Expression, answer: Expression, comparison: Comparison) -> Decision | None:
    """Piecewise definitions with the same structure; a scalar against cases is compared at points."""
    if not (isinstance(reference, Cases) and isinstance(answer, Cases)):
        return None
    if len(reference.cases) != len(answer.cases):
        return _at_points(reference, answer) or Decision(False, "cases", "a different number of cases")
    left = list(answer.cases)
    for value, condition in reference.cases:
        match = next(
            (
                case
                for case in left
                if comparison.same(value, case[0]) and _same_condition(condition, case[1], comparison)
            ),
            None,
        )
        if match is None:
            return _at_points(reference, answer) or Decision(False, "cases", f"no case equal to {value}")
        left.remove(match)
    return Decision(True, "cases", "the same cases")


def _at_points(reference: Cases, answer: Cases) -> Decision | None:
    """Cases that are cut differently, or say "otherwise", as functions; None where they are no such."""
    found = scalar_equal(reference, answer)
    return found if found else None


def _same_condition(ours: Expression | None, theirs: Expression | None, comparison: Comparison) -> bool:
    always = (None, Named("boolean", "true"))
    if ours in always or theirs in always:
        return ours in always and theirs in always
    assert ours is not None and theirs is not None
    return bool(comparison.same(ours, theirs))


_RULES = (
    _by_truth,
    _by_choice,
    _by_words,
    _by_relation,
    _by_set,
    _by_collection,
    _by_matrix,
    _by_cases,
)
"""The rules of structure, in their order: the first that knows one of the trees decides."""
