"""What the report learns from each sample while a journal is read once, in bounded memory."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from dartmath.base.text import shorten
from dartmath.queries.query import Query
from dartmath.sampling.sample import Sample
from dartmath.verify.contract.outcome import Outcome

_STRATA = 400
_TEXT_CHARS = 6000


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
