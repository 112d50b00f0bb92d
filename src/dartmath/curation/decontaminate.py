r"""Decontamination: queries of a training set that stand, word for word or nearly, in a benchmark.

Two queries overlap, in falling order of certainty, when

* their texts are the same ("exact"),
* they are the same after white space is made one space ("text"),
* they are the same after what TeX and Unicode allow to differ is taken away: case, white space,
  spacing commands, `$` and `\(`, punctuation, braces around one character, forms of quotation marks,
  dashes, digits and letters, and signs that stand for commands such as `\leq` ("loose"),
* at least four fifths of the word n-grams of the shorter one stand in the other ("ngram"; Brown et al.
  2020, arXiv 2005.14165, appendix C, use n = 13). A short text of the benchmark, with fewer words than n
  but numbers of its own, must stand there whole, up to what "loose" lets differ.

Those overlap for certain. Copies with other numbers or names, paraphrases and translations are likely: they
are listed for review, or removed where that is asked for (see `dartmath.curation.similar`).

A first line that several queries of a set share is an instruction, not a problem: it is left out.
N-grams that many queries of the benchmark share ("express your answer as a common fraction ...")
say nothing and are left out too.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from dartmath.curation.similar import KINDS as SIMILAR_KINDS
from dartmath.curation.similar import SimilarIndex, Weights
from dartmath.curation.structure import PICTURE
from dartmath.queries.config import QuerySource
from dartmath.queries.query import Query

KINDS = ("exact", "text", "loose", "ngram")
# Each character of Chinese, Japanese and Korean is a word of its own.
_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_CJK}]|[^\W\d_{_CJK}]+|\d+")
_SPACING = re.compile(r"\\(?:[ ,;:!()\[\]]|quad|qquad|left|right|displaystyle|dfrac|tfrac)")
_SIGNS = {
    **dict.fromkeys("\u2018\u2019\u02bc\u2032", "'"),
    **dict.fromkeys("\u201c\u201d\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    **{
        digit: f"^{unicodedata.digit(digit)}"
        for digit in "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
    },
}
_COMMANDS = {
    **{"times": "\u00d7", "cdot": "\u00b7", "div": "\u00f7", "pm": "\u00b1", "pi": "\u03c0"},
    **{"le": "\u2264", "leq": "\u2264", "ge": "\u2265", "geq": "\u2265", "ne": "\u2260", "neq": "\u2260"},
}
_COMMAND = re.compile(rf"\\({'|'.join(_COMMANDS)})(?![a-zA-Z])")
_TO_SIGNS = str.maketrans(_SIGNS)
_DROPPED = str.maketrans("", "", "$?:;!~")
# A point or comma between digits is part of a number.
_POINT = re.compile(r"[.,](?:(?!\d)|(?<!\d[.,]))")
_ONE_IN_BRACES = re.compile(r"\{(\w)\}")
_INSTRUCTION_REPEATS = 3
# Words of a first line that may be a question of its own; longer ones that repeat are instructions.
_QUESTION = 20
_COMMON = 5
# Words by which a short text is looked for in a longer one, and numbers without which it may be any question.
_HEAD, _NUMBERS = 3, 2
NGRAM_SHARE = 0.8
# Where copies made by rule, and published ones, are told from unlike problems: docs/datasets.md.
SIMILAR_SHARE = 0.65
_WEIGHED = 5000
Similarity = Literal["list", "remove", "ignore"]


@dataclass(frozen=True, slots=True)
class Overlap:
    """A query and the benchmark query it overlaps with.

    `share` is that of common n-grams, the score of a similar pair, or 1.
    """

    query_id: str
    dataset: str
    text: str
    benchmark: str
    benchmark_id: str
    benchmark_text: str
    kind: str
    share: float


def decontaminate(
    queries: Sequence[Query],
    benchmarks: Iterable[str],
    *,
    ngram: int = 13,
    share: float = NGRAM_SHARE,
    similar: Similarity = "list",
    similar_share: float = SIMILAR_SHARE,
) -> dict[str, Any]:
    """What of `queries` stands in the benchmarks, which are names of built-in ones, or files.

    Returns "benchmarks", "ngram", "removed" (ids of the queries that must go), "counts" (pairs by
    benchmark and kind), "pairs" (every overlap, named) and "review" (every similar pair that is not
    removed). Raises `UnknownNameError` for a benchmark that is neither, and `DataError` for a bad file.
    """
    from dartmath.queries.load import load

    names = list(benchmarks)
    loaded = [load(QuerySource(dataset=name)) for name in names]
    indices = [_Index(benchmark, ngram) for benchmark in loaded]
    pairs = [overlap for found in _search(queries, indices, ngram, share) for overlap in found]
    likely: list[Overlap] = []
    if similar != "ignore":
        certain = {pair.query_id for pair in pairs}
        rest = [query for query in queries if query.id not in certain]
        likely = find_similar(rest, [query for benchmark in loaded for query in benchmark], similar_share)
    removed = [*pairs, *(likely if similar == "remove" else ())]
    # A file's queries have a data set's name of their own.
    known = {
        query.dataset: name for name, benchmark in zip(names, loaded, strict=True) for query in benchmark
    }
    counts = Counter((known[pair.benchmark], pair.kind) for pair in removed)
    return {
        "benchmarks": names,
        "ngram": ngram,
        "queries": len(queries),
        "removed": sorted({pair.query_id for pair in removed}),
        "counts": {name: {kind: counts[name, kind] for kind in (*KINDS, *SIMILAR_KINDS)} for name in names},
        "pairs": [asdict(pair) for pair in removed],
        "review": [asdict(pair) for pair in likely] if similar == "list" else [],
    }


def find_similar(
    queries: Sequence[Query], benchmark: Sequence[Query], share: float = SIMILAR_SHARE
) -> list[Overlap]:
    """The benchmark query to which each query is most similar, where it is so by at least `share`."""
    own, other = _problems(queries), _problems(benchmark)
    # Frequencies are known well from some thousand texts.
    weights = Weights([*other, *own[:: 1 + len(own) // _WEIGHED]])
    index = SimilarIndex(other, weights)
    found = []
    for query, text in zip(queries, own, strict=True):
        similar = index.find(weights.structure(text), share)
        if similar is not None:
            there = benchmark[similar.place]
            about = (query.id, query.dataset, query.text, there.dataset, there.id, there.text)
            found.append(Overlap(*about, similar.kind, round(similar.score, 3)))
    return found


def find_overlaps(
    queries: Sequence[Query], benchmark: Sequence[Query], *, ngram: int = 13, share: float = NGRAM_SHARE
) -> list[Overlap]:
    """The benchmark query that each query overlaps with most certainly, where there is one."""
    return _search(queries, [_Index(benchmark, ngram)], ngram, share)[0]


def _search(
    queries: Sequence[Query], indices: Sequence[_Index], ngram: int, share: float
) -> list[list[Overlap]]:
    """The overlaps with each of `indices`; a query's text is taken apart once for all of them."""
    found: list[list[Overlap]] = [[] for _ in indices]
    for query, text in zip(queries, _problems(queries), strict=True):
        keys, words = _keys(text), _words(text)
        grams, heads = _ngrams(words, ngram), {*_grams(words, _HEAD)}
        for overlaps, index in zip(found, indices, strict=True):
            overlap = (
                index.same(query, keys)
                or index.similar(query, grams, share)
                or index.whole(query, heads, keys["loose"])
            )
            if overlap is not None:
                overlaps.append(overlap)
    return found


def loosen(text: str) -> str:
    r"""A text without what TeX and Unicode allow to differ.

    >>> loosen(r"Find $x^{2}\,$ .") == loosen("find $x^2$")
    True
    """
    text = _plain(text)
    # Most texts of most pools hold no TeX at all.
    if "\\" in text:
        text = _SPACING.sub(_spacing, _COMMAND.sub(lambda match: _COMMANDS[match[1]], text))
    if "{" in text:
        text = _ONE_IN_BRACES.sub(r"\1", text)
    return _POINT.sub("", "".join(text.split()).translate(_DROPPED)).lower()


def _plain(text: str) -> str:
    """The text with one form of each letter, digit, quotation mark and dash."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text.translate(_TO_SIGNS))


def _spacing(match: re.Match[str]) -> str:
    return "\\frac" if match[0].endswith("frac") else ""


def _keys(text: str) -> dict[str, str]:
    """What two texts share when they are the same, by kind, in falling order of certainty."""
    return {"exact": text, "text": " ".join(text.split()), "loose": loosen(text)}


class _Index:
    """A benchmark, ready to be asked for overlaps."""

    def __init__(self, benchmark: Sequence[Query], ngram: int) -> None:
        self._benchmark = benchmark
        self._same: dict[str, dict[str, int]] = {kind: {} for kind in KINDS[:-1]}
        self._places: dict[int, list[int]] = defaultdict(list)
        self._short: dict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
        for position, text in enumerate(_problems(benchmark)):
            keys, words = _keys(text), _words(text)
            for kind, key in keys.items():
                self._same[kind].setdefault(key, position)
            for gram in _ngrams(words, ngram):
                self._places[gram].append(position)
            if _HEAD <= len(words) < ngram and sum(word.isdigit() for word in words) >= _NUMBERS:
                self._short[tuple(words[:_HEAD])].append((keys["loose"], position))
        for gram in [gram for gram, places in self._places.items() if len(places) > _COMMON]:
            del self._places[gram]
        self._sizes = Counter(position for places in self._places.values() for position in places)

    def same(self, query: Query, keys: Mapping[str, str]) -> Overlap | None:
        """The first benchmark query with the same text, in the most certain sense of it."""
        for kind, key in keys.items():
            if key in self._same[kind]:
                return self._overlap(query, self._same[kind][key], kind, 1.0)
        return None

    def similar(self, query: Query, grams: set[int], share: float) -> Overlap | None:
        """The benchmark query that shares most n-grams, where it shares enough."""
        shared = Counter(place for gram in grams for place in self._places.get(gram, ()))
        if not shared:
            return None
        # Of equals, the first.
        best, place = max(
            (count / min(len(grams), self._sizes[place]), -place) for place, count in shared.items()
        )
        return self._overlap(query, -place, "ngram", best) if best >= share else None

    def whole(self, query: Query, heads: set[tuple[str, ...]], loose: str) -> Overlap | None:
        """The first short text of the benchmark that stands whole in the query."""
        short = (one for head in self._short.keys() & heads for one in self._short[head])
        places = [place for text, place in short if _stands_in(text, loose)]
        return self._overlap(query, min(places), "ngram", 1.0) if places else None

    def _overlap(self, query: Query, position: int, kind: str, share: float) -> Overlap:
        other = self._benchmark[position]
        return Overlap(
            query.id, query.dataset, query.text, other.dataset, other.id, other.text, kind, round(share, 3)
        )


def _stands_in(part: str, text: str) -> bool:
    """Whether a text stands in another so that no number is cut, and no formula goes on behind it."""
    before, found, behind = text.partition(part)
    cut = before[-1:].isdigit() and part[0].isdigit()
    return bool(found) and not cut and (not behind or behind[0].isalpha())


def _words(text: str) -> list[str]:
    return _WORD.findall(PICTURE.sub(" ", _plain(text)).lower())


def _ngrams(words: Sequence[str], size: int) -> set[int]:
    """Hashes of the word n-grams, which take a tenth of the memory of the n-grams themselves."""
    return {hash(gram) for gram in _grams(words, size)}


def _grams(words: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(size)), strict=False)


def _problems(queries: Sequence[Query]) -> list[str]:
    """The texts of the queries without an instruction that several of them begin with."""
    first = Counter(query.text.split("\n", 1)[0] for query in queries if "\n" in query.text)
    texts = []
    for query in queries:
        head, _, rest = query.text.partition("\n")
        repeated = rest.strip() and first[head] >= _INSTRUCTION_REPEATS and len(head.split()) > _QUESTION
        texts.append(rest if repeated else query.text)
    return texts
