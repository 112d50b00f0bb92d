"""How the paper's grader compares the answers of OlympiadBench: by that benchmark's own rules.

He et al. 2024, https://github.com/OpenBMB/OlympiadBench; each text is a list whose items are matched in any
order, as intervals, numbers within a tolerance, formulas, or equations that are multiples of each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from dartmath.verify.dart_math.brackets import first_pair
from dartmath.verify.dart_math.latex import read_latex
from dartmath.verify.dart_math.pairing import pair_up
from dartmath.verify.dart_math.values import constant_value, identical
from dartmath.verify.language.errors import NotationError
from dartmath.verify.numeric.agreement import Pair, SameRatio
from dartmath.verify.numeric.effort import BoundedEffort
from dartmath.verify.tree.expression import Apply, Expression, Relation, symbols

PRECISION = 1e-8
"""Absolute difference at which numbers are equal where a problem states none."""

_SLACK = 1.01
"""The benchmark's code widens every tolerance by this factor."""

_MAX_EXPONENT = 1_000
"""Powers with a larger exponent have no value to this grader."""

_BOX = "\\boxed{"
_DOLLARS = re.compile(r"\$(.*?)\$")
_REPLACED = (
    *(("\\left", ""), ("\\right", ""), ("∶", ":"), ("，", ","), ("$", "")),
    *(("\\approx", "="), ("\\simeq", "="), ("\\sim", "=")),
    *(("^\\prime", "'"), ("^{\\prime}", "'"), ("^\\circ", ""), ("%", "")),
)
_IDLE = "\n$,.:;^_=+`!@#$%^&*~，。"
_UPRIGHT = re.compile(r"\\(?:mathrm|mathbf)\{~?([^}]*)\}")
_CHINESE = re.compile("[\u4e00-\u9fff]+")


def same_olympiad(reference: str, answer: str, tolerance: float | None = None) -> bool:
    """Whether an answer is right by the rules of OlympiadBench; `tolerance` is absolute.

    >>> same_olympiad("2,-2", "-2,2")
    True
    """
    try:
        ours, theirs = _prepared(reference), _prepared(answer)
    except NotationError:
        return False
    if ours == theirs:
        return True
    items, others = (_items(_CHINESE.sub("", side)) for side in (ours, theirs))
    judge = _Judge(PRECISION if tolerance is None else tolerance)
    return pair_up(items, others, judge.same)


def _prepared(text: str) -> str:
    text = _content(text)
    if "\\in " in text:
        text = text.split("\\in ")[1]
    for written, meant in _REPLACED:
        text = text.replace(written, meant)
    return _UPRIGHT.sub(r"\1", text.strip(_IDLE))


def _content(text: str) -> str:
    """What stands in boxes; without a box the formulas of the last line; without any the whole text."""
    boxes = text.split(_BOX)[1:]
    if boxes:
        return "".join(f"{_closed(box)}," for box in boxes)
    formulas = _DOLLARS.findall(text.strip().rpartition("\n")[2])
    return "".join(f"{one}," for one in formulas) or text


def _closed(text: str) -> str:
    found = first_pair(f"{{{text}", "{")
    if found is None:
        raise NotationError("a box without an end")
    return text[: found[1] - 1]


def _items(text: str) -> list[str]:
    r"""The parts between commas outside of brackets, those with `\pm` as two."""
    parts, depth, start = [], 0, 0
    for place, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        if char == "," and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    if start < len(text):
        parts.append(text[start:].strip())
    return [
        item
        for part in parts
        for item in ([part.replace("\\pm", sign) for sign in "+-"] if "\\pm" in part else [part])
    ]


class _Judge:
    def __init__(self, tolerance: float) -> None:
        self._tolerance = tolerance * _SLACK

    def same(self, reference: str, answer: str) -> bool:
        """Whether two items are equal in any of the ways of the benchmark."""
        if reference == answer and reference:
            return True
        if _is_interval(reference) and _is_interval(answer):
            try:
                if self._same_intervals(reference, answer):
                    return True
            except (NotationError, IndexError):
                return False
        both = "=" in reference and "=" in answer
        ways: tuple[Callable[[str, str], bool], ...] = (
            self._same_numbers,
            *(() if both else (self._same_formulas,)),
            _same_equations,
        )
        return any(_quietly(way, reference, answer) for way in ways)

    def _same_numbers(self, reference: str, answer: str) -> bool:
        value, given = float(reference), float(answer)
        return any(abs(one - given) <= self._tolerance for one in (value / 100, value, value * 100))

    def _same_formulas(self, reference: str, answer: str) -> bool:
        ours, theirs = (read_latex(_right_side(side)) for side in (reference, answer))
        with BoundedEffort():
            if ours == theirs:
                return True
            if bool(symbols(ours)) != bool(symbols(theirs)):
                return False
            if symbols(ours):
                return identical(ours, theirs)
            return self._same_constants(ours, theirs)

    def _same_constants(self, ours: Expression, theirs: Expression) -> bool:
        if _is_large_power(ours) or _is_large_power(theirs):
            return False
        one, two = constant_value(ours), constant_value(theirs)
        return one is not None and two is not None and float(abs(one - two).mid()) <= self._tolerance

    def _same_intervals(self, reference: str, answer: str) -> bool:
        ours, theirs = reference.split("\\cup"), answer.split("\\cup")
        return len(ours) == len(theirs) and all(map(self._same_interval, ours, theirs))

    def _same_interval(self, reference: str, answer: str) -> bool:
        if reference[0] != answer[0] or reference[-1] != answer[-1]:
            return False
        # The shorter of two lists decides, as in the benchmark's code.
        ends = zip(reference.strip("[]()").split(","), answer.strip("[]()").split(","), strict=False)
        return all(self._same_formulas(one, two) for one, two in ends)


def _quietly(way: Callable[[str, str], bool], reference: str, answer: str) -> bool:
    try:
        return way(reference, answer)
    except (NotationError, ArithmeticError, ValueError, RecursionError):
        return False


def _is_interval(text: str) -> bool:
    return text.startswith(("(", "[")) and text.endswith((")", "]"))


def _right_side(text: str) -> str:
    return text.split("=")[1].strip() if "=" in text else text.strip()


def _is_large_power(node: Expression) -> bool:
    if not isinstance(node, Apply) or node.name != "pow":
        return False
    exponent = constant_value(node.args[1])
    return exponent is None or bool(abs(exponent) > _MAX_EXPONENT)


def _same_equations(reference: str, answer: str) -> bool:
    """Whether one equation is a whole multiple of the other, all of it on one side."""
    ours, theirs = _difference(reference), _difference(answer)
    names = symbols(ours) | symbols(theirs)
    if not names:
        return False
    with BoundedEffort():
        found = Pair(ours, theirs, names).over_the_reals(SameRatio())
    if not found.holds or found.ratio is None:
        return False
    whole = [ratio.unique_fmpz() for ratio in (found.ratio, 1 / found.ratio)]
    return any(value is not None and value != 0 for value in whole)


def _difference(equation: str) -> Expression:
    left, right = equation.split("=")
    sides = read_latex(left), read_latex(right)
    if any(isinstance(side, Relation) for side in sides):
        raise NotationError("an inequality in an equation")
    return Apply("add", (sides[0], Apply("neg", (sides[1],))))
