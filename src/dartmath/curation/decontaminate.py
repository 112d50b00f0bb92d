"""Decontamination: queries of a training set that stand, word for word or nearly, in a benchmark.

Two queries overlap, in falling order of certainty, when

* their texts are the same ("exact"),
* they are the same after white space is made one space ("text"),
* they are the same after what TeX allows to differ is taken away: case, white space, spacing
  commands, `$`, punctuation, braces around one character ("loose"),
* at least four fifths of the word n-grams of the shorter one stand in the other ("ngram"; Brown et al.
  2020, arXiv 2005.14165, appendix C, use n = 13). Short texts, with fewer words than n, are
  compared by the other rules alone.

A first line that several queries of a set share is an instruction, not a problem: it is left out.
N-grams that many queries of the benchmark share ("express your answer as a common fraction ...")
say nothing and are left out too.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dartmath.queries.config import QuerySource
from dartmath.queries.query import Query

KINDS = ("exact", "text", "loose", "ngram")
_WORD = re.compile(r"[a-z]+|\d+")
_SPACING = re.compile(r"\\(?:[ ,;:!]|quad|qquad|left|right|displaystyle|dfrac|tfrac)")
_DROPPED = re.compile(r"[\s$?:;!~]+")
# A point or comma between digits is part of a number.
_POINT = re.compile(r"(?<!\d)[.,]|[.,](?!\d)")
_ONE_IN_BRACES = re.compile(r"\{(\w)\}")
_PICTURE = re.compile(r"(?s)\[asy\].*?\[/asy\]")
_INSTRUCTION_REPEATS = 3
_COMMON = 5


@dataclass(frozen=True, slots=True)
class Overlap:
    """A query and the benchmark query it overlaps with; `share` is that of common n-grams or 1."""

    query_id: str
    dataset: str
    text: str
    benchmark: str
    benchmark_id: str
    benchmark_text: str
    kind: str
    share: float


def decontaminate(queries: Sequence[Query], benchmarks: Iterable[str], *, ngram: int = 13) -> dict[str, Any]:
    """What of `queries` stands in the named benchmarks.

    Returns "benchmarks", "ngram", "removed" (ids of the queries that must go), "counts" (pairs by
    benchmark and kind) and "pairs" (every overlap, named). Raises `UnknownNameError` for a
    benchmark that is not built in.
    """
    from dartmath.queries.load import load

    names = list(benchmarks)
    pairs = [
        overlap
        for name in names
        for overlap in find_overlaps(queries, load(QuerySource(dataset=name)), ngram=ngram)
    ]
    counts = Counter((pair.benchmark, pair.kind) for pair in pairs)
    return {
        "benchmarks": names,
        "ngram": ngram,
        "queries": len(queries),
        "removed": sorted({pair.query_id for pair in pairs}),
        "counts": {name: {kind: counts[name, kind] for kind in KINDS} for name in names},
        "pairs": [asdict(pair) for pair in pairs],
    }


def find_overlaps(
    queries: Sequence[Query], benchmark: Sequence[Query], *, ngram: int = 13, share: float = 0.8
) -> list[Overlap]:
    """The benchmark query that each query overlaps with most certainly, where there is one."""
    index = _Index(benchmark, ngram, share)
    found = (index.match(query, text) for query, text in zip(queries, _problems(queries), strict=True))
    return [overlap for overlap in found if overlap is not None]


def loosen(text: str) -> str:
    r"""A text without what TeX allows to differ.

    >>> loosen(r"Find $x^{2}\,$ .") == loosen("find $x^2$")
    True
    """
    text = _ONE_IN_BRACES.sub(r"\1", _SPACING.sub(_spacing, text))
    return _POINT.sub("", _DROPPED.sub("", text)).lower()


def _spacing(match: re.Match[str]) -> str:
    return "\\frac" if match[0].endswith("frac") else ""


class _Index:
    """A benchmark, ready to be asked for overlaps."""

    def __init__(self, benchmark: Sequence[Query], ngram: int, share: float) -> None:
        self.benchmark, self.texts = benchmark, _problems(benchmark)
        self.ngram, self.share = ngram, share
        self.exact = {text: i for i, text in reversed([*enumerate(self.texts)])}
        self.spaced = {" ".join(text.split()): i for i, text in reversed([*enumerate(self.texts)])}
        self.loose = {loosen(text): i for i, text in reversed([*enumerate(self.texts)])}
        self.grams: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self.sizes = [0] * len(benchmark)
        self._add_grams()

    def _add_grams(self) -> None:
        for position, text in enumerate(self.texts):
            for gram in set(_ngrams(text, self.ngram)):
                self.grams[gram].append(position)
        for gram in [gram for gram, places in self.grams.items() if len(places) > _COMMON]:
            del self.grams[gram]
        for places in self.grams.values():
            for position in places:
                self.sizes[position] += 1

    def match(self, query: Query, text: str) -> Overlap | None:
        """The most certain overlap of one query."""
        tables: tuple[tuple[str, str, Mapping[str, int]], ...] = (
            ("exact", text, self.exact),
            ("text", " ".join(text.split()), self.spaced),
            ("loose", loosen(text), self.loose),
        )
        for kind, key, table in tables:
            if key in table:
                return self._overlap(query, table[key], kind, 1.0)
        return self._match_grams(query, text)

    def _match_grams(self, query: Query, text: str) -> Overlap | None:
        grams = set(_ngrams(text, self.ngram))
        shared = Counter(position for gram in grams for position in self.grams.get(gram, ()))
        best: tuple[float, int] = (0.0, -1)
        for position, count in shared.items():
            best = max(best, (count / max(1, min(len(grams), self.sizes[position])), -position))
        if best[0] < self.share:
            return None
        return self._overlap(query, -best[1], "ngram", min(1.0, best[0]))

    def _overlap(self, query: Query, position: int, kind: str, share: float) -> Overlap:
        other = self.benchmark[position]
        return Overlap(
            query.id, query.dataset, query.text, other.dataset, other.id, other.text, kind, round(share, 3)
        )


def _ngrams(text: str, size: int) -> Iterator[tuple[str, ...]]:
    words = _WORD.findall(_PICTURE.sub(" ", text).lower())
    return zip(*(words[start:] for start in range(size)), strict=False)


def _problems(queries: Sequence[Query]) -> list[str]:
    """The texts of the queries without an instruction that several of them begin with."""
    first = Counter(query.text.split("\n", 1)[0] for query in queries if "\n" in query.text)
    texts = []
    for query in queries:
        head, _, rest = query.text.partition("\n")
        repeated = rest.strip() and first[head] >= _INSTRUCTION_REPEATS and len(head.split()) > 20
        texts.append(rest if repeated else query.text)
    return texts
