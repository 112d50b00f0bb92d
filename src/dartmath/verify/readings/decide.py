"""Compare two texts: their plain reading first, then what their notation also allows."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import replace
from functools import lru_cache

from dartmath.base.regex import regex
from dartmath.verify.compare.comparison import UNDECIDED, Comparison
from dartmath.verify.compare.dispatch import by_structure
from dartmath.verify.compare.physics import names_quantities
from dartmath.verify.compare.rounding import Margin
from dartmath.verify.language.search import holds
from dartmath.verify.language.vocabulary import APPROXIMATIONS
from dartmath.verify.numeric.effort import BoundedEffort
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.numeric.points import positive_symbols
from dartmath.verify.parsing.parser import parse
from dartmath.verify.tree.expression import Expression, heads, symbols

_NOTHING = nullcontext()  # one for all verdicts: it holds no state

_POSITIVE = ("nonnegative", "non-negative", "positive", "natural number", "logarithm")
_IS_POSITIVE = regex(rf"\b(?:{'|'.join(_POSITIVE)})s?\b")
_ABOVE_ZERO = regex(r"[a-zA-Z]\s*(?:>|\\gt)\s*0", re.IGNORECASE)


_APPROXIMATE = regex(
    rf"[\s$(]*(?:~|≈|∼|\\approx(?![a-z])|\\sim(?![a-z])|(?:{'|'.join(APPROXIMATIONS)}|ca\.|circa)\s)",
    re.IGNORECASE,
)
"""What stands before a reference that calls itself an approximation."""


_SIGNED = frozenset(["abs", "sgn", "floor", "ceil", "max", "min"])
"""Functions that say what happens with signs, and so are no oversight."""


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
    approximate = _APPROXIMATE.match(reference) is not None
    if ordered is None and _says_respectively(f"{reference}\n{answer}"):
        ordered = True
        reference, answer = _RESPECTIVELY.sub("", reference), _RESPECTIVELY.sub("", answer)
    comparison = Comparison(by_structure, query, margin, ordered, science=science, approximate=approximate)
    ours, theirs = parse(reference), parse(answer)
    positive = _means_positive(ours, theirs, comparison.query)
    with BoundedEffort(), positive_symbols() if positive else _NOTHING:
        decision = comparison.same(ours, theirs)
        if decision:
            return decision
        # Imported by the first verdict that needs more than the plain reading.
        from dartmath.verify.readings.reading import Sides
        from dartmath.verify.readings.table import other_readings

        for name, found in other_readings(Sides(reference, ours, answer, theirs, comparison)):
            decision = found if isinstance(found, Decision) else comparison.same(*found)
            if decision:
                return replace(decision, reading=name)
        if not positive and _are_physical(ours, theirs, comparison):
            with positive_symbols():
                found = comparison.same(ours, theirs)
            if found:
                return replace(found, reading="physical quantities as positive numbers")
    return UNDECIDED if comparison.exhausted else decision


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
