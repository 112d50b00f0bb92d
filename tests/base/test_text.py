"""Texts are shown without power over a terminal, and shortened in the middle."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.base.text import encodable, money, printable, shorten

# Embeddings, overrides and isolates.
TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(st.text(), st.integers(1, 100))
def test_shorten_keeps_both_ends(text: str, limit: int) -> None:
    short = shorten(text, limit)
    if len(text) <= limit:
        assert short == text
    else:
        assert short.startswith(text[: limit // 2])
        assert f"[... {len(text) - 2 * (limit // 2):,} characters left out ...]" in short


@given(st.text())
def test_printable_text_has_no_power_over_a_terminal(text: str) -> None:
    shown = printable(text)
    assert {c for c in shown if unicodedata.category(c) == "Cc"} <= {"\n", "\t"}
    assert not TURNS & {unicodedata.bidirectional(c) for c in shown}
    assert printable(shown) == shown


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs"])))
def test_printable_leaves_ordinary_text_alone(text: str) -> None:
    assert printable(f"{text}\n\t{text}") == f"{text}\n\t{text}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b]0;title\x07", r"\x1b[2J\x1b]0;title\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("overwritten\rby this", r"overwritten\x0dby this"),
        ("user\u202egnp.exe", r"user\u202egnp.exe"),
        ("a\x00b\x7f", r"a\x00b\x7f"),
    ],
)
def test_what_moves_the_cursor_or_turns_the_writing_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters()))
def test_an_encodable_text_can_be_written(text: str) -> None:
    assert len(encodable(text).encode()) >= len(text)
    assert encodable("half \ud800 pair") == "half ? pair"


def test_small_amounts_of_money_are_no_zeros() -> None:
    shown = [money(amount) for amount in (1234.5, 12, 0.4, 0.1, 0.052, 0.0016, 1e-9, 0)]
    assert shown == ["1,234.50", "12.00", "0.40", "0.10", "0.052", "0.0016", "0.0000000010", "0.00"]
