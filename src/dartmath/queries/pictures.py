"""Problems that speak of a picture, or come with one, which a text does not hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dartmath.queries.cells import tokens
from dartmath.queries.formats.row import Row

_PICTURE = frozenset(
    [
        *("image", "img", "picture", "pic", "figure", "diagram", "photo", "imagen", "figura", "bild"),
        *("abbildung", "图片", "圖片", "画像"),
    ]
)
# What a column with these words in its name holds is a text about pictures, or none at all.
_ABOUT = frozenset(
    [
        *("description", "caption", "text", "title", "alt", "prompt", "type", "count", "num", "number"),
        *("size", "width", "height", "id"),
    ]
)
_NO_PICTURE = frozenset(("", "none", "null", "nan", "no", "false", "0", "n/a", "-"))

_MARKED = re.compile(r"!\[[^\]]*\]\(|<img\b|<image\b|\\includegraphics|\[image\]|\[图片\]", re.IGNORECASE)
_SPOKEN = re.compile(
    r"\b(?:(?:in|from|see|shown|on)\s+(?:\w+\s+){0,2}(?:figure|diagram|picture|image|drawing)s?(?!\s+of\b)"
    r"|(?:figure|diagram|picture|image|graph|drawing)s?\s+(?:\w+\s+){0,2}(?:shown|below|above|at\s+right)"
    r"|(?:in der|siehe|die) Abbildung|la figura|la figure|na figura|рисунк)\b|如图|下图|右图|図の|그림",
    re.IGNORECASE,
)
# Pictures that a text does hold, as code.
_DRAWN = re.compile(r"\[asy\]|\\begin\{tikzpicture\}|<svg\b", re.IGNORECASE)


def picture_columns(row: Row) -> list[str]:
    """The columns of a row that hold a picture, or say that there is one.

    >>> picture_columns({"question": "How long is AB?", "figures": ["1.png"], "image": None})
    ['figures']
    """
    found = [
        name
        for name in row
        if _PICTURE.intersection(words := tokens(name)) and not _ABOUT.intersection(words)
    ]
    return [name for name in found if _is_picture(row[name])]


def _is_picture(cell: Any) -> bool:
    """Whether a cell holds something: a path, bytes, a list of them, or a word that there is one."""
    if isinstance(cell, str):
        return cell.strip().lower() not in _NO_PICTURE
    if isinstance(cell, Mapping | list | tuple):
        return any(map(_is_picture, cell.values() if isinstance(cell, Mapping) else cell))
    return isinstance(cell, bytes) or cell is True


def lacks_picture(text: str) -> bool:
    """Whether a problem shows or speaks of a picture of which the text holds nothing.

    >>> lacks_picture("How large is the shaded part of the figure shown below?")
    True
    """
    if _DRAWN.search(text):
        return False
    return _MARKED.search(text) is not None or _SPOKEN.search(text) is not None
