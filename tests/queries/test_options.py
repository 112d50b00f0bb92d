"""Options of multiple-choice questions as files hold them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.base.errors import DataError
from dartmath.queries.options import LETTERS, Options, letter_of, options_of, split_options

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
