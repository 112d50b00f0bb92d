"""Inequalities of rational functions in one variable as the sets of real numbers that solve them, exactly."""

from __future__ import annotations

from functools import cmp_to_key
from itertools import pairwise
from typing import Any

from flint import arb, fmpz_poly

from dartmath.verify.compare.pieces import Piece, Pieces, compare_ends, union
from dartmath.verify.compare.relations import difference
from dartmath.verify.numeric.polynomials import fraction_in_one_symbol
from dartmath.verify.tree.expression import Expression, Relation

ONE_SIDED = frozenset(["<", "<=", ">", ">="])
"""The signs of an inequality."""


def solution_set(node: Expression) -> Pieces | None:
    """Where an inequality such as `x^2 < 4` or `\\frac{1}{x} \\ge 2` holds; None for what is none."""
    if not isinstance(node, Relation) or len(node.operators) != 1 or node.operators[0] not in ONE_SIDED:
        return None
    fraction = fraction_in_one_symbol(difference(*node.sides))
    if fraction is None or fraction[0] == 0:
        return None
    top, bottom = fraction
    sign = node.operators[0]
    wanted = 1 if sign in (">", ">=") else -1
    zeros, poles = _real_roots(top), _real_roots(bottom)
    ends = sorted([*zeros, *poles], key=cmp_to_key(compare_ends))
    limits = [arb.neg_inf(), *ends, arb.pos_inf()]
    found = [
        Piece(low, False, high, False)
        for low, high in pairwise(limits)
        if _sign(top * bottom, _between(low, high)) == wanted
    ]
    if sign in ("<=", ">="):
        found += [Piece(zero, True, zero, True) for zero in zeros]
    return union(found)


def _real_roots(polynomial: fmpz_poly) -> list[Any]:
    if polynomial.degree() < 1:
        return []
    return [root.real for root, _ in polynomial.complex_roots() if root.imag.contains(0)]


def _between(low: Any, high: Any) -> Any:
    """A number inside an open interval."""
    if not low.is_finite() and not high.is_finite():
        return arb(0)
    if not low.is_finite():
        return high - 1
    return low + 1 if not high.is_finite() else (low + high) / 2


def _sign(polynomial: fmpz_poly, place: Any) -> int:
    value = arb(0)
    for power in range(polynomial.degree(), -1, -1):
        value = value * place + arb(int(polynomial[power]))
    return 1 if value > 0 else -1 if value < 0 else 0
