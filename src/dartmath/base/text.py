"""Texts of models and users, made fit to be stored and shown."""

from __future__ import annotations

import math
import re

# All control characters but tab and line feed: they move cursors, change titles and colours, ring bells.
# The others turn the direction of what follows, so that a text reads as what it is not
# (Boucher and Anderson 2021, arXiv 2111.00169).
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    r"""`text` without power over a terminal: control characters are written as escapes.

    >>> printable("50 %\r\n\x1b[2Jdone")
    '50 %\n\\x1b[2Jdone'
    """
    return _CONTROL.sub(_escape, text.replace("\r\n", "\n"))


_CENT = 0.1  # two decimals are two digits from here on
_WIDE = 0x100  # from here on two hexadecimal digits do not do


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < _WIDE else f"\\u{code:04x}"


def counted(number: int, one: str, more: str = "") -> str:
    """A number and the word for so many; `more` is that for several, where it is not `one` with an s.

    >>> counted(1, "query", "queries"), counted(1200, "row")
    ('1 query', '1,200 rows')
    """
    return f"{number:,} {one if number == 1 else more or f'{one}s'}"


def money(amount: float) -> str:
    """An amount in whatever currency the prices have: two decimals, and two digits of less than one.

    >>> money(1234.5), money(0.0016), money(0.4), money(0)
    ('1,234.50', '0.0016', '0.40', '0.00')
    """
    if not amount or amount >= _CENT:
        return f"{amount:,.2f}"
    return f"{amount:.{1 - math.floor(math.log10(amount))}f}"


def shorten(text: str, limit: int) -> str:
    """`text`, or its head and tail around a note, in about `limit` characters.

    >>> shorten("a" * 50 + "b" * 50, 20)
    'aaaaaaaaaa\\n[... 80 characters left out ...]\\nbbbbbbbbbb'
    """
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n[... {len(text) - 2 * half:,} characters left out ...]\n{text[-half:]}"


def encodable(text: str) -> str:
    """The text with half surrogate pairs, which no UTF-8 file can hold, replaced by "?"."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
