"""Answers of several parts as the paper's grader reads them: intervals with their unions, and matrices."""

from __future__ import annotations

import re

from dartmath.verify.compare.realset import RealSets
from dartmath.verify.dart_math.brackets import is_set, without_outer
from dartmath.verify.dart_math.latex import read_latex
from dartmath.verify.dart_math.normalisation import Same, items_of
from dartmath.verify.dart_math.values import BITS, identical, real_value
from dartmath.verify.language.errors import NotationError
from dartmath.verify.numeric.ball import precision
from dartmath.verify.numeric.exact import Undefined
from dartmath.verify.tree.expression import Apply, Expression, Group, Matrix, symbols

_OPENING = {"(": "(", "[": "[", "\\(": "(", "\\[": "["}
_CLOSING = {")": ")", "]": "]", "\\)": ")", "\\]": "]"}
_MATRIX = re.compile(
    r"[\[(]?\\begin{[a-zA-Z]?(?:matrix|array)}(?:\[lcr\])*?(.*)\\end{[a-zA-Z]?(?:matrix|array)}[\])]?"
)
_ROW_END = re.compile(r"\\+(?!frac|sqrt)")


def read_formula(text: str) -> Expression:
    """The formula of a text that is one, and not the first of several behind commas."""
    tree = read_latex(text)
    if "," in text:
        try:
            first = read_latex(text.partition(",")[0])
        except NotationError:
            return tree
        if tree == first:
            raise NotationError("a formula with others behind it")
    return tree


def read_set(text: str) -> Expression:
    """An interval, a set of one, or a union or intersection of such. Raises `NotationError` for others."""
    text = text.replace(" ", "")
    for sign, name in (("\\cup", "union"), ("\\cap", "intersection")):
        if sign in text:
            return Apply(name, tuple(read_set(part) for part in text.split(sign)))
    for opening, closing in (("\\{", "\\}"), ("{", "}")):
        if text.startswith(opening) and text.endswith(closing):
            return Group("{}", (read_formula(text[len(opening) : -len(closing)]),))
    return _interval(text)


def _interval(text: str) -> Expression:
    opening = next((mark for mark in _OPENING if text.startswith(mark)), None)
    closing = next((mark for mark in reversed(_CLOSING) if text.endswith(mark)), None)
    ends = text.split(",")
    if opening is None or closing is None or len(ends[1:]) != 1:
        raise NotationError("no interval")
    low = read_formula(ends[0][len(opening) :])
    high = read_formula(ends[1][: -len(closing)])
    if not symbols(low) and not symbols(high):
        left, right = real_value(low), real_value(high)
        if left is not None and right is not None and left >= right:
            raise NotationError("an interval without anything in it")
    return Group(_OPENING[opening] + _CLOSING[closing], (low, high))


def same_set(reference: Expression, answer: Expression) -> bool:
    """Whether two sets hold the same numbers; those with letters, whether their ends are equal."""
    if symbols(reference) or symbols(answer):
        return _alike(reference, answer)
    with precision(BITS):
        try:
            return _within(reference, answer) and _within(answer, reference)
        except (Undefined, ArithmeticError, ValueError):
            return False


def _within(part: Expression, whole: Expression) -> bool:
    """Whether nothing of one set is outside of the other, but for the number 0.

    The paper's code asks whether all that is outside equals 0, which the point 0 does: [0, 1] is (0, 1].
    """
    outside = RealSets({}, None).pieces(Apply("difference", (part, whole)))
    return all(bool(piece.low.contains(0)) and bool(piece.high.contains(0)) for piece in outside)


def same_matrix(reference: Expression, answer: Expression) -> bool:
    """Whether two matrices or lists have the same entries, written alike: 1/2 is not 2/4 there."""
    return str(reference) == str(answer)


def _alike(reference: Expression, answer: Expression) -> bool:
    match reference, answer:
        case Apply(name=ours, args=parts), Apply(name=theirs, args=others):
            return ours == theirs and len(parts) == len(others) and all(map(_alike, parts, others))
    return identical(reference, answer)


def read_matrix(text: str, same: Same) -> Expression:
    """A matrix, or a list as a row; a column is a row too. Raises `NotationError` for other texts."""
    text = text.replace(" ", "")
    found = _MATRIX.search(text)
    if found is not None:
        rows = [row.split("&") for row in _ROW_END.split(found[1])]
    elif "," not in text:
        raise NotationError("no matrix and no list")
    elif is_set(text):
        rows = [items_of(text, same)]
    else:
        rows = [without_outer(text).split(",")]
    if len({len(row) for row in rows}) > 1:
        raise NotationError("rows of different lengths")
    entries = [[read_formula(entry) for entry in row] for row in rows]
    if len(entries[0]) == 1:
        entries = [[row[0] for row in entries]]
    return Matrix(tuple(map(tuple, entries)))
