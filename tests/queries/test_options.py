"""Options of multiple-choice questions as files hold them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.base.errors import DataError
from dartmath.queries import QuerySource, load
from dartmath.queries.config import Columns
from dartmath.queries.options import LETTERS, Options, letter_of, options_of, split_options
from dartmath.verify import verify

NAMED: dict[str, Any] = {"query": "question", "reference": "answer", "choices": ["options"]}
TEXTS = {
    "A) 5 B) 6": ["5", "6"],
    "A. red\nB. blue\nC. none of (A) and (B)": ["red", "blue", "none of (A) and (B)"],
    "(a) x^2, (b) f(b), (c) 3": ["x^2", "f(b)", "3"],
    "a ) 1 : 1 , b ) 1 : 87 , c ) 1 : 6": ["1 : 1", "1 : 87", "1 : 6"],
    "A) $f(-6)=0$ B) $f(6)=-6$": ["$f(-6)=0$", "$f(6)=-6$"],
    # No list of options: no second one, no first letter, words before, an option without a text.
    "A) 5": [],
    "B) 5 C) 6": [],
    "Take one: A) 5 B) 6": [],
    "A) B) 6": [],
    "a sentence": [],
    "": [],
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_split_at_its_letters(text: str) -> None:
    assert split_options(text) == TEXTS[text]


@given(st.lists(st.integers(-99, 99).map(str), min_size=2, max_size=len(LETTERS)), st.sampled_from(")."))
def test_what_is_listed_is_found(values: list[str], sign: str) -> None:
    text = " ".join(f"{letter}{sign} {value}" for letter, value in zip(LETTERS, values, strict=False))
    assert split_options(text) == values
    assert options_of([text]).texts == options_of([values]).texts == tuple(values)


@pytest.mark.parametrize(
    ("cell", "texts"),
    [
        (["A. 5", "B. 6"], ["5", "6"]),
        ('["5", "6"]', ["5", "6"]),
        ({"text": ["5", "6"], "label": ["A", "B"]}, ["5", "6"]),
        ({"A": "5", "B": "6"}, ["5", "6"]),
        ("A) 5, B) 6", ["5", "6"]),
        ("5;6", ["5", "6"]),
        ("| 5 | 6 |", ["5", "6"]),
    ],
)
def test_every_shape_has_the_same_options(cell: Any, texts: list[str]) -> None:
    assert list(options_of([cell]).texts) == texts


@pytest.mark.parametrize(
    ("said", "letter"), [("b", "B"), ("(B)", "B"), ("6", "B"), ("0", "A"), ("B. 6", "B")]
)
def test_a_reference_names_an_option(said: str, letter: str) -> None:
    assert letter_of(said, Options(("5", "6")), "answer") == letter


@pytest.mark.parametrize("said", ["AC", "A, C", "A C"])
def test_several_letters_stay_several(said: str) -> None:
    assert letter_of(said, Options(("5", "6", "7")), "answer") == "A, C"


def test_what_is_no_option_is_named() -> None:
    with pytest.raises(DataError, match="names none of the 2 options: '7'"):
        letter_of("7", Options(("5", "6")), "answer")
    with pytest.raises(DataError, match=r"a text such as 'A\) 5 B\) 6', found 'five or six'"):
        options_of(["five or six"])


def test_several_right_options_are_one_answer(tmp_path: Path) -> None:
    """Whoever names one of them has not answered."""
    rows = [
        {"question": "Which are trees?", "options": ["cow", "oak", "ant", "elm"], "answer": answer}
        for answer in ([1, 3], ["oak", "elm"], ["B", "D"], [3, 1])
    ]
    for row in rows:
        path = tmp_path / "own.jsonl"
        path.write_text(json.dumps(row) + "\n")
        (query,) = load(QuerySource(dataset=str(path), columns=Columns(**NAMED)))
        assert query.references == ("B, D",), row
        assert not verify("B, D", "B", query=query.text).correct
        assert verify("B, D", "B and D", query=query.text).correct


def test_an_option_may_be_as_long_as_it_likes(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    texts = [
        f"First one takes {name} into the hand. Then one looks at it for long, and says so." for name in "xyz"
    ]
    path.write_text(
        json.dumps({"question": "How is it done?", "options": texts, "answer": f" {texts[1]}\n"}) + "\n"
    )
    (query,) = load(QuerySource(dataset=str(path), columns=Columns(**NAMED)))
    assert query.references == ("B",)


def test_a_question_may_have_no_options_and_a_set_may_not(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    rows = [
        {"question": "Which is even?", "options": ["3", "4"], "answer": "B"},
        {"question": "Is 3 odd?", "answer": "true"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = load(QuerySource(dataset=str(path), columns=Columns(**NAMED)))
    assert [query.references for query in found] == [("B",), ("true",)]
    path.write_text(path.read_text() + '{"question": "Which is it?", "answer": "c"}\n')
    with pytest.raises(
        DataError, match=r"own\.jsonl:3: column 'answer' names the option 'c', and the row has no column 'opt"
    ):
        load(QuerySource(dataset=str(path), columns=Columns(**NAMED)))
    path.write_text(json.dumps(rows[0]) + "\n")
    wrong = Columns(query="question", reference="answer", choices=["optons"])
    with pytest.raises(DataError, match=r"the row has no column 'optons'; did you mean .options"):
        load(QuerySource(dataset=str(path), columns=wrong))
    path.write_text(json.dumps(rows[1]) + "\n")
    with pytest.raises(DataError, match=r"no row has options in the column 'optons'"):
        load(QuerySource(dataset=str(path), columns=wrong))
