"""The options of a multiple-choice question, as files hold them, and the letter that a reference names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dartmath.base.errors import DataError

LETTERS = "ABCDEFGHIJ"
_SHOWN = 80
_OWN_LETTER = re.compile(r"\s*[(\[]?([A-J])[)\].:]\s*(.*)", re.DOTALL)
_SEVERAL = re.compile(r"[A-J](?:[\s,;]*[A-J])+")
_LETTER = re.compile("[A-J]")
# A letter that opens an option in a running text: at the beginning or behind a space, so that the argument
# of `f(b)` is none.
_MARK = re.compile(r"(?:^|(?<=[\s,;]))[(\[]?\s*([A-Ja-j])\s*[)\].:](?=\s|[^\w\s])")


def cell_text(value: Any) -> str:
    """What a cell says, as text: a whole number without a decimal point."""
    # A column of whole numbers with gaps is one of floats in most tables.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def options_of(cells: Sequence[Any]) -> dict[str, str]:
    """The options of a question by their letters, without letters of their own.

    `cells` are a column for each option, or the one that holds all: a list, an object, or a text such as
    `A) 5 B) 6`. Raises `DataError` for another text, and for more options than there are letters.
    """
    found = list(cells)
    if len(found) == 1:
        found = _listed(found[0])
    texts = [cell_text(one) for one in found if one is not None and one != ""]
    if len(texts) > len(LETTERS):
        raise DataError(f"{len(texts)} options; at most {len(LETTERS)} can be told by letters")
    lettered = [_OWN_LETTER.fullmatch(text) for text in texts]
    if all(match and match[1] == letter for match, letter in zip(lettered, LETTERS, strict=False)):
        texts = [match[2] for match in lettered if match]
    return dict(zip(LETTERS, texts, strict=False))


def _listed(value: Any) -> list[Any]:
    if isinstance(value, str):
        if told := split_options(value):
            return told
        try:
            value = json.loads(value)
        except ValueError:
            raise DataError(
                f"choices are a list, or a text such as 'A) 5 B) 6', found {value[:_SHOWN]!r}"
            ) from None
    if isinstance(value, Mapping):
        # Some sets write {"text": [...], "label": [...]}, some {"A": "...", "B": "..."}.
        texts = value.get("text")
        return list(texts) if isinstance(texts, list) else list(value.values())
    return list(value) if isinstance(value, list | tuple) else []


def letter_of(answer: str, options: Mapping[str, str], column: str) -> str:
    """The letter of an option that a reference names by its letter, its text, or its number from 0.

    Several letters, such as `AC` or `A, C`, stay several.
    """
    said = answer.strip().strip("()[].: ")
    if said.upper() in options:
        return said.upper()
    if _SEVERAL.fullmatch(said) and all(letter in options for letter in _LETTER.findall(said)):
        return ", ".join(_LETTER.findall(said))
    for letter, option in options.items():
        if option.strip() == answer.strip():
            return letter
    own = _OWN_LETTER.fullmatch(answer)
    if own and own[1] in options:
        return own[1]
    if said.isdecimal() and int(said) < len(options):
        return LETTERS[int(said)]
    raise DataError(f"column {column!r} names none of the {len(options)} options: {answer[:_SHOWN]!r}")


def split_options(text: str) -> list[str]:
    """The options that a running text lists by letters from the first on; none where it does not.

    >>> split_options("a ) 12 , b ) f(b) , c ) 18")
    ['12', 'f(b)', '18']
    """
    marks = list(_marks(text))
    if not marks or text[: marks[0].start()].strip():
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    options = [text[mark.end() : end].strip(" \t\n,;") for mark, end in zip(marks, ends, strict=True)]
    return options if len(options) > 1 and all(options) else []


def _marks(text: str) -> Iterator[re.Match[str]]:
    """The marks of options in the order of their letters, all large or all small."""
    wanted: str | None = None
    for mark in _MARK.finditer(text):
        if mark[1] == wanted or (wanted is None and mark[1] in "Aa"):
            yield mark
            wanted = chr(ord(mark[1]) + 1)
