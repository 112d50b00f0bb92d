"""Compare two texts: their plain reading first, then what their notation also allows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from dartmath.base.regex import regex
from dartmath.verify.compare.choices import chosen
from dartmath.verify.compare.comparison import UNDECIDED, Comparison
from dartmath.verify.compare.dispatch import by_structure
from dartmath.verify.compare.physics import names_quantities
from dartmath.verify.compare.rounding import Margin
from dartmath.verify.compare.wording import ranges_differ, says_otherwise
from dartmath.verify.language.logic import denies_alone
from dartmath.verify.language.money import SIGNS
from dartmath.verify.language.orbitals import MAY_BE_CONFIGURATION, configuration
from dartmath.verify.language.search import holds
from dartmath.verify.language.vocabulary import APPROXIMATIONS
from dartmath.verify.numeric.effort import BoundedEffort
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.numeric.points import positive_symbols
from dartmath.verify.parsing.parser import is_plain_equation, is_plain_number, parse
from dartmath.verify.readings.directions import other_directions, says_direction
from dartmath.verify.tree.expression import Expression, Named, Quantity, heads, symbols

if TYPE_CHECKING:
    from dartmath.verify.readings.reading import Pair, Sides

_NOTHING = nullcontext()  # one for all verdicts: it holds no state

_POSITIVE = ("nonnegative", "non-negative", "positive", "natural number", "logarithm")
_IS_POSITIVE = regex(rf"\b(?:{'|'.join(_POSITIVE)})s?\b")
_ABOVE_ZERO = regex(r"[a-zA-Z]\s*(?:>|\\gt)\s*0", re.IGNORECASE)


_APPROXIMATE = regex(
    rf"[\s$(]*(?:~|≈|∼|\\approx(?![a-z])|\\sim(?![a-z])|(?:{'|'.join(APPROXIMATIONS)}|ca\.|circa)\s)",
    re.IGNORECASE,
)
"""What stands before a reference that calls itself an approximation."""


_APPROXIMATELY = regex(rf"(?:{'|'.join(APPROXIMATIONS)}) (?=[-$]?\d|\\[$(]|\.\d)", re.IGNORECASE)
"""What an answer says in front of an amount, and means nothing for the comparison."""


_SIGNED = frozenset(["abs", "sgn", "floor", "ceil", "max", "min"])
"""Functions that say what happens with signs, and so are no oversight."""


_LETTER = len("$(A).$")
"""Characters of a reference that is the letter of an option."""


_RESPECTIVELY = regex(r"[,;]?\s*(?:\\text\s*\{\s*)?\brespectively\b\s*\.?\s*\}?", re.IGNORECASE)
"""A word behind a list that makes its order count."""


def decide(
    reference: str,
    answer: str,
    query: str,
    margin: Margin | None = None,
    ordered: bool | None = None,
    *,
    science: bool = False,
) -> Decision:
    """The first reading of both texts under which they are equal, else the verdict on the last one tried.

    Readings go from the plainest to the one that the other side's notation suggests, so that the last
    verdict has the reason that says most.
    """
    if query and len(reference) <= _LETTER and (option := chosen(reference, answer, query)) is not None:
        return option
    approximate = _APPROXIMATE.match(reference) is not None
    if not approximate and (adverb := _APPROXIMATELY.match(answer)):
        answer = answer[adverb.end() :]
    if ordered is None and _says_respectively(f"{reference}\n{answer}"):
        ordered = True
        reference, answer = _RESPECTIVELY.sub("", reference), _RESPECTIVELY.sub("", answer)
    if MAY_BE_CONFIGURATION.search(reference) and (electrons := _configurations(reference, answer)):
        return electrons[0]
    comparison = Comparison(by_structure, query, margin, ordered, science=science, approximate=approximate)
    ours, theirs = parse(reference), parse(answer)
    positive = _means_positive(ours, theirs, comparison.query)
    with BoundedEffort(), positive_symbols() if positive else _NOTHING:
        decision = comparison.same(ours, theirs)
        if decision:
            if comparison.query and _differ_in_case(reference, answer, comparison.query):
                return Decision(False, "chemistry", "formulas of two substances")
            return _unless_contradicted(decision, reference, answer, theirs, comparison.query)
        sides, other_readings = _second_readings()
        for name, found in other_readings(sides(reference, ours, answer, theirs, comparison)):
            decision = found if isinstance(found, Decision) else comparison.same(*found)
            if decision:
                decision = replace(decision, reading=name)
                return _unless_contradicted(decision, reference, answer, theirs, comparison.query)
        if not positive and _are_physical(ours, theirs, comparison):
            with positive_symbols():
                found = comparison.same(ours, theirs)
            if found:
                return replace(found, reading="physical quantities as positive numbers")
    return UNDECIDED if comparison.exhausted else decision


@cache
def _second_readings() -> tuple[type[Sides], Callable[[Sides], Iterator[tuple[str, Pair | Decision]]]]:
    """The table, imported by the first verdict that needs more than the plain reading."""
    from dartmath.verify.readings.reading import Sides
    from dartmath.verify.readings.table import other_readings

    return Sides, other_readings


def _configurations(reference: str, answer: str) -> tuple[Decision] | None:
    """A verdict on two electron configurations, of which algebra sees products."""
    ours, theirs = configuration(reference), configuration(answer)
    if ours is None or theirs is None:
        return None
    reason = "the same electrons in every subshell" if ours == theirs else "electrons in other subshells"
    return (Decision(ours == theirs, "chemistry", reason),)


_SAID_IN_WORDS = frozenset(
    ["choice", "chemistry", "clock", "date", "weekday", "month", "direction", "set", "interval", "logic"]
)
"""Comparisons that have read all words of both sides."""

_OF_SENTENCES = "value that a sentence states"
"""The reading of values that two sentences may state with other subjects."""


def _has_read_words(found: Decision, theirs: Expression) -> bool:
    """Whether a verdict rests on all words of both sides, as that on `empty set` does.

    A yes or no has a fixed meaning too, and may have a reason behind it that is left out.
    """
    if found.comparison in _SAID_IN_WORDS or found.reading == _OF_SENTENCES:
        return True
    return isinstance(theirs, Named) and theirs.kind != "boolean"


_MOLECULE = regex(r"[A-Z][a-z]?_?\{?\d+\}? ?[A-Z]")
"""An element with its number of atoms, and another one behind it."""

_MOST_OF_DIRECTION = 8
"""Words of an amount with its direction, which may be said in other words."""


def _unless_contradicted(
    found: Decision, reference: str, answer: str, theirs: Expression, query: str
) -> Decision:
    """The verdict that two texts are equal, but for what words and signs say that readings leave out.

    Other directions, other currencies, atoms that look like words behind an amount, and other words.
    """
    if _is_plain(reference) and _is_plain(answer):
        return found
    if ranges_differ(reference, answer):
        return Decision(False, "rational", "other ends of a range")
    if ("~" in reference or "~" in answer) and denies_alone(reference, answer):
        return Decision(False, "logic", "a negation on one side")
    directed = says_direction(answer) and says_direction(reference)
    if directed and other_directions(reference, answer):
        return Decision(False, "direction", "another direction")
    if not ((directed and len(answer.split()) <= _MOST_OF_DIRECTION) or _has_read_words(found, theirs)):
        otherwise = says_otherwise(reference, answer, query, named=found.comparison == "names")
        if otherwise:
            return Decision(False, found.comparison, otherwise)
    ours_in, theirs_in = _CURRENCY & set(reference), _CURRENCY & set(answer)
    if ours_in and theirs_in and not ours_in & theirs_in:
        return Decision(False, "unit", "another currency")
    may_be = isinstance(theirs, Quantity) or (_MOLECULE.search(reference) and _MOLECULE.search(answer))
    if may_be and _are_molecules(reference, answer):
        return Decision(False, "chemistry", "formulas of two substances")
    return found


def _is_plain(text: str) -> bool:
    """Whether a text is a number, or gives one to a letter, and says no more."""
    return is_plain_number(text) or is_plain_equation(text)


_CURRENCY = frozenset(SIGNS) - {"$"}
"""Signs of money that are nothing else, as the dollar is."""


def _are_molecules(reference: str, answer: str) -> bool:
    from dartmath.verify.compare.substances import are_other_molecules

    return are_other_molecules(reference, answer)


def _differ_in_case(reference: str, answer: str, query: str) -> bool:
    """Whether nothing but case tells the texts apart, and in a formula of chemistry that tells much."""
    if reference == answer or reference.casefold() != answer.casefold():
        return False
    from dartmath.verify.compare.substances import are_other_formulas

    return are_other_formulas(reference, answer, query)


def _says_respectively(text: str) -> bool:
    return "espective" in text.lower() and _RESPECTIVELY.search(text) is not None


def _means_positive(ours: Expression, theirs: Expression, query: str) -> bool:
    """Whether the query says that its letters are positive numbers, so that `\\ln x^2` is `2 \\ln x`."""
    return bool(symbols(ours) or symbols(theirs)) and _speaks_of_positive(query)


def _are_physical(ours: Expression, theirs: Expression, comparison: Comparison) -> bool:
    """Whether letters stand for quantities of physics, whose roots are written without absolute values."""
    if not (symbols(ours) and symbols(theirs)) or (heads(ours) | heads(theirs)) & _SIGNED:
        return False
    return names_quantities(comparison.query)


@lru_cache(maxsize=64)
def _speaks_of_positive(query: str) -> bool:
    low = query.lower()
    if holds(low, *_POSITIVE) and _IS_POSITIVE.search(low):
        return True
    return (">" in low or holds(low, "\\gt")) and _ABOVE_ZERO.search(query) is not None
