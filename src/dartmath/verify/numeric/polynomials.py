"""Numerators of rational functions as polynomials, and the equations that have the same real solutions."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpz_poly

from dartmath.verify.numeric.exact import Inexact, Undefined, rational
from dartmath.verify.numeric.ratio import constant_ratio
from dartmath.verify.tree.expression import Apply, Expression, Number, Symbol, number, size, symbols

MAX_SYMBOLS = 6
"""Letters of a polynomial: as many as laws of physics have with their constants."""

MAX_DEGREE = 12
"""Total degree of a polynomial here; a product of more is not taken."""

MAX_TERMS = 200
MAX_BITS = 256
"""Bits of a coefficient. With the other bounds a factorisation takes some 10 ms at most."""

Quotient = tuple[fmpq_mpoly, fmpq_mpoly]


def same_real_zeros(one: Expression, two: Expression) -> bool:
    """Whether the equations `one = 0` and `two = 0` in the same symbols have the same real solutions.

    But for poles they have where their numerators have the same factors, but for powers and for factors
    without real zeros. A tree that is no rational function within the bounds, or is never zero, is compared
    as it stands.
    """
    ours, theirs = _real_factors(one), _real_factors(two)
    if ours and theirs:  # FLINT makes them primitive, with a positive leading coefficient: each in one way
        return len(ours) == len(theirs) and all(factor in theirs for factor in ours)
    one, two = (_radical(factors) or node for factors, node in ((ours, one), (theirs, two)))
    return constant_ratio(one, two) is True


def _radical(factors: list[fmpq_mpoly]) -> Expression | None:
    """The product of factors as a tree; None without any."""
    return Apply("mul", (number(1), *map(_tree, factors))) if factors else None


def _real_factors(node: Expression) -> list[fmpq_mpoly]:
    """The factors of the numerator that may be zero at real numbers, each of them once."""
    names = sorted(symbols(node))
    if not 0 < len(names) <= MAX_SYMBOLS or not all(map(str.isascii, names)):  # FLINT takes no other names
        return []
    try:
        top, _ = _quotient(node, fmpq_mpoly_ctx.get(tuple(names), "lex"))
    except (Inexact, Undefined, ArithmeticError):
        return []
    return [factor for factor, _ in top.factor()[1] if _may_vanish(factor)] if top != 0 else []


def fraction_in_one_symbol(node: Expression) -> tuple[fmpz_poly, fmpz_poly] | None:
    """Numerator and denominator of a rational function of one symbol, coprime; None for any other tree."""
    names = tuple(symbols(node))
    if len(names) != 1 or not names[0].isascii():
        return None
    try:
        top, bottom = _quotient(node, fmpq_mpoly_ctx.get(names, "lex"))
    except (Inexact, Undefined, ArithmeticError):
        return None
    common = top.gcd(bottom)
    return (_whole(top / common), _whole(bottom / common)) if bottom != 0 and common != 0 else None


def _whole(polynomial: fmpq_mpoly) -> fmpz_poly:
    """A polynomial in one symbol with whole coefficients, a positive multiple of the given one."""
    coefficients = [fmpq(0)] * (polynomial.total_degree() + 1 if polynomial != 0 else 1)
    for powers, value in polynomial.terms():
        coefficients[powers[0]] = value
    common = reduce(lambda one, two: one * int(two.q), coefficients, 1)
    return fmpz_poly([int((value * common).p) for value in coefficients])


def _may_vanish(factor: fmpq_mpoly) -> bool:
    """False for a polynomial in one symbol without real zeros, as `x^2 + x + 1`."""
    degrees = factor.degrees()
    if sum(degree > 0 for degree in degrees) != 1:
        return True
    place = next(place for place, degree in enumerate(degrees) if degree)
    coefficients = [fmpq(0)] * (degrees[place] + 1)
    for powers, value in factor.terms():
        coefficients[powers[place]] = value
    common = reduce(lambda one, two: one * int(two.q), coefficients, 1)
    whole = fmpz_poly([int((value * common).p) for value in coefficients])
    return any(root.imag.contains(0) for root, _ in whole.complex_roots())


def _tree(polynomial: fmpq_mpoly) -> Expression:
    terms, names = [], polynomial.context().names()
    for powers, value in polynomial.terms():
        factors: list[Expression] = [Number(Fraction(int(value.p), int(value.q)))]
        for name, power in zip(names, powers, strict=True):
            if power:
                factors.append(Apply("pow", (Symbol(name), number(int(power)))))
        terms.append(Apply("mul", tuple(factors)))
    return Apply("add", (number(0), *terms))


def _quotient(node: Expression, context: fmpq_mpoly_ctx) -> Quotient:
    """A tree as a quotient of polynomials. Raises `Inexact` for one that is none within the bounds."""
    one = context.constant(1)
    if not symbols(node):
        value = rational(node)
        if size(value) > MAX_BITS:
            raise Inexact("too many digits")
        return context.constant(fmpq(value.numerator, value.denominator)), one
    match node:
        case Symbol(name=name):
            return context.gen(context.names().index(name)), one
        case Apply(name="add", args=parts):
            return reduce(_sum, (_quotient(part, context) for part in parts))
        case Apply(name="neg", args=(part,)):
            top, bottom = _quotient(part, context)
            return -top, bottom
        case Apply(name="mul", args=parts):
            return reduce(_product, (_quotient(part, context) for part in parts))
        case Apply(name="div", args=(upper, lower)):
            top, bottom = _quotient(lower, context)
            return _product(_quotient(upper, context), (bottom, top))
        case Apply(name="pow", args=(base, exponent)):
            return _power(_quotient(base, context), rational(exponent))
    raise Inexact("no rational function")


def _sum(one: Quotient, two: Quotient) -> Quotient:
    if one[1] == two[1]:
        return one[0] + two[0], one[1]
    return _bounded(one[0], two[1]) + _bounded(two[0], one[1]), _bounded(one[1], two[1])


def _product(one: Quotient, two: Quotient) -> Quotient:
    return _bounded(one[0], two[0]), _bounded(one[1], two[1])


def _bounded(one: fmpq_mpoly, two: fmpq_mpoly) -> fmpq_mpoly:
    if one == 0 or two == 0:
        return one * two
    if one.total_degree() + two.total_degree() > MAX_DEGREE or len(one) * len(two) > MAX_TERMS * 4:
        raise Inexact("a polynomial too large")
    return one * two


def _power(base: Quotient, exponent: Fraction) -> Quotient:
    top, bottom = base if exponent > 0 else base[::-1]
    if exponent.denominator != 1 or not 0 < abs(exponent) <= MAX_DEGREE:
        raise Inexact("no polynomial power")
    found = top, bottom
    for _ in range(abs(exponent.numerator) - 1):
        found = _product(found, (top, bottom))
    return found
