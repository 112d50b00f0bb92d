"""Sets of a wanted size: the policy's k is found, and the rounding spread. Pure functions.

Policies can only be compared on sets of one size. Size means rows, tokens of the responses, or trials
that sampling by the policy would have spent: which one is equal decides what a comparison says.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from dartmath.curation.choose import Choice, Drawn, First
from dartmath.curation.limits import Limits
from dartmath.curation.pool import Candidate, QueryPool
from dartmath.curation.select import Difficulty, Selection, count_rows, in_trial_order, select
from dartmath.sampling.policy import PolicySection

Unit = Literal["rows", "tokens", "trials"]
_LARGEST = 1 << 24


@dataclass(frozen=True)
class Chooser:
    """How rows are chosen where the pool holds more: what `select` takes beside the policy.

    The order of a query's candidates is found once, since a search for k asks for it many times.
    """

    difficulty: Difficulty = "pilot"
    seed: int | None = None
    choice: Choice = field(default_factory=First)
    limits: Limits = field(default_factory=Limits)
    _orders: dict[tuple[str, int], list[Candidate]] = field(default_factory=dict, repr=False, compare=False)

    def select(self, pools: Sequence[QueryPool], policy: PolicySection) -> list[Selection]:
        """`select` with these."""
        trials = self.seed if isinstance(self.choice, Drawn) else None
        found = select(pools, policy, difficulty=self.difficulty, order=self.order, seed=trials)
        return self.limits.of_set(found)

    def order(self, pool: QueryPool, limit: int) -> list[Candidate]:
        """The candidates of a query within its first `limit` trials, in order of preference."""
        key = (pool.query.id, min(limit, pool.trials))
        if key not in self._orders:
            own = None if self.seed is None else f"{self.seed}:{pool.query.id}"
            order = self.choice.order(in_trial_order(pool, limit), own)
            self._orders[key] = self.limits.of_query(order)
        return self._orders[key]


def exactly(
    pools: Sequence[QueryPool],
    policy: PolicySection,
    size: int,
    unit: Unit = "rows",
    choose: Chooser | None = None,
) -> tuple[PolicySection, list[Selection]]:
    """What `policy` selects at exactly `size` rows, or as many as the pool can give, and with which k.

    The k is the smallest that gives as many; some queries then get what k - 1 would give them. Which
    ones is spread evenly over the difficulties, so that no band pays for the rounding. By tokens, the
    set is cut in the same way until it holds no more than `size`; by trials, it is that of the largest
    k which spends no more (of k = 1 if none does).
    """
    choose = choose or Chooser()
    found = smallest_k(pools, policy, size + (unit == "trials"), unit, choose)
    if unit == "trials":
        enough = measure(choose.select(pools, found), found, unit) > size
        found = found.with_size(found.largest_target - 1) if enough and found.largest_target > 1 else found
        return found, choose.select(pools, found)
    full = choose.select(pools, found)
    fewer = (
        choose.select(pools, found.with_size(found.largest_target - 1)) if found.largest_target > 1 else None
    )
    return found, _cut(full, fewer, size, unit)


def drawn(selections: Sequence[Selection], size: int, unit: Unit, seed: int) -> list[Selection]:
    """`selections` cut to `size` rows (or tokens) by a draw that treats all rows alike."""
    rows = [(place, c) for place, s in enumerate(selections) for c in s.chosen]
    random.Random(f"{seed}:rows").shuffle(rows)
    kept: list[list[Candidate]] = [[] for _ in selections]
    held = 0
    for place, candidate in rows:
        held += candidate.tokens if unit == "tokens" else 1
        if held > size:
            break
        kept[place].append(candidate)
    return [
        replace(s, chosen=tuple(sorted(row, key=lambda c: c.trial)))
        for s, row in zip(selections, kept, strict=True)
    ]


def smallest_k(
    pools: Sequence[QueryPool],
    policy: PolicySection,
    size: int,
    unit: Unit = "rows",
    choose: Chooser | None = None,
) -> PolicySection:
    """`policy` with the smallest k that makes `size` rows, or as many as the pool can give.

    Rows (and tokens, and trials) never fall as k grows, so the k is found by doubling and bisection.
    """
    chooser = choose or Chooser()

    def held(k: int) -> int:
        tried = policy.with_size(k)
        return measure(chooser.select(pools, tried), tried, unit)

    wanted = min(size, held(_LARGEST))
    low, high = 0, 1
    while high < _LARGEST and held(high) < wanted:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if held(middle) < wanted else (low, middle)
    return policy.with_size(high)


def measure(selections: Sequence[Selection], policy: PolicySection, unit: Unit) -> int:
    """The size of what `policy` selected, in a unit."""
    if unit == "rows":
        return count_rows(selections)
    if unit == "tokens":
        return sum(c.tokens for s in selections for c in s.chosen)
    return sum(_spent(s, policy.pilot_trials, policy.most_trials) for s in selections)


def _spent(selection: Selection, pilot: int, cap: int) -> int:
    """Trials that sampling this query by the policy alone would have made, of those in the pool.

    It is tried until the last response that is taken, its pilot at least; where some are lacking, as
    often as the policy and the pool allow.
    """
    most = min(cap, selection.pool.trials)
    if selection.missing or pilot == cap:
        return most
    ranks = [c.rank + 1 for c in selection.pool.candidates[: selection.wanted]]
    return min(most, max([pilot, *ranks[-1:]]))


def _cut(full: list[Selection], fewer: list[Selection] | None, size: int, unit: Unit) -> list[Selection]:
    """`full`, in which some queries get only what `fewer` gives them, so that `size` is not exceeded."""
    surplus = sum(_held(s.chosen, unit) for s in full) - size
    order = sorted(range(len(full)), key=lambda i: (full[i].fail_rate or 0.0, i))
    # The golden ratio's multiples fill the interval evenly.
    spread = [order[i] for i in sorted(range(len(order)), key=lambda i: i * 0.6180339887498949 % 1)]
    # More than once where a policy of the user's own gives a query several rows for one more k.
    while surplus > 0:
        for i in spread:
            least, taken = (fewer[i].chosen if fewer else ()), full[i].chosen
            if surplus > 0 and len(taken) > len(least):
                left = least if len(least) == len(taken) - 1 else taken[:-1]
                surplus -= _held(taken, unit) - _held(left, unit)
                full[i] = replace(full[i], chosen=left)
    return full


def _held(chosen: Sequence[Candidate], unit: Unit) -> int:
    return sum(c.tokens for c in chosen) if unit == "tokens" else len(chosen)
