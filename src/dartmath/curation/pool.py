"""Pool: what a journal holds, compact enough to select from 10^8 samples in memory."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from dartmath.curation.signature import Features, signature
from dartmath.queries.query import Query
from dartmath.sampling.sample import Sample
from dartmath.sampling.tally import QueryCounts
from dartmath.verify.outcome import Outcome

Check = Callable[[Sample], str]
"""Why a correct response must not be used; empty when it may be."""

FAILED, CORRECT, LOST = range(3)
"""A trial with a response that is not correct; with one that is; without any response."""
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
    a server gave it.
    """

    trial: int
    rank: int
    tokens: int
    digest: bytes
    sketch: bytes = b""
    logprob: float | None = None


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
    dropped: Counter[str] = field(default_factory=Counter)
    """Correct responses that may not be used, by reason."""

    @property
    def trials(self) -> int:
        """Finished trials."""
        return len(self.outcomes)

    @property
    def correct(self) -> int:
        """Correct trials."""
        return self.outcomes.count(CORRECT)

    def head(self, trials: int | None) -> tuple[int, int]:
        """(trials, correct) of the first `trials` finished trials, all when None, lost ones left out."""
        first = self.outcomes if trials is None else self.outcomes[:trials]
        return len(first) - first.count(LOST), first.count(CORRECT)

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
) -> list[QueryPool]:
    """The pool of each query of `journal`, in the order of its queries. Reads the journal once.

    `check` may refuse correct responses; they still count as correct trials. `equal` makes the digest of a
    response, and `features` are those of its sketch, where one is needed.
    """
    pools = {query.id: QueryPool(query) for query in journal.queries()}
    trials: dict[str, array[int]] = {id: array("I") for id in pools}
    for sample in journal.samples():
        pool = pools[sample.query_id]
        # Number and verdict in four bytes, so that 10^8 trials take 400 MB.
        trials[sample.query_id].append(sample.trial << 2 | _VERDICTS.get(sample.outcome, FAILED))
        pool.tokens += sample.completion_tokens
        if sample.outcome is not Outcome.CORRECT:
            continue
        if check and (reason := check(sample)):
            pool.dropped[reason] += 1
            continue
        sketch = signature(sample.text, features) if features else b""
        # Ranks are known when all trials are.
        pool.candidates.append(
            Candidate(
                sample.trial, 0, sample.completion_tokens, equal(sample.response), sketch, sample.logprob
            )
        )
    for id, pool in pools.items():
        _order(pool, sorted(trials.pop(id)))
    return list(pools.values())


def _order(pool: QueryPool, trials: list[int]) -> None:
    pool.outcomes = bytes(code & 3 for code in trials)
    ranks = {code >> 2: rank for rank, code in enumerate(trials)}
    pool.candidates = [
        replace(c, rank=ranks[c.trial]) for c in sorted(pool.candidates, key=lambda c: c.trial)
    ]
