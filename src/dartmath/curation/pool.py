"""Pool: what a journal holds, compact enough to select from 10^8 samples in memory."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from dartmath.curation.signature import Features, signatures
from dartmath.queries.query import Query
from dartmath.sampling.config import MAIN
from dartmath.sampling.pilot import PilotRecord, PilotRecords, PilotResponse
from dartmath.sampling.policy import PolicySection
from dartmath.sampling.sample import Sample
from dartmath.sampling.tally import QueryCounts
from dartmath.sampling.teachers import hinted_teachers, known_teachers
from dartmath.verify.contract.outcome import Outcome

Check = Callable[[Sample], str]
"""Why a correct response must not be used; empty when it may be."""

FAILED, CORRECT, LOST = range(3)
"""A trial with a response that is not correct; with one that is; without any response."""
_TAKEN = 4
_VERDICTS = {Outcome.CORRECT: CORRECT, Outcome.ERROR: LOST}


class Journal(Protocol):
    """What curation and the report read of a journal (see `dartmath.sampling.journal`)."""

    @property
    def manifest(self) -> Mapping[str, Any]: ...

    def queries(self) -> list[Query]: ...

    def samples(self, outcomes: Collection[Outcome] | None = None) -> Iterator[Sample]: ...

    def counts(self) -> Mapping[str, QueryCounts]: ...


class Watcher(Protocol):
    """Sees every sample once, in no particular order."""

    def see(self, sample: Sample) -> None:
        """Take note of one sample."""
        ...


class Watched:
    """A journal whose samples are shown to watchers while somebody else reads them."""

    def __init__(self, journal: Journal, watchers: Sequence[Watcher]) -> None:
        self._journal, self._watchers = journal, watchers

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The journal's manifest."""
        return self._journal.manifest

    def queries(self) -> list[Query]:
        """The journal's queries."""
        return self._journal.queries()

    def counts(self) -> Mapping[str, QueryCounts]:
        """The journal's counters by query id."""
        return self._journal.counts()

    def samples(self, outcomes: Collection[Outcome] | None = None) -> Iterator[Sample]:
        """The journal's samples."""
        for sample in self._journal.samples(outcomes):
            for watcher in self._watchers:
                watcher.see(sample)
            yield sample


@dataclass(frozen=True, slots=True)
class Candidate:
    """A correct response that may be selected.

    `rank` is its place among the finished trials of its query, from 0: an aborted trial leaves a
    gap in the trial numbers, not in the ranks. `digest` is shared by equal responses, `sketch` tells how
    alike two are where that was asked for, and `logprob` is the mean log-probability of its tokens where
    a server gave it. `teacher` made it, `hinted` where its prompt told of the reference.
    """

    trial: int
    rank: int
    tokens: int
    digest: bytes
    sketch: bytes = b""
    logprob: float | None = None
    teacher: str = MAIN
    hinted: bool = False


@dataclass(slots=True)
class TeacherTally:
    """Trials of one teacher, those that are correct, and the tokens of all."""

    trials: int = 0
    correct: int = 0
    tokens: int = 0


@dataclass(slots=True)
class QueryPool:
    """The finished trials of one query."""

    query: Query
    outcomes: bytes = b""
    """One byte for each finished trial, in the order of trial numbers: CORRECT, FAILED or LOST."""
    candidates: list[Candidate] = field(default_factory=list)
    """The correct ones that may be used, in the order of trial numbers."""
    tokens: int = 0
    """Generated tokens of all its trials."""
    taken_over: int | None = None
    """The first of its trials that was made by a teacher that took over; None where none was."""
    by_teacher: dict[str, TeacherTally] = field(default_factory=dict)
    """What each teacher has done of it."""
    dropped: Counter[str] = field(default_factory=Counter)
    """Correct responses that may not be used, by reason."""
    pilot: PilotRecord | None = None
    """The responses of its first trials, where a policy looks at them."""

    @property
    def trials(self) -> int:
        """Finished trials."""
        return len(self.outcomes)

    @property
    def correct(self) -> int:
        """Correct trials."""
        return self.outcomes.count(CORRECT)

    def head(self, trials: int | None) -> tuple[int, int]:
        """(trials, correct) of the first `trials` finished trials, all when None, lost ones left out.

        They say how hard the query is for those who take turns, so those of who took over do not count.
        """
        first = self.outcomes[: self.taken_over][:trials]
        return len(first) - first.count(LOST), first.count(CORRECT)

    def count(self, sample: Sample) -> None:
        """Count a trial of its teacher's."""
        tally = self.by_teacher.setdefault(sample.teacher or MAIN, TeacherTally())
        tally.trials += 1
        tally.correct += sample.outcome is Outcome.CORRECT
        tally.tokens += sample.completion_tokens

    def deduplicate(self) -> None:
        """Keep the first of candidates with the same digest."""
        first: dict[bytes, Candidate] = {}
        for candidate in self.candidates:
            first.setdefault(candidate.digest, candidate)
        self.keep(list(first.values()), "duplicate")

    def keep(self, candidates: list[Candidate], reason: str) -> None:
        """Keep these alone; the others are counted as dropped for `reason`."""
        if dropped := len(self.candidates) - len(candidates):
            self.dropped[reason] += dropped
            self.candidates = candidates


def digest(text: str) -> bytes:
    """16 bytes that two texts share when they differ in white space alone."""
    return hashlib.blake2b(" ".join(text.split()).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def read_pool(
    journal: Journal,
    check: Check | None = None,
    *,
    equal: Callable[[str], bytes] = digest,
    features: Features | None = None,
    policy: PolicySection | None = None,
) -> list[QueryPool]:
    """The pool of each query of `journal`, in the order of its queries. Reads the journal once.

    `check` may refuse correct responses; they still count as correct trials. `equal` makes the digest of a
    response, and `features` are those of its sketch, where one is needed. `policy` is to select from them.
    """
    queries = journal.queries()
    pools = {query.id: QueryPool(query) for query in queries}
    pilots = _Pilots(queries, policy.pilot_trials) if policy and policy.reads_pilot else None
    trials: dict[str, array[int]] = {id: array("I") for id in pools}
    teachers = known_teachers(journal.manifest)
    takers = {name for name, one in teachers.items() if one["after"] is not None}
    hinted = hinted_teachers(journal.manifest)
    judged = ((sample, _refusal(sample, check)) for sample in journal.samples())
    for (sample, reason), sketch in _sketched(judged, features):
        pool = pools[sample.query_id]
        taken = _TAKEN if sample.teacher in takers else 0
        # Number and verdict in four bytes, so that 10^8 trials take 400 MB.
        trials[sample.query_id].append(sample.trial << 3 | taken | _VERDICTS.get(sample.outcome, FAILED))
        pool.tokens += sample.completion_tokens
        if pilots:
            pilots.see(sample)
        if len(teachers) > 1:
            pool.count(sample)
        if sample.outcome is not Outcome.CORRECT:
            continue
        if reason:
            pool.dropped[reason] += 1
            continue
        # Ranks are known when all trials are.
        pool.candidates.append(
            Candidate(
                sample.trial,
                0,
                sample.completion_tokens,
                equal(sample.response),
                sketch,
                sample.logprob,
                sample.teacher or MAIN,
                sample.teacher in hinted,
            )
        )
    for id, pool in pools.items():
        _order(pool, sorted(trials.pop(id)))
        pool.pilot = pilots.of(id) if pilots else None
    return list(pools.values())


_Judged = tuple[Sample, str]
"""A sample, and why it may not be used."""


def _refusal(sample: Sample, check: Check | None) -> str:
    return check(sample) if check and sample.outcome is Outcome.CORRECT else ""


def _sketched(judged: Iterator[_Judged], features: Features | None) -> Iterator[tuple[_Judged, bytes]]:
    """Every sample with the sketch of its response, if that is a candidate."""
    if not features:
        return ((one, b"") for one in judged)

    def text(one: _Judged) -> str | None:
        sample, reason = one
        return sample.text if sample.outcome is Outcome.CORRECT and not reason else None

    return signatures(judged, text, features)


class _Pilots:
    """The responses of the first trials of each query."""

    def __init__(self, queries: Sequence[Query], trials: int) -> None:
        self._trials, self._places = trials, {query.id: index for index, query in enumerate(queries)}
        self._records = PilotRecords(queries)

    def see(self, sample: Sample) -> None:
        """Note a sample, if it is one of them."""
        if sample.trial < self._trials and sample.outcome is not Outcome.ERROR:
            right = sample.outcome is Outcome.CORRECT
            response = PilotResponse(right, sample.logprob, sample.completion_tokens)
            self._records.add(self._places[sample.query_id], sample.trial, response)

    def of(self, query_id: str) -> PilotRecord:
        """The record of a query."""
        return self._records.of(self._places[query_id])


def _order(pool: QueryPool, trials: list[int]) -> None:
    pool.outcomes = bytes(code & 3 for code in trials)
    pool.taken_over = next((rank for rank, code in enumerate(trials) if code & _TAKEN), None)
    ranks = {code >> 3: rank for rank, code in enumerate(trials)}
    pool.candidates = [
        replace(c, rank=ranks[c.trial]) for c in sorted(pool.candidates, key=lambda c: c.trial)
    ]
