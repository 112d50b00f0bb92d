"""Values of the known functions on balls, and of functions about which nothing is known."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import acb, arb, ctx, fmpq, fmpz

from dartmath.verify.language.names import CIRCULAR, HYPERBOLIC
from dartmath.verify.numeric.digest import digest
from dartmath.verify.numeric.effort import affordable
from dartmath.verify.numeric.exact import OutsideDomain, TooLong, Undefined

MAX_EXPONENT_BITS = 40
"""Arguments of exp, powers, sin ... and gamma beyond 2^40 in size have no value here."""

CHEAP_FACTORIAL = 1_000
FACTORIAL_EFFORT = 8
"""A larger factorial takes as long as a quotient of so many times the bits that it is computed to."""

MAX_ROOT = 1_000
"""Degree of a root that is taken of negative numbers too, by its parity; a larger one is a power."""

FEW_FACTORS = 100
"""Factors of a binomial coefficient that are multiplied one by one; more are quotients of gamma."""

NEGLIGIBLE = 1e-12
"""Widest imaginary part around zero of a value that is taken as real."""

Ball = Any


def is_real(value: Ball) -> bool:
    """Whether the imaginary part is zero as far as the ball can tell."""
    return bool(value.imag.contains(0)) and bool(value.imag.rad() < NEGLIGIBLE)


def rational_ball(value: Fraction) -> Ball:
    if value.denominator == 1:
        return arb(fmpz(value.numerator))
    return arb(fmpq(value.numerator, value.denominator))


def refuse_huge(value: Ball) -> None:
    if not value.abs_upper() < arb(2) ** MAX_EXPONENT_BITS:
        raise Undefined("an argument too large")


def _bounded(compute: Callable[[Ball], Ball]) -> Callable[[Ball], Ball]:
    def rule(value: Ball) -> Ball:
        refuse_huge(value)
        return compute(value)

    return rule


def _root(value: Ball, degree: Ball) -> Ball:
    n = degree.unique_fmpz()
    if n is None or not 0 < abs(n) < MAX_ROOT:
        return value.pow(1 / degree)
    match int(n):
        case 2:
            return value.sqrt()
    if n % 2 and value.imag.is_zero() and value.real < 0:
        return -((-value).pow(1 / degree))
    return acb(0) if value.is_zero() and n > 0 else value.pow(1 / degree)


def _factorial(value: Ball) -> Ball:
    refuse_huge(value)
    if value.abs_lower() > CHEAP_FACTORIAL and not affordable(FACTORIAL_EFFORT * ctx.prec):
        raise TooLong("too many factorials of large numbers")
    return (value + 1).gamma()


def _binomial(n: Ball, k: Ball) -> Ball:
    small = k.unique_fmpz()
    if small is not None and 0 <= small <= FEW_FACTORS:
        total = acb(1)
        for step in range(int(small)):
            total = total * (n - step) / (step + 1)
        return total
    return _factorial(n) / (_factorial(k) * _factorial(n - k))


def _real_only(compute: Callable[..., Ball]) -> Callable[..., Ball]:
    def rule(*values: Ball) -> Ball:
        if not all(is_real(value) for value in values):
            raise OutsideDomain("not real")
        return acb(compute(*(value.real for value in values)))

    return rule


def _maximum(*values: Ball) -> Ball:
    best = values[0]
    for value in values[1:]:
        best = best.max(value)
    return best


def _minimum(*values: Ball) -> Ball:
    return -_maximum(*(-value for value in values))


def _gcd(*values: Ball) -> Ball:
    integers = [value.unique_fmpz() for value in values]
    if any(value is None for value in integers):
        raise Undefined("gcd of what is no integer")
    total = fmpz(0)
    for value in integers:
        total = total.gcd(value)
    return arb(total)


def _sum(*values: Ball) -> Ball:
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total


def _product(*values: Ball) -> Ball:
    total = values[0]
    for value in values[1:]:
        total = total * value
    return total


_digest = lru_cache(maxsize=256)(digest)
"""Eight pseudo-random numbers that belong to the name of a function."""


def unknown_function(name: str, values: list[Ball]) -> Ball:
    """A fixed smooth function per name: equal arguments give equal values, others do not."""
    drawn = _digest(name)
    scale = acb(arb(drawn[0] + 300) / 256)
    total = acb(drawn[1]) / 256
    for place, value in enumerate(values):
        refuse_huge(value)
        total = total * (acb(drawn[2]) / 97 + place) + (value * scale + drawn[3 + place % 5]).sin()
    return total + total * total / 3 + 1


def _circular() -> dict[str, Callable[..., Ball]]:
    rules: dict[str, Callable[..., Ball]] = {}
    for name in (*CIRCULAR, *HYPERBOLIC):
        rules[name] = _bounded(lambda value, name=name: getattr(value, name)())  # type: ignore[misc]
    rules["arcsin"] = lambda value: value.asin()
    rules["arccos"] = lambda value: value.acos()
    rules["arctan"] = lambda value: value.atan()
    rules["arccot"] = lambda value: acb(arb.pi()) / 2 if value.is_zero() else (1 / value).atan()
    rules["arcsec"] = lambda value: (1 / value).acos()
    rules["arccsc"] = lambda value: (1 / value).asin()
    rules["arsinh"] = lambda value: value.asinh()
    rules["arcosh"] = lambda value: value.acosh()
    rules["artanh"] = lambda value: value.atanh()
    rules["arcoth"] = lambda value: (1 / value).atanh()
    rules["arsech"] = lambda value: (1 / value).acosh()
    rules["arcsch"] = lambda value: (1 / value).asinh()
    return rules


RULES: dict[str, Callable[..., Ball]] = {
    **_circular(),
    "add": _sum,
    "mul": _product,
    "neg": lambda value: -value,
    "div": lambda top, bottom: top / bottom,
    "ratio": lambda left, right: left / right,
    "percent": lambda value: value / 100,
    "degree": lambda value: value * acb(arb.pi()) / 180,
    "root": _root,
    "exp": _bounded(lambda value: value.exp()),
    "cis": _bounded(lambda value: (value * acb(0, 1)).exp()),
    "ln": lambda value: value.log(),
    "lg": lambda value: value.log() / acb(10).log(),
    "lb": lambda value: value.log() / acb(2).log(),
    "abs": lambda value: acb(abs(value)),
    "floor": _real_only(lambda value: value.floor()),
    "ceil": _real_only(lambda value: value.ceil()),
    "sgn": _real_only(lambda value: value.sgn()),
    "max": _real_only(_maximum),
    "min": _real_only(_minimum),
    "gcd": _real_only(_gcd),
    "re": lambda value: acb(value.real),
    "im": lambda value: acb(value.imag),
    "arg": lambda value: acb(value.arg()),
    "gamma": _bounded(lambda value: value.gamma()),
    "factorial": _factorial,
    "binom": _binomial,
}
