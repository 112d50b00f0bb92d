"""Numbered lines of a text file in whatever encoding."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from dartmath.base.errors import DataError
from dartmath.queries.formats.opened import opened

_MARK = "\ufeff"
# In these, the byte of a line feed is part of other characters too.
_WIDE = ("utf-16", "utf-32")


def lines(name: str | Path, encoding: str) -> Iterator[tuple[int, str | DataError]]:
    r"""(1-based number, line) of a text file; a line that cannot be decoded is given as its error.

    Lines end at "\n" alone: text may hold U+2028, at which it would be cut.
    """
    if encoding.startswith(_WIDE):
        yield from _wide_lines(name, encoding)
        return
    with opened(name) as file:
        for number, line in enumerate(file, start=1):
            text = _decoded(line, encoding, name, number)
            yield number, text.removeprefix(_MARK) if number == 1 and isinstance(text, str) else text


def whole_text(name: str | Path, encoding: str) -> str:
    """The text of a file; `DataError` where it cannot be decoded."""
    with opened(name) as file:
        content = file.read()
    text = _decoded(content, encoding, name, None)
    if isinstance(text, DataError):
        raise text
    return text.removeprefix(_MARK)


def _decoded(content: bytes, encoding: str, name: str | Path, number: int | None) -> str | DataError:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        shown = "UTF-8" if encoding.startswith("utf-8") else encoding
        return DataError(
            f"not valid {shown}: byte 0x{content[error.start]:02x} after {error.start} others; repair it, or "
            "say what the file is in with the key `encoding` (--encoding)",
            path=name,
            line=number,
        )


def _wide_lines(name: str | Path, encoding: str) -> Iterator[tuple[int, str | DataError]]:
    with opened(name) as file:
        text = io.TextIOWrapper(file, encoding=encoding, newline="\n")
        try:
            for number, line in enumerate(text, start=1):
                yield number, line.removeprefix(_MARK) if number == 1 else line
        except UnicodeError as error:
            raise DataError(f"not valid {encoding.upper()}: {error}", path=name) from error
