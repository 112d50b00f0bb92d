"""Selecting from a pool by a policy. Pure functions."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dartmath.curation.pool import Candidate, QueryPool
from dartmath.sampling.policy import PolicySection

Difficulty = Literal["pilot", "all"]


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
    or a draw of `seed` that does not depend on the other queries; VRT draws n of all trials.
    """
    return [_select(pool, policy, pilot_of(policy, difficulty), seed) for pool in pools]


def _select(pool: QueryPool, policy: PolicySection, pilot: int | None, seed: int | None) -> Selection:
    rate = fail_rate(pool, pilot)
    limit = policy.most_trials
    reachable = [c for c in pool.candidates if c.rank < limit]
    if not policy.wants_successes:
        taken = reachable if seed is None else _of_drawn_trials(pool, limit, seed)
        return Selection(pool, rate, limit, min(limit, pool.trials), tuple(taken))
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
