"""Definite integrals, limits and series against mpmath and sympy."""

from __future__ import annotations

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from dartmath.verify import Outcome, verify

coefficients = st.lists(st.integers(-9, 9), min_size=1, max_size=5)
ends = st.fractions(min_value=-4, max_value=4, max_denominator=6)


@given(coefficients, ends, ends)
@settings(max_examples=30, deadline=None)
def test_integrals_of_polynomials(values: list[int], low: object, high: object) -> None:
    x = sympy.Symbol("x")
    polynomial = sum(value * x**power for power, value in enumerate(values))
    exact = sympy.integrate(polynomial, (x, sympy.Rational(str(low)), sympy.Rational(str(high))))
    written = rf"\int_{{{low}}}^{{{high}}} \left({sympy.latex(polynomial)}\right)\,dx"
    assert verify(str(exact), written).correct
    assert not verify(str(exact + sympy.Rational(1, 10**9)), written).correct


@pytest.mark.parametrize(
    ("written", "integrand", "ends"),
    [
        (r"\int_0^1 \frac{\ln(1+x)}{x}\,dx", lambda x: mpmath.log(1 + x) / x, [0, 1]),
        (r"\int_0^{\infty} e^{-x^2}\,dx", lambda x: mpmath.exp(-(x**2)), [0, mpmath.inf]),
        (r"\int_1^2 \sqrt{x^2-1}\,dx", lambda x: mpmath.sqrt(x**2 - 1), [1, 2]),
    ],
)
def test_integrals_against_mpmath(written: str, integrand: object, ends: list[object]) -> None:
    with mpmath.workdps(30):
        near = mpmath.nstr(mpmath.quad(integrand, ends), 18)
    assert verify(near, written, tolerance=1e-12).correct
    assert not verify(near, written + "+10^{-9}", tolerance=1e-12).correct


@pytest.mark.parametrize(
    "divergent",
    [
        r"\int_0^1\frac{1}{x}dx",
        r"\int_0^2|x-1|dx",
        r"\int_0^\infty \cos x\,dx",
        r"\lim_{x\to0}\frac{1}{x}",
        r"\lim_{x\to\infty}\cos x",
        r"\sum_{n=1}^{\infty}\frac1n",
        r"\sum_{n=0}^{\infty}(-2)^n",
    ],
)
def test_what_no_rule_decides_is_no_judgement(divergent: str) -> None:
    assert verify("1", divergent).outcome is not Outcome.CORRECT


def test_many_integrals_share_one_budget() -> None:
    one = ", ".join(rf"\int_0^1 x^{{{n}}}\,dx" for n in range(1, 30))
    two = ", ".join(rf"\frac{{1}}{{{n + 1}}}" for n in range(1, 30))
    assert not verify(two, one).correct
