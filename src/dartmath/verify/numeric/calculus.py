"""Values of definite integrals, limits and infinite series by rules that say when they fail.

None of these values is proven: each rule computes twice, with different effort, and gives the second value
with its distance from the first as radius. A closed form within a relative radius of 2^-92 is right for any
purpose, and functions for which a rule is not made (with kinks, with logarithms at infinity, divergent ones)
do not get there: they have no value here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import comb

from flint import acb, arb, ctx

from dartmath.verify.numeric.effort import affordable_steps
from dartmath.verify.numeric.exact import TooLong, Undefined
from dartmath.verify.numeric.functions import Ball, is_real

CLOSE = 92
"""Bits to which two attempts must agree, relative to their size or to one."""

WORKING_BITS = 400
"""The rules lose up to 300 bits to cancellation."""

STEPS = (8, 16, 32, 64, 128)
"""Nodes per unit of the double exponential rule, whose error is squared when they are doubled."""

MAX_ABSCISSA = 6
"""Beyond, the weights of the rule are below 10^-137."""

HALVINGS = 24
"""Distances 2^-4 ... 2^-27 at which a limit is extrapolated: powers up to h^24 are cancelled."""

COST = 300
"""What extrapolating a limit takes of the budget of steps, beside its values; a series takes a third."""

TERMS = (32, 38)
"""Terms of the two attempts at a series: Levin's transform gains about a digit by term."""

Function = Callable[[Ball], Ball]


def integral(function: Function, low: Ball, high: Ball) -> Ball:
    """The integral from `low` to `high`, which may be infinite, by the double exponential rule.

    Takahasi and Mori, "Double exponential formulas for numerical integration", 1974. Raises `Undefined`
    where it does not converge.
    """
    map_node = _substitution(low, high)
    total, values = arb(0), list[Ball]()
    with _working_precision():
        for steps in STEPS:
            fresh = range(1, MAX_ABSCISSA * steps, 2) if values else range(1, MAX_ABSCISSA * steps)
            total = total + _nodes(function, map_node, steps, fresh, middle=not values)
            values.append(total * arb.pi() / (2 * steps))
            if len(values) > 1 and _are_close(values[-1], values[-2]):
                return _with_radius(values[-1], values[-2])
    raise Undefined("an integral that does not converge")


Node = Callable[[Ball, Ball], tuple[Ball, Ball]]
"""From sinh t * pi / 2 and cosh t a place and its weight, but for pi / 2 and the step."""


def _substitution(low: Ball, high: Ball) -> Node:
    below, above = _is_infinite(low), _is_infinite(high)
    if below and above:
        return lambda s, c: (s.sinh(), s.cosh() * c)
    if above:
        return lambda s, c: (low.real + s.exp(), s.exp() * c)
    if below:
        return lambda s, c: (high.real - s.exp(), s.exp() * c)
    half, middle = (high.real - low.real) / 2, (high.real + low.real) / 2
    return lambda s, c: (middle + half * s.tanh(), half * c / s.cosh() ** 2)


def _is_infinite(value: Ball) -> bool:
    return not value.is_finite()


def _nodes(function: Function, place: Node, steps: int, fresh: range, *, middle: bool) -> Ball:
    """The weighted values at the given nodes on both sides of the middle."""
    total = arb(0)
    if middle:
        where, weight = place(arb(0), arb(1))
        total += weight * _real(function(acb(where)))
    for sign in (1, -1):
        for node in fresh:
            t = arb(sign * node) / steps
            where, weight = place(t.sinh() * arb.pi() / 2, t.cosh())
            try:
                part = weight * _real(function(acb(where)))
            except Undefined:
                if abs(node) > 2 * steps:
                    break
                raise
            total += part
            if abs(node) > 2 * steps and abs(part) < arb(2) ** -(2 * CLOSE) * (1 + abs(total)):
                break
    return total


def limit(function: Function, point: Ball, sides: tuple[int, ...]) -> Ball:
    """The limit at a point, from the given sides, of a function with a power series there.

    Richardson's extrapolation to h = 0 of the values at `point + h`, or at 1 / h if the point is infinite.
    """
    if not affordable_steps(COST * len(sides)):
        raise TooLong("too many limits")
    with _working_precision():
        found = [_one_sided(function, point, side) for side in sides]
    if any(not one.overlaps(found[0]) for one in found):
        raise Undefined("different limits from both sides")
    return found[0]


def _one_sided(function: Function, point: Ball, side: int) -> Ball:
    row: list[Ball] = []
    best: list[Ball] = []
    for halving in range(HALVINGS):
        h = arb(side) / arb(2) ** (halving + 4)
        value = _real(function(acb(1 / h) if _is_infinite(point) else point + acb(h)))
        for order in range(len(row)):
            factor = arb(2) ** (order + 1)
            row[order], value = value, (factor * value - row[order]) / (factor - 1)
        row.append(value)
        best.append(value)
    if not _are_close(best[-1], best[-2]):
        raise Undefined("a limit that no power series has")
    return _with_radius(best[-1], best[-2])


def series(function: Function, first: int) -> Ball:
    """The sum of `function(n)` from n = `first` on, by Levin's u transform.

    Levin, "Development of non-linear transformations for improving convergence of sequences", 1973.
    """
    count = TERMS[-1] + 1
    if not affordable_steps(COST // 3):
        raise TooLong("too many series")
    with _working_precision():
        terms = [_real(function(acb(first + place))) for place in range(count)]
        if any(term.contains(0) for term in terms) or not _vanish(terms):
            raise Undefined("a series whose terms do not go to zero")
        one, two = (_transformed(terms, order) for order in TERMS)
    if not _are_close(one, two):
        raise Undefined("a series that does not converge")
    return _with_radius(two, one)


def _vanish(terms: list[Ball]) -> bool:
    """Whether terms become smaller: the transform also sums series that diverge."""
    quarter = len(terms) // 4
    return all(
        abs(terms[4 * quarter - 1]) < abs(terms[place]) * arb("0.95") for place in (quarter, 2 * quarter)
    )


def _transformed(terms: list[Ball], order: int) -> Ball:
    top, bottom, partial = arb(0), arb(0), arb(0)
    for place in range(order + 1):
        partial += terms[place]
        scale = (-1) ** place * comb(order, place) * arb(place + 1) ** (order - 2) / terms[place]
        top, bottom = top + scale * partial, bottom + scale
    return top / bottom


def _real(value: Ball) -> Ball:
    if not value.is_finite() or not is_real(value):
        raise Undefined("no real value")
    return value.real


def _are_close(one: Ball, two: Ball) -> bool:
    return bool(abs(one - two) < arb(2) ** -CLOSE * (1 + abs(one)))


def _with_radius(value: Ball, other: Ball) -> Ball:
    return acb(arb(value.mid(), abs(value - other).abs_upper()))


@contextmanager
def _working_precision() -> Iterator[None]:
    before = ctx.prec
    ctx.prec = max(before, WORKING_BITS)
    try:
        yield
    finally:
        ctx.prec = before
