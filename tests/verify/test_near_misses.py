"""Amounts that differ in direction, duration, uncertainty or currency alone are never the same."""

from __future__ import annotations

from itertools import permutations

import pytest

from dartmath.verify import verify

DIFFERENT = {
    "directions": [
        *("8 N up", "8 N down", "8 N left", "8 N right", "8 N north", "8 N to the east", "8 N northeast"),
        *(
            "8 N into the page",
            "8 N out of the page",
            "8 N clockwise",
            "8 N anticlockwise",
            "9 N up",
            "8 J up",
        ),
        *(
            "8 N along the +x axis",
            "8 N along the -x axis",
            "8 N, 30° north of east",
            "8 N, 30° south of east",
        ),
        *("8 N, 30° east of north", "8 N, N 30° W", "8 N upward and 3 N left"),
    ],
    "durations": ["2h3m", "2h4m", "3h2m", "2m3s", "2:30:00", "2d3h", "3d2h", "2 h 3 s", "1w2d", "2h3m4s"],
    "uncertainties": ["1.20(3)", "1.20(4)", "1.2(3)", "1.203", "12.0(3)", "1.20(3)e5", "1.20(3)e6"],
    "money": [
        "7,25 €",
        "7,52 €",
        "72,50 €",
        "725 €",
        "7.250,00 €",
        "£7,25",
        "₹7,25",
        "$7.25",
        "$725",
        "£725",
    ],
}


@pytest.mark.parametrize("kind", DIFFERENT)
def test_no_amount_is_another(kind: str) -> None:
    assert not [pair for pair in permutations(DIFFERENT[kind], 2) if verify(*pair).correct]


@pytest.mark.parametrize("other", ["7,25 €", "£7,25", "₹7,25"])
@pytest.mark.parametrize("reference", ["CHF 7.25", "US$7.25", "USD 7.25", "$7.25"])
def test_a_decimal_comma_changes_no_currency(reference: str, other: str) -> None:
    assert not verify(reference, other).correct


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("8 N, 30° east of north", "8 N, 60° north of east"),
        ("2h3m", "2:03:00"),
        ("1.20(3)", r"1.20 \pm 0.03"),
        ("7,25 €", "€7.25"),
        ("7 €", "$7$"),
    ],
)
def test_other_words_for_one_amount(one: str, other: str) -> None:
    assert verify(other, one).correct
