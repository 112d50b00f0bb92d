"""What the cells of a column hold, and the words of its name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from dartmath.queries.formats.row import Row
from dartmath.queries.paths import value_at

# Signs of vowels are parts of a word in the scripts of India and Thailand, and no letters to `re`.
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|(?:[^\W\d_a-zA-Z]|[\u0900-\u0dff\u0e31-\u0e4e])+")
# Accents of Latin letters alone: of others the same mark makes another letter.
_ACCENT = re.compile(r"(?<=[A-Za-z])[\u0300-\u036f]+")
# Letters that are no accented ones to Unicode.
_LATIN = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ı": "i", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae"}
)
_PLURAL = re.compile(r"[^isu]s$")
_SHORT = 3  # letters of a word whose last s is its own: `ans`, `gas`


@lru_cache(maxsize=1024)
def tokens(name: str) -> tuple[str, ...]:
    """The words of a name, small, without accents, in the singular."""
    plain = unicodedata.normalize(
        "NFC", _ACCENT.sub("", unicodedata.normalize("NFKD", name.translate(_LATIN)))
    )
    words = [word.lower() for word in _TOKEN.findall(plain)]
    return tuple(word[:-1] if len(word) > _SHORT and _PLURAL.search(word) else word for word in words)


def at(row: Row, path: str) -> Any:
    """What a row holds at a path; None where it has no such column."""
    try:
        return value_at(row, path)
    except LookupError:
        return None


def share(rows: Sequence[Row], path: str, test: Callable[[Any], object]) -> float:
    """The share of rows whose cell passes a test."""
    return sum(bool(test(at(row, path))) for row in rows) / max(1, len(rows))


def is_text(value: Any) -> bool:
    """Whether a cell holds a text that is not blank."""
    return isinstance(value, str) and bool(value.strip())


def are_texts(value: Any) -> bool:
    """Whether a cell holds a list of such texts."""
    return isinstance(value, list) and bool(value) and all(map(is_text, value))


def is_list(value: Any) -> bool:
    """Whether a cell holds several things, by place or by name."""
    return isinstance(value, list | Mapping) and len(value) > 1


def is_given(value: Any) -> bool:
    """Whether a cell holds anything that may be an answer."""
    return value is not None and value not in ("", [], {}) and not isinstance(value, Mapping)
