"""Selecting from a pool by a policy. Pure functions."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from dartmath.curation.pool import Candidate, QueryPool
from dartmath.sampling.policy import PolicySection

Difficulty = Literal["pilot", "all"]


@dataclass(frozen=True, slots=True)
class Selection:
    """What a policy takes of one query.

    `fail_rate` is None for a query without a finished trial. `wanted` counts trials for VRT and
    correct responses for the other policies; `available` is how many of them the pool holds. `chosen`
    are in the order in which they would be given up, the last first.
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


def pool_fail_rate(pool: QueryPool, pilot: int | None = None) -> float | None:
    """1 - pass rate over the first `pilot` trials (all when None); None without a trial."""
    trials, correct = pool.head(pilot)
    return 1 - correct / trials if trials else None


def pilot_of(policy: PolicySection, difficulty: Difficulty) -> int | None:
    """How many first trials measure the fail rate under `policy`; None = all."""
    return policy.pilot_trials or None if difficulty == "pilot" else None


Order = Callable[[QueryPool, int], Sequence[Candidate]]
"""The candidates of a query within its first trials, that many, in the order of preference."""


def in_trial_order(pool: QueryPool, limit: int) -> list[Candidate]:
    """The candidates within the first `limit` finished trials, in trial order."""
    return [c for c in pool.candidates if c.rank < limit]


def select(
    pools: Sequence[QueryPool],
    policy: PolicySection,
    *,
    difficulty: Difficulty = "pilot",
    order: Order = in_trial_order,
    seed: int | None = None,
) -> list[Selection]:
    """What `policy` takes of each query.

    Only the trials that the policy itself would have made count: the first n of VRT, the first
    `cap` of the others. Where more are correct than wanted, the first of `order` are taken.
    VRT takes all, of n trials that `seed` draws from all where there is one.
    """
    return [_select(pool, policy, pilot_of(policy, difficulty), order, seed) for pool in pools]


def _select(
    pool: QueryPool, policy: PolicySection, pilot: int | None, order: Order, seed: int | None
) -> Selection:
    rate = pool_fail_rate(pool, pilot)
    limit = policy.most_trials
    if not policy.wants_successes:
        taken = in_trial_order(pool, limit) if seed is None else _of_drawn_trials(pool, limit, seed)
        return Selection(pool, rate, limit, min(limit, pool.trials), tuple(taken))
    wanted = policy.target(*pool.head(pilot), pool.pilot)
    reachable = order(pool, limit)
    return Selection(pool, rate, wanted, len(reachable), tuple(reachable[:wanted]))


def _of_drawn_trials(pool: QueryPool, trials: int, seed: int) -> list[Candidate]:
    """The correct ones of `trials` trials drawn from all: what VRT would have had of another run."""
    order = list(range(pool.trials))
    # The beginning of one shuffle, so that more trials never give fewer rows.
    random.Random(f"{seed}:{pool.query.id}").shuffle(order)
    drawn = set(order[:trials])
    return [c for c in pool.candidates if c.rank in drawn]


def count_rows(selections: Sequence[Selection]) -> int:
    """Rows of the set that `selections` make."""
    return sum(len(s.chosen) for s in selections)
