"""Output keeps its head and tail in bounded memory."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from dartmath.tools.capture import Capture, printable, shorten


@given(st.lists(st.binary(max_size=30)), st.integers(1, 20))
def test_capture_keeps_both_ends(parts: list[bytes], keep: int) -> None:
    capture = Capture(keep)
    for part in parts:
        capture.add(part)
    whole = b"".join(parts)
    assert capture.size == len(whole)
    assert capture.head == whole[:keep]
    assert capture.tail == whole[keep:][-keep:]


@given(st.text(), st.integers(1, 100))
def test_shorten_keeps_both_ends(text: str, limit: int) -> None:
    short = shorten(text, limit)
    if len(text) <= limit:
        assert short == text
    else:
        assert short.startswith(text[: limit // 2])
        assert f"[... {len(text) - 2 * (limit // 2)} characters left out ...]" in short


def test_text_names_what_was_dropped() -> None:
    capture = Capture(4)
    capture.add(b"0123456789abcdef")
    assert capture.text() == "0123\n[... 8 bytes left out ...]\ncdef"


def test_bytes_that_are_no_text() -> None:
    capture = Capture(8)
    capture.add(b"\xff\xfe ok")
    assert capture.text() == "\ufffd\ufffd ok"


@given(st.text())
def test_printable_text_has_no_power_over_a_terminal(text: str) -> None:
    shown = printable(text)
    assert {c for c in shown if unicodedata.category(c) == "Cc"} <= {"\n", "\t"}
    assert printable(shown) == shown


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_printable_leaves_ordinary_text_alone(text: str) -> None:
    assert printable(f"{text}\n\t{text}") == f"{text}\n\t{text}"
