"""References that are themselves approximations, where they or the query show it. Money is exact to the cent.

* The reference says so (`~0.83`), the query is one of physics, chemistry or engineering, or the mode is
  `science`: the answer may be 1 % away, or round to the reference. Whole numbers without a unit stay
  exact, and so do fractions, surds and symbols. Numbers near one, pH, masses of atoms and temperatures, of
  which 1 % is no accuracy, have one of their own.

Three rules for decimal references only, and never where the query asks for an exact value or how to round:

* The query leaves a constant open: pi as 3.14 or 22/7, for references of four digits or more; a
  gallon as 231 cubic inches or 7.48 to the cubic foot, for three digits or more. Conventions then
  differ by up to 0.2 %, and so may the answers.
* The query is about measured quantities, and the answer is the reference rounded to fewer decimals.
* The reference, of three digits or more, is the answer, rounded: it shows less than was computed.
* A percentage of five digits or more may be rounded to two decimals or more.
* The query is of a subject whose results are rounded (`dartmath.verify.compare.rounded`).

And one for money: an answer of three decimals or more may still have to be rounded to the reference's cents.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from dartmath.base.regex import by_initials, regex
from dartmath.verify.compare.measures import Measure, measure, same_measure
from dartmath.verify.compare.physics import is_physical, is_physical_unit
from dartmath.verify.compare.rounded import rounds_results, same_result
from dartmath.verify.compare.rounding import MIN_DIGITS, Literal, Margin, digits, distance, has_digits, shown
from dartmath.verify.language.dimensions import Unit
from dartmath.verify.language.latex import OPEN_TEXT
from dartmath.verify.language.money import CODES
from dartmath.verify.language.units import parse_unit
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.tree.expression import Expression, Number, heads

if TYPE_CHECKING:
    from dartmath.verify.compare.comparison import Comparison


CENTS = 2
"""Decimals of an amount of money."""

_PI_DIGITS, _GALLON_DIGITS = 4, 3
"""Digits from which on a reference is taken as computed with such a constant; fewer are as likely exact."""

_MEASURED_DIGITS = 4
"""Digits of a measured reference from which on one fewer still says what was measured."""

_PERCENTAGE_DIGITS, _PERCENTAGE_PLACES = 5, 2
"""Digits of a percentage that was computed, and the decimals that it may be rounded to."""

OPEN_CONSTANT = Fraction(2, 1000)
"""Relative difference that conventions for pi or for gallons make: (22/7)^2 against 3.14^2 is 0.18 %."""

_EXACT = regex(
    by_initials(
        r"\bexact(?!ly (?:(?:this|the|that) (?:same )?(?:format|form|style)\b|\d))",
        r"\bin terms of (?!(?:[ckm]?m|k?g|[a-z]{0,5}met(?:er|re)s?)\b)",
        r"\bnearest (?!star|neighbo|galax|planet|town|point|node)",
        r"\bround(?:ed|ing|s)?\b(?! (?:trip|table|robin|pipe|wire|bar))",
        r"\bdecimal(?! (?:separator|mark)s?\b)",
        *(r"\bsimplest\b", r"\bsimplif", r"\bcommon fraction\b", r"\bsignificant (?:digit|figure|place)"),
    )
)
"""What a query, in small letters, says that wants an exact value or says how to round; not "exactly 50 m"."""

MEASURED = Margin(relative=0.01, rounded=True)
"""What calculations with differently rounded constants differ by; or what rounds to the reference."""

COUNTED = Margin(relative=0.01)
"""The same for a bare whole number in a query that is not about measurements: 10.3 are not ten questions."""

_GALLONS = regex(r"\bgallons?\b", re.IGNORECASE)
_CONVERTED = regex(r"\b(?:cubic|feet|foot|ft|inch(?:es)?|met(?:er|re)s?|lit(?:er|re)s?|cm)\b", re.IGNORECASE)
"""Units beside gallons, from which these are computed."""

_PI = regex(
    r"\bcircle|\bcircular\b|\bcircumference\b|\bradi(?:us|i)\b|\bdiameter\b|\bspher|\bcylind|\bcone\b",
    re.IGNORECASE,
)
_MEASURED = regex(
    rf"\d\s*(?:\\[,;: ]|~|{OPEN_TEXT})*\s*"
    r"(?:k?g|grams?|kilograms?|tons?|tonnes?|ml|l|liters?|litres?|m|cm|mm|km|met(?:er|re)s?"
    r"|kilomet(?:er|re)s?|centimet(?:er|re)s?|inch(?:es)?|feet|foot|yards?|miles?|pounds?|ounces?)\b",
    re.IGNORECASE,
)


def approximately(reference: Expression, answer: Expression, comparison: Comparison) -> Decision | None:
    """Whether one of the rules makes the answer equal to an approximate reference; else None."""
    if isinstance(reference, Number) and isinstance(answer, Number) and _are_far(reference, answer):
        return None
    ours = measure(reference)
    literal = isinstance(ours.value, Number) and _is_rounded(ours.value)
    if _is_money(ours):
        return _to_the_cent(ours, measure(answer), comparison)
    if not (literal or _may_be_measured(ours, answer, comparison)):
        return None
    exact = not comparison.query or _asks_exactly(comparison.query)
    inexact = (
        comparison.approximate
        or comparison.science
        or (not exact and (is_physical_unit(ours.unit) or is_physical(comparison.query)))
    )
    if inexact and (found := _measured(reference, ours, answer, comparison)):
        return found
    if exact:
        return _shown_alike(reference, ours, answer, comparison)
    theirs = measure(answer)
    if ours.kind and theirs.kind and (ours.kind, ours.unit) != (theirs.kind, theirs.unit):
        return None
    if rounds_results(comparison.query) and (found := same_result(ours.value, theirs.value)):
        return found
    if not isinstance(ours.value, Number) or not literal:
        return None
    if ours.kind == theirs.kind == "percent" and (found := _rounded_percentage(ours.value, theirs.value)):
        return found
    rules = (_open_constant, _rounded, _more_precise)
    return next((found for rule in rules if (found := rule(ours.value, theirs.value, comparison))), None)


_OF_QUANTITY = Fraction(1, 100)
"""The share of a quantity that its last digit may leave open: 18.02 g are 18.0 g, but 1.6 are not 2 g."""

_ROUNDED_DIGITS, _COMPUTED_DIGITS = 5, 7
"""Digits of a reference that are no coincidence where the query says how to round; and of one not rounded."""


def _shown_alike(
    reference: Expression, ours: Measure, answer: Expression, comparison: Comparison
) -> Decision | None:
    """The same digits, as far as a side shows them, of a quantity without a query, or of many digits.

    Without a query a reference with decimals and a unit is a measured one, and an answer of more digits may
    round to it. A query that says how to round gets the value as well from an answer that did not do so.
    """
    literal, theirs = shown(ours.value), measure(answer)
    other = shown(theirs.value)
    if literal is None or other is None or comparison.approximate or not literal.value:
        return None
    if comparison.query:
        alike = (ours.kind, ours.unit) == (theirs.kind, theirs.unit) and literal.step < 1 and other.step < 1
        return _rounded_as_asked(literal, other, comparison.query) if alike else None
    if ours.kind != "unit" or not ours.unit.known or not literal.step < 1 or other.digits <= literal.digits:
        return None
    margin = Margin(absolute=float(min(literal.step / 2, abs(literal.value) * _OF_QUANTITY)))
    found = same_measure(reference, answer, replace(comparison, margin=margin))
    return Decision(True, "approximate", "the reference is the answer, rounded") if found else None


def _rounded_as_asked(ours: Literal, theirs: Literal, query: str) -> Decision | None:
    """The value with more digits than a query asks for, or the reference, of many digits, with fewer."""
    is_finer = ours.digits >= _ROUNDED_DIGITS and theirs.digits > ours.digits
    is_coarser = ours.digits >= _COMPUTED_DIGITS and MIN_DIGITS < theirs.digits < ours.digits
    step = ours.step if is_finer else theirs.step
    if (
        not (is_finer or is_coarser)
        or _WANTS_EXACT.search(query)
        or 2 * abs(ours.value - theirs.value) >= step
    ):
        return None
    return Decision(True, "approximate", "the same number, rounded as asked")


_WANTS_EXACT = regex(r"\b[Ee]xact|[Ss]implif|[Ss]implest|common fraction|in terms of")


def _are_far(reference: Number, answer: Number) -> bool:
    """Whether bare numbers differ by more than half of the reference.

    No rule here allows more than the last digit of two may be rounded by, which is 5 %.
    """
    ours, theirs = reference.value, answer.value
    whole = ours.numerator * theirs.denominator
    return 2 * abs(whole - theirs.numerator * ours.denominator) > abs(whole)


def _measured(
    reference: Expression, ours: Measure, answer: Expression, comparison: Comparison
) -> Decision | None:
    """Within the accuracy of measurements, of a reference that is no exact number."""
    if not _may_be_measured(ours, answer, comparison):
        return None
    literal = None if ours.kind else shown(ours.value)
    if literal is not None and 0 < abs(literal.value - 1) < _near_one(literal):
        return _beside_one(literal, shown(measure(answer).value))
    theirs = measure(answer)
    whole = _share(ours) if ours.kind == theirs.kind == "percent" else None
    if whole is not None and whole.digits >= MIN_DIGITS and 0 < 1 - whole.value < _NEAR_WHOLE:
        return _beside_one(whole, _share(theirs))
    margin = _accuracy(ours, comparison.query)
    found = same_measure(reference, answer, replace(comparison, margin=margin))
    if margin not in (COUNTED, MEASURED) and not found and _is_rounded_to(ours, measure(answer)):
        return Decision(True, "approximate", "the reference, rounded")
    return Decision(True, "approximate", "within the accuracy of a measured reference") if found else None


ACIDITY = Margin(absolute=0.02, rounded=True)
"""Of a pH, a logarithm, 1 % is a tenth of the concentration; this is 5 %."""

WHOLE_ACIDITY = Margin(absolute=0.05)
"""Of a pH without decimals, which what rounds to it would be half a unit away from."""

DETAILED_TEMPERATURE = Margin(relative=0.002, rounded=True)
"""Of temperatures to four digits, 1 % of which are whole degrees: what 273 for 273.15 and constants make."""

_TEMPERATURE = (("temperature", 1),)

_FINE_DIGITS, _DETAILED_DIGITS = 5, 6
FINE = Margin(relative=0.005, rounded=True)
"""Of references to five digits: constants and values in between that were rounded to three."""

DETAILED = Margin(relative=0.002, rounded=True)
"""Of references to six digits or more, which constants make differ by a few thousandths, not by 1 %."""


def _significant(literal: Literal) -> int:
    """The digits that a number shows, without zeros at the end of a whole one."""
    whole, count = abs(literal.value) / literal.step, literal.digits
    while literal.step == 1 and whole and whole % 10 == 0:
        whole, count = whole / 10, count - 1
    return count


MEAN_MASS_OF_ATOM = Margin(relative=0.001, rounded=True)
"""Of an atomic weight, the mean of isotopes that are some per cent apart."""

MASS_OF_ATOM = Margin(relative=1e-5, rounded=True)
"""What masses of atoms differ by is their binding, a hundredth of them."""

_DIGITS_OF_MASS, _HEAVIEST = 6, 300
"""Digits that show that a mass was looked up or computed with its binding, and units of the heaviest atom."""

_ACIDITY = regex(
    r"\b(?:[Ww]hat|[Ff]ind|[Cc]alculate|[Dd]etermine|[Cc]ompute|[Ee]stimate|[Gg]ive)\b[^.?!]{0,60}"
    r"\bp(?:H|OH|[Kk]_?\{?[ab]?)(?![a-z])"
)


@lru_cache(maxsize=64)
def _asks_for_acidity(query: str) -> bool:
    return ("pH" in query or "pOH" in query or "pK" in query) and _ACIDITY.search(query) is not None


_MASS = regex(
    r"\b(?:[Ww]hat|[Ff]ind|[Cc]alculate|[Dd]etermine|[Cc]ompute)\b[^.?!]{0,60}\b(?:atomic|isotopic|nuclidic)"
    r" (?:mass|weight)(?![^.?!]{0,40}\bdensity)"
)


@lru_cache(maxsize=64)
def _asks_for_mass_of_atom(query: str) -> bool:
    return ("atomic" in query or "nuclidic" in query or "isotopic" in query) and _MASS.search(
        query
    ) is not None


def _is_rounded_to(ours: Measure, theirs: Measure) -> bool:
    """Whether an answer with decimals, in the reference's unit or none, is the reference, rounded."""
    one, two = ours.value, theirs.value
    if not (isinstance(one, Number) and isinstance(two, Number)) or not two.places:
        return False
    return theirs.unit in (ours.unit, Unit()) and abs(one.value - two.value) * 2 * 10**two.places <= 1


def _is_mass_of_atom(ours: Measure) -> bool:
    """Whether a reference is a mass in units of the atom with its binding: `13.00573 u`."""
    value = ours.value
    if not isinstance(value, Number) or digits(value) < _DIGITS_OF_MASS or abs(value.value) > _HEAVIEST:
        return False
    return ours.kind == "unit" and ours.unit == parse_unit("u")


def _accuracy(ours: Measure, query: str) -> Margin:
    """How far an answer may be from a measured reference."""
    value = ours.value
    detailed = isinstance(value, Number) and bool(value.places) and digits(value) >= _MEASURED_DIGITS
    if not ours.kind and _asks_for_acidity(query):
        return ACIDITY if isinstance(value, Number) and value.places else WHOLE_ACIDITY
    if detailed and _is_mass_of_atom(ours):
        return MASS_OF_ATOM
    if detailed and ours.kind in ("", "unit") and _asks_for_mass_of_atom(query):
        return MEAN_MASS_OF_ATOM
    if detailed and ours.unit.dimensions == _TEMPERATURE:
        return DETAILED_TEMPERATURE
    literal = shown(value)
    if literal is not None and _significant(literal) >= _FINE_DIGITS:
        return DETAILED if _significant(literal) >= _DETAILED_DIGITS else FINE
    return COUNTED if _is_count(ours) and not is_physical(query) else MEASURED


_NEAR_ONE, _NEAR_ONE_IN_DETAIL = Fraction(1, 100), Fraction(1, 20)
"""Numbers that are less than this away from one say no more than how far: indices of gases, activities, and
with four digits efficiencies.
"""


_NEAR_WHOLE = Fraction(1, 10)
"""A percentage of three digits that is less than this away from all of it: efficiencies and yields."""


def _share(found: Measure) -> Literal | None:
    """A percentage as a share of one."""
    literal = shown(found.value)
    if literal is None:
        return None
    return Literal(literal.value / 100, literal.step / 100, literal.digits)


def _near_one(literal: Literal) -> Fraction:
    return _NEAR_ONE_IN_DETAIL if literal.digits >= _MEASURED_DIGITS else _NEAR_ONE


_OF_DISTANCE = Fraction(1, 20)
"""The share of that distance that an answer may be away: 1.0003 for 1.00029."""


def _beside_one(literal: Literal, theirs: Literal | None) -> Decision | None:
    """Of a number near one the distance from one was measured, and 1 % of the number is none of it."""
    if theirs is None:
        return None
    apart = abs(literal.value - theirs.value)
    is_near = apart <= abs(literal.value - 1) * _OF_DISTANCE or apart * 2 <= literal.step
    is_rounded = theirs.digits >= MIN_DIGITS and apart * 2 <= theirs.step
    near = is_near or is_rounded
    return Decision(True, "approximate", "as far from one as the reference") if near else None


def _may_be_measured(ours: Measure, answer: Expression, comparison: Comparison) -> bool:
    """Whether a reference is a number that a measurement can have given, whatever the query says."""
    literal = shown(ours.value)
    if literal is None or not literal.value:
        return False
    return comparison.approximate or _is_inexact(ours, answer)


@lru_cache(maxsize=64)
def _asks_exactly(query: str) -> bool:
    return _EXACT.search(query.lower()) is not None


def _is_inexact(ours: Measure, answer: Expression) -> bool:
    """Whether a reference is a measurement: a decimal, a power of ten, or anything with a physical unit.

    A bare whole number is a count, and exact for an answer that is one too; an answer with decimals shows
    that the number was computed, and may have been rounded.
    """
    if not isinstance(ours.value, Number) or ours.value.digits is not None:
        return True
    if (
        ours.kind == "unit" and ours.unit.known
    ) or ours.value.places:  # 595.0 was computed, 595 may be a count
        return True
    theirs = measure(answer).value
    return _is_rounded(ours.value) or "decimal" in heads(theirs)


def _is_count(ours: Measure) -> bool:
    """Whether a reference is a bare whole number."""
    return not ours.kind and isinstance(ours.value, Number) and ours.value.places is None


def _is_money(found: Measure) -> bool:
    """Amounts of money are exact to the cent."""
    return any(name in CODES for name, _ in found.unit.dimensions)


def _to_the_cent(ours: Measure, theirs: Measure, comparison: Comparison) -> Decision | None:
    """`13.625` for $13.63: an amount that was not yet rounded to cents."""
    if not comparison.query or _asks_exactly(comparison.query):
        return None
    one, two = ours.value, theirs.value
    if not (isinstance(one, Number) and isinstance(two, Number)) or one.places != CENTS:
        return None
    if len(ours.unit.dimensions) > 1:  # a rate may be a fraction of a cent
        return None
    if (two.places or 0) <= CENTS or (theirs.kind and theirs.unit != ours.unit):
        return None
    if abs(one.value - two.value) * 2 * 10**CENTS > 1:
        return None
    return Decision(True, "approximate", "the reference is the amount, rounded to cents")


def _rounded_percentage(ours: Number, theirs: Expression) -> Decision | None:
    """`14.24%` for 14.239%: a percentage of five digits or more, rounded to two decimals or more."""
    if not isinstance(theirs, Number) or digits(ours) < _PERCENTAGE_DIGITS:
        return None
    places = theirs.places or 0
    if (
        not _PERCENTAGE_PLACES <= places < (ours.places or 0)
        or abs(ours.value - theirs.value) * 2 * 10**places > 1
    ):
        return None
    return Decision(True, "approximate", "the reference, a percentage, rounded to two decimals or more")


def _is_rounded(literal: Number) -> bool:
    """Whether a number has decimals that a measurement or a convention leaves uncertain."""
    if not literal.places:
        return False
    return literal.value.denominator != 1 or digits(literal) >= MIN_DIGITS


def _open_constant(ours: Number, theirs: Expression, comparison: Comparison) -> Decision | None:
    query = comparison.query
    if not has_digits(ours, _GALLON_DIGITS):
        return None
    gallons, pi = _GALLONS.search(query) and _CONVERTED.search(query), _PI.search(query)
    if digits(ours) < (_GALLON_DIGITS if gallons else _PI_DIGITS) or not (gallons or pi):
        return None
    apart = distance(ours, theirs)
    if apart is None or apart > abs(ours.value) * OPEN_CONSTANT:
        return None
    return Decision(True, "approximate", "within 0.2 % of a reference that depends on a convention")


def _more_precise(ours: Number, theirs: Expression, _: Comparison) -> Decision | None:
    """`0.6346` for 0.635: the reference, of three digits or more, is the answer, rounded."""
    if not has_digits(ours, MIN_DIGITS) or not isinstance(theirs, Number) or not theirs.places:
        return None
    apart = distance(ours, theirs)
    if theirs.places <= (ours.places or 0) or apart is None or apart * 2 * 10 ** (ours.places or 0) > 1:
        return None
    return Decision(True, "approximate", "the reference is the answer, rounded")


def _rounded(ours: Number, theirs: Expression, comparison: Comparison) -> Decision | None:
    if not has_digits(ours, _MEASURED_DIGITS) or not isinstance(theirs, Number):
        return None
    if not _MEASURED.search(comparison.query):
        return None
    places = theirs.places or 0
    if (theirs.value.denominator != 1 and not places) or places >= (ours.places or 0):
        return None
    step = Fraction(1, 10**places)
    if digits(theirs) < MIN_DIGITS or abs(ours.value - theirs.value) * 2 > step:
        return None
    if abs(ours.value - theirs.value) * 500 > abs(ours.value):
        return None
    return Decision(True, "approximate", "the reference, a measured quantity, rounded to fewer decimals")
