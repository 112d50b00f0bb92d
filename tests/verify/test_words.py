"""Answers in words: folding, fixed meanings, dates and times."""

from __future__ import annotations

import pytest

from dartmath.verify.parsing.words import clock, fold, named


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        (r"\text{The Ellipse.}", "ellipse"),
        ("An  odd\tnumber!", "odd number"),
        ("right-angled", "right angled"),
        ("x = 3.5, y", "x = 3.5 y"),
        ("(1,2] or so", "(1,2] or so"),
        ("don't", "dont"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Yes", "boolean:true"),
        ("False.", "boolean:false"),
        ("Sat", "weekday:saturday"),
        ("september", "month:september"),
        ("DNE", "set:empty"),
        ("no real solutions", "set:empty"),
        ("all real numbers", "set:reals"),
        ("infinitely many", "word:infinitely many"),
        ("twenty-one", "21"),
        ("zero", "0"),
        ("2 May 1999", "date:05-02 1999"),
        ("May 2nd", "date:05-02 ?"),
        ("4:30 p.m.", "clock:04:30:00 p"),
        ("noon", "clock:12:00:00 p"),
    ],
)
def test_named(text: str, meaning: str) -> None:
    assert str(named(text)) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "4:30",
        "knots",
        "x",
        "Satan",
        "32 May things",
        "25:00 pm",
        "",
        "a" * 500,
        "five zero",
        "one hundred zero",
    ],
)
def test_words_without_a_fixed_meaning(text: str) -> None:
    assert named(text) is None


def test_a_time_without_half_of_the_day() -> None:
    assert str(clock("4:30")) == "clock:04:30:00 ?"
    assert str(clock("16:30")) == "clock:04:30:00 p"
    assert clock("4:75") is None
