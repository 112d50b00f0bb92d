"""References that are themselves approximations, where the query shows it.

Two rules, both only for a decimal reference and never where the query asks for an exact value or
says how to round:

* The query leaves a constant open (pi as 3.14 or 22/7; a gallon as 231 cubic inches or 7.48 to the
  cubic foot). Conventions then differ by up to 0.2 %, and so may the answers.
* The query is about measured quantities, and the answer is the reference rounded to fewer decimals.
"""

from __future__ import annotations

import re
from fractions import Fraction

from dartmath.verify.equality import Decision
from dartmath.verify.expression import Expression, Number
from dartmath.verify.measures import digits, distance, measure

OPEN_CONSTANT = Fraction(2, 1000)
"""Relative difference that conventions for pi or for gallons make: (22/7)^2 against 3.14^2 is 0.18 %."""

_EXACT = re.compile(
    r"\bexact|\bin terms of\b|\bnearest\b|\bround|\bdecimal|\bsimplest\b|\bsimplif"
    r"|\bcommon fraction\b|\bsignificant\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\bgallons?\b|\bcircle|\bcircular\b|\bcircumference\b|\bradi(?:us|i)\b|\bdiameter\b|\bspher|\bcylind|\bcone\b",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\d\s*(?:\\[,;: ]|~|\\(?:mathrm|text)\s*\{[~\s]*|\\ )*\s*"
    r"(?:k?g|grams?|kilograms?|tons?|tonnes?|ml|l|liters?|litres?|m|cm|mm|km|met(?:er|re)s?"
    r"|kilomet(?:er|re)s?|centimet(?:er|re)s?|inch(?:es)?|feet|foot|yards?|miles?|pounds?|ounces?)\b",
    re.IGNORECASE,
)


def approximately(reference: Expression, answer: Expression, query: str) -> Decision | None:
    """Whether one of the two rules makes the answer equal to an approximate reference; else None."""
    ours, theirs = measure(reference).value, measure(answer).value
    if not isinstance(ours, Number) or not ours.places or digits(ours) < 4 or _EXACT.search(query[-4000:]):
        return _three_digits(ours, theirs, query)
    return _open_constant(ours, theirs, query) or _rounded(ours, theirs, query)


def _three_digits(ours: Expression, theirs: Expression, query: str) -> Decision | None:
    """The rule of open constants holds from three digits on."""
    if isinstance(ours, Number) and ours.places and digits(ours) == 3 and not _EXACT.search(query[-4000:]):
        return _open_constant(ours, theirs, query)
    return None


def _open_constant(ours: Number, theirs: Expression, query: str) -> Decision | None:
    if not _OPEN.search(query[-4000:]):
        return None
    apart = distance(ours, theirs)
    if apart is None or apart > abs(ours.value) * OPEN_CONSTANT:
        return None
    return Decision(True, "approximate", "within 0.2 % of a reference that depends on a convention")


def _rounded(ours: Number, theirs: Expression, query: str) -> Decision | None:
    if not isinstance(theirs, Number) or not _MEASURED.search(query[-4000:]):
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
