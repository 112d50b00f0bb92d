"""Ball arithmetic: rigorous complex values of expressions, from python-flint (Arb).

A value comes with an error bound, so that disjoint balls prove two values different. See
Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic",
https://arxiv.org/abs/1611.02831.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction

from flint import acb, arb, ctx, fmpq_poly, fmpz

from dartmath.verify.numeric.calculus import integral, limit, series
from dartmath.verify.numeric.effort import affordable_steps, affordable_terms
from dartmath.verify.numeric.exact import Inexact, OutsideDomain, TooLong, Undefined, rational
from dartmath.verify.numeric.functions import (
    RULES,
    Ball,
    is_real,
    rational_ball,
    refuse_huge,
    unknown_function,
)
from dartmath.verify.numeric.quotients import fraction
from dartmath.verify.tree.expression import (
    BOUND,
    Apply,
    Cases,
    Constant,
    Expression,
    Group,
    Named,
    Number,
    Relation,
    Symbol,
    is_infinite,
    symbols,
)

MAX_STEPS = 5_000
"""Operations in one evaluation; a tree that takes more has no value anywhere."""

MAX_RULE_STEPS = 15_000
"""Operations in the values that one integral, limit or series takes, counted apart."""

MAX_TERMS = 1_000
"""Terms of one sum or product."""

_SIDES = {"0": (1, -1), "1": (1,), "-1": (-1,)}

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


PLACE_STEPS = 5
"""What a place and its weight cost beside the operations there, of the budget of all rules together."""


class Evaluator:
    """Values of trees at one point. `log_base` is the base of a bare `log`.

    A negative number has its real root as its power of 1/3, 2/3, 1/5 ..., as in school, and no power with an
    irrational or variable exponent; with `principal` it has the principal value, as where complex numbers are
    meant. `steps` counts the operations.
    """

    def __init__(self, point: Point, log_base: int | None = None, *, principal: bool = False) -> None:
        self._point = dict(point)
        self._log_base = log_base
        self._principal = principal
        self._in_rule = False
        self.steps = 0

    def value(self, node: Expression) -> Ball:
        """The ball of a tree. Raises `Undefined` where it has no finite value that can be computed."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise TooLong("too many operations")
        if isinstance(node, Number):
            return acb(rational_ball(node.value))
        if isinstance(node, Symbol):
            if node.name not in self._point:
                raise Undefined(f"no value for {node.name}")
            return self._point[node.name]
        if isinstance(node, Constant):
            return self._constant(node.name)
        if isinstance(node, Apply):
            found = self._apply(node.name, node.args)
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

    def _apply(self, name: str, args: tuple[Expression, ...]) -> Ball:
        if name == "pow":
            return self._power(*args)
        if name in ("sum", "product"):
            return self._series(name, *args)
        if name in BOUND:
            return self._calculus(name, *args)
        if name == "base":
            return self.value(args[0])
        values = [self.value(part) for part in args]
        if name == "log":
            return self._logarithm(*values)
        rule = RULES.get(name)
        if rule is None:
            return unknown_function(name, values)
        try:
            return rule(*values)
        except TypeError as error:
            raise Undefined(f"{name} of {len(values)} arguments") from error

    def _power(self, base: Expression, exponent: Expression) -> Ball:
        power = self.value(exponent)
        refuse_huge(power)
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
        refuse_huge(value.log() * power)
        if not self._principal and _is_negative(value):
            return _power_of_negative(value, power, exact)
        return value.pow(power)

    def _logarithm(self, value: Ball, base: Ball | None = None) -> Ball:
        if base is not None:
            return value.log() / base.log()
        return value.log() if self._log_base is None else value.log() / acb(self._log_base).log()

    def _series(self, name: str, *parts: Expression) -> Ball:
        match parts:
            case (body, Symbol(name=index), first, last):
                low = self.integer(first)
            case _:
                raise Undefined(f"a {name} without limits")
        if name == "sum" and last == Constant("infinity"):
            return series(self._function(body, index), low)
        high = self.integer(last)
        if high - low >= MAX_TERMS:
            raise Undefined(f"more than {MAX_TERMS} terms")
        if not affordable_terms(high - low + 1):
            raise TooLong("too many terms in all")
        outside = dict(self._point)
        total = acb(0 if name == "sum" else 1)
        for term in range(low, high + 1):
            self._point[index] = acb(term)
            found = self.value(body)
            total = total + found if name == "sum" else total * found
        self._point = outside
        return total

    def _calculus(self, name: str, *parts: Expression) -> Ball:
        """A definite integral, or a limit with its sides."""
        body, variable, *places = parts
        assert isinstance(variable, Symbol)
        function = self._function(body, variable.name)
        if name == "integral":
            return self._area(body, variable, places[0], places[1]) or integral(
                function, *map(self._end, places)
            )
        sides = _SIDES[str(places[1])]
        if is_infinite(places[0]):
            sides = (1,) if places[0] == Constant("infinity") else (-1,)
        return limit(function, self._end(places[0]), sides)

    def _area(self, body: Expression, variable: Symbol, low: Expression, high: Expression) -> Ball | None:
        """The integral of a polynomial between finite ends; None for any other."""
        if is_infinite(low) or is_infinite(high) or not symbols(body) <= {variable.name}:
            return None
        try:
            top, bottom = fraction(body)
        except (Inexact, Undefined, ArithmeticError):
            return None
        if bottom.degree() > 0:
            return None
        primitive = (top / bottom.coeffs()[0]).integral()
        return _polynomial_at(primitive, self.value(high)) - _polynomial_at(primitive, self.value(low))

    def _end(self, node: Expression) -> Ball:
        return acb(arb.pos_inf()) if is_infinite(node) else self.value(node)

    def _function(self, body: Expression, name: str) -> Callable[[Ball], Ball]:
        """A tree as a function of one symbol, which has its value from outside again afterwards.

        Its operations are taken of the budget of the verdict. Raises `TooLong` for a rule inside a rule,
        whose evaluations multiply.
        """

        spent = 0

        def value(at: Ball) -> Ball:
            nonlocal spent
            if self._in_rule:
                raise TooLong("an integral, limit or series inside another")
            outside, before = self._point, self.steps
            self._point, self._in_rule = {**outside, name: at}, True
            try:
                found = self.value(body)
            finally:
                taken = self.steps - before
                self._point, self.steps, self._in_rule = outside, before, False
            spent += taken
            if spent > MAX_RULE_STEPS or not affordable_steps(taken + PLACE_STEPS):
                raise TooLong("too many operations for integrals, limits and series")
            return found

        return value

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
            raise OutsideDomain("not real")
        return found.real

    def chosen_case(self, node: Cases) -> Expression:
        """The value of the first case whose condition holds here."""
        for value, condition in node.cases:
            if condition is None or self.holds(condition):
                return value
        raise OutsideDomain("no case applies")

    def holds(self, condition: Expression) -> bool:
        """Whether a condition is true here: a chain of comparisons, several of them, or "otherwise"."""
        if condition == Named("boolean", "true"):
            return True
        if isinstance(condition, Group) and not condition.brackets:
            return (any if condition.joiner == "or" else all)(self.holds(part) for part in condition.items)
        if not isinstance(condition, Relation):
            raise Undefined("no condition")
        values = [self.real(side) for side in condition.sides]
        return all(
            _compare(left, sign, right)
            for left, sign, right in zip(values, condition.operators, values[1:], strict=False)
        )


def _power_of_negative(value: Ball, power: Ball, exact: Fraction | None) -> Ball:
    """A power of a negative number where real numbers are meant."""
    if exact is None:
        whole = power.unique_fmpz() if power.is_exact() else None
        if whole is None:
            raise OutsideDomain("a negative number to a power that is no rational number")
        return value**whole
    if exact.denominator % 2 == 0:
        return value.pow(power)
    size = (-value).pow(power)
    return -size if exact.numerator % 2 else size


def _is_negative(value: Ball) -> bool:
    return is_real(value) and bool(value.real < 0)


def _polynomial_at(polynomial: fmpq_poly, value: Ball) -> Ball:
    total = acb(0)
    for coefficient in reversed(polynomial.coeffs()):
        total = total * value + acb(arb(coefficient))
    return total


def _compare(left: Ball, sign: str, right: Ball) -> bool:
    if sign in ("=", "!="):
        return bool(left.overlaps(right)) == (sign == "=")
    if sign in ("<", "<="):
        return bool(left < right) or (sign == "<=" and bool(left.overlaps(right)))
    if sign in (">", ">="):
        return bool(left > right) or (sign == ">=" and bool(left.overlaps(right)))
    raise Undefined(f"the condition {sign}")
