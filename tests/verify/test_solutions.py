"""Equations have the same solutions when their polynomials have the same real factors: against sympy."""

from __future__ import annotations

import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from dartmath.verify import verify

roots = st.lists(st.fractions(min_value=-9, max_value=9, max_denominator=5), min_size=1, max_size=4)


def expanded(zeros: list[object], powers: list[int]) -> str:
    x = sympy.Symbol("x")
    product = sympy.prod(
        (x - sympy.Rational(str(zero))) ** power for zero, power in zip(zeros, powers, strict=False)
    )
    return str(sympy.latex(sympy.expand(product)))


@given(roots, st.lists(st.integers(1, 2), min_size=4, max_size=4))
@settings(max_examples=60, deadline=None)
def test_an_expanded_equation_is_its_roots(zeros: list[object], powers: list[int]) -> None:
    equation = f"{expanded(zeros, powers)} = 0"
    assert verify(equation, ", ".join(f"x = {zero}" for zero in set(zeros))).correct
    assert not verify(equation, ", ".join(f"x = {zero}" for zero in {*zeros, 97})).correct
    if len(set(zeros)) > 1:
        assert not verify(equation, ", ".join(f"x = {zero}" for zero in list(set(zeros))[1:])).correct


@given(st.integers(2, 50), st.integers(-9, 9))
@settings(max_examples=40, deadline=None)
def test_a_quadratic_is_its_irrational_roots(square: int, middle: int) -> None:
    equation = f"(x-({middle}))^2={square}"
    assert verify(equation, rf"x={middle}\pm\sqrt{{{square}}}").correct
    assert not verify(equation, rf"x={middle}\pm\sqrt{{{square + 1}}}").correct
    assert not verify(equation, rf"x={middle}+\sqrt{{{square}}}").correct
