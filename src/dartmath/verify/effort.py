"""A bound on the work of one verdict: exact arithmetic with long numbers, and terms of sums and lists."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

MAX_EFFORT = 4 * 10**10
"""Squared bits of all operands: about 20 ms, as a quotient takes time quadratic in its length."""

FREE_BITS = 4_096
"""Shorter numbers cost nothing worth counting."""

MAX_TERMS_IN_ALL = 9_000
"""Terms of sums, products and lists with dots: some 40 ms where each is as short as `1/k`."""


@dataclass(slots=True)
class _Budget:
    """What is left of one kind of work. A request that is refused is not done, and costs nothing."""

    left: int

    def take(self, amount: int) -> bool:
        """Take so much from the budget; False, and nothing taken, when less is left."""
        if amount > self.left:
            return False
        self.left -= amount
        return True


@dataclass(slots=True)
class _Budgets:
    effort: _Budget = field(default_factory=lambda: _Budget(MAX_EFFORT))
    terms: _Budget = field(default_factory=lambda: _Budget(MAX_TERMS_IN_ALL))


_budgets: ContextVar[_Budgets | None] = ContextVar("budgets", default=None)


@contextmanager
def bounded_effort() -> Iterator[None]:
    """What is compared inside shares one budget of each kind; outside every request has its own."""
    token = _budgets.set(_Budgets())
    try:
        yield
    finally:
        _budgets.reset(token)


def _current() -> _Budgets:
    return _budgets.get() or _Budgets()


def affordable(bits: int, *, share: int = 1) -> bool:
    """Whether an operation on so many bits is within the budget, and take it from there.

    `share` is how many times cheaper it is than a quotient of numbers of that length.
    """
    return bits <= FREE_BITS or _current().effort.take(bits * bits // share)


def affordable_terms(count: int) -> bool:
    """Whether so many more terms of a sum or product are within the budget, and take them from there."""
    return _current().terms.take(count)
