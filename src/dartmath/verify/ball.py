"""Ball arithmetic: rigorous complex values of expressions, from python-flint (Arb).

A value comes with an error bound, so that disjoint balls prove two values different. See
Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic",
https://arxiv.org/abs/1611.02831.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from hashlib import blake2b
from typing import Any

from flint import acb, arb, ctx, fmpq, fmpz

from dartmath.verify.exact import Inexact, Undefined, rational
from dartmath.verify.expression import Apply, Cases, Constant, Expression, Number, Relation, Symbol
from dartmath.verify.names import CIRCULAR, HYPERBOLIC

MAX_STEPS = 20_000
"""Operations in one evaluation."""

MAX_TERMS = 2_000
"""Terms of one sum or product."""

MAX_EXPONENT_BITS = 40
"""Arguments of exp, powers, sin ... and gamma beyond 2^40 in size have no value here."""

Ball = Any
Point = Mapping[str, Ball]


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work with balls of this many bits."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


class Evaluator:
    """Values of trees at one point. `log_base` is the base of a bare `log`."""

    def __init__(self, point: Point, log_base: int | None = None) -> None:
        self._point = dict(point)
        self._log_base = log_base
        self._steps = 0

    def value(self, node: Expression) -> Ball:
        """The ball of a tree. Raises `Undefined` where it has no finite value that can be computed."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise Undefined("too many operations")
        if isinstance(node, Number):
            return acb(_rational_ball(node.value))
        if isinstance(node, Symbol):
            if node.name not in self._point:
                raise Undefined(f"no value for {node.name}")
            return self._point[node.name]
        if isinstance(node, Constant):
            return self._constant(node.name)
        if isinstance(node, Apply):
            found = self._apply(node)
            if not found.is_finite():
                raise Undefined(f"{node.name} is not finite here")
            return found
        if isinstance(node, Cases):
            return self.value(self.chosen_case(node))
        raise Undefined(f"{type(node).__name__} has no number")

    def _constant(self, name: str) -> Ball:
        if name in self._point:
            return self._point[name]
        if name == "pi":
            return acb(arb.pi())
        if name == "e":
            return acb(1).exp()
        if name == "i":
            return acb(0, 1)
        raise Undefined(f"{name} is no number")

    def _apply(self, node: Apply) -> Ball:
        name, args = node.name, node.args
        if name == "pow":
            return self._power(*args)
        if name in ("sum", "product"):
            return self._series(name, *args)
        if name == "base":
            return self.value(args[0])
        values = [self.value(part) for part in args]
        if name == "log":
            return self._logarithm(*values)
        rule = _RULES.get(name)
        if rule is None:
            return _unknown_function(name, values)
        try:
            return rule(*values)
        except TypeError as error:
            raise Undefined(f"{name} of {len(values)} arguments") from error

    def _power(self, base: Expression, exponent: Expression) -> Ball:
        power = self.value(exponent)
        _refuse_huge(power)
        if base == Constant("e"):
            return power.exp()
        value = self.value(base)
        try:
            exact = rational(exponent)
        except Inexact:
            exact = None
        if exact is not None and exact.denominator == 1:
            return value ** fmpz(exact.numerator)
        if value.is_zero():
            if power.imag.is_zero() and power.real > 0:
                return acb(0)
            raise Undefined("a power of zero")
        _refuse_huge(value.log() * power)
        return value.pow(power)

    def _logarithm(self, value: Ball, base: Ball | None = None) -> Ball:
        if base is not None:
            return value.log() / base.log()
        return value.log() if self._log_base is None else value.log() / acb(self._log_base).log()

    def _series(self, name: str, *parts: Expression) -> Ball:
        if len(parts) != 4 or not isinstance(parts[1], Symbol):
            raise Undefined(f"a {name} without limits")
        body, variable, first, last = parts
        low, high = self.integer(first), self.integer(last)
        if high - low >= MAX_TERMS:
            raise Undefined(f"more than {MAX_TERMS} terms")
        before = self._point.get(variable.name)
        total = acb(0 if name == "sum" else 1)
        for index in range(low, high + 1):
            self._point[variable.name] = acb(index)
            total = total + self.value(body) if name == "sum" else total * self.value(body)
        self._point.pop(variable.name)
        if before is not None:
            self._point[variable.name] = before
        return total

    def integer(self, node: Expression) -> int:
        """The value of a tree that is an integer of at most 9 digits."""
        found = self.value(node).unique_fmpz()
        if found is None or abs(found) > 10**9:
            raise Undefined("no small integer")
        return int(found)

    def real(self, node: Expression) -> Ball:
        """The value as a real ball. Raises `Undefined` when it is not real."""
        found = self.value(node)
        if not is_real(found):
            raise Undefined("not real")
        return found.real

    def chosen_case(self, node: Cases) -> Expression:
        """The value of the first case whose condition holds here."""
        for value, condition in node.cases:
            if condition is None or self.holds(condition):
                return value
        raise Undefined("no case applies")

    def holds(self, condition: Expression) -> bool:
        """Whether a chain of comparisons is true here."""
        if not isinstance(condition, Relation):
            raise Undefined("no condition")
        values = [self.real(side) for side in condition.sides]
        return all(
            _compare(left, sign, right)
            for left, sign, right in zip(values, condition.operators, values[1:], strict=False)
        )


def _compare(left: Ball, sign: str, right: Ball) -> bool:
    if sign in ("=", "!="):
        return bool(left.overlaps(right)) == (sign == "=")
    if sign in ("<", "<="):
        return bool(left < right) or (sign == "<=" and bool(left.overlaps(right)))
    if sign in (">", ">="):
        return bool(left > right) or (sign == ">=" and bool(left.overlaps(right)))
    raise Undefined(f"the condition {sign}")


def is_real(value: Ball) -> bool:
    """Whether the imaginary part is zero as far as the ball can tell."""
    return bool(value.imag.contains(0)) and bool(value.imag.rad() < arb("1e-12"))


def _rational_ball(value: Fraction) -> Ball:
    if value.denominator == 1:
        return arb(fmpz(value.numerator))
    return arb(fmpq(value.numerator, value.denominator))


def _refuse_huge(value: Ball) -> None:
    if not value.abs_upper() < arb(2) ** MAX_EXPONENT_BITS:
        raise Undefined("an argument too large")


def _bounded(compute: Callable[[Ball], Ball]) -> Callable[[Ball], Ball]:
    def rule(value: Ball) -> Ball:
        _refuse_huge(value)
        return compute(value)

    return rule


def _root(value: Ball, degree: Ball) -> Ball:
    n = degree.unique_fmpz()
    if n is None or not 0 < abs(n) < 1000:
        return value.pow(1 / degree)
    if n == 2:
        return value.sqrt()
    if n % 2 and value.imag.is_zero() and value.real < 0:
        return -((-value).pow(1 / degree))
    return acb(0) if value.is_zero() and n > 0 else value.pow(1 / degree)


def _factorial(value: Ball) -> Ball:
    _refuse_huge(value)
    return (value + 1).gamma()


def _binomial(n: Ball, k: Ball) -> Ball:
    small = k.unique_fmpz()
    if small is not None and 0 <= small <= 100:
        total = acb(1)
        for step in range(int(small)):
            total = total * (n - step) / (step + 1)
        return total
    return _factorial(n) / (_factorial(k) * _factorial(n - k))


def _real_only(compute: Callable[..., Ball]) -> Callable[..., Ball]:
    def rule(*values: Ball) -> Ball:
        if not all(is_real(value) for value in values):
            raise Undefined("not real")
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


def _unknown_function(name: str, values: list[Ball]) -> Ball:
    """A fixed smooth function per name: equal arguments give equal values, others do not."""
    digest = blake2b(name.encode("utf-8", "replace"), digest_size=8).digest()
    scale = acb(arb(digest[0] + 300) / 256)
    total = acb(digest[1]) / 256
    for place, value in enumerate(values):
        _refuse_huge(value)
        total = total * (acb(digest[2]) / 97 + place) + (value * scale + digest[3 + place % 5]).sin()
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


_RULES: dict[str, Callable[..., Ball]] = {
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
