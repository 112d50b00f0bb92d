"""Unicode and damaged LaTeX as plain LaTeX."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.verify.language.notation import plain_latex, repaired


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("x²⁺¹", "x^{2+1}"),
        ("a₁₀", "a_{10}"),
        ("½", r"\frac{1}{2}"),
        ("−3·θ", r"-3\cdot \theta "),
        ("（１，２）", "(1,2)"),
        ("②③", "2, 3"),
        ("𝑥+𝟐", "x+2"),
        ("1\u200b2", "12"),
        ("a\u00a0b", "a b"),
        ("∛8", r"\sqrt[3]8"),
        ("ℝ", r"\mathbb{R}"),
    ],
)
def test_plain_latex(text: str, plain: str) -> None:
    assert plain_latex(text) == plain


@pytest.mark.parametrize(
    ("damaged", "whole"),
    [
        ("\text{A}", r"\text{A}"),
        ("\frac{1}{2}", r"\frac{1}{2}"),
        ("\boxed{2}", r"\boxed{2}"),
        ("rac{1}{2}", r"\frac{1}{2}"),
        ("2\times 3", r"2\times 3"),
        (r"\frac{1}{2}", r"\frac{1}{2}"),
    ],
)
def test_lost_backslashes_are_restored(damaged: str, whole: str) -> None:
    assert repaired(damaged) == whole


@given(st.text(max_size=200))
def test_the_result_holds_no_control_or_invisible_characters(text: str) -> None:
    plain = plain_latex(text)
    assert not any(ord(sign) < 32 or "\u200b" <= sign <= "\u200f" for sign in plain)
