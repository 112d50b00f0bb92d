"""A bound on the work that one verdict may spend on exact arithmetic with long numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction

MAX_EFFORT = 4 * 10**10
"""Squared bits of all operands: about 20 ms, as a quotient takes time quadratic in its length."""

FREE_BITS = 4_096
"""Shorter numbers cost nothing worth counting."""

_left: ContextVar[int | None] = ContextVar("effort left", default=None)


@contextmanager
def bounded_effort() -> Iterator[None]:
    """What is compared inside shares one budget."""
    token = _left.set(MAX_EFFORT)
    try:
        yield
    finally:
        _left.reset(token)


def affordable(bits: int, *, share: int = 1) -> bool:
    """Whether an operation on so many bits is within the budget, and take it from there.

    `share` is how many times cheaper it is than a quotient of numbers of that length. Outside of
    `bounded_effort` every operation has a budget of its own.
    """
    if bits <= FREE_BITS:
        return True
    before = _left.get()
    left = (MAX_EFFORT if before is None else before) - bits * bits // share
    if before is not None and left >= 0:
        _left.set(left)
    return left >= 0


def size(value: Fraction) -> int:
    """Bits of numerator and denominator."""
    return value.numerator.bit_length() + value.denominator.bit_length()
