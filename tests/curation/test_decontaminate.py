"""Decontamination: each kind of overlap, and the known overlaps of the real sets by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.base.errors import UnknownNameError
from dartmath.curation.decontaminate import decontaminate, find_overlaps, loosen
from dartmath.queries import QuerySource, load
from dartmath.queries.query import Query, make_query

LONG = (
    "A farmer has a rectangular field that is twice as long as it is wide, and a fence of three hundred "
    "and sixty meters goes all the way around it. How many square meters has the field?"
)
# "A shop has 36 apples in 4 boxes; how many apples are there in each box on average?"
CHINESE = (
    "\u5546\u5e97\u91cc\u670936\u4e2a\u82f9\u679c\uff0c\u88c5\u57284\u4e2a\u76d2\u5b50\u91cc\uff0c"
    "\u5e73\u5747\u6bcf\u4e2a\u76d2\u5b50\u91cc\u6709\u591a\u5c11\u4e2a\u82f9\u679c\uff1f"
)
OTHER = (
    "On a shelf there are green and yellow jars. Every green jar holds five marbles and every yellow jar "
    "holds eight marbles, which makes seventy one marbles in all. How many jars are there at least?"
)


def queries(*texts: str, name: str = "own") -> list[Query]:
    return [make_query(name, text, "1") for text in texts]


@pytest.mark.parametrize(
    ("text", "other", "kind"),
    [
        ("Find $x$.", "Find $x$.", "exact"),
        ("Find  $x$.\n", "Find $x$.", "text"),
        ("Find $x^{2}$ in $\\dfrac{a}{b}$ .", "find $x^2\\,$ in $\\frac{a}{b}$", "loose"),
        ("Find \\(x\\) in \\[x^2 = 4.\\]", "Find $x$ in $$x^2 = 4.$$", "loose"),
        ("What\u2019s 5 \u2212 3, in \u201cwords\u201d?", 'What\'s 5 - 3, in "words"?', "loose"),
        ("How much is a caf\u00e9?", "How much is a cafe\u0301?", "loose"),
        ("Is 2 \u00d7 \u03c0 \u2264 x\u00b2?", "Is $2 \\times \\pi \\leq x^2$?", "loose"),
        ("Find \uff11\uff0b\uff12.", "Find 1+2.", "loose"),
        ("Find x\u00b2.", "Find x2.", None),
        (LONG, "Hello. " + LONG + " Give a number.", "ngram"),
        (CHINESE, "\u8bf7\u95ee\uff1a" + CHINESE, "ngram"),
        (CHINESE, CHINESE[::-1], None),
        (LONG, LONG.replace("three hundred", "five hundred"), None),
        (LONG, OTHER, None),
        ("Compute $\\tan 225^\\circ$.", "Compute $\\tan 22.5^\\circ.$", None),
        ("Find 1,5.", "Find 15.", None),
        # Of fewer words than an n-gram: whole, with numbers, and where neither number nor formula goes on.
        ("Problem 7. Solve $3x+4 = 19$. Show your work.", "Solve $3x + 4 = 19.$", "ngram"),
        ("### 7\n\nSolve $3x+\\dfrac{4}{5}=19$", "Solve $3x + \\frac{4}{5} = 19.$", "ngram"),
        ("Solve $3x + 4 = 190$. Show your work.", "Solve $3x + 4 = 19$.", None),
        ("Solve $3x + 4 = 19 - x$. Show your work.", "Solve $3x + 4 = 19$.", None),
        ("When 13 + 4 = 17 is known, say why.", "3 + 4 = 17", None),
        ("What is the value of x that we found?", "What is the value of x?", None),
    ],
)
def test_kinds_of_overlap(text: str, other: str, kind: str | None) -> None:
    found = find_overlaps(queries(text), queries(other, OTHER.upper(), name="bench"))
    assert [overlap.kind for overlap in found] == ([kind] if kind else [])
    if kind:
        assert (found[0].text, found[0].benchmark_text) == (text, other)
        assert (found[0].dataset, found[0].benchmark) == ("own", "bench")


def test_a_shared_instruction_is_no_overlap() -> None:
    instruction = "The following is an open problem from a competition. " * 4
    benchmark = queries(
        *[f"{instruction}\nProblem number {word} here" for word in ("one", "two", "three", "x")]
    )
    assert find_overlaps(queries(f"{instruction}\nAnother thing"), benchmark) == []
    assert [o.kind for o in find_overlaps(queries("Problem number two here"), benchmark)] == ["exact"]


def test_phrases_that_many_share_say_nothing() -> None:
    phrase = "Express your answer as a common fraction in lowest terms with a positive denominator please"
    benchmark = queries(*[f"{word} {phrase}" for word in "abcdefgh"], name="bench")
    # The phrase alone: nothing of it is left to compare, where two of the benchmark still have it in common.
    assert find_overlaps(queries(phrase), benchmark) == []
    assert [o.share for o in find_overlaps(queries(phrase), benchmark[:5])] == [1.0]


def test_the_share_is_of_the_shorter_text_and_four_fifths_are_enough() -> None:
    (longer,) = find_overlaps(queries(f"{LONG} {OTHER}"), queries(OTHER), ngram=5)
    assert (longer.kind, longer.share) == ("ngram", 1.0)
    five = queries("alpha beta gamma delta epsilon zeta")
    assert [
        o.share for o in find_overlaps(five, queries("alpha beta gamma delta epsilon omega"), ngram=2)
    ] == [0.8]
    assert find_overlaps(five, queries("alpha beta gamma delta omega zeta"), ngram=2) == []


@given(st.text("ab {}$\\,.x^2", max_size=30), st.text(" \n\t", max_size=3))
def test_white_space_never_matters(text: str, space: str) -> None:
    assert loosen(text.replace(" ", f" {space} ")) == loosen(text)


def test_every_query_overlaps_with_itself() -> None:
    own = queries(LONG, OTHER, "Find $x$.")
    assert [o.benchmark_id for o in find_overlaps(own, own)] == [q.id for q in own]


def test_an_unknown_benchmark_is_an_error() -> None:
    with pytest.raises(UnknownNameError, match="math/test"):
        decontaminate(queries(LONG), ["math/tst"])


# (training set, benchmark) -> rows of the training set and the benchmark that are known to overlap.
KNOWN = {
    ("math/train", "math/test"): {(2948, 4656), (1598, 311), (1414, 1038), (750, 3023), (4555, 119)},
    ("math/train", "mwpbench/college-math/test"): {(6045, 200)},
    ("math/train", "olympiadbench/OE_TO_maths_en_COMP"): {(4487, 459), (3443, 517), (4533, 522)},
    ("math/train", "deepmind-mathematics"): set(),
    ("math/train", "theoremqa"): set(),
    ("gsm8k/train", "gsm8k/test"): set(),
    ("gsm8k/train", "math/test"): set(),
}


@pytest.mark.parametrize(("train", "benchmark"), KNOWN)
def test_the_known_overlaps_of_the_real_sets_are_found(
    train: str, benchmark: str, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARTMATH_DATA", str(shared_data))
    own, other = load(QuerySource(dataset=train)), load(QuerySource(dataset=benchmark))
    rows = {query.id: i for i, query in enumerate(own)}
    places = {query.id: i for i, query in enumerate(other)}
    found = [o for o in find_overlaps(own, other) if o.kind != "ngram"]
    assert {(rows[o.query_id], places[o.benchmark_id]) for o in found} == KNOWN[train, benchmark]


def test_the_report_names_the_pairs(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARTMATH_DATA", str(shared_data))
    train = load(QuerySource(dataset="mwpbench/college-math/train"))
    report = decontaminate(train, ["mwpbench/college-math/test", "gsm8k/test"])
    counts = report["counts"]["mwpbench/college-math/test"]
    assert counts["exact"] >= 7
    assert sum(report["counts"]["gsm8k/test"].values()) == 0
    assert set(report["removed"]) == {pair["query_id"] for pair in report["pairs"]}
    exact = [pair for pair in report["pairs"] if pair["kind"] == "exact"]
    assert all(pair["text"] == pair["benchmark_text"] for pair in exact)


def _words(count: int, *others: str) -> str:
    return " ".join([*(f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(count)), *others])


@pytest.mark.parametrize(("repeats", "words", "is_one"), [(3, 21, True), (2, 21, False), (3, 20, False)])
def test_an_instruction_is_a_long_first_line_that_three_share(repeats: int, words: int, is_one: bool) -> None:
    instruction = _words(words)
    benchmark = queries(*[f"{instruction}\nNumber {n}?" for n in range(repeats)])
    assert [o.kind for o in find_overlaps(queries("Number 1?"), benchmark)] == ["exact"] * is_one


def test_an_instruction_with_nothing_behind_it_stays() -> None:
    alone = f"{_words(30)}\n "
    assert len(find_overlaps(queries(alone), queries(*[alone] * 3))) == 1


def test_of_equals_the_first_and_of_others_the_closest_is_named() -> None:
    own = queries(_words(20))
    ends = [_words(20, *"pq"), _words(20, *"rs"), _words(18, *"tuvw")]
    found = find_overlaps(own, queries(*ends, name="bench"))
    assert [(o.kind, o.share, o.benchmark_text) for o in found] == [("ngram", 1.0, ends[0])]
    assert find_overlaps(own, queries(ends[2], ends[1]))[0].benchmark_text == ends[1]
    twice = queries(_words(5), f"{_words(5)} ", name="bench")
    assert find_overlaps(queries(_words(5)), twice)[0].benchmark_id == twice[0].id


def test_texts_of_fewer_words_than_a_gram_are_compared_as_wholes() -> None:
    assert find_overlaps(queries(_words(12)), queries(_words(12, "more"))) == []
    assert len(find_overlaps(queries(_words(13)), queries(_words(13, "more")))) == 1


def test_a_share_of_ones_own_is_enough() -> None:
    own, other = queries(_words(14, *"ab")), queries(_words(14, *"cd"))
    assert [o.share for o in find_overlaps(own, other, share=0.5)] == [0.5]
    assert find_overlaps(own, other, share=0.51) == []


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Two benchmarks as files: the first has a copy, the second a copy with other numbers."""
    texts = ([LONG, OTHER], [SIMILAR.replace("36", "48").replace("140", "165"), "Find $y$."])
    for name, rows in zip(("one", "two"), texts, strict=True):
        lines = [json.dumps({"query": text, "answer": "1"}) for text in rows]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    return [str(tmp_path / f"{name}.jsonl") for name in ("one", "two")]


SIMILAR = (
    "A baker fills 36 trays with poppy seed rolls and every tray takes the baker eleven minutes; the oven "
    "holds nine trays at once and cools for 140 seconds after each batch. How long does the baking last?"
)


@pytest.mark.parametrize(
    ("similar", "removed", "review"), [("list", [0], [2]), ("remove", [0, 2], []), ("ignore", [0], [])]
)
def test_certain_overlaps_go_and_likely_ones_as_asked(
    files: list[str], similar: Any, removed: list[int], review: list[int]
) -> None:
    own = queries(LONG, "Find $x$ where $x^2 = 4$ and nothing else.", SIMILAR)
    report = decontaminate(own, files, similar=similar)
    assert (report["benchmarks"], report["queries"], report["ngram"]) == (files, 3, 13)
    assert report["removed"] == sorted(own[n].id for n in removed)
    assert [pair["query_id"] for pair in report["review"]] == [own[n].id for n in review]
    assert [pair["query_id"] for pair in report["pairs"]] == [own[n].id for n in removed]
    counts = {name: {k: n for k, n in kinds.items() if n} for name, kinds in report["counts"].items()}
    assert counts == {files[0]: {"exact": 1}, files[1]: {"template": 1} if len(removed) > 1 else {}}
    # But for the numbers it is the same.
    assert [(pair["kind"], pair["share"]) for pair in report["review"]] == [("template", 1.0)] * len(review)


def test_what_overlaps_for_certain_is_no_likely_pair_too(files: list[str]) -> None:
    report = decontaminate(queries(LONG), files, similar="list")
    assert (len(report["pairs"]), report["review"]) == (1, [])
