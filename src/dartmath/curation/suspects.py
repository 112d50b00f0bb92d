"""Suspected references: queries that hardly ever pass, and whose responses agree on another answer.

That responses agree is no proof: a weak model makes the same mistake again and again. What tells its mistakes
from those of the data is the rest of the pool. Every query has a pass rate p, and a share f of answers that
are its most frequent wrong one. If that answer is what the reference should be, the two have changed places:
with it as the reference, the query would pass at the rate f, and its favourite wrong answer would be the most
frequent of the others, of share g, the old reference among them. The pool says how usual either is, and the
score is

    (queries like (f, g)) / (queries like (f, g) + queries like (p, f))

counted over the other queries of its band, which are of the same kind, and over the whole pool as if that
were `_WHOLE_POOL` queries more. Where nine of ten queries are solved nearly always, one that never is, and
whose responses agree, stands out; where a model errs together on half of a band, it does not. It is the
probability that the reference is wrong only if wrong ones were as many as right ones.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import product
from typing import Any

from dartmath.curation.pool import QueryPool
from dartmath.queries.query import Query
from dartmath.sampling.sample import Sample
from dartmath.verify.contract.outcome import Outcome

LEAST_SCORE = 0.5
"""From here on a reference is suspected: the query would be more usual with the other answer."""

# Of a query that may be suspected at all: the share of its answers that agree, and its pass rate.
_LEAST_AGREEMENT = 0.4
_MOST_PASSED = 0.1
_ANSWER_CHARS = 200
_CANDIDATES = 8
# With fewer answers, a share says nothing.
_LEAST_ANSWERS = 6
# Shares between these count as alike.
_EDGES = (0.1, 0.3, 0.5, 0.7, 0.9)
_WHOLE_POOL = 10
# Of each kind, so many queries are taken to be seen already: what was never seen may still be.
_UNSEEN = 0.5


@dataclass(slots=True)
class _Answers:
    given: int = 0
    counts: dict[str, int] = field(default_factory=dict)


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
        known = self._queries.setdefault(sample.query_id, _Answers())
        known.given += 1
        counts, answer = known.counts, sample.answer[:_ANSWER_CHARS]
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

    def second(self, query_id: str) -> int:
        """How often, at least, the most frequent wrong answer but one is given."""
        known = self._queries.get(query_id)
        return sorted([0, 0, *known.counts.values()])[-2] if known else 0


@dataclass(frozen=True, slots=True)
class Suspect:
    """A query whose reference is worth a look.

    Attributes:
        answer: what its wrong responses say most often.
        count, given: how many of them do, of those with an answer.
        correct, trials: of its responses.
        score: how much more usual the query would be with `answer` as its reference (see above).
    """

    query: Query
    answer: str
    count: int
    given: int
    correct: int
    trials: int
    score: float

    def to_json(self) -> dict[str, Any]:
        """For manifests and `--json`."""
        own = {name: value for name, value in asdict(self).items() if name != "query"}
        asked = {"query_id": self.query.id, "query": self.query.text, "references": [*self.query.references]}
        return {**asked, **own, "score": round(self.score, 4)}


def suspects_of(
    pools: Sequence[QueryPool], answers: WrongAnswers, bands: Mapping[str, str], *, least: float = LEAST_SCORE
) -> list[Suspect]:
    """The queries of `pools` whose reference has a score of at `least`, the most suspicious first.

    `bands` are the kinds of the queries by id. They must not come from fail rates: a query with a wrong
    reference fails always, and would be compared with the hardest alone.
    """
    known = {pool.query.id: pool for pool in pools}
    seen = [one for pool in pools if (one := _shares(pool, answers, bands[pool.query.id]))]
    found = []
    usual = _Usual(seen)
    for one in seen:
        favourite, swapped = answers.favourite(one.id), usual.share(one.swapped, one)
        score = swapped / (swapped + usual.share(one.stands, one))
        if favourite and score >= least and _agree(favourite, known[one.id]):
            pool = known[one.id]
            found.append(Suspect(pool.query, *favourite, pool.correct, pool.trials, score))
    return sorted(found, key=lambda s: (-s.score, -s.count / (s.given + s.correct), -s.given, s.query.id))


_Kind = tuple[int, int]
"""Of a query: in which range the share of its correct and of its favourite wrong answers lies."""


@dataclass(frozen=True, slots=True)
class _Shares:
    """The kind of a query as it stands, and with its favourite wrong answer as the reference."""

    id: str
    band: str
    stands: _Kind
    swapped: _Kind


def _shares(pool: QueryPool, answers: WrongAnswers, band: str) -> _Shares | None:
    _, count, given = answers.favourite(pool.query.id) or ("", 0, 0)
    total = given + pool.correct
    if total < _LEAST_ANSWERS:
        return None
    passes, favourite = _range(pool.correct / total), _range(count / total)
    others = _range(max(pool.correct, answers.second(pool.query.id)) / total)
    return _Shares(pool.query.id, band, (passes, favourite), (favourite, others))


def _range(share: float) -> int:
    return bisect_right(_EDGES, share)


def _agree(favourite: tuple[str, int, int], pool: QueryPool) -> bool:
    """Whether the answers agree on another one than the reference, which hardly any trial gives."""
    _, count, given = favourite
    agreement = count / (given + pool.correct)
    return agreement >= _LEAST_AGREEMENT and pool.correct < _MOST_PASSED * pool.trials


class _Usual:
    """How usual a kind of query is, in a band and in the whole pool.

    A query counts for its own kind, and the less for those beside it: there are few of most kinds.
    """

    def __init__(self, seen: Sequence[_Shares]) -> None:
        self._pool, self._band = (
            defaultdict[_Kind, float](float),
            defaultdict[tuple[str, _Kind], float](float),
        )
        self._sizes, self._all = Counter(one.band for one in seen), len(seen)
        for one in seen:
            for near, nearness in _around(one.stands):
                self._pool[near] += nearness
                self._band[one.band, near] += nearness

    def share(self, kind: _Kind, one: _Shares) -> float:
        """The share of queries of a kind among the others of the band of `one`."""
        own = _nearness(kind, one.stands)
        overall = (self._pool[kind] - own + _UNSEEN) / (self._all - 1 + _UNSEEN * (len(_EDGES) + 1) ** 2)
        seen = self._band[one.band, kind] - own
        return (seen + _WHOLE_POOL * overall) / (self._sizes[one.band] - 1 + _WHOLE_POOL)


_NEARNESS = (0.5, 0.25, 0.0)
"""Of a range to itself, and to the next ones."""


def _around(kind: _Kind) -> Iterator[tuple[_Kind, float]]:
    for first, second in product((-1, 0, 1), repeat=2):
        near = (kind[0] + first, kind[1] + second)
        yield near, _nearness(near, kind)


def _nearness(one: _Kind, other: _Kind) -> float:
    first, second = (_NEARNESS[min(2, abs(a - b))] for a, b in zip(one, other, strict=True))
    return first * second
