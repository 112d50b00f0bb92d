"""What the report learns from each sample while a journal is read once, in bounded memory."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from dartmath.base.text import shorten
from dartmath.queries.query import Query
from dartmath.sampling.journal import JournalReader
from dartmath.sampling.sample import Sample
from dartmath.verify.outcome import Outcome

_ANSWER_CHARS = 200
_CANDIDATES = 8
_STRATA = 400
_TEXT_CHARS = 6000


class Watcher(Protocol):
    """Sees every sample once, in no particular order."""

    def see(self, sample: Sample) -> None:
        """Take note of one sample."""
        ...


class Watched:
    """A journal whose samples are shown to watchers while somebody else reads them."""

    def __init__(self, journal: JournalReader, watchers: Sequence[Watcher]) -> None:
        self._journal, self._watchers = journal, watchers

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The journal's manifest."""
        return self._journal.manifest

    def queries(self) -> list[Query]:
        """The journal's queries."""
        return self._journal.queries()

    def samples(self, outcomes: Collection[Outcome] | None = None) -> Iterator[Sample]:
        """The journal's samples."""
        for sample in self._journal.samples(outcomes):
            for watcher in self._watchers:
                watcher.see(sample)
            yield sample


class Lengths:
    """How often each response length in tokens occurs, for correct and other responses."""

    def __init__(self) -> None:
        self.correct: Counter[int] = Counter()
        self.other: Counter[int] = Counter()

    def see(self, sample: Sample) -> None:
        """Count the sample's length; a trial without a response has none."""
        if sample.outcome is Outcome.CORRECT:
            self.correct[sample.completion_tokens] += 1
        elif sample.outcome is not Outcome.ERROR:
            self.other[sample.completion_tokens] += 1


@dataclass(slots=True)
class _Answers:
    given: int = 0
    counts: dict[str, int] | None = None


class WrongAnswers:
    """The most frequent wrong answer of each query, in a few counters (Misra and Gries 1982).

    A count is at most `given / 9` too low, so an answer that a fifth of the wrong responses give
    is always found.
    """

    def __init__(self) -> None:
        self._queries: dict[str, _Answers] = {}

    def see(self, sample: Sample) -> None:
        """Count the answer of a wrong response."""
        if sample.outcome is not Outcome.WRONG or not sample.answer:
            return
        known = self._queries.setdefault(sample.query_id, _Answers(counts={}))
        known.given += 1
        counts = known.counts = known.counts or {}
        answer = sample.answer[:_ANSWER_CHARS]
        if answer in counts or len(counts) < _CANDIDATES:
            counts[answer] = counts.get(answer, 0) + 1
        else:
            known.counts = {a: n - 1 for a, n in counts.items() if n > 1}

    def favourite(self, query_id: str) -> tuple[str, int, int] | None:
        """(answer, how often at least, wrong responses with an answer); None without any."""
        known = self._queries.get(query_id)
        if known is None or not known.counts:
            return None
        answer, count = max(known.counts.items(), key=lambda item: (item[1], item[0]))
        return answer, count, known.given


class Reservoir:
    """A seeded selection of samples to look at, the same whatever the journal's order.

    Each combination of data set, band, level and outcome keeps its own share, so that rare
    outcomes are in it.
    """

    def __init__(self, queries: Sequence[Query], *, seed: int = 0, share: int = 40) -> None:
        self._seed, self._share = seed, share
        self._groups = {
            q.id: (q.dataset, str(q.metadata.get("band")), str(q.metadata.get("level"))) for q in queries
        }
        self._heaps: dict[tuple[str, ...], list[tuple[int, str, int, Sample]]] = {}

    def see(self, sample: Sample) -> None:
        """Keep the sample if its random priority is among the highest of its kind."""
        key = f"{self._seed}:{sample.query_id}:{sample.trial}".encode("utf-8", "surrogatepass")
        priority = int.from_bytes(hashlib.blake2b(key, digest_size=8).digest())
        heap = self._heap(sample)
        if len(heap) == self._share and priority <= heap[0][0]:
            return
        item = (priority, sample.query_id, sample.trial, _shorten(sample))
        (heapq.heappush if len(heap) < self._share else heapq.heapreplace)(heap, item)

    def _heap(self, sample: Sample) -> list[tuple[int, str, int, Sample]]:
        kind: tuple[str, ...] = (*self._groups[sample.query_id], sample.outcome.value)
        if kind not in self._heaps and len(self._heaps) >= _STRATA:
            kind = (sample.outcome.value,)
        return self._heaps.setdefault(kind, [])

    def take(self, count: int) -> list[Sample]:
        """At most `count` samples, evenly from all kinds, the highest priorities first."""
        piles = [sorted(heap, reverse=True) for _, heap in sorted(self._heaps.items())]
        turns = [item[3] for turn in range(self._share) for pile in piles for item in pile[turn : turn + 1]]
        return turns[:count]


def _shorten(sample: Sample) -> Sample:
    """The sample with a text that is fit to be shown: its beginning and its end."""
    return replace(sample, text=shorten(sample.text, _TEXT_CHARS))
