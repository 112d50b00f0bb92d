"""Whether two expressions are proportional: exactly where possible, else at points."""

from __future__ import annotations

from dartmath.verify.numeric.agreement import Pair, SameRatio
from dartmath.verify.numeric.exact import PRIME, Inexact, Undefined, field_point, residue
from dartmath.verify.tree.expression import Expression, symbols

FIELD_POINTS = 3
"""Points of the prime field that must give one ratio: the first sets it, two more confirm it."""


def constant_ratio(one: Expression, two: Expression) -> bool | None:
    """Whether one / two is the same nonzero constant wherever both are defined; None if undecided."""
    names = symbols(one) | symbols(two)
    try:
        return _in_the_field(one, two, names)
    except Inexact:
        return Pair(one, two, names).over_the_reals(SameRatio()).holds
    except Undefined:
        return None


def positive_ratio(one: Expression, two: Expression) -> bool:
    """Whether one / two is the same positive constant wherever both are defined."""
    if constant_ratio(one, two) is not True:
        return False
    found = Pair(one, two, symbols(one) | symbols(two)).over_the_reals(SameRatio())
    return found.ratio is not None and bool(found.ratio.real > 0)


def _in_the_field(one: Expression, two: Expression, names: frozenset[str]) -> bool | None:
    ratio: int | None = None
    tried = 0
    for trial in range(2 * FIELD_POINTS):
        point = field_point(names, trial)
        try:
            a, b = residue(one, point), residue(two, point)
        except Undefined:
            continue
        if not a or not b:
            if a or b:
                return False
            continue
        found = a * pow(b, PRIME - 2, PRIME) % PRIME
        if ratio is not None and found != ratio:
            return False
        ratio = found
        tried += 1
        if tried == FIELD_POINTS:
            return True
    return None
