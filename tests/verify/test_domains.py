"""Functions are equal where both are defined, and defined at the same points: laws with any numbers."""

from __future__ import annotations

from fractions import Fraction

import mpmath
from hypothesis import given, settings
from hypothesis import strategies as st

from dartmath.verify import verify
from dartmath.verify.numeric.critical import critical_expressions, critical_places
from dartmath.verify.numeric.points import INTEGERS, sample_places
from dartmath.verify.parsing.parser import parse

centres = st.fractions(min_value=-500, max_value=500, max_denominator=9)
slopes = st.integers(-9, 9).filter(bool)


@given(centres, slopes)
@settings(max_examples=60, deadline=None)
def test_an_absolute_value_is_neither_of_its_branches(centre: object, slope: int) -> None:
    inside = rf"{slope}(x-({centre}))"
    assert verify(rf"|{inside}|", rf"\sqrt{{({inside})^2}}").correct
    assert not verify(rf"|{inside}|", inside).correct
    assert not verify(rf"|{inside}|", rf"-({inside})").correct


@given(centres)
@settings(max_examples=40, deadline=None)
def test_a_logarithm_is_not_that_of_the_absolute_value(centre: object) -> None:
    assert not verify(rf"\ln|x-({centre})|", rf"\ln(x-({centre}))").correct
    assert not verify(rf"\ln|x-({centre})|", rf"\ln(({centre})-x)").correct
    assert verify(rf"\ln|x-({centre})|", rf"\frac12\ln((x-({centre}))^2)").correct


@given(st.integers(2, 40), st.integers(1, 400))
@settings(max_examples=40, deadline=None)
def test_steps_differ_where_their_jumps_do(step: int, shift: int) -> None:
    floor = rf"\lfloor\frac{{n}}{{{step}}}\rfloor"
    assert verify(floor, rf"\lfloor\frac{{n+{step}}}{{{step}}}\rfloor-1").correct
    assert not verify(floor, rf"\lfloor\frac{{n}}{{{step + shift}}}\rfloor").correct
    assert not verify(floor, rf"\lceil\frac{{n}}{{{step}}}\rceil").correct


@given(st.integers(1, 9))
def test_every_two_symbols_meet_in_all_signs(count: int) -> None:
    names = {f"x_{place}" for place in range(count)}
    places = list(sample_places(names))
    for one in names:
        for two in names - {one}:
            assert len({(place[one] > 0, place[two] > 0) for place in places}) == 4


def test_places_lie_on_both_sides_of_every_zero() -> None:
    tree = parse(r"\sqrt{x^3-3x^2-x+3}")
    found = critical_expressions(tree, frozenset("x"))
    places = [float(place["x"]) for place in critical_places(found, [{"x": Fraction(1, 2)}])]
    gaps = [(-mpmath.inf, -1), (-1, 1), (1, 3), (3, mpmath.inf)]
    assert all(any(low < place < high for place in places) for low, high in gaps)


def test_remainders_with_the_usual_periods_are_told_apart() -> None:
    for period in range(2, INTEGERS):
        assert not verify(r"\cos(2\pi n)", rf"\cos(\frac{{2\pi n}}{{{period}}})").correct
