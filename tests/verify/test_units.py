"""Units: what phrases mean, and their conversion."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dartmath.verify.language import dimensions
from dartmath.verify.language.units import is_unit_letters, is_unit_word, parse_unit


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
    ("phrase", "unit", "noun"),
    [
        ("g of water", "g", "of water"),
        ("units kg CO_2", "kg", "CO_2"),
        ("mol H_2O units", "mol", "H_2O"),
        ("km per hour of driving", "km/h", "of driving"),
    ],
)
def test_what_a_unit_measures_is_its_noun(phrase: str, unit: str, noun: str) -> None:
    found = parse_unit(phrase)
    assert (found, found.noun) == (parse_unit(unit), noun)


def test_what_follows_a_unit_and_is_neither_word_nor_substance_makes_a_noun_of_all() -> None:
    assert not parse_unit("km / 3 apples").known
    assert parse_unit("x" * 201) == parse_unit("m " + "a" * 199) == parse_unit("apples")


@pytest.mark.parametrize(
    ("word", "is_one"),
    [(word, True) for word in ("cm", "units", "square", "cubed", "joules", "psi", "mmHg", "°C", "mol")]
    + [(word, False) for word in ("m", "N", "Nm", "cd", "apples", "", "pi")],
)
def test_a_word_that_names_a_unit_wherever_it_stands(word: str, is_one: bool) -> None:
    assert is_unit_word(word) is is_one


@pytest.mark.parametrize(
    ("word", "can_be"),
    [(word, True) for word in ("J", "hp", "kPa", "Nm", "Jmol", "square", "squared", "aJ", "MW", "KPA")]
    + [(word, False) for word in ("x", "ab", "ag", "gK", "sN", "mw")],
)
def test_letters_that_can_be_a_unit(word: str, can_be: bool) -> None:
    assert is_unit_letters(word) is can_be


@pytest.mark.parametrize("blank", [" ", "\t", "\x1c", "\x1f", "\x85", "\u2003"])
def test_a_power_may_stand_beside_any_blank(blank: str) -> None:
    """Of all that str.isspace() takes for blanks, int() refuses some."""
    unit = parse_unit(f"m^{{-2{blank}}}")
    assert unit is not None and unit == parse_unit("m^{-2}")


@pytest.mark.parametrize("prefix", dimensions._NAMES)
def test_every_name_of_a_prefix_is_read(prefix: str) -> None:
    unit = "bit" if prefix in ("kibi", "mebi", "gibi", "tebi") else "meter"
    plain, scaled = dimensions.unit_of(unit), dimensions.unit_of(f"{prefix}{unit}s")
    assert plain is not None and scaled is not None
    assert scaled.factor == plain.factor * dimensions._NAMES[prefix]
    assert dimensions.unit_of(f"{prefix}mol") is not None
