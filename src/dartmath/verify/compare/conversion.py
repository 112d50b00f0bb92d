"""Quantities in different units: conversion by exact factors, and what a conversion rounds."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from dartmath.base.regex import regex
from dartmath.verify.compare.rounding import MIN_DIGITS, Margin, distance, same_number, shown, within
from dartmath.verify.language.dimensions import Unit
from dartmath.verify.language.units import parse_unit
from dartmath.verify.numeric.equality import Decision, scalar_equal
from dartmath.verify.tree.expression import Apply, Constant, Expression, Number, number

if TYPE_CHECKING:
    from dartmath.verify.compare.comparison import Comparison

_DIFFERENCE = regex(
    r"\b(?:differences?|changes?|increases?|decreases?|rises?|drops?|falls?)\b.{0,40}\btemperature"
    r"|\btemperature.{0,20}\b(?:differences?|changes?|increases?|decreases?|rises?|drops?|falls?|increments?)\b",
    re.IGNORECASE | re.DOTALL,
)
"""A question for a difference of temperatures, which has no zero: 5 degrees Celsius are then 5 kelvins."""

_OTHER_CONSTANTS = Margin(relative=1e-6)
"""How far the constants of other tables differ: electronvolt and dalton were measured anew."""

_GRAVITY = parse_unit("lbf") * parse_unit("lb") ** -1
_MONTH = Unit((("month", -1), ("time", 1)), Fraction("365.25") * 86400 / 12)
_RADIAN, _TURN = parse_unit("rad"), parse_unit("revolution")
_SCALES = ((parse_unit("C"), parse_unit("celsius")), (parse_unit("F"), parse_unit("fahrenheit")))


def converted(
    reference: Expression, unit: Unit, answer: Expression, other: Unit, comparison: Comparison
) -> Decision:
    """Compare two quantities, the answer in the unit of the reference; nouns alone are not converted."""
    if not (unit.known and other.known):
        return same_number(reference, answer, comparison.margin)
    one, two = _reconciled(unit, other)
    if one.dimensions != two.dimensions:
        return Decision(False, "unit", "units of different dimensions")
    if one.offset != two.offset and not _DIFFERENCE.search(comparison.query):
        return _on_scales(reference, one, answer, two, comparison)
    if (one.factor, one.pi) == (two.factor, two.pi):
        return same_number(reference, answer, comparison.margin)
    in_ours = _times(answer, two.factor / one.factor, two.pi - one.pi)
    if near := within(reference, in_ours, comparison.margin):
        return near
    exact = scalar_equal(reference, in_ours)
    if exact.equal is not False or _is_decimal(one.factor / two.factor):
        return exact
    if near := within(reference, in_ours, _OTHER_CONSTANTS):
        return near
    return _rounded_conversion(reference, one, answer, two) or exact


def _times(value: Expression, factor: Fraction, pi: int) -> Expression:
    parts: list[Expression] = [value, Number(factor)]
    if pi:
        parts.append(Apply("pow", (Constant("pi"), number(pi))))
    return Apply("mul", tuple(parts))


def _is_decimal(ratio: Fraction) -> bool:
    """Whether a conversion only moves the decimal point, so that nothing needs rounding."""
    return set(str(max(ratio, 1 / ratio))) <= {"1", "0"}


def _rounded_conversion(reference: Expression, one: Unit, answer: Expression, two: Unit) -> Decision | None:
    """`8.05 km` for 5 miles: one side, of three digits or more, is the other, converted and rounded."""
    pairs = ((reference, one, answer, two), (answer, two, reference, one))
    for printed, unit, exact, other in pairs:
        literal = shown(printed)
        if literal is None or literal.digits < MIN_DIGITS:
            continue
        apart = distance(printed, _times(exact, other.factor / unit.factor, other.pi - unit.pi))
        if apart is not None and apart * 2 <= literal.step:
            return Decision(True, "unit", "equal when converted and rounded to the digits shown")
    return None


def _reconciled(one: Unit, two: Unit) -> tuple[Unit, Unit]:
    """The two units, with what one word means settled by the other side.

    A pound beside a force is a pound-force, C and F beside a temperature are its scales, calendar months
    beside seconds are twelfths of 365.25 days; a radian may be left out (rad/s is 1/s), and a turn that
    meets a plain number is one (60 rpm are 1 Hz).
    """
    if one.dimensions == two.dimensions:
        return one, two
    for left, right, swapped in ((one, two, False), (two, one, True)):
        for changed in (_as_scale(left), _as_force(left), _in_seconds(left), _without_angle(left)):
            if changed is not None and changed.dimensions == right.dimensions:
                return (right, changed) if swapped else (changed, right)
    return one, two


def _as_scale(unit: Unit) -> Unit | None:
    """C and F, a coulomb and a farad, as the scales of temperature."""
    return next((scale for symbol, scale in _SCALES if unit == symbol), None)


def _power(unit: Unit, name: str) -> int:
    return dict(unit.dimensions).get(name, 0)


def _as_force(unit: Unit) -> Unit | None:
    """A unit of mass, weighed: lb/in^2 is a pressure."""
    power = _power(unit, "mass")
    return unit * _GRAVITY**power if power else None


def _in_seconds(unit: Unit) -> Unit | None:
    power = _power(unit, "month")
    return unit * _MONTH**power if power else None


def _without_angle(unit: Unit) -> Unit | None:
    power = _power(unit, "angle")
    if not power or len(unit.dimensions) == 1:
        return None
    return unit * (_RADIAN if not unit.pi else _TURN) ** -power


def _on_scales(
    reference: Expression, one: Unit, answer: Expression, two: Unit, comparison: Comparison
) -> Decision:
    """Temperatures on scales with different zeros, where the query asks for no difference of temperatures."""
    kelvins = Apply("add", (_times(answer, two.factor, 0), Number(two.offset)))
    shifted = Apply("add", (kelvins, Number(-one.offset)))
    in_ours = _times(shifted, 1 / one.factor, 0)
    if near := within(reference, in_ours, comparison.margin):
        return near
    exact = scalar_equal(reference, in_ours)
    ours, theirs, apart = shown(reference), shown(answer), distance(reference, in_ours)
    if exact.equal is False and ours is not None and theirs is not None and apart is not None:
        steps = ours.step, theirs.step * two.factor / one.factor
        if apart * 2 <= max(*steps):
            return Decision(True, "unit", "equal when converted and rounded to the digits shown")
    return exact
