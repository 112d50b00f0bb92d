"""Schedule: which query's trial to launch next.

A trial of a query may be launched only while the expected number of correct responses in flight
(posterior pass rate x trials in flight) is below what the query is owed. Among all that may be
launched, in this order:

1. trials lost in flight by a crash, so that every query's pool is a prefix without gaps;
2. the pilot, and the first few trials of each query, which tell the hard ones;
3. *safe* launches, which can hardly overshoot: no more in flight than owed, or the expected
   number in flight plus two standard deviations within what is owed;
4. *risky* launches, the rest of what the rule allows, so that no slot idles at the end.

Within 3 and 4 the query with the most expected remaining trials goes first (longest remaining
processing time first: hard queries start early and the tail is short), or, by a policy that spends a
budget, the one whose next trial gains most for its price, which is the mean of its trials so far. Every
event costs O(log queries): it re-enters one query into a heap and makes its old entry stale.

Trials of a query are launched in order, and none is aborted when its target is met: the
responses that end first are the short ones, so aborting the others would bias the data, and the
pool would depend on timing.

Where a query stands (`State`) follows from the tally alone, so that a run that goes on judges as one
that was never interrupted.
"""

from __future__ import annotations

import heapq
import math
from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Self

from dartmath.sampling.budget import PER_TOKEN, cost
from dartmath.sampling.config import Price, SamplingSection
from dartmath.sampling.difficulty import posterior_mean, reach_probability
from dartmath.sampling.policy import PolicySection
from dartmath.sampling.tally import Tally
from dartmath.verify.outcome import Outcome

# Standard deviations that a safe launch stays within: one in forty of them overshoots.
_SAFETY = 2.0
# Trials of each query before the hardest go first: fewer say nothing of its rate, more delay the hard ones.
_FIRST = 4
# A query of which all of so many requests failed is refused: the engine tried each several times.
_REFUSALS = 8
# The numbers of failures at which giving up is weighed: the sum is not free, and a rule that is looked
# at after every trial would give up by chance more often.
_RUNGS = tuple(math.ceil(8 * 1.25**step) for step in range(90))
_chance = lru_cache(1 << 16)(reach_probability)


class State(StrEnum):
    """Where a query stands."""

    OPEN = "open"
    REACHED = "reached"
    CAPPED = "capped"
    GAVE_UP = "gave_up"
    REFUSED = "refused"


_STATES = tuple(State)
_OPEN = _STATES.index(State.OPEN)


class Schedule:
    """Decides the next trial to launch, from the tally and what is in flight.

    `give_up` is the probability of reaching the target within the cap below which a query is
    given up; 0 never gives up. `distinct` counts only distinct correct responses. `price` is what a
    policy that spends a budget counts in.
    """

    @classmethod
    def of(cls, section: SamplingSection, tally: Tally) -> Self:
        """The schedule of a run with this configuration."""
        in_money = section.budget.money is not None and section.price.by_token
        return cls(
            section.policy,
            tally,
            give_up=section.give_up,
            distinct=section.distinct,
            price=section.price if in_money else PER_TOKEN,
        )

    def __init__(
        self,
        policy: PolicySection,
        tally: Tally,
        *,
        give_up: float = 0.0,
        distinct: bool = False,
        price: Price = PER_TOKEN,
    ) -> None:
        self.policy, self.tally, self._price = policy, tally, price
        self._have = tally.distinct if distinct else tally.correct
        self._errors = tally.outcomes[Outcome.ERROR]
        self._give_up = give_up if policy.wants_successes else 0.0
        self._pilot, self.cap = policy.pilot_trials, policy.most_trials
        size = tally.size
        self.targets = array("i", [-1] * size)
        self.flying = array("i", [0] * size)
        self._next = array("i", [tally.following(i) for i in range(size)])
        self._state = array("b", [_OPEN] * size)
        self._remaining = array("d", [0.0] * size)
        self._lost = deque((i, t) for i in sorted(tally.islands) for t in tally.missing(i))
        self._heaps = tuple(_Heap(size) for _ in range(3))
        self.remaining = 0.0
        self.in_flight = 0
        self.open = size
        for index in range(size):
            self._settle(index)

    def launch(self) -> tuple[int, int] | None:
        """(query position, trial) to launch now, counted as in flight; None when nothing may be."""
        if self._lost:
            index, trial = self._lost.popleft()
        else:
            found = next((i for heap in self._heaps if (i := heap.pop()) is not None), None)
            if found is None:
                return None
            index, trial = found, self._next[found]
            self._next[index] += 1
        self.flying[index] += 1
        self.in_flight += 1
        self._settle(index)
        return index, trial

    def relaunch(self, index: int, trials: Iterable[int]) -> None:
        """Launch these trials of a query first, with all before them: the engine has them, paid for."""
        following = max(trials) + 1
        self._lost.extend((index, trial) for trial in range(self._next[index], following))
        self._next[index] = max(self._next[index], following)
        self._settle(index)

    def landed(self, index: int) -> None:
        """A launched trial of the query is in the tally now."""
        self.flying[index] -= 1
        self.in_flight -= 1
        self._settle(index)

    @property
    def done(self) -> bool:
        """Whether nothing is owed and nothing is in flight."""
        return self.open == 0 and self.in_flight == 0 and not self._lost

    def state(self, index: int) -> State:
        """Where the query stands."""
        return _STATES[self._state[index]]

    def states(self) -> Sequence[State]:
        """Where each query stands."""
        return [_STATES[s] for s in self._state]

    def suspects(self) -> list[int]:
        """Queries that were given up or capped without one correct response."""
        missed = (State.CAPPED, State.GAVE_UP)
        return [i for i in range(self.tally.size) if not self.tally.correct[i] and self.state(i) in missed]

    def expected_target(self, index: int) -> int:
        """The query's target, or while the pilot runs the one its record so far would give."""
        known = self.targets[index]
        if known >= 0:
            return known
        valid = self.tally.trials[index] - self._errors[index]
        correct = self.tally.correct[index]
        # Laplace's rule, so that one early failure does not ask for the whole of k.
        return self.policy.target(valid + 2, correct + 1)

    def _settle(self, index: int) -> None:
        """Put the query where its counters say it belongs."""
        for heap in self._heaps:
            heap.drop(index)
        if self.targets[index] < 0 and self.tally.prefix[index] >= self._pilot:
            self._fix_target(index)
        owed = self.expected_target(index) - self._have[index]
        before, now = self._state[index], _STATES.index(self._classify(index, owed))
        self._state[index] = now
        self.open += (now == _OPEN) - (before == _OPEN)
        if now == _OPEN:
            self._enter(index, owed)
        else:
            self._expect(index, 0.0)

    def _classify(self, index: int, owed: int) -> State:
        if self.targets[index] >= 0 and owed <= 0:
            return State.REACHED
        if self.tally.prefix[index] >= self.cap:
            return State.CAPPED
        if self._refused(index):
            return State.REFUSED
        if self.targets[index] >= 0 and self._hopeless(index, owed):
            return State.GAVE_UP
        return State.OPEN

    def _fix_target(self, index: int) -> None:
        tally = self.tally
        self.targets[index] = self.policy.target(tally.pilot_trials[index], tally.pilot_correct[index])

    def _enter(self, index: int, owed: int) -> None:
        """Compute the expected remaining trials and enter the query into its heap, if any."""
        tally, flying, launched, cap = self.tally, self.flying[index], self._next[index], self.cap
        rate = posterior_mean(tally.trials[index] - self._errors[index], tally.correct[index])
        unlaunched = max(0, self._pilot - launched)
        wanted = max(owed / rate - flying, unlaunched) if owed > 0 else unlaunched
        remaining = min(cap - launched, wanted)
        self._expect(index, max(remaining, 0.0) + flying)
        if launched >= cap:
            return
        if launched < self._pilot or (self.targets[index] >= 0 and launched < min(_FIRST, owed)):
            self._heaps[0].push(index, launched)
        elif self.targets[index] >= 0 and rate * flying < owed:
            urgency = self._gain(index, owed) or remaining
            self._heaps[1 if _safe(rate, flying + 1, owed) else 2].push(index, -urgency)

    def _gain(self, index: int, owed: int) -> float:
        """What the next trial of the query gains for its price; 0 where the policy does not ask."""
        tally, correct = self.tally, self.tally.correct[index]
        trials = tally.trials[index]
        gain = self.policy.gain(trials - self._errors[index], correct, owed)
        if gain is None:
            return 0.0
        spent = cost(self._price, 0, tally.prompt_tokens[index], tally.completion_tokens[index])
        # Where nobody counted tokens, as of imported responses, all trials cost the same.
        return gain * trials / spent if spent else gain

    def _expect(self, index: int, remaining: float) -> None:
        self.remaining += remaining - self._remaining[index]
        self._remaining[index] = remaining

    def _refused(self, index: int) -> bool:
        """Whether the engine refused the query itself: only errors, and several of them."""
        errors = self._errors[index]
        return errors >= _REFUSALS and errors == self.tally.trials[index]

    def _hopeless(self, index: int, owed: int) -> bool:
        """Whether P(reaching the target within the cap) is below the give-up threshold.

        The failures beyond the last of `_RUNGS` count as not yet tried: the decision is a function of
        the counters, not of when they were looked at.
        """
        correct, errors = self.tally.correct[index], self._errors[index]
        reached = bisect_right(_RUNGS, self.tally.trials[index] - errors - correct)
        if not self._give_up or not reached:
            return False
        tried = correct + _RUNGS[reached - 1]
        return _chance(owed, self.cap - tried - errors, tried, correct) < self._give_up


def _safe(rate: float, flying: int, owed: int) -> bool:
    """Whether `flying` trials in flight can hardly bring more than `owed` correct responses."""
    mean = rate * flying
    return flying <= owed or mean + _SAFETY * math.sqrt(mean * (1 - rate)) <= owed


class _Heap:
    """A priority queue of queries in which each has at most one live entry."""

    def __init__(self, size: int) -> None:
        self._entries: list[tuple[float, int, int]] = []
        self._version = array("q", [0] * size)
        self._live = bytearray(size)
        self._count = 0

    def push(self, index: int, key: float) -> None:
        """Enter the query; the smallest key comes first."""
        self._live[index] = 1
        self._count += 1
        heapq.heappush(self._entries, (key, index, self._version[index]))

    def drop(self, index: int) -> None:
        """Make the query's entry, if it has one, stale."""
        if self._live[index]:
            self._live[index] = 0
            self._count -= 1
            self._version[index] += 1
            if len(self._entries) > 4 * self._count + 1024:
                self._sweep()

    def pop(self) -> int | None:
        """The query with the smallest key, taken out; None when there is none."""
        while self._entries:
            _, index, version = heapq.heappop(self._entries)
            if self._live[index] and version == self._version[index]:
                self.drop(index)
                return index
        return None

    def _sweep(self) -> None:
        self._entries = [e for e in self._entries if self._live[e[1]] and e[2] == self._version[e[1]]]
        heapq.heapify(self._entries)
