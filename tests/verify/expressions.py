"""A grammar of expressions whose exact values are known, for the laws of equality."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

from dartmath.verify import verify

LIMIT = 10**12


@dataclass(frozen=True)
class Valued:
    """LaTeX and Python notations of one number, and its value."""

    latex: str
    python: str
    value: Fraction


def literal(value: Fraction) -> Valued:
    """An integer or a fraction in lowest terms."""
    if value.denominator == 1:
        return Valued(f"{value}", f"({value})", value)
    sign = "-" if value < 0 else ""
    top, bottom = abs(value.numerator), value.denominator
    return Valued(f"{sign}\\frac{{{top}}}{{{bottom}}}", f"({value.numerator}/{bottom})", value)


def _grown(parts: st.SearchStrategy[Valued]) -> st.SearchStrategy[Valued]:
    def build(operation: str, one: Valued, two: Valued) -> Valued:
        if operation == "+":
            return Valued(f"{one.latex}+({two.latex})", f"({one.python}+{two.python})", one.value + two.value)
        if operation == "-":
            latex = f"{one.latex}-\\left({two.latex}\\right)"
            return Valued(latex, f"({one.python}-{two.python})", one.value - two.value)
        if operation == "*":
            latex = f"({one.latex}) \\cdot ({two.latex})"
            return Valued(latex, f"({one.python}*{two.python})", one.value * two.value)
        if operation == "/" and two.value:
            latex = f"\\frac{{{one.latex}}}{{{two.latex}}}"
            return Valued(latex, f"({one.python})/({two.python})", one.value / two.value)
        return Valued(f"\\left({one.latex}\\right)^{{2}}", f"({one.python})**2", one.value**2)

    return st.builds(build, st.sampled_from("+-*/^"), parts, parts)


rationals = st.fractions(min_value=-999, max_value=999, max_denominator=99)
numbers = st.recursive(rationals.map(literal), _grown, max_leaves=6).filter(
    lambda drawn: abs(drawn.value.numerator) < LIMIT and drawn.value.denominator < LIMIT
)


polynomials = st.lists(st.integers(-9, 9), min_size=2, max_size=4).filter(lambda roots: len(set(roots)) > 1)


def expanded(roots: list[int]) -> list[int]:
    """Coefficients, highest power first, of the monic polynomial with these roots."""
    coefficients = [1]
    for root in roots:
        shifted = [*coefficients, 0]
        coefficients = [a - root * b for a, b in zip(shifted, [0, *coefficients], strict=True)]
    return coefficients


def written(coefficients: list[int], variable: str = "x") -> str:
    """A polynomial as a sum of powers."""
    degree = len(coefficients) - 1
    terms = [f"{c:+d}{variable}^{{{degree - n}}}" for n, c in enumerate(coefficients) if c]
    return "".join(terms).lstrip("+") or "0"


def same(one: str, two: str) -> bool:
    """The verdict on two notations."""
    return verify(one, two).correct
