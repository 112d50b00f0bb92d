"""A bound on the work of one verdict: exact arithmetic with long numbers, and terms of sums and lists."""

from __future__ import annotations

from contextvars import ContextVar, Token
from dataclasses import dataclass

MAX_EFFORT = 4 * 10**10
"""Squared bits of all operands: about 20 ms, as a quotient takes time quadratic in its length."""

FREE_BITS = 4_096
"""Shorter numbers cost nothing worth counting."""

MAX_TERMS_IN_ALL = 9_000
"""Terms of sums, products and lists with dots: some 40 ms where each is as short as `1/k`."""


MAX_RULE_STEPS_IN_ALL = 9_000
"""Operations in the values that all integrals, limits and series take: some 40 ms at their precision."""


@dataclass(slots=True)
class _Budget:
    effort: int = MAX_EFFORT
    terms: int = MAX_TERMS_IN_ALL
    steps: int = MAX_RULE_STEPS_IN_ALL


_budget: ContextVar[_Budget | None] = ContextVar("budget", default=None)


class BoundedEffort:
    """What is compared inside shares one budget; outside every request has its own.

    A request that is refused is not done, and costs nothing. (A class, because every verdict enters one,
    and a generator with `contextmanager` takes four times as long.)
    """

    __slots__ = ("_token",)

    def __enter__(self) -> None:
        self._token: Token[_Budget | None] = _budget.set(_Budget())

    def __exit__(self, *_: object) -> None:
        _budget.reset(self._token)


def affordable(bits: int, *, share: int = 1) -> bool:
    """Whether an operation on so many bits is within the budget, and take it from there.

    `share` is how many times cheaper it is than a quotient of numbers of that length.
    """
    if bits <= FREE_BITS:
        return True
    budget, cost = _budget.get() or _Budget(), bits * bits // share
    if cost > budget.effort:
        return False
    budget.effort -= cost
    return True


def affordable_terms(count: int) -> bool:
    """Whether so many more terms of a sum or product are within the budget, and take them from there."""
    budget = _budget.get() or _Budget()
    if count > budget.terms:
        return False
    budget.terms -= count
    return True


def affordable_steps(count: int) -> bool:
    """Whether so many more operations of these rules are within the budget, and take them from there."""
    budget = _budget.get() or _Budget()
    if count > budget.steps:
        return False
    budget.steps -= count
    return True
