"""When the paper's grader takes two answers for equal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from dartmath.verify.dart_math.normalisation import items_of, normalised
from dartmath.verify.dart_math.pairing import pair_up
from dartmath.verify.dart_math.python import read_python
from dartmath.verify.dart_math.shapes import read_formula, read_matrix, read_set, same_matrix, same_set
from dartmath.verify.dart_math.values import identical, same_number, same_value
from dartmath.verify.language.errors import NotationError
from dartmath.verify.numeric.effort import BoundedEffort
from dartmath.verify.tree.expression import Expression

MAX_TEXT = 2_000
"""A longer answer is equal only to the same text: some rules take time quadratic in its length."""

MAX_COMPARISONS = 600
"""Comparisons within one verdict, which lists take in pairs; the paper's own limit is five seconds."""

_READERS = 5
"""Ways to read a text; one that no way reads is an error to the paper's grader, even inside a list."""


class Unreadable(NotationError):
    """An answer or reference that is no text which the grader can read: it counts as wrong."""


class Comparer:
    """The comparisons of one verdict, within one budget."""

    def __init__(self) -> None:
        self._left = MAX_COMPARISONS

    def normal(self, answer: str) -> str:
        """The answer in the form in which it is compared (see `normalised`)."""
        return normalised(answer, self.same)

    def same(self, reference: str, answer: str, *, as_sets: bool = False) -> bool:
        """Whether two answers are equal; `as_sets` compares them item by item in any order.

        Raises `Unreadable` where one of them cannot be read in any way, or there is too much to compare.
        """
        self._left -= 1
        if self._left < 0 or max(len(reference), len(answer)) > MAX_TEXT:
            raise Unreadable("too much to compare")
        date = _date(reference)
        if date is not None and date == _date(answer):
            return True
        ours, theirs = self.normal(reference), self.normal(answer)
        if not theirs or not theirs.isascii():
            return False
        if ours.lower() == theirs.lower():
            return True
        return self._same_items(ours, theirs) if as_sets else self._same_meaning(ours, theirs)

    def _same_items(self, ours: str, theirs: str) -> bool:
        answers, references = items_of(theirs, self.same), items_of(ours, self.same)
        return pair_up(answers, references, self.same)

    def _same_meaning(self, ours: str, theirs: str) -> bool:
        one, two = _float(ours), _float(theirs)
        if one is not None and two is not None and same_number(one, two):
            return True
        with BoundedEffort():
            return self._same_formula(_Readings(ours, one, self), _Readings(theirs, two, self))

    def _same_formula(self, ours: _Readings, theirs: _Readings) -> bool:
        checks: tuple[tuple[Expression | None, Expression | None, Callable[..., bool]], ...] = (
            (ours.python, theirs.python, identical),
            (ours.set, theirs.set, same_set),
            (ours.matrix, theirs.matrix, same_matrix),
            (ours.latex, theirs.latex, same_value),
            (ours.python, theirs.latex, same_value),
            (ours.latex, theirs.python, same_value),
        )
        for one, two, equal in checks:
            if one is not None and two is not None and equal(one, two):
                return True
        if _READERS in (ours.failures, theirs.failures):
            raise Unreadable("a text that is neither a number nor a formula")
        return False


class _Readings:
    """What a text is, read in every way of the paper's grader; None where it cannot be read so."""

    def __init__(self, text: str, value: float | None, comparer: Comparer) -> None:
        self.failures = int(value is None)
        self.python = self._read(read_python, text)
        self.set = self._read(read_set, text)
        self.matrix = self._read(lambda one: read_matrix(one, comparer.same), text)
        self.latex = self._read(read_formula, text)

    def _read(self, reader: Callable[[str], Expression], text: str) -> Expression | None:
        try:
            return reader(text)
        except (NotationError, ArithmeticError, RecursionError):
            self.failures += 1
            return None


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _date(text: str) -> datetime | None:
    """A date as year, month and day: other forms of dates and times do not outlive the normalisation."""
    try:
        return datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        return None
