"""Amounts in words, and words that change the number beside them."""

from __future__ import annotations

import pytest

from dartmath.verify import verify

MEANS = [
    ("25", "5 squared"), ("125", "5 cubed"), ("500", "5 hundred"), ("60", "5 dozen"),
    ("24", "two dozen eggs"), ("-5", "negative five"), ("-5", "minus 5"), ("-5", "5 below zero"),
    ("5/2", "five halves"), ("0.5", "5 tenths"), ("5.5", "5 and a half"), ("5.5", "5 point 5"),
    ("5/6", "5 out of 6"), ("5/6", "5 in 6"), ("5:1", "5 to 1"), (r"\sqrt{2}", "the square root of 2"),
    ("2", "cube root of 8"), ("10", "5 choose 2"), ("120", "5 factorial"),
    ("25", "5 to the power of 2"), ("125", "5 to the third"), ("15", "5 times 3"), ("7", "5 plus 2"),
    ("3", "5 minus 2"), ("5/7", "5 over 7"), ("5/2", "5 divided by 2"), ("2.5", "half of 5"),
    ("10", "twice 5"), ("6 months", "six months"), ("6", "six months"), ("1 gallon", "a gallon"),
    ("102", "a hundred and two"), ("3000240", "three million, two hundred & forty"),
    ("10^9 years", "one billion years"), ("500 miles", "0.5k miles"), ("0.5 mile", "one-half miles"),
    ("1000000", "10 lakh"), ("2500000", "$2.5M"), ("4 km^2", "4 km squared"),
]  # fmt: skip
OTHERS = [
    "5 squared", "5 hundred", "5 dozen", "5 halves", "5 thirds", "5 point 5", "5 and a half",
    "5 out of 6", "5 in 6", "5 factorial", "5 choose 2", "5 plus 2", "5 times 3", "5 over 7",
    "5 below zero", "negative 5", "5 or more", "5 unless n is odd", "5 if n is even", "5 when x > 0",
    "5 to the power of 2", "5 lakh",
]  # fmt: skip
NOUNS = ["5 times", "5 points", "5 in total", "5 sheep", "5 ways", "five people", "5 over par"]


@pytest.mark.parametrize(("reference", "words"), MEANS)
def test_means_what_it_says(reference: str, words: str) -> None:
    assert verify(reference, words).correct


@pytest.mark.parametrize("words", OTHERS)
def test_a_word_changes_the_number(words: str) -> None:
    assert not verify("5", words).correct
    assert not verify(words, "5").correct


@pytest.mark.parametrize("words", NOUNS)
def test_a_noun_does_not(words: str) -> None:
    assert verify("5", words).correct


@pytest.mark.parametrize(
    ("reference", "answer"), [("1", "second"), ("5.0", r"1 \times 5 + 5"), ("2", "half"), ("1", "meter")]
)
def test_no_amount(reference: str, answer: str) -> None:
    assert not verify(reference, answer).correct
