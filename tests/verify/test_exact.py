"""Exact values and identity tests in a prime field."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dartmath.verify import parse
from dartmath.verify.numeric.exact import PRIME, Inexact, field_point, rational, residue


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"\frac{1}{3}+\frac16", Fraction(1, 2)),
        ("2^{-3}", Fraction(1, 8)),
        (r"\sqrt{\frac{4}{9}}", Fraction(2, 3)),
        (r"8^{1/3}", Fraction(2)),
        (r"\binom{10}{3}", Fraction(120)),
        ("7!!", Fraction(105)),
        (r"\gcd(12, 18)", Fraction(6)),
        (r"\lceil -1.5 \rceil", Fraction(-1)),
        (r"50\% ", Fraction(1, 2)),
        ("101_2", Fraction(5)),
    ],
)
def test_rational(text: str, value: Fraction) -> None:
    assert rational(parse(text)) == value


@pytest.mark.parametrize(
    "text",
    [
        r"\sqrt2",
        r"\pi",
        "x",
        "1/0",
        "0^0",
        "10^{999999}",
        "(99999)!",
        r"\binom{1/2}{2}",
        "1:2:3",
        r"\gcd(1/2,1)",
    ],
)
def test_what_has_no_exact_value_here(text: str) -> None:
    with pytest.raises(Inexact):
        rational(parse(text))


def test_a_rational_function_has_the_residue_of_its_expansion() -> None:
    point = field_point({"x"}, 0)
    x = point["x"]
    assert residue(parse("(x+1)^3"), point) == (x**3 + 3 * x**2 + 3 * x + 1) % PRIME
    assert residue(parse(r"\frac{x}{2}"), point) * 2 % PRIME == x
