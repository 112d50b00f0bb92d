"""Numbers with units, percent, degrees or money; decimals against exact values; tolerances."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from dartmath.verify.language.names import listed
from dartmath.verify.language.units import Unit, parse_unit
from dartmath.verify.numeric.ball import Evaluator, precision
from dartmath.verify.numeric.equality import Decision, scalar_equal
from dartmath.verify.numeric.exact import Inexact, Undefined, rational
from dartmath.verify.tree.expression import (
    MAX_DECIMAL_BITS,
    Apply,
    Expression,
    Number,
    Quantity,
    heads,
    number,
)

if TYPE_CHECKING:
    from dartmath.verify.compare.comparison import Comparison


FLOAT_DIGITS = 10
"""A decimal with this many significant digits is a printed float; its last digit may be off by one."""

FLOAT_NOISE = Fraction(1, 10**6)
"""Rounding noise of a float never moves a digit that is not far behind the decimal point."""

MIN_DIGITS = 3
"""A decimal reference with fewer significant digits is taken as exact."""

_PERCENT = re.compile(
    r"\bpercentages?\b|(?<!\d)(?<!\d[ ~])(?<!\$ )\bpercent\b|\b(?:as|in) (?:a )?\\?%", re.IGNORECASE
)
"""A question for a percentage, not one about `10 percent of 50`."""

_OPPOSITES = [
    pair.split("/")
    for pair in listed(
        "increase/decrease increases/decreases gain/loss profit/loss left/right up/down above/below "
        "north/south east/west more/less more/fewer older/younger faster/slower longer/shorter "
        "before/after early/late ahead/behind clockwise/counterclockwise larger/smaller greater/less"
    )
]
_TEMPERATURES = ((("celsius", 1),), (("fahrenheit", 1),))
_UNITLESS = Unit((), Fraction(1), known=False)


@dataclass(slots=True)
class Measure:
    """A scalar with its unit; `kind` is "", "percent", "degree", "radian" or "unit"."""

    value: Expression
    kind: str
    unit: Unit = _UNITLESS


def measure(node: Expression) -> Measure:
    """Split a scalar into its value and its unit."""
    if isinstance(node, Apply) and node.name in ("percent", "degree"):
        return Measure(node.args[0], node.name)
    if isinstance(node, Apply) and node.name == "neg":
        inner = measure(node.args[0])
        return Measure(Apply("neg", (inner.value,)), inner.kind, inner.unit)
    if isinstance(node, Quantity):
        unit = parse_unit(node.unit.lstrip("~"))
        if not unit.known and isinstance(node.value, Apply) and node.value.name in ("percent", "degree"):
            return measure(node.value)
        if unit.dimensions == (("radian", 1),):
            return Measure(node.value, "radian", unit)
        return Measure(node.value, "unit", unit)
    return Measure(node, "")


def same_measure(reference: Expression, answer: Expression, comparison: Comparison) -> Decision:
    """Compare two scalars, with or without units.

    A unit on one side only is left out. Both with units: converted where both are known and of the
    same dimension, different where the dimensions differ. Of a reference in percent the sign may be
    left out; an answer in percent is the hundredth, or the bare number where the query asks for a
    percentage (without a query: where the number is more than one). Degrees meet radians when the
    other side is a multiple of pi.
    """
    if not (_is_measured(reference) or _is_measured(answer)):
        return _same_number(reference, answer, comparison)
    ours, theirs = _alike(reference, answer)
    if _opposite(reference, answer):
        return Decision(False, "unit", "opposite directions")
    if "percent" in (ours.kind, theirs.kind) and ours.kind != theirs.kind:
        return _percent(ours, theirs, comparison)
    if ours.kind == theirs.kind == "unit":
        return _converted(ours, theirs, comparison)
    if "degree" in (ours.kind, theirs.kind) and ours.kind != theirs.kind:
        return _angle(ours, theirs, comparison)
    return _same_number(ours.value, theirs.value, comparison)


def _alike(reference: Expression, answer: Expression) -> tuple[Measure, Measure]:
    """Both sides as measures, with "pounds" as money where the other side is pounds or pence."""
    ours, theirs = measure(reference), measure(answer)
    sterling = parse_unit("£")
    if theirs.unit.dimensions == sterling.dimensions and _is_pounds(reference):
        ours = Measure(ours.value, "unit", sterling)
    elif ours.unit.dimensions == sterling.dimensions and _is_pounds(answer):
        theirs = Measure(theirs.value, "unit", sterling)
    return ours, theirs


def _opposite(reference: Expression, answer: Expression) -> bool:
    """Whether the nouns of two quantities say the opposite: an increase and a decrease."""
    if not (isinstance(reference, Quantity) and isinstance(answer, Quantity)):
        return False
    ours, theirs = (set(side.unit.lower().strip("~").split()) for side in (reference, answer))
    return any((one in ours and two in theirs) or (two in ours and one in theirs) for one, two in _OPPOSITES)


def _is_pounds(node: Expression) -> bool:
    return isinstance(node, Quantity) and node.unit.lstrip("~").strip() in ("pound", "pounds")


def _is_measured(node: Expression) -> bool:
    """Whether a unit, a percent sign or degrees stand behind a scalar."""
    while isinstance(node, Apply) and node.name == "neg":
        node = node.args[0]
    return isinstance(node, Quantity) or (isinstance(node, Apply) and node.name in ("percent", "degree"))


def _percent(ours: Measure, theirs: Measure, comparison: Comparison) -> Decision:
    if ours.kind and theirs.kind:
        return Decision(False, "unit", "a percentage against another unit")
    plain = _same_number(ours.value, theirs.value, comparison)
    if plain and (ours.kind == "percent" or _asks_for_percent(comparison.query, ours.value)):
        return plain
    if plain:
        plain = Decision(False, "unit", "a percentage against a bare number")
    left, right = (
        Apply("percent", (part.value,)) if part.kind == "percent" else part.value for part in (ours, theirs)
    )
    hundredth = _same_number(left, right, comparison)
    return hundredth if hundredth or ours.kind != "percent" else _rounded_percent(ours, theirs) or plain


def _asks_for_percent(query: str, value: Expression) -> bool:
    if query:
        return _PERCENT.search(query) is not None
    size = distance(value, number(0))
    return size is not None and size > 1


def _rounded_percent(ours: Measure, theirs: Measure) -> Decision | None:
    """`41.4%` for the exact `\\sqrt2 - 1`: the reference is that number, rounded."""
    found = _rounding(ours.value, Apply("mul", (theirs.value, number(100))))
    return found if found is not None and found.equal else None


def _converted(ours: Measure, theirs: Measure, comparison: Comparison) -> Decision:
    if not (ours.unit.known and theirs.unit.known):
        return _same_number(ours.value, theirs.value, comparison)
    if ours.unit.dimensions != theirs.unit.dimensions:
        return Decision(False, "unit", "units of different dimensions")
    if ours.unit.factor == theirs.unit.factor:
        return _same_number(ours.value, theirs.value, comparison)
    in_ours = Apply("mul", (theirs.value, Number(theirs.unit.factor / ours.unit.factor)))
    near = _within(ours.value, in_ours, comparison.tolerance)
    if near is not None:
        return near
    left = Apply("mul", (ours.value, Number(ours.unit.factor)))
    right = Apply("mul", (theirs.value, Number(theirs.unit.factor)))
    return scalar_equal(left, right)


def _angle(ours: Measure, theirs: Measure, comparison: Comparison) -> Decision:
    """Degrees against radians, against a bare number of degrees, or against a temperature."""
    degrees, other = (ours, theirs) if ours.kind == "degree" else (theirs, ours)
    if other.unit.dimensions in _TEMPERATURES:
        return _same_number(ours.value, theirs.value, comparison)
    if other.kind == "unit" and other.unit.dimensions != (("angle", 1),):
        return Decision(False, "unit", "an angle against another unit")
    if near := _within(ours.value, _turned(theirs.value, theirs is degrees), comparison.tolerance):
        return near
    in_radians = scalar_equal(Apply("degree", (degrees.value,)), other.value)
    if in_radians or other.kind == "radian" or "pi" in heads(other.value):
        return in_radians
    return _same_number(ours.value, theirs.value, comparison)


def _turned(value: Expression, from_degrees: bool) -> Expression:
    """Degrees in radians, or radians in degrees."""
    return Apply("degree", (value,)) if from_degrees else Apply("div", (value, Apply("degree", (number(1),))))


def _same_number(reference: Expression, answer: Expression, comparison: Comparison) -> Decision:
    near = _within(reference, answer, comparison.tolerance)
    if near is not None:
        return near
    decision = scalar_equal(reference, answer)
    if decision.equal is not False:
        return decision
    return _float_digits(reference, answer) or _rounding(reference, answer) or decision


def _within(reference: Expression, answer: Expression, tolerance: float | None) -> Decision | None:
    """Compare by an absolute tolerance, where there is one and both are real numbers."""
    if tolerance is None:
        return None
    difference = distance(reference, answer)
    if difference is None:
        return None
    equal = difference <= Fraction(tolerance) * (1 + Fraction(1, 10**9))
    return Decision(equal, "tolerance", f"{'within' if equal else 'beyond'} the tolerance {tolerance:g}")


def distance(left: Expression, right: Expression) -> Fraction | None:
    """|left - right| of two constants: exact, or rounded up far below any tolerance in use."""
    difference = Apply("abs", (Apply("add", (left, Apply("neg", (right,)))),))
    try:
        return rational(difference)
    except (Inexact, ArithmeticError):
        return _approximate(difference)


def _approximate(node: Expression) -> Fraction | None:
    with precision(128):
        try:
            value = Evaluator({}).real(node)
            if not value.rel_one_accuracy_bits() > 90 or not abs(value) < 10**15:
                return None
            return Fraction(float(value.mid()))
        except (Undefined, ArithmeticError, ValueError):
            return None


def _float_digits(reference: Expression, answer: Expression) -> Decision | None:
    """A printed float (13 significant digits or more) of the exact value on the other side."""
    for exact, printed in ((reference, answer), (answer, reference)):
        if not isinstance(printed, Number) or not printed.places or digits(printed) < FLOAT_DIGITS:
            continue
        step = min(abs(printed.value) / 2**50, FLOAT_NOISE)
        if "decimal" not in heads(exact):
            step = max(step, Fraction(1, 10**printed.places))
        apart = distance(exact, printed)
        if apart is not None and apart <= step:
            return Decision(True, "float", "a printed float of the exact value")
    return None


def _rounding(reference: Expression, answer: Expression) -> Decision | None:
    """A decimal reference that is the exact answer, rounded to the decimals it shows.

    Only for an answer that is itself no decimal and has no finite decimal expansion: `0.458` stands
    for `27/59`; but `0.33` is not `0.333`, and an exact reference is never matched by its rounding.
    """
    if not isinstance(reference, Number) or not reference.places or digits(reference) < MIN_DIGITS:
        return None
    if "decimal" in heads(answer):
        return None
    try:
        value = rational(answer)
        if _is_finite_decimal(value):
            return None
    except (Inexact, ArithmeticError):
        pass
    apart = distance(reference, answer)
    if apart is None or apart * 2 > Fraction(1, 10**reference.places):
        return None
    return Decision(True, "rounding", "the reference is this exact value, rounded")


def _is_finite_decimal(value: Fraction) -> bool:
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def digits(literal: Number) -> int:
    """Significant digits of a decimal literal, trailing zeros included."""
    if literal.value.numerator.bit_length() > MAX_DECIMAL_BITS:
        return MAX_DECIMAL_BITS // 4
    return len(str(abs(literal.value.numerator) * 10 ** (literal.places or 0) // literal.value.denominator))
