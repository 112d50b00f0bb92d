"""Whether two scalar expressions are equal: exactly where possible, else by balls at rising precision."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from dartmath.verify.language.plain_numbers import DIFFERENT, EQUAL, SAME
from dartmath.verify.numeric.agreement import BITS, NARROW, POINT_BITS, Found, Pair, Same
from dartmath.verify.numeric.ball import Evaluator, precision
from dartmath.verify.numeric.exact import PRIME, Inexact, Undefined, field_point, rational, residue
from dartmath.verify.tree.expression import (
    BOUND,
    Apply,
    Expression,
    children,
    heads,
    is_infinite,
    number,
    symbols,
)

PRECISIONS = (128, 384, 1024, 4096)
"""Bits of the balls, in rising order; equal means overlapping at `EQUAL_BITS` or more."""

EQUAL_BITS = 256
"""The least at which balls that overlap mean equal. They then agree to 128 bits or more, 38
digits: two constants that are written in some dozen signs do not by chance, and what is built to differ by
less is the same answer to any reader."""

FIELD_POINTS = 2
"""Points of the field at which rational functions agree: a false "equal" has a probability of at most
(degree / 2^61)^2, and the second point costs as little as the first."""

_OF_INTEGERS = frozenset(["factorial", "factorial2", "binom", "sum", "product", "floor", "ceil"])
"""What takes whole numbers, or gives them, so that the letters in it may stand for some."""

_INTEGER_NAMES = frozenset("nkmjlpqrNKMs")
"""The letters that texts give to whole numbers, not `i`, which is the imaginary unit, nor `x` and `t`, of
which formulas with a floor are asked over the reals too."""


@dataclass(slots=True)
class Decision:
    """The result of a comparison; `equal` is None when it could not be decided.

    `reading` names the second reading of the texts that was needed for it; "" is the plain one.
    """

    equal: bool | None
    comparison: str
    reason: str
    precision: int | None = None
    reading: str = ""

    def __bool__(self) -> bool:
        return self.equal is True


def scalar_equal(left: Expression, right: Expression) -> Decision:
    """Compare two scalars as numbers, or as functions of their free symbols."""
    if left == right:
        return Decision(True, "structure", SAME)
    if is_infinite(left) or is_infinite(right):
        return Decision(False, "structure", f"{right} against {left}")
    names = symbols(left) | symbols(right)
    try:
        if not names:
            ours, theirs = rational(left), rational(right)
            return _rational_decision(ours, theirs)
        return _identity(left, right, names)
    except Inexact:
        pass
    except (Undefined, ArithmeticError):
        return Decision(None, "undecided", "the expressions are not defined at the points tried")
    return _by_balls(left, right, names)


def _rational_decision(ours: Fraction, theirs: Fraction) -> Decision:
    if ours == theirs:
        return Decision(True, "rational", EQUAL)
    return Decision(False, "rational", DIFFERENT)


def _identity(left: Expression, right: Expression, names: frozenset[str]) -> Decision:
    """Two rational functions agree at random points of a prime field, or they differ."""
    agreed = 0
    for trial in range(FIELD_POINTS + 3):
        point = field_point(names, trial)
        try:
            if (residue(left, point) - residue(right, point)) % PRIME:
                return Decision(False, "identity", "different as rational functions")
        except Undefined:
            continue
        agreed += 1
        if agreed == FIELD_POINTS:
            return Decision(True, "identity", "equal as rational functions")
    raise Undefined("no point of the field avoids the poles")


def _by_balls(left: Expression, right: Expression, names: frozenset[str]) -> Decision:
    bare = _has_bare_logarithm(left) or _has_bare_logarithm(right)
    decision = Decision(None, "undecided", "no value could be computed")
    for base in (None, 10) if bare else (None,):
        decision = _with_base(left, right, names, base)
        if decision.equal or decision.comparison == "undecided":
            return decision
    return decision


def _with_base(left: Expression, right: Expression, names: frozenset[str], base: int | None) -> Decision:
    if not names:
        return _constants(left, right, base)
    pair = Pair(left, right, names, base)
    found = pair.over_the_reals(Same())
    whole = frozenset((_integer_names(left) | _integer_names(right)) & names)
    if whole and not found.holds and not found.too_long:
        at_integers = pair.over_the_integers(whole, Same())
        found = found if at_integers.holds is None else at_integers
    return _at_points(found)


def _at_points(found: Found) -> Decision:
    if found.holds is None:
        return Decision(None, "undecided", found.reason)
    return Decision(found.holds, "points", found.reason, BITS)


def _constants(left: Expression, right: Expression, base: int | None) -> Decision:
    approximate = any(heads(side) & BOUND or {"sum", "infinity"} <= heads(side) for side in (left, right))
    for bits in PRECISIONS:
        with precision(bits):
            try:
                ours, theirs = Evaluator({}, base).value(left), Evaluator({}, base).value(right)
            except (Undefined, ArithmeticError, ValueError) as error:
                return Decision(None, "undecided", str(error))
            if not ours.overlaps(theirs):
                return Decision(False, "ball", "disjoint balls", bits)
            if approximate and _accuracy(ours, theirs) >= POINT_BITS:
                return Decision(True, "ball", f"equal to {POINT_BITS} bits or more", bits)
            if bits >= EQUAL_BITS and _accuracy(ours, theirs) >= bits // 2 and _is_narrow(ours - theirs):
                return Decision(True, "ball", f"equal to {bits // 2} bits or more", bits)
    return Decision(None, "undecided", "the balls overlap but stay wide", PRECISIONS[-1])


def _is_narrow(difference: Any) -> bool:
    """Whether nothing that is worth a digit could hide in a difference of large numbers."""
    return bool(difference.rad() < NARROW)


def _accuracy(ours: Any, theirs: Any) -> int:
    """Bits to which both values are known, relative to their size or to 1 where they vanish."""
    return min(int(ours.rel_one_accuracy_bits()), int(theirs.rel_one_accuracy_bits()))


def _integer_names(node: Expression) -> set[str]:
    """Symbols that stand for integers by their use: (-1)^n, n!, binomials, cos(n pi), floor."""
    found: set[str] = set()
    stack = [node]
    while stack:
        top = stack.pop()
        if isinstance(top, Apply):
            periodic = top.name in ("sin", "cos", "tan", "cot") and "pi" in heads(top)
            if top.name in _OF_INTEGERS or periodic:
                found |= symbols(top)
            elif top.name == "pow" and _is_negative(top.args[0]):
                found |= symbols(top.args[1])
        stack.extend(children(top))
    return {name for name in found if name.partition("_")[0] in _INTEGER_NAMES}


def _is_negative(node: Expression) -> bool:
    return node == number(-1) or (isinstance(node, Apply) and node.name == "neg" and not symbols(node))


def _has_bare_logarithm(node: Expression) -> bool:
    """Whether a logarithm without a base occurs."""
    if "log" not in heads(node):
        return False
    own = isinstance(node, Apply) and node.name == "log" and len(node.args) == 1
    return own or any(_has_bare_logarithm(part) for part in children(node))
