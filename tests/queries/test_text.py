"""Cleaning of texts and answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.queries.latex import last_boxed
from dartmath.queries.text import format_number, restore_escapes, unwrap


@pytest.mark.parametrize(
    ("solution", "answer"),
    [
        (r"\boxed{1}", "1"),
        (r"\boxed {1}", "1"),
        (r"\boxed 9$.", "9"),
        (r"\boxed{\text{a {b} c}}", r"\text{a {b} c}"),
        (r"\boxed{\left\{ 1 \right\}}", r"\left\{ 1 \right\}"),
        (r"\boxed{\}", None),
        (r"\boxed{1", None),
        ("no box", None),
        (r"\boxed{}", ""),
    ],
)
def test_last_boxed(solution: str, answer: str | None) -> None:
    assert last_boxed(solution) == answer


@given(st.recursive(st.text("ab1 "), lambda s: st.builds("{{{}}}{}".format, s, s), max_leaves=8))
def test_a_box_gives_back_its_balanced_content(content: str) -> None:
    assert last_boxed(f"so $x = \\boxed{{{content}}}$ is it") == content.strip()


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("$1$", "1"),
        ("$1$. ", "1"),
        ("1.62 \\\\", "1.62"),
        ("\\( 2 \\)", "2"),
        ("\\[ \\left[ 1, 2 \\right) \\]", "\\left[ 1, 2 \\right)"),
        ("$a$ or $b$", "$a$ or $b$"),
        ("$\\$ 40$", "$\\$ 40$"),
        ("$$", "$$"),
        ("3.", "3"),
    ],
)
def test_unwrap(raw: str, clean: str) -> None:
    assert unwrap(raw) == clean


@given(st.text())
def test_unwrap_never_fails_nor_adds(raw: str) -> None:
    assert unwrap(raw) in raw


@given(st.text(st.characters(exclude_characters="\x08\x0c\r\t")))
def test_undamaged_text_is_left_alone(text: str) -> None:
    assert restore_escapes(text) == text


@given(st.integers(-(10**12), 10**12))
def test_whole_numbers_have_no_decimal_point(number: int) -> None:
    assert format_number(float(number)) == str(number)
