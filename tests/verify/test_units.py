"""Units: what phrases mean, and their conversion."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dartmath.verify.language.units import is_unit_letters, parse_unit


@pytest.mark.parametrize(
    ("one", "two", "ratio"),
    [
        ("km", "m", 1000),
        ("hours", "minutes", 60),
        ("km/h", "m/s", Fraction(1000, 3600)),
        ("kilometers per hour", "km/h", 1),
        ("square feet", "square inches", 144),
        ("cm^2", "mm^2", 100),
        ("cubic meters", "liters", 1000),
        ("m/s^2", "cm / s ^ 2", 100),
        ("dollars", "cents", 100),
        ("years", "months", 12),
        ("pounds", "ounces", 16),
        ("degrees", "arcminute", 60),
        ("gallons", "quarts", 4),
        ("miles", "feet", 5280),
    ],
)
def test_conversion(one: str, two: str, ratio: Fraction) -> None:
    left, right = parse_unit(one), parse_unit(two)
    assert left.known and right.known
    assert left.dimensions == right.dimensions
    assert left.factor / right.factor == ratio


@pytest.mark.parametrize(
    ("one", "two"),
    [("m", "m^2"), ("km/h", "km"), ("dollars", "euros"), ("hours", "meters"), ("degrees", "percent")],
)
def test_other_dimensions(one: str, two: str) -> None:
    assert parse_unit(one).dimensions != parse_unit(two).dimensions


@pytest.mark.parametrize(
    "phrase", ["apples", "ways", "square units", "stuffed goats", "", "m^99", "x" * 1000]
)
def test_nouns_are_not_units(phrase: str) -> None:
    assert not parse_unit(phrase).known


@pytest.mark.parametrize(
    ("word", "can_be"),
    [(word, True) for word in ("J", "hp", "kPa", "Nm", "Jmol", "square", "squared", "aJ", "MW", "KPA")]
    + [(word, False) for word in ("x", "ab", "ag", "gK", "sN", "mw")],
)
def test_letters_that_can_be_a_unit(word: str, can_be: bool) -> None:
    assert is_unit_letters(word) is can_be
