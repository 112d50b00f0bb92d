"""Numbers in the words of other languages, and names of units in them."""

from __future__ import annotations

import pytest

from dartmath.verify.language.numerals import numeral
from dartmath.verify.language.unit_names import english_unit, unit_names
from dartmath.verify.language.units import parse_unit
from dartmath.verify.language.word_amounts import compound_amount
from dartmath.verify.language.word_fractions import fraction_in_words

NUMERALS = [
    ("sesenta y ocho", 68), ("mil novecientos doce", 1912), ("dos millones", 2_000_000),
    ("duzentos e quarenta", 240), ("trinta mil", 30_000), ("soixante et onze", 71),
    ("quatre-vingt-dix-sept", 97), ("deux cent trente", 230), ("ventotto", 28), ("trecentoventi", 320),
    ("fünfundneunzig", 95), ("dreitausendfünfhundert", 3500), ("двести тридцать пять", 235),
    ("три тысячи сорок", 3040), ("一百二十三万四千", 1_234_000), ("三千零五", 3005), ("이천삼백", 2300),
    ("서른여섯", 36), ("một trăm lẻ bảy", 107), ("ba mươi tư", 34), ("خمسة وعشرون", 25), ("مئة وأربعون", 140),
    ("오천이백만삼천", 52_003_000), ("삼억이천만", 320_000_000), ("壹佰零肆萬", 1_040_000),
    ("पैंतालीस", 45), ("दो सौ दस", 210), ("陆佰贰拾叁", 623), ("廿六", 26), ("二〇四八", 2048),
]  # fmt: skip
NONE = ["once", "cents", "centimeters", "tree", "due", "undefined", "seven", "", "unit", "x", "million"]


@pytest.mark.parametrize(("words", "value"), NUMERALS)
def test_a_numeral_has_its_value_with_nothing_left(words: str, value: int) -> None:
    assert numeral(words) == (value, "")


@pytest.mark.parametrize("words", NONE)
def test_other_words_are_no_numeral(words: str) -> None:
    assert numeral(words) is None


def test_what_stands_behind_a_numeral_is_kept() -> None:
    assert numeral("dos tres") == (2, "tres")
    assert numeral("sáu năm") == (6, "năm")


def test_every_name_means_a_unit_that_the_parser_knows() -> None:
    counted_only = {"won", "yen", "rubles", "taka", "baht", "zlotys", "riyals", "dirhams", "units"}
    assert {unit for unit in unit_names().values() if not parse_unit(unit).known} <= counted_only


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("metros cuadrados", "m^2"), ("Kubikmeter", "meter^3"), ("立方厘米", "cm^3"),
        ("км в час", "km/hours"), ("kilometros", "km"), ("miglia all'ora", "miles/hours"), ("tables", None),
        ("pies", None), ("an", None),
    ],
)  # fmt: skip
def test_units_are_put_together(words: str, unit: str | None) -> None:
    assert english_unit(words) == unit


@pytest.mark.parametrize(
    ("words", "fraction"),
    [
        ("cuatro novenos", "4/9"), ("seis onceavos", "6/11"), ("cinco doze avos", "5/12"),
        ("onze vingtièmes", "11/20"),
        ("sette ottavi", "7/8"), ("neun Zwanzigstel", "9/20"), ("пять шестых", "5/6"), ("ba phần tám", "3/8"),
        ("सात बटा नौ", "7/9"), ("خمسة أسداس", "5/6"), ("ثلثان", "2/3"), ("cinco y dos séptimos", "5 2/7"),
        ("cuatro manzanas", None), ("quatre", None), ("cuarto", None), ("4 novenos", None),
    ],
)  # fmt: skip
def test_a_fraction_in_words_has_both_its_numbers(words: str, fraction: str | None) -> None:
    assert fraction_in_words(words) == fraction


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("siete dólares y nueve centavos", "7.09 dollars"), ("acht Euro fünfzig", "8.50 Euro"),
        ("玖元贰角", "9.20 yuan"), ("tre ore e dieci minuti", "3 hours and 10 minutes"),
        ("diez minutos y tres horas", None), ("siete dólares", None), ("siete dólares y nueve metros", None),
        ("siete dólares y doscientos", None), ("siete y nueve", None),
    ],
)  # fmt: skip
def test_an_amount_of_several_units_is_put_together(words: str, amount: str | None) -> None:
    assert compound_amount(words) == amount
