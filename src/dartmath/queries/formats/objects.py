"""Rows of JSON: one object a line, one array, or one object that is a whole table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dartmath.base.errors import DataError
from dartmath.queries.formats.lines import lines, whole_text
from dartmath.queries.formats.row import Row
from dartmath.queries.formats.splits import DEFAULT_SPLIT, same_split, split_of

_WAY_OUT = "each line is one whole JSON object"
# Groups stand in groups, so deep; a row asks something under such a name.
_DEEPEST, _LOOKED_AT = 3, 20
_ASKED = ("question", "problem", "query", "prompt", "frage", "pregunta", "问题", "題目")
# What a row that is itself to be answered has, whatever lists it holds beside.
_TOLD = ("instruction", "task", "exercise", "stem", "input")
# What `print` and `str` make of a dict.
_PYTHON = re.compile(r"\s*\{'[^']*': ")
_AN_OBJECT = 'a row is an object of named values, such as {"question": "...", "answer": "..."}'


def read_lines(name: str | Path, encoding: str) -> Iterator[tuple[int, Row | DataError]]:
    """(line, row) of a file with one JSON object a line; of a file that is one array, its elements."""
    if _first_sign(name, encoding) == "[":
        yield from read_json(name, encoding)
        return
    for number, line in lines(name, encoding):
        if isinstance(line, DataError):
            yield number, line
        elif line.strip():
            yield number, _parsed(line, name, number)


def read_json(
    name: str | Path, encoding: str, split: str = DEFAULT_SPLIT
) -> Iterator[tuple[int, Row | DataError]]:
    """(number, row) of a JSON file: its array, its table, or its objects one after another.

    The number is the line on which an object begins where several follow one another, and that of the
    row in an array or a table.
    """
    text = whole_text(name, encoding)
    if not text.strip():
        return
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":
            raise DataError(f"not valid JSON: {error}", path=name, line=error.lineno) from error
        yield from _objects(text, name)
        return
    except RecursionError as error:
        raise DataError("nested too deeply to be read", path=name) from error
    for number, row in enumerate(table_of(value, split, name), start=1):
        yield number, checked(row, name, number)


def table_of(value: Any, split: str, name: str | Path) -> Iterable[Any]:
    """The rows of a JSON value that is a whole table, its questions where they stand in groups."""
    return _questions(list(_table(value, split, name)))


def _questions(rows: list[Any]) -> list[Any]:
    """The rows that ask something, where they stand in lists inside of the rows; else the rows as they are.

    As a quiz holds them by its parts, or SQuAD by paragraph: {"context": ..., "qas": [{"question": ...}]}.
    What a group says of itself goes along.
    """
    found = rows
    for _ in range(_DEEPEST):
        first = found[:_LOOKED_AT]
        if any(_has_text(row, _ASKED) for row in first):
            return found
        if any(_has_text(row, _TOLD) for row in first):
            break
        key = next(
            (key for row in found[:1] if isinstance(row, Mapping) for key in row if _groups(found, key)), None
        )
        if key is None:
            break
        found = [_said_of(row, key) | one for row in found for one in row.get(key) or ()]
    return rows


def _has_text(row: Any, words: Sequence[str]) -> bool:
    """Whether a row holds a text under a name with one of the words."""
    named = row.items() if isinstance(row, Mapping) else ()
    texts = [str(key).lower() for key, value in named if isinstance(value, str)]
    return any(word in key for key in texts for word in words)


def _groups(rows: Sequence[Any], key: str) -> bool:
    """Whether all rows hold a list of objects under a key, and some list is not empty."""
    if not all(isinstance(row, Mapping) for row in rows):
        return False
    cells = [row.get(key) for row in rows]
    if not any(cells) or not all(cell is None or isinstance(cell, list) for cell in cells):
        return False
    return all(isinstance(one, Mapping) for cell in cells for one in cell or ())


def _said_of(row: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {
        name: value for name, value in row.items() if name != key and not isinstance(value, list | Mapping)
    }


def _table(value: Any, split: str, name: str | Path) -> Iterable[Any]:
    """The rows of a JSON value that is a whole table.

    An array; the arrays of objects inside of an object (see `_of_arrays`); an object of
    columns, as pandas writes it; an object of rows by their names, which become the column `key`.
    """
    if not isinstance(value, Mapping):
        _refuse_split(split, name)
        return value if isinstance(value, list) else [value]
    inner = {str(k): v for k, v in value.items() if isinstance(v, list) and v and isinstance(v[0], Mapping)}
    if inner and not any(isinstance(v, Mapping) and "question" in v for v in value.values()):
        return _of_arrays(inner, split, name)
    _refuse_split(split, name)
    columns = list(value.values())
    if len(columns) > 1 and all(isinstance(v, list) and len(v) == len(columns[0]) for v in columns):
        return [dict(zip(value, cells, strict=True)) for cells in zip(*columns, strict=True)]
    if columns and all(isinstance(v, Mapping) and v for v in columns):
        if all(key.isdecimal() for v in columns for key in v):
            return [{name: value[name].get(key) for name in value} for key in columns[0]]
        return [{"key": key, **row} for key, row in value.items()]
    return [value]


def _of_arrays(arrays: Mapping[str, list[Any]], split: str, name: str | Path) -> Iterable[Any]:
    """The rows of an object's arrays: the longest, with all whose rows have the same columns.

    Those are parts of one set, whose name becomes the column `key`; where the names tell splits, `split`
    is read. Others tell about the set.
    """
    longest = max(arrays.values(), key=len)
    alike = {key: rows for key, rows in arrays.items() if _alike(rows[0], longest[0])}
    if all(map(split_of, alike)) and (len(alike) > 1 or split != DEFAULT_SPLIT):
        found = [rows for key, rows in alike.items() if split_of(key) == same_split(split)]
        if not found:
            raise DataError(f"has no rows of the split {split!r}; it has {', '.join(alike)}", path=name)
        return [row for rows in found for row in rows]
    _refuse_split(split, name)
    if len(alike) == 1:
        return longest
    return [
        {"key": key, **row} if isinstance(row, Mapping) else row
        for key, rows in alike.items()
        for row in rows
    ]


def _refuse_split(split: str, name: str | Path) -> None:
    if split != DEFAULT_SPLIT:
        raise DataError(f"holds no splits, of which one could be {split!r}; leave `split` out", path=name)


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two rows have most of their columns in common."""
    return 2 * len(one.keys() & other.keys()) > len(one.keys() | other.keys())


def _first_sign(name: str | Path, encoding: str) -> str:
    for _, line in lines(name, encoding):
        if isinstance(line, DataError):
            return ""
        if line.strip():
            return line.lstrip()[0]
    return ""


def _parsed(line: str, name: str | Path, number: int) -> Row | DataError:
    try:
        return checked(json.loads(line), name, number)
    except (ValueError, RecursionError) as error:
        way = "a Python dict, which json.dumps writes as JSON" if _PYTHON.match(line) else _WAY_OUT
        return DataError(f"not valid JSON: {error}; {way}", path=name, line=number)


def checked(row: Any, name: str | Path, number: int) -> Row | DataError:
    """A row, or the error of what is none."""
    if isinstance(row, dict):
        return _named(row)
    return DataError(f"{_AN_OBJECT}, found {type(row).__name__}", path=name, line=number)


def _named(row: Row) -> Row:
    """A row under a number of its own, such as {"Problem_7": {...}}, with that name as the column `key`."""
    if len(row) == 1:
        ((key, inner),) = row.items()
        if isinstance(inner, dict) and any(sign.isdecimal() for sign in key):
            return {"key": key, **inner}
    return row


def _objects(text: str, name: str | Path) -> Iterator[tuple[int, Row | DataError]]:
    """JSON values one after another, each on one line or on several."""
    decoder, place, number = json.JSONDecoder(), 0, 1
    while True:
        start = place
        while start < len(text) and text[start].isspace():
            start += 1
        if start == len(text):
            return
        number += text.count("\n", place, start)
        try:
            value, place = decoder.raw_decode(text, start)
        except (ValueError, RecursionError) as error:
            yield number, DataError(f"not valid JSON: {error}; {_WAY_OUT}", path=name, line=number)
            end = text.find("\n", start)
            place = len(text) if end < 0 else end
            continue
        yield number, checked(value, name, number)
        number += text.count("\n", start, place)
