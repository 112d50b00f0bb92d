"""Commands of layout change no answer."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.verify.language import layout
from dartmath.verify.language.layout import without_layout
from dartmath.verify.language.notation import repaired


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (r"\textcolor{red}{7}", "{7}"),
        (r"\textcolor[rgb]{1,0,0}{\frac12}", r"{\frac12}"),
        (r"\fcolorbox{red}{white}{7}", "{7}"),
        (r"\underbrace{a+b}_{c}+d", "{a+b}+d"),
        (r"x \mathrel{=} 5", "x = 5"),
        (r"\frac{\mathrm{d}y}{\mathrm{d}x}", r"\frac{dy}{dx}"),
        (r"7\hspace*{1cm}\tag{1}", "7"),
        (r"\overset{!}{=} 7", "= 7"),
        (r"\mathbf{x}", r"\mathbf{x}"),
        (r"\frac{1}{2}", r"\frac{1}{2}"),
    ],
)
def test_what_is_said_stays(written: str, said: str) -> None:
    assert "".join(without_layout(written).split()) == "".join(said.split())


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (r"\\frac{1}{2}", r"\frac{1}{2}"),
        (r"\\begin{pmatrix}1\\\\2\\end{pmatrix}", r"\begin{pmatrix}1\\2\end{pmatrix}"),
        (r"\frac12+\\sqrt{3}", r"\frac12+\sqrt{3}"),
        (r"\begin{matrix} 1 \\text \end{matrix}", r"\begin{matrix} 1 \\text \end{matrix}"),
        (r"\begin{cases}a\\b\end{cases}", r"\begin{cases}a\\b\end{cases}"),
        (r"x=1 \\ y=2", r"x=1 \\ y=2"),
    ],
)
def test_doubled_backslashes_are_halved_where_they_end_no_row(written: str, said: str) -> None:
    assert repaired(written) == said


@given(st.text(alphabet=r"\{}[]_^colrbxatg 12,", max_size=60))
def test_layout_never_grows_a_text_nor_fails(text: str) -> None:
    assert len(without_layout(text)) <= len(text) + 2


def test_every_command_of_the_pattern_is_looked_for() -> None:
    """The words are asked first, since the pattern is slow: one that is missing there would never be read."""
    pattern = layout._LAYOUT.pattern.replace("[hv]phantom", "hphantom vphantom")
    words = set(re.findall(r"[a-zA-Z]{3,}", pattern))
    assert words <= layout._COMMANDS, words - layout._COMMANDS
    assert len(words) > 40
