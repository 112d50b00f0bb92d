"""Where a function may change its formula or its domain, and places on both sides of there.

An expression of `+ - * /`, whole powers, exponential and trigonometric functions is meromorphic: two of
them that agree on any interval agree everywhere. What breaks that are the functions listed here. `|u|`,
`\\ln u`, `\\sqrt u` and `\\operatorname{sgn} u` have one formula on each side of `u = 0`, `\\max(u, v)` of
`u = v`, `\\arcsin u` of `u = \\pm 1`, and `\\lfloor u \\rfloor` of every integer. Between the zeros of such
critical expressions the identity theorem holds again, so that places on both sides of the zeros are needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise

from flint import fmpq_poly

from dartmath.verify.numeric.ball import Evaluator
from dartmath.verify.numeric.exact import Inexact, Undefined, rational
from dartmath.verify.numeric.points import GRAIN, Place, balls, is_allowed
from dartmath.verify.numeric.quotients import fraction
from dartmath.verify.tree.expression import (
    Apply,
    Cases,
    Expression,
    Group,
    Number,
    Relation,
    children,
    heads,
    number,
    replace,
    symbols,
)

MAX_CRITICAL = 8
"""Critical expressions of one comparison; those of further ones are left to the sample places."""

MAX_LINES = 48
"""Lines along which zeros are looked for, in one comparison."""

MAX_SCANS, MAX_SCANNED = 12, 60
"""How many of them are scanned, and the largest tree that is: 12 scans of 60 operations take some 40 ms."""

MAX_SIZE = 10**7
"""A zero farther out is not looked at: nobody's answer changes its formula there."""

_AT_ZERO = frozenset(["abs", "root", "ln", "lg", "lb", "log", "sgn", "arg"])
_AT_ONE = frozenset(["arcsin", "arccos", "arcsec", "arccsc", "arcosh", "artanh", "arcoth", "arsech"])
STEPS = frozenset(["floor", "ceil"])
_AT_VALUES = (1, 0, -1, 2)
"""Integers at which the steps of a floor or ceiling are looked at: all of its steps are alike."""

_CHOICES = frozenset(["max", "min"])
_SERIES = frozenset(["sum", "product"])
_SCAN = tuple(Fraction(2 * value + 1, 14) for value in (-1400, -300, -90, *range(-45, 46, 5), 90, 300, 1400))
"""No integers: at those a power of a negative number with a variable exponent has a value."""

_ASIDE = Fraction(3 * GRAIN // 8 + 1, GRAIN)
"""How far beside a zero a place is taken: less than one half, and no number that an answer would have."""


def critical_expressions(node: Expression, names: frozenset[str]) -> list[Expression]:
    """What must be nonzero around a place for `node` to be one analytic function there."""
    found: dict[str, Expression] = {}
    stack = [node]
    while stack and len(found) < MAX_CRITICAL:
        top = stack.pop()
        for part in _own(top):
            if symbols(part) & names:
                found.setdefault(str(part), part)
        stack.extend(children(top))
    return list(found.values())[:MAX_CRITICAL]


def has_jumps(node: Expression) -> bool:
    """Whether a floor, a ceiling or cases occur, whose value at a zero is not that beside it."""
    if heads(node) & STEPS:
        return True
    return isinstance(node, Cases) or any(has_jumps(part) for part in children(node))


def _own(node: Expression) -> Iterator[Expression]:
    """The critical expressions of the head of a tree."""
    if isinstance(node, Cases):
        for _, condition in node.cases:
            for relation in _relations(condition):
                yield from _differences(relation.sides)
    elif isinstance(node, Apply):
        yield from _of_function(node.name, node.args)


def _relations(condition: Expression | None) -> list[Relation]:
    parts = condition.items if isinstance(condition, Group) else (condition,)
    return [part for part in parts if isinstance(part, Relation)]


def _of_function(name: str, args: tuple[Expression, ...]) -> Iterator[Expression]:
    if name in _AT_ZERO:
        yield from args[:1] if name == "root" else args
    elif name == "pow" and not _is_whole(args[1]):
        yield args[0]
    elif name in _CHOICES:
        yield from _differences(args)
    else:
        values = _AT_VALUES if name in STEPS else (1, -1) if name in _AT_ONE else ()
        for value in values:
            yield _difference(args[0], number(value))


def _differences(parts: tuple[Expression, ...]) -> Iterator[Expression]:
    for left, right in pairwise(parts):
        yield _difference(left, right)


def _is_whole(exponent: Expression) -> bool:
    try:
        return rational(exponent).denominator == 1
    except (Inexact, ArithmeticError):
        return False


def _difference(left: Expression, right: Expression) -> Expression:
    return Apply("add", (left, Apply("neg", (right,))))


def critical_places(
    expressions: list[Expression], bases: list[Place], *, jumps: bool = False
) -> Iterator[Place]:
    """Places in every piece that the zeros of critical expressions cut lines into.

    A line goes along one symbol from a base. The zeros of all expressions cut it together, so that a step
    that one side has a thousandth later than the other leaves a piece of its own. With `jumps` also the
    zeros themselves.
    """
    scans = iter(range(MAX_SCANS))
    for base, name, along in _lines(expressions, bases):
        for value in _in_pieces(along, name, base, scans, jumps):
            place = {**base, name: value}
            if is_allowed(place):
                yield place


def _lines(
    expressions: list[Expression], bases: list[Place]
) -> Iterator[tuple[Place, str, list[Expression]]]:
    """Bases, symbols, and the critical expressions that hold the symbol, `MAX_LINES` of them in all."""
    left = MAX_LINES
    for base in bases:
        for name in sorted(base):
            along = [one for one in expressions if name in symbols(one)][:left]
            left -= len(along)
            if along:
                yield base, name, along


def _in_pieces(
    expressions: list[Expression], name: str, base: Place, scans: Iterator[int], jumps: bool
) -> list[Fraction]:
    """Values of one symbol on both sides of each zero of the expressions, all others as in the base."""
    others: dict[str, Expression] = {other: Number(value) for other, value in base.items() if other != name}
    found: set[Fraction] = set()
    changes: list[Fraction] = []
    for line in (replace(expression, others) for expression in expressions):
        try:
            top, bottom = fraction(line)
        except (Inexact, Undefined, ArithmeticError):
            is_small = _is_small(line) and next(scans, None) is not None
            changes += _around_changes(line, name) if is_small else []
        else:
            found.update(_real_zeros(top), _real_zeros(bottom))
    zeros = sorted(found)
    middles = [(one + two) / 2 for one, two in pairwise(zeros)]
    exact = zeros if jumps else []
    return [zeros[0] - _ASIDE, *exact, *middles, zeros[-1] + _ASIDE, *changes] if zeros else changes


def _is_small(node: Expression) -> bool:
    """Whether a tree is cheap enough to be evaluated along a line."""
    stack, count = [node], 0
    while stack and count <= MAX_SCANNED:
        parts = children(stack.pop())
        stack.extend(parts)
        count += 1
    return count <= MAX_SCANNED and not heads(node) & _SERIES


def _real_zeros(polynomial: fmpq_poly) -> list[Fraction]:
    if polynomial.degree() < 1:
        return []
    if polynomial.degree() == 1:
        constant, slope = polynomial.coeffs()
        zero = -constant / slope
        return [Fraction(int(zero.p), int(zero.q))] if abs(zero) < MAX_SIZE else []
    roots = (root.real for root, _ in polynomial.complex_roots() if root.imag.contains(0))
    zeros = [float(root.mid()) for root in roots]
    return [Fraction(round(zero * GRAIN), GRAIN) for zero in zeros if abs(zero) < MAX_SIZE]


def _around_changes(line: Expression, name: str) -> list[Fraction]:
    """Neighbours in a fixed grid between which an expression changes its sign, or ceases to be real."""
    found: list[Fraction] = []
    last: tuple[Fraction, int] | None = None
    for value in _SCAN:
        sign = _sign(line, {name: value})
        if last is not None and sign != last[1]:
            found += [last[0], value]
        last = value, sign
    return found[:8]


def _sign(line: Expression, place: Mapping[str, Fraction]) -> int:
    """1 or -1 for a real value, 0 where there is none or it is zero."""
    try:
        value = Evaluator(balls(place)).real(line)
    except (Undefined, ArithmeticError, ValueError):
        return 0
    return 1 if value > 0 else -1 if value < 0 else 0
