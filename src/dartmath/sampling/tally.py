"""Tally: the counters of every query of a run, small enough for 10^6 queries in memory.

A struct of arrays: a query is its position in the list of queries. The tally is a function of
the set of recorded trials, whatever their order, so it can be rebuilt from the journal or read
from a snapshot beside it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from dartmath.sampling.pilot import PilotRecords, PilotResponse
from dartmath.sampling.sample import PRICED, Sample
from dartmath.verify.contract.outcome import Outcome

_OUTCOMES = tuple(Outcome)
_NARROW = ("trials", "correct", "distinct", "prefix", "pilot_trials", "pilot_correct")
_WIDE = ("prompt_tokens", "completion_tokens", *PRICED)


@dataclass(frozen=True, slots=True)
class Windows:
    """Which trials of a query a tally counts apart: the first `pilot`, and those from each bound on."""

    pilot: int = 0
    bounds: tuple[int, ...] = ()


@dataclass(slots=True)
class TeacherCounts:
    """What one of several teachers has done over all queries."""

    trials: int = 0
    correct: int = 0
    prompt_tokens: int = 0
    tokens: int = 0
    cached: int = 0
    reasoning: int = 0


@dataclass(frozen=True, slots=True)
class QueryCounts:
    """What a journal holds for one query.

    `trials` counts recorded responses, `correct` those that are; `distinct` is `correct` without
    equal texts. `pilot_trials` and `pilot_correct` count the valid ones (no outcome `error`)
    among the policy's pilot trials. Token sums cover every recorded response.
    """

    trials: int = 0
    correct: int = 0
    distinct: int = 0
    pilot_trials: int = 0
    pilot_correct: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)

    @property
    def duplicates(self) -> int:
        """Correct responses whose text was there before."""
        return self.correct - self.distinct

    @property
    def valid(self) -> int:
        """Trials that got a response: all but outcome `error`."""
        return self.trials - self.outcomes.get(Outcome.ERROR, 0)


class Tally:
    """Counters of the queries at positions 0 .. size - 1.

    `prefix[i]` trials of query i are recorded without a gap; `islands[i]` holds the recorded
    trial numbers beyond it. `pilot` is how many first trials count as the policy's pilot. `bounds` part the
    trials of a query where another teacher may take over: `since` counts from one of them on. `teachers` are
    the counts of further teachers by name; what they lack of the totals is the recipe's own. `pilots`, where
    there is one, keeps the pilot's responses for a policy that looks at them; no snapshot holds them.
    """

    def __init__(self, size: int, pilot: int = 0, bounds: Sequence[int] = ()) -> None:
        self.size, self.windows = size, Windows(pilot, tuple(bounds))
        zeros = [0] * size
        self._spans = _spans(size, self.windows)
        self.teachers: dict[str, TeacherCounts] = {}
        self.pilots: PilotRecords | None = None
        self.trials, self.correct, self.distinct = array("i", zeros), array("i", zeros), array("i", zeros)
        self.prefix, self.pilot_trials, self.pilot_correct = (
            array("i", zeros),
            array("i", zeros),
            array("i", zeros),
        )
        self.prompt_tokens, self.completion_tokens = array("q", zeros), array("q", zeros)
        self.cached_tokens, self.reasoning_tokens = array("q", zeros), array("q", zeros)
        self.outcomes = {outcome: array("i", zeros) for outcome in _OUTCOMES}
        self.islands: dict[int, set[int]] = {}
        self._hashes: dict[int, array[int]] = {}
        self.total = 0
        self.total_correct = 0
        self.total_prompt_tokens = self.total_tokens = 0
        self.total_cached_tokens = self.total_reasoning_tokens = 0

    def record(
        self,
        index: int,
        trial: int,
        outcome: Outcome,
        *,
        prompt_tokens: int,
        tokens: int,
        text_hash: int | None,
        cached: int = 0,
        reasoning: int = 0,
        teacher: str | None = None,
        logprob: float | None = None,
    ) -> bool:
        """Count one trial; False, and nothing counted, when that trial is recorded already."""
        if not self._mark(index, trial):
            return False
        self.trials[index] += 1
        self.outcomes[outcome][index] += 1
        self.prompt_tokens[index] += prompt_tokens
        self.completion_tokens[index] += tokens
        self.total += 1
        self.total_prompt_tokens += prompt_tokens
        self.total_tokens += tokens
        if cached or reasoning:
            self.cached_tokens[index] += cached
            self.reasoning_tokens[index] += reasoning
            self.total_cached_tokens += cached
            self.total_reasoning_tokens += reasoning
        self.count_windows(index, trial, outcome)
        if self.pilots is not None and trial < self.windows.pilot and outcome is not Outcome.ERROR:
            self.pilots.add(index, trial, PilotResponse(outcome is Outcome.CORRECT, logprob, tokens))
        if teacher is not None:
            counts = self.teachers.setdefault(teacher, TeacherCounts())
            counts.trials += 1
            counts.correct += outcome is Outcome.CORRECT
            counts.prompt_tokens += prompt_tokens
            counts.tokens += tokens
            counts.cached += cached
            counts.reasoning += reasoning
        if outcome is Outcome.CORRECT:
            self.correct[index] += 1
            self.total_correct += 1
            if self.remember(index, text_hash):
                self.distinct[index] += 1
        return True

    def add(self, index: int, sample: Sample) -> bool:
        """Count a sample of the query at `index`, as `record` does."""
        return self.record(
            index,
            sample.trial,
            sample.outcome,
            prompt_tokens=sample.prompt_tokens,
            tokens=sample.completion_tokens,
            text_hash=sample.text_hash,
            cached=sample.cached_tokens or 0,
            reasoning=sample.reasoning_tokens or 0,
            teacher=sample.teacher,
            logprob=sample.logprob,
        )

    def count_windows(self, index: int, trial: int, outcome: Outcome) -> None:
        """Count the trial among the pilot's, if it is one, and from its bound on, if it got a response."""
        if outcome is Outcome.ERROR:
            return
        right = outcome is Outcome.CORRECT
        if trial < self.windows.pilot:
            self.pilot_trials[index] += 1
            self.pilot_correct[index] += right
        if self._spans:
            span = bisect_right(self.windows.bounds, trial)
            self._spans[f"span_{span}_valid"][index] += 1
            self._spans[f"span_{span}_correct"][index] += right

    def forget_windows(self) -> None:
        """Set the counters of windows to zero, to count others."""
        self.pilot_trials = array("i", [0] * self.size)
        self.pilot_correct = array("i", [0] * self.size)
        self._spans = _spans(self.size, self.windows)

    def since(self, index: int, bound: int) -> tuple[int, int]:
        """(trials that got a response, correct ones) of a query from the `bound`-th bound on; 0 is all."""
        spans = range(bound, len(self.windows.bounds) + 1)
        return (
            sum(self._spans[f"span_{one}_valid"][index] for one in spans),
            sum(self._spans[f"span_{one}_correct"][index] for one in spans),
        )

    def remember(self, index: int, text_hash: int | None) -> bool:
        """Remember the text of a correct response; whether it is new."""
        if text_hash is None:
            return True
        known = self._hashes.get(index)
        if known is None:
            # Arrays, not sets: 8 bytes per correct response, of which there are at most hundreds.
            self._hashes[index] = array("q", (text_hash,))
            return True
        if text_hash in known:
            return False
        known.append(text_hash)
        return True

    def remember_all(self, index: int, hashes: bytes) -> None:
        """Remember texts that are counted already, as int64 bytes."""
        self._hashes.setdefault(index, array("q")).frombytes(hashes)

    def has(self, index: int, trial: int) -> bool:
        """Whether a trial is recorded."""
        return trial < self.prefix[index] or trial in self.islands.get(index, ())

    def missing(self, index: int) -> list[int]:
        """Trials below the highest recorded one that are not recorded: lost in flight."""
        islands = self.islands.get(index)
        if not islands:
            return []
        return [t for t in range(self.prefix[index], max(islands)) if t not in islands]

    def following(self, index: int) -> int:
        """The trial after the highest recorded one."""
        islands = self.islands.get(index)
        return max(islands) + 1 if islands else self.prefix[index]

    def counts(self, index: int) -> QueryCounts:
        """The counters of one query."""
        return QueryCounts(
            trials=self.trials[index],
            correct=self.correct[index],
            distinct=self.distinct[index],
            pilot_trials=self.pilot_trials[index],
            pilot_correct=self.pilot_correct[index],
            prompt_tokens=self.prompt_tokens[index],
            completion_tokens=self.completion_tokens[index],
            outcomes={o: column[index] for o, column in self.outcomes.items() if column[index]},
        )

    def totals(self) -> dict[Outcome, int]:
        """Recorded trials per outcome."""
        return {outcome: sum(column) for outcome, column in self.outcomes.items()}

    def snapshot(self) -> dict[str, Any]:
        """A copy of all counters by column name; `restore` is its inverse. Holds no hashes."""
        columns: dict[str, Any] = {name: getattr(self, name)[:] for name in (*_NARROW, *_WIDE)}
        columns.update({f"outcome_{o.value}": column[:] for o, column in self.outcomes.items()})
        columns.update({name: column[:] for name, column in self._spans.items()})
        columns["islands"] = {index: sorted(trials) for index, trials in self.islands.items()}
        columns["teachers"] = {name: asdict(counts) for name, counts in self.teachers.items()}
        return columns

    def restore(self, columns: Mapping[str, Any]) -> None:
        """Set the counters of the first queries from a snapshot, one row for each."""
        for name in (*_NARROW, *_WIDE):
            # Snapshots of before these were counted have none.
            if name in columns or name not in PRICED:
                _replace_head(getattr(self, name), columns[name])
        for outcome, column in self.outcomes.items():
            _replace_head(column, columns[f"outcome_{outcome.value}"])
        for name, column in self._spans.items():
            # Those of other bounds are counted anew.
            if name in columns:
                _replace_head(column, columns[name])
        self.islands = {index: set(trials) for index, trials in columns["islands"].items()}
        self.teachers = {name: TeacherCounts(**counts) for name, counts in columns["teachers"].items()}
        self.total, self.total_correct = sum(self.trials), sum(self.correct)
        self.total_prompt_tokens, self.total_tokens = sum(self.prompt_tokens), sum(self.completion_tokens)
        self.total_cached_tokens = sum(self.cached_tokens)
        self.total_reasoning_tokens = sum(self.reasoning_tokens)

    def _mark(self, index: int, trial: int) -> bool:
        prefix = self.prefix[index]
        if trial > prefix:
            islands = self.islands.setdefault(index, set())
            if trial in islands:
                return False
            islands.add(trial)
            return True
        if trial < prefix:
            return False
        prefix += 1
        islands = self.islands.get(index, set())
        while prefix in islands:
            islands.remove(prefix)
            prefix += 1
        if not islands:
            self.islands.pop(index, None)
        self.prefix[index] = prefix
        return True


def _spans(size: int, windows: Windows) -> dict[str, array[int]]:
    """Two columns for the trials before, between and after the bounds; none where there are none."""
    parts = range(len(windows.bounds) + 1) if windows.bounds else ()
    return {f"span_{part}_{what}": array("i", [0] * size) for part in parts for what in ("valid", "correct")}


def _replace_head(column: array[int], values: array[int]) -> None:
    column[: len(values)] = values
