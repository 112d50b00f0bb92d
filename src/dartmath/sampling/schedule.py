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

Who makes a trial says `Assignment`. Once a teacher has taken a query over, its own record there is what pass
rate, cap and giving up go by; while another may yet take it over, a query is not given up.
"""

from __future__ import annotations

import heapq
import math
from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Self

from dartmath.sampling.assignment import Assignment
from dartmath.sampling.budget import PER_TOKEN, token_cost
from dartmath.sampling.config import SamplingSection, TokenPrice
from dartmath.sampling.difficulty import posterior_mean, reach_probability
from dartmath.sampling.policy import PolicySection
from dartmath.sampling.tally import Tally
from dartmath.verify.contract.outcome import Outcome

# Standard deviations that a safe launch stays within: one in forty of them overshoots.
_SAFETY = 2.0
# Trials of each query before the hardest go first: fewer say nothing of its rate, more delay the hard ones.
_FIRST = 4
# Trials of a query that are launched one after the other, so that whoever generates has its prompt at hand.
_TOGETHER = 8
# A query of which all of so many requests failed is refused: the engine tried each several times.
_REFUSALS = 8
# The numbers of failures at which giving up is weighed: the sum is not free, and a rule that is looked
# at after every trial would give up by chance more often.
_RUNGS = tuple(math.ceil(8 * 1.25**step) for step in range(90))
# Queues of each teacher: the pilot, safe launches, risky ones.
_URGENCIES = 3
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

    `give_up` is the probability of reaching the target within the cap below which a query is given up; 0
    never gives up. `distinct` counts only distinct correct responses. `price` is what a policy that spends a
    budget counts in, `prices` that of teachers with one of their own. `teachers` says who makes which trial;
    one alone makes all when None.
    """

    @classmethod
    def of(cls, section: SamplingSection, tally: Tally) -> Self:
        """The schedule of a run with this configuration."""
        priced = [section.price, *(one.price for one in section.teachers if one.price)]
        in_money = section.budget.money is not None and any(one.by_token for one in priced)
        return cls(
            section.policy,
            tally,
            give_up=section.give_up,
            distinct=section.distinct,
            price=section.price if in_money else PER_TOKEN,
            prices={t.name: t.price for t in section.teachers if t.price} if in_money else {},
            teachers=Assignment(section, cap=section.policy.most_trials),
        )

    def __init__(
        self,
        policy: PolicySection,
        tally: Tally,
        *,
        give_up: float = 0.0,
        distinct: bool = False,
        price: TokenPrice = PER_TOKEN,
        prices: Mapping[str, TokenPrice] | None = None,
        teachers: Assignment | None = None,
    ) -> None:
        self.policy, self.tally, self._price, self._prices = policy, tally, price, prices or {}
        self.teachers = teachers or Assignment(cap=policy.most_trials)
        self._have = tally.distinct if distinct else tally.correct
        self._errors = tally.outcomes[Outcome.ERROR]
        self._give_up = give_up if policy.wants_successes else 0.0
        self._pilot = policy.pilot_trials
        size = tally.size
        self.targets = array("i", [-1] * size)
        self.flying = array("i", [0] * size)
        self._next = array("i", [tally.following(i) for i in range(size)])
        self._state = array("b", [_OPEN] * size)
        self._remaining = array("d", [0.0] * size)
        self._lost = deque((i, t) for i in sorted(tally.islands) for t in tally.missing(i))
        self._everyone = tuple(range(len(self.teachers.names)))
        self._queues = _Queues(size, _URGENCIES * len(self._everyone))
        self.remaining = 0.0
        self.in_flight = 0
        self.open = size
        for index in range(size):
            self._settle(index)

    def launch(self, free: Sequence[int] | None = None) -> tuple[int, int] | None:
        """(query position, trial) to launch now, counted as in flight; None when nothing may be.

        `free` are the teachers, by number, that have room, the first to be asked first; all when None.
        """
        free = self._everyone if free is None else free
        lost = self._lost_of(free)
        if lost is not None:
            index, trial = lost
        else:
            levels = (_URGENCIES * one + level for level in range(_URGENCIES) for one in free)
            found = next((i for level in levels if (i := self._queues.pop(level)) is not None), None)
            if found is None:
                return None
            index, trial = found, self._next[found]
            self._next[index] += 1
        self.flying[index] += 1
        self.in_flight += 1
        self._settle(index)
        return index, trial

    def teacher(self, index: int, trial: int) -> int:
        """The number of the teacher that makes a trial which was launched."""
        found = self.teachers.teacher(self.tally, index, trial)
        assert found is not None, "a trial is launched when it is known who makes it"
        return found

    def _lost_of(self, free: Sequence[int]) -> tuple[int, int] | None:
        """The first of the lost trials that a free teacher makes, taken out."""
        for place, (index, trial) in enumerate(self._lost):
            if self.teacher(index, trial) in free:
                del self._lost[place]
                return index, trial
        return None

    def relaunch(self, index: int, trials: Iterable[int]) -> None:
        """Launch these trials of a query first, with all before them: the engine has them, paid for.

        Those of which the record, after a power failure, does not tell any more who makes them wait their
        turn.
        """
        wanted = range(self._next[index], max(trials) + 1)
        unknown = (t for t in wanted if self.teachers.tier(self.tally, index, t) is None)
        following = next(unknown, max(trials) + 1)
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

    def chance(self, index: int) -> float:
        """The posterior probability that the query reaches its target within its cap."""
        record, missing = self._record(index), self.expected_target(index) - self.tally.correct[index]
        left = max(0, record.cap - record.start - record.trials)
        return reach_probability(missing, left, record.trials - record.errors, record.correct)

    def suspects(self) -> list[int]:
        """Queries that were given up or capped with responses of which none is correct."""
        missed, tally = (State.CAPPED, State.GAVE_UP), self.tally
        answered = (i for i in range(tally.size) if tally.trials[i] > self._errors[i])
        return [i for i in answered if not tally.correct[i] and self.state(i) in missed]

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
        self._queues.drop(index)
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
        record = self._record(index)
        if self.tally.prefix[index] >= record.cap:
            return State.CAPPED
        if record.ahead:
            return State.OPEN
        if record.errors >= _REFUSALS and record.errors == record.trials:
            return State.REFUSED
        if self.targets[index] >= 0 and self._hopeless(record, owed):
            return State.GAVE_UP
        return State.OPEN

    def _record(self, index: int) -> _Record:
        """What is recorded of a query since the teacher that has it took it over."""
        tally, teachers = self.tally, self.teachers
        tier = teachers.tier(tally, index, tally.prefix[index]) or 0
        errors, correct, trials = self._errors[index], tally.correct[index], tally.trials[index]
        if tier:
            valid, correct = tally.since(index, tier)
            trials -= teachers.bounds[tier - 1]
            errors = trials - valid
        start = teachers.bounds[tier - 1] if tier else 0
        return _Record(trials, correct, errors, start, teachers.cap(tier), teachers.ahead(tally, index, tier))

    def _fix_target(self, index: int) -> None:
        tally = self.tally
        pilot = tally.pilots.of(index) if tally.pilots else None
        counts = tally.pilot_trials[index], tally.pilot_correct[index]
        self.targets[index] = self.policy.target(*counts, pilot)

    def _enter(self, index: int, owed: int) -> None:
        """Compute the expected remaining trials and enter the query into its queue, if any."""
        flying, launched, record = self.flying[index], self._next[index], self._record(index)
        rate = posterior_mean(record.trials - record.errors, record.correct)
        unlaunched = max(0, self._pilot - launched)
        wanted = max(owed / rate - flying, unlaunched) if owed > 0 else unlaunched
        remaining = min(record.cap - launched, wanted)
        self._expect(index, max(remaining, 0.0) + flying)
        teacher = self.teachers.teacher(self.tally, index, launched) if launched < record.cap else None
        if teacher is None:
            return
        first = _URGENCIES * teacher
        if launched < self._pilot or (self.targets[index] >= 0 and launched < min(_FIRST, owed)):
            self._queues.push(first, index, launched // _TOGETHER)
        elif self.targets[index] >= 0 and rate * flying < owed:
            urgency = self._gain(index, record, owed, self.teachers.names[teacher])
            urgency = urgency or math.ceil(remaining / _TOGETHER)
            self._queues.push(first + (1 if _safe(rate, flying + 1, owed) else 2), index, -urgency)

    def _gain(self, index: int, record: _Record, owed: int, teacher: str) -> float:
        """What the next trial of the query gains for its price; 0 where the policy does not ask."""
        gain = self.policy.gain(record.trials - record.errors, record.correct, owed)
        if gain is None:
            return 0.0
        tally, counts = self.tally, self.tally.teachers.get(teacher)
        price, trials = self._prices.get(teacher, self._price), tally.trials[index]
        tokens = tally.prompt_tokens[index], tally.completion_tokens[index]
        if counts is not None and counts.trials:
            # Of a further teacher, whose trials are not those of the query so far, what it takes elsewhere.
            trials, tokens = counts.trials, (counts.prompt_tokens, counts.tokens)
        spent = token_cost(price, *tokens)
        # Where nobody counted tokens, as of imported responses, all trials cost the same.
        return gain * trials / spent if spent else gain

    def _expect(self, index: int, remaining: float) -> None:
        self.remaining += remaining - self._remaining[index]
        self._remaining[index] = remaining

    def _hopeless(self, record: _Record, owed: int) -> bool:
        """Whether P(reaching the target within the cap) is below the give-up threshold.

        The failures beyond the last of `_RUNGS` count as not yet tried: the decision is a function of
        the counters, not of when they were looked at.
        """
        correct, errors = record.correct, record.errors
        reached = bisect_right(_RUNGS, record.trials - errors - correct)
        if not self._give_up or not reached:
            return False
        tried = correct + _RUNGS[reached - 1]
        left = record.cap - record.start - tried - errors
        return _chance(owed, left, tried, correct) < self._give_up


class _Record(NamedTuple):
    """Trials of a query by the teacher that has it, or by those who take turns: from `start` to `cap`."""

    trials: int
    correct: int
    errors: int
    start: int
    cap: int
    ahead: bool


def _safe(rate: float, flying: int, owed: int) -> bool:
    """Whether `flying` trials in flight can hardly bring more than `owed` correct responses."""
    mean = rate * flying
    return flying <= owed or mean + _SAFETY * math.sqrt(mean * (1 - rate)) <= owed


class _Queues:
    """Priority queues of queries, in which each query has at most one live entry in all."""

    def __init__(self, size: int, count: int) -> None:
        self._entries: list[list[tuple[float, int, int]]] = [[] for _ in range(count)]
        self._counts = [0] * count
        self._version = array("q", [0] * size)
        # One more than the number of the queue; 0 is none.
        self._place = array("H", [0] * size)

    def push(self, queue: int, index: int, key: float) -> None:
        """Enter the query, which is in no queue; the smallest key comes first."""
        self._place[index] = queue + 1
        self._counts[queue] += 1
        heapq.heappush(self._entries[queue], (key, index, self._version[index]))

    def drop(self, index: int) -> None:
        """Make the query's entry, if it has one, stale."""
        queue = self._place[index] - 1
        if queue >= 0:
            self._place[index] = 0
            self._counts[queue] -= 1
            self._version[index] += 1
            if len(self._entries[queue]) > 4 * self._counts[queue] + 1024:
                self._sweep(queue)

    def pop(self, queue: int) -> int | None:
        """The query with the smallest key of a queue, taken out; None when there is none."""
        entries = self._entries[queue]
        while entries:
            _, index, version = heapq.heappop(entries)
            if version == self._version[index]:
                self.drop(index)
                return index
        return None

    def _sweep(self, queue: int) -> None:
        self._entries[queue] = [e for e in self._entries[queue] if e[2] == self._version[e[1]]]
        heapq.heapify(self._entries[queue])
