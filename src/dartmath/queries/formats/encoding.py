"""Which encoding a text file is in: told by its marks and bytes, and not guessed where they do not tell."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import BinaryIO

from dartmath.base.errors import ConfigError, DataError
from dartmath.queries.formats.opened import opened

# Longest first: the mark of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BLOCK = 1 << 20
# Of a longer file, the first 256 MB are taken for the whole.
_MOST_BLOCKS = 256
_HIGH = re.compile(rb"[\x80-\xff]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]{2,}")
_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# Bytes that Windows-1252, in which Western versions of Excel write, leaves without a meaning.
_NOT_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_NBSP = b"\xa0"
_SHARE_ALONE = 0.7


def known_encoding(name: str) -> str:
    """The name of an encoding as Python spells it; `ConfigError` for one that is none."""
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ConfigError(
            f"there is no encoding {name!r}; such as cp1252, utf-16, gb18030, shift_jis"
        ) from None


def find_encoding(name: str | Path) -> str:
    """The encoding of a text file.

    A mark at the beginning tells, then zero bytes (UTF-16), then whether all is UTF-8. What is not,
    with letters beyond ASCII that stand alone between others, is Windows-1252; a file of UTF-8 with
    single damaged bytes stays UTF-8, so that its rows are named. Raises `DataError` where bytes do
    not tell, as in older encodings of Chinese, Japanese and Russian.
    """
    with opened(name) as file:
        head = file.read(_BLOCK)
        for mark, encoding in _MARKS:
            if head.startswith(mark):
                return encoding
        if wide := _without_mark(head):
            return wide
        damaged = _first_damage(head, file)
    if damaged is None:
        return "utf-8"
    letters, high = len(_UTF8_LETTER.findall(damaged)), len(_HIGH.findall(damaged))
    in_runs = sum(map(len, _HIGH_RUN.findall(damaged)))
    if letters * 2 > high - in_runs:
        return "utf-8" if letters * 2 > high / 2 else _unknown(name)
    if _stand_alone(damaged) and not _NOT_1252.search(damaged):
        return "cp1252"
    return _unknown(name)


def _stand_alone(damaged: bytes) -> bool:
    """Whether most letters beyond ASCII stand between others; spaces that do not break come in rows."""
    letters = damaged.replace(_NBSP, b" ")
    high = len(_HIGH.findall(letters))
    return high - sum(map(len, _HIGH_RUN.findall(letters))) >= _SHARE_ALONE * high


def _unknown(name: str | Path) -> str:
    raise DataError(
        "not UTF-8, and its bytes do not tell what it is; say it with the key `encoding` "
        "(--encoding), such as cp1252, gb18030, shift_jis or windows-1251",
        path=name,
    )


def _without_mark(head: bytes) -> str:
    """UTF-16 without a mark: every other byte of mostly Latin text is zero."""
    pairs = len(head) // 2
    if pairs <= 1 or b"\0" not in head:
        return ""
    if head[1 : 2 * pairs : 2].count(0) > 0.4 * pairs:
        return "utf-16-le"
    return "utf-16-be" if head[0 : 2 * pairs : 2].count(0) > 0.4 * pairs else ""


def _first_damage(head: bytes, file: BinaryIO) -> bytes | None:
    """The first block that is not UTF-8; None where all are."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    block = head
    for _ in range(_MOST_BLOCKS):
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError:
            return block or head
        if not block:
            return None
        block = file.read(_BLOCK)
    return None
