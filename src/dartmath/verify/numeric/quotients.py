"""Trees in one symbol as quotients of polynomials with rational coefficients."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce

from flint import fmpq, fmpq_poly

from dartmath.verify.numeric.exact import Inexact, rational
from dartmath.verify.tree.expression import Apply, Expression, Symbol, size, symbols

MAX_DEGREE = 12
"""Degree of numerator and denominator."""

MAX_BITS = 256
"""Bits of a literal: zeros and areas need no more."""

Quotient = tuple[fmpq_poly, fmpq_poly]
"""Numerator and denominator of a rational function."""

_ONE = fmpq_poly([1])


def fraction(node: Expression) -> Quotient:
    """A tree in one symbol as a quotient of polynomials up to `MAX_DEGREE`. Raises `Inexact` for others."""
    if not symbols(node):
        value = rational(node)
        if size(value) > MAX_BITS:
            raise Inexact("too many digits")
        return fmpq_poly([fmpq(value.numerator, value.denominator)]), _ONE
    match node:
        case Symbol():
            return fmpq_poly([0, 1]), _ONE
        case Apply(name="add", args=parts):
            return reduce(_sum, map(fraction, parts))
        case Apply(name="neg", args=(part,)):
            top, bottom = fraction(part)
            return -top, bottom
        case Apply(name="mul", args=parts):
            return reduce(_product, map(fraction, parts))
        case Apply(name="div", args=(one, two)):
            top, bottom = fraction(two)
            return _product(fraction(one), (bottom, top))
        case Apply(name="pow", args=(base, exponent)):
            return _power(fraction(base), rational(exponent))
    raise Inexact("no rational function")


def _sum(one: Quotient, two: Quotient) -> Quotient:
    if one[1] == two[1]:
        return one[0] + two[0], one[1]
    return _bounded(one[0] * two[1] + two[0] * one[1]), _bounded(one[1] * two[1])


def _product(one: Quotient, two: Quotient) -> Quotient:
    return _bounded(one[0] * two[0]), _bounded(one[1] * two[1])


def _power(base: Quotient, exponent: Fraction) -> Quotient:
    top, bottom = base if exponent > 0 else base[::-1]
    power = abs(exponent.numerator)
    if exponent.denominator != 1 or max(top.degree(), bottom.degree(), 1) * power > MAX_DEGREE:
        raise Inexact("no polynomial power")
    return top**power, bottom**power


def _bounded(polynomial: fmpq_poly) -> fmpq_poly:
    if polynomial.degree() > MAX_DEGREE:
        raise Inexact("a degree too high")
    return polynomial
