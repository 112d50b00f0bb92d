"""Output keeps its head and tail in bounded memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dartmath.tools.capture import Capture


@given(st.lists(st.binary(max_size=30)), st.integers(1, 20))
def test_capture_keeps_both_ends(parts: list[bytes], keep: int) -> None:
    capture = Capture(keep)
    for part in parts:
        capture.add(part)
    whole = b"".join(parts)
    assert capture.size == len(whole)
    assert capture.head == whole[:keep]
    assert capture.tail == whole[keep:][-keep:]


def test_text_names_what_was_dropped() -> None:
    capture = Capture(4)
    capture.add(b"0123456789abcdef")
    assert capture.text() == "0123\n[... 8 bytes left out ...]\ncdef"


def test_bytes_that_are_no_text() -> None:
    capture = Capture(8)
    capture.add(b"\xff\xfe ok")
    assert capture.text() == "\ufffd\ufffd ok"
