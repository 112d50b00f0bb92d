"""References that are themselves approximations, where the query shows it.

Two rules, both only for a decimal reference that is no amount of money, and never where the query
asks for an exact value or says how to round:

* The query leaves a constant open: pi as 3.14 or 22/7, for references of four digits or more; a
  gallon as 231 cubic inches or 7.48 to the cubic foot, for three digits or more. Conventions then
  differ by up to 0.2 %, and so may the answers.
* The query is about measured quantities, and the answer is the reference rounded to fewer decimals.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from dartmath.verify.compare.measures import Measure, measure
from dartmath.verify.compare.rounding import digits, distance
from dartmath.verify.language.latex import OPEN_TEXT
from dartmath.verify.language.money import CODES
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.tree.expression import Expression, Number

if TYPE_CHECKING:
    from dartmath.verify.compare.comparison import Comparison


OPEN_CONSTANT = Fraction(2, 1000)
"""Relative difference that conventions for pi or for gallons make: (22/7)^2 against 3.14^2 is 0.18 %."""

_EXACT = re.compile(
    r"\bexact|\bin terms of\b|\bnearest\b|\bround|\bdecimal|\bsimplest\b|\bsimplif"
    r"|\bcommon fraction\b|\bsignificant\b",
    re.IGNORECASE,
)
_GALLONS = re.compile(r"\bgallons?\b", re.IGNORECASE)
_PI = re.compile(
    r"\bcircle|\bcircular\b|\bcircumference\b|\bradi(?:us|i)\b|\bdiameter\b|\bspher|\bcylind|\bcone\b",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    rf"\d\s*(?:\\[,;: ]|~|{OPEN_TEXT})*\s*"
    r"(?:k?g|grams?|kilograms?|tons?|tonnes?|ml|l|liters?|litres?|m|cm|mm|km|met(?:er|re)s?"
    r"|kilomet(?:er|re)s?|centimet(?:er|re)s?|inch(?:es)?|feet|foot|yards?|miles?|pounds?|ounces?)\b",
    re.IGNORECASE,
)


def approximately(reference: Expression, answer: Expression, comparison: Comparison) -> Decision | None:
    """Whether one of the two rules makes the answer equal to an approximate reference; else None."""
    ours = measure(reference)
    if not isinstance(ours.value, Number) or not _is_rounded(ours.value) or _is_money(ours):
        return None
    if _EXACT.search(comparison.query):
        return None
    theirs = measure(answer).value
    return _open_constant(ours.value, theirs, comparison) or _rounded(ours.value, theirs, comparison)


def _is_money(found: Measure) -> bool:
    """Amounts of money are exact to the cent."""
    return any(name in CODES for name, _ in found.unit.dimensions)


def _is_rounded(literal: Number) -> bool:
    """Whether a number has decimals that a measurement or a convention leaves uncertain."""
    return bool(literal.places) and literal.value.denominator != 1


def _open_constant(ours: Number, theirs: Expression, comparison: Comparison) -> Decision | None:
    gallons, pi = _GALLONS.search(comparison.query), _PI.search(comparison.query)
    if digits(ours) < (3 if gallons else 4) or not (gallons or pi):
        return None
    apart = distance(ours, theirs)
    if apart is None or apart > abs(ours.value) * OPEN_CONSTANT:
        return None
    return Decision(True, "approximate", "within 0.2 % of a reference that depends on a convention")


def _rounded(ours: Number, theirs: Expression, comparison: Comparison) -> Decision | None:
    if digits(ours) < 4 or not isinstance(theirs, Number) or not _MEASURED.search(comparison.query):
        return None
    places = theirs.places or 0
    if (theirs.value.denominator != 1 and not places) or places >= (ours.places or 0):
        return None
    step = Fraction(1, 10**places)
    if digits(theirs) < 3 or abs(ours.value - theirs.value) * 2 > step:
        return None
    if abs(ours.value - theirs.value) * 500 > abs(ours.value):
        return None
    return Decision(True, "approximate", "the reference, a measured quantity, rounded to fewer decimals")
