"""Exact evaluation: rational numbers, and polynomial identities in a prime field."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Set
from fractions import Fraction
from functools import lru_cache

from dartmath.verify.numeric.digest import digest
from dartmath.verify.numeric.effort import affordable
from dartmath.verify.tree.expression import (
    Apply,
    Expression,
    Number,
    Symbol,
    heads,
    number,
    replace,
    size,
    symbols,
)

PRIME = (1 << 61) - 1
"""The field for identity tests: a false "equal" has probability at most degree / 2^61 per point."""

MAX_BITS = 200_000
"""A rational with a larger numerator or denominator is not computed exactly."""

_BINARY = 2
"""Operands of a division, whose quotient of whole numbers has to be reduced as any fraction has."""

MAX_ROOT, MAX_ROOT_BITS = 64, 4_096
"""Degree and size of a root that is looked for digit by digit; others are left to ball arithmetic."""

MAX_FACTORIAL = 10_000
MAX_DEGREE = 10_000


class Inexact(ValueError):
    """The tree has no exact value that this module can compute."""


def rational(node: Expression) -> Fraction:
    """The exact value of a tree of rational operations. Raises `Inexact` for any other tree."""
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Apply):
        if node.name == "base":
            return rational(node.args[0])
        rule = _RATIONAL.get(node.name)
        if rule is not None:
            values = [rational(part) for part in node.args]
            _afford(values)
            try:
                value = rule(*values)
            except TypeError as error:
                raise Inexact(f"{node.name} of {len(values)} arguments") from error
            if size(value) > MAX_BITS:
                raise Inexact("too many digits")
            return value
    raise Inexact(type(node).__name__)


def _afford(values: list[Fraction]) -> None:
    bits, whole = 0, True
    for value in values:
        below = value.denominator
        bits += value.numerator.bit_length() + below.bit_length()
        whole = whole and below == 1
    if not affordable(bits, share=16 if whole and len(values) != _BINARY else 1):
        raise Inexact("too much work on long numbers")


def _divide(top: Fraction, bottom: Fraction) -> Fraction:
    if not bottom:
        raise Inexact("division by zero")
    return top / bottom


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        return _root(_power(base, Fraction(exponent.numerator)), Fraction(exponent.denominator))
    bits = abs(exponent.numerator) * size(base)
    if bits > MAX_BITS or (not base and exponent <= 0) or not affordable(bits, share=16):
        raise Inexact("a power too large or undefined")
    return Fraction(base ** int(exponent))


def _root(value: Fraction, degree: Fraction) -> Fraction:
    """The exact root of a perfect power of a non-negative number."""
    if degree.denominator != 1 or not 1 <= degree <= MAX_ROOT or value < 0:
        raise Inexact("no rational root")
    if size(value) > MAX_ROOT_BITS:
        raise Inexact("too many digits for a root")
    n = int(degree)
    top, bottom = _integer_root(value.numerator, n), _integer_root(value.denominator, n)
    if top**n != value.numerator or bottom**n != value.denominator:
        raise Inexact("no rational root")
    return Fraction(top, bottom)


def _integer_root(value: int, n: int) -> int:
    match n:
        case 2:
            return math.isqrt(value)
    low, high = 0, 1 << (value.bit_length() // n + 1)
    while low < high:
        middle = (low + high + 1) >> 1
        low, high = (middle, high) if middle**n <= value else (low, middle - 1)
    return low


def _integer(value: Fraction, limit: int) -> int:
    if value.denominator != 1 or not 0 <= value <= limit:
        raise Inexact("not a small natural number")
    if not affordable(int(value) * int(value).bit_length(), share=2):
        raise Inexact("too much work on long numbers")
    return int(value)


def _factorial2(value: Fraction) -> Fraction:
    n = _integer(value, MAX_FACTORIAL)
    return Fraction(math.prod(range(n, 0, -2)))


def _binomial(n: Fraction, k: Fraction) -> Fraction:
    return Fraction(math.comb(_integer(n, MAX_FACTORIAL), _integer(k, MAX_FACTORIAL)))


def _sum(*terms: Fraction) -> Fraction:
    total = terms[0]
    for term in terms[1:]:
        total += term
    return total


def _product(*factors: Fraction) -> Fraction:
    total = factors[0]
    for factor in factors[1:]:
        if total.numerator.bit_length() + factor.numerator.bit_length() > MAX_BITS:
            raise Inexact("too many digits")
        total *= factor
    return total


def _ratio(*parts: Fraction) -> Fraction:
    match parts:
        case (top, bottom):
            return _divide(top, bottom)
    raise Inexact("a ratio of more than two")


def _only_integers(name: str, compute: Callable[..., int]) -> Callable[..., Fraction]:
    def rule(*values: Fraction) -> Fraction:
        if any(value.denominator != 1 for value in values):
            raise Inexact(f"{name} of a fraction")
        return Fraction(compute(*(int(value) for value in values)))

    return rule


_RATIONAL: dict[str, Callable[..., Fraction]] = {
    "add": _sum,
    "neg": lambda value: -value,
    "mul": _product,
    "div": _divide,
    "pow": _power,
    "root": _root,
    "ratio": _ratio,
    "percent": lambda value: value / 100,
    "abs": abs,
    "factorial": lambda value: Fraction(math.factorial(_integer(value, MAX_FACTORIAL))),
    "factorial2": _factorial2,
    "binom": _binomial,
    "floor": lambda value: Fraction(math.floor(value)),
    "ceil": lambda value: Fraction(math.ceil(value)),
    "max": max,
    "min": min,
    "sgn": lambda value: Fraction((value > 0) - (value < 0)),
    "gcd": _only_integers("gcd", math.gcd),
    "lcm": _only_integers("lcm", math.lcm),
}


class Undefined(ArithmeticError):
    """The tree has no value at this point."""


class OutsideDomain(Undefined):
    """A function has no value here because its argument is not real, or because no case applies."""


class TooLong(Undefined):
    """The value takes more operations than a verdict may cost, at this point and at any other."""


def field_point(names: Set[str], trial: int) -> dict[str, int]:
    """A fixed pseudo-random point of the prime field for a set of names; the same name, the same value."""
    return {name: _hashed(name, trial) for name in names}


@lru_cache(maxsize=1024)
def _hashed(name: str, trial: int) -> int:
    return int.from_bytes(digest(f"{trial}:{name}"), "big") % (PRIME - 2) + 2


def residue(node: Expression, point: Mapping[str, int]) -> int:
    """The value of a rational function at a point of the prime field.

    Raises `Inexact` when the tree is no rational function, and `Undefined` on a pole.
    """
    if isinstance(node, Symbol):
        if node.name not in point:
            raise Inexact(f"the bound variable {node.name}")
        return point[node.name]
    if isinstance(node, Number):
        value = node.value
        if value.denominator == 1:
            return value.numerator % PRIME
        return _field_divide(value.numerator % PRIME, value.denominator % PRIME)
    if isinstance(node, Apply):
        rule = _FIELD.get(node.name)
        if rule is not None:
            return rule(node.args, point)
    raise Inexact(type(node).__name__)


def _field_divide(top: int, bottom: int) -> int:
    if not bottom:
        raise Undefined("a pole")
    return top * pow(bottom, PRIME - 2, PRIME) % PRIME


_Args = tuple[Expression, ...]


def _field_sum(args: _Args, point: Mapping[str, int]) -> int:
    return sum(residue(part, point) for part in args) % PRIME


def _field_product(args: _Args, point: Mapping[str, int]) -> int:
    total = 1
    for part in args:
        total = total * residue(part, point) % PRIME
    return total


def _field_quotient(args: _Args, point: Mapping[str, int]) -> int:
    match args:
        case (top, bottom):
            return _field_divide(residue(top, point), residue(bottom, point))
    raise Inexact("a ratio of more than two")


def _field_power(args: _Args, point: Mapping[str, int]) -> int:
    base, exponent = args
    value = rational(exponent)
    if value.denominator != 1 or abs(value) > MAX_DEGREE:
        raise Inexact("no polynomial power")
    power = int(value)
    found = residue(base, point)
    if power < 0:
        return _field_divide(1, pow(found, -power, PRIME))
    if power == 0 and not found:
        raise Undefined("0^0")
    return pow(found, power, PRIME)


_FIELD: dict[str, Callable[[_Args, Mapping[str, int]], int]] = {
    "add": _field_sum,
    "neg": lambda args, point: -residue(args[0], point) % PRIME,
    "mul": _field_product,
    "div": _field_quotient,
    "ratio": _field_quotient,
    "pow": _field_power,
    "base": lambda args, point: residue(args[0], point),
    "percent": lambda args, point: _field_divide(residue(args[0], point), 100),
}


def linear(node: Expression) -> tuple[Fraction, Fraction] | None:
    """Offset and slope of a tree that is linear in its one symbol; None for any other tree."""
    names = symbols(node)
    if len(names) != 1 or not heads(node) <= _LINEAR:
        return None
    (name,) = names
    try:
        offset, end = (rational(replace(node, {name: number(at)})) for at in (0, 1))
        line = Apply("add", (Number(offset), Apply("mul", (Number(end - offset), Symbol(name)))))
        point = field_point(names, 0)
        same = residue(line, point) == residue(node, point)
    except (Inexact, Undefined):
        return None
    return (offset, end - offset) if same else None


_LINEAR = frozenset(["add", "neg", "mul", "div", "decimal"])
