"""Selecting from a pool by a policy, and finding the policy's k for a wanted size. Pure functions."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dartmath.curation.pool import Candidate, QueryPool
from dartmath.sampling.policy import PolicySection

Difficulty = Literal["pilot", "all"]
_LARGEST = 1 << 24


@dataclass(frozen=True, slots=True)
class Selection:
    """What a policy takes of one query.

    `fail_rate` is None for a query without a finished trial. `wanted` counts trials for VRT and
    correct responses for the other policies; `available` is how many of them the pool holds.
    """

    pool: QueryPool
    fail_rate: float | None
    wanted: int
    available: int
    chosen: tuple[Candidate, ...]

    @property
    def missing(self) -> int:
        """How many of the wanted the pool lacks."""
        return max(0, self.wanted - self.available)


def fail_rate(pool: QueryPool, pilot: int | None = None) -> float | None:
    """1 - pass rate over the first `pilot` trials (all when None); None without a trial."""
    trials, correct = pool.head(pilot)
    return 1 - correct / trials if trials else None


def pilot_of(policy: PolicySection, difficulty: Difficulty) -> int | None:
    """How many first trials measure the fail rate under `policy`; None = all."""
    return policy.pilot_trials or None if difficulty == "pilot" else None


def select(
    pools: Sequence[QueryPool],
    policy: PolicySection,
    *,
    difficulty: Difficulty = "pilot",
    seed: int | None = None,
) -> list[Selection]:
    """What `policy` takes of each query.

    Only the trials that the policy itself would have made count: the first n of VRT, the first
    `cap` of the others. Where more are correct than wanted, the first in trial order are taken,
    or a draw of `seed` that does not depend on the other queries.
    """
    return [_select(pool, policy, pilot_of(policy, difficulty), seed) for pool in pools]


def _select(pool: QueryPool, policy: PolicySection, pilot: int | None, seed: int | None) -> Selection:
    rate = fail_rate(pool, pilot)
    limit = policy.most_trials
    reachable = [c for c in pool.candidates if c.rank < limit]
    if not policy.wants_successes:
        return Selection(pool, rate, limit, min(limit, pool.trials), tuple(reachable))
    wanted = _target(policy, pool, pilot)
    chosen = reachable[:wanted] if seed is None else _draw(reachable, wanted, seed, pool.query.id)
    return Selection(pool, rate, wanted, len(reachable), tuple(chosen))


def _target(policy: PolicySection, pool: QueryPool, pilot: int | None) -> int:
    return policy.target(*pool.head(pilot))


def _draw(candidates: Sequence[Candidate], wanted: int, seed: int, query_id: str) -> list[Candidate]:
    if len(candidates) <= wanted:
        return list(candidates)
    drawn = random.Random(f"{seed}:{query_id}").sample(candidates, wanted)
    return sorted(drawn, key=lambda c: c.trial)


def count_rows(selections: Sequence[Selection]) -> int:
    """Rows of the set that `selections` make."""
    return sum(len(s.chosen) for s in selections)


def fit(
    pools: Sequence[QueryPool], policy: PolicySection, size: int, *, difficulty: Difficulty = "pilot"
) -> PolicySection:
    """`policy` with the k that makes a set nearest to `size` rows; the smaller of two such k."""
    above = smallest_k(pools, policy, size, difficulty=difficulty)
    k = above.largest_target
    if k == 1:
        return above
    below = policy.with_size(k - 1)
    rows = [count_rows(select(pools, p, difficulty=difficulty)) for p in (below, above)]
    return below if size - rows[0] <= rows[1] - size else above


def smallest_k(
    pools: Sequence[QueryPool], policy: PolicySection, size: int, *, difficulty: Difficulty = "pilot"
) -> PolicySection:
    """`policy` with the smallest k that makes `size` rows, or as many as the pool can give.

    Rows never fall as k grows, so the k is found by doubling and bisection.
    """

    def rows(k: int) -> int:
        return count_rows(select(pools, policy.with_size(k), difficulty=difficulty))

    wanted = min(size, rows(_LARGEST))
    low, high = 0, 1
    while high < _LARGEST and rows(high) < wanted:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if rows(middle) < wanted else (low, middle)
    return policy.with_size(high)
