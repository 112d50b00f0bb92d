"""Rows of JSON: one object a line, one array, or one object that is a whole table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from dartmath.base.errors import DataError
from dartmath.queries.formats.lines import lines, whole_text
from dartmath.queries.formats.row import Row

_WAY_OUT = "each line is one whole JSON object"


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


def read_json(name: str | Path, encoding: str) -> Iterator[tuple[int, Row | DataError]]:
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
    for number, row in enumerate(table_of(value), start=1):
        yield number, checked(row, name, number)


def table_of(value: Any) -> Iterable[Any]:
    """The rows of a JSON value that is a whole table.

    An array; the longest array of objects inside of an object, such as {"data": [...]}; an object of
    columns, as pandas writes it; an object of rows by their names, which become the column `key`.
    """
    if not isinstance(value, Mapping):
        return value if isinstance(value, list) else [value]
    inner = [v for v in value.values() if isinstance(v, list) and v and isinstance(v[0], Mapping)]
    if inner and not any(isinstance(v, Mapping) and "question" in v for v in value.values()):
        return max(inner, key=len)
    columns = list(value.values())
    if len(columns) > 1 and all(isinstance(v, list) and len(v) == len(columns[0]) for v in columns):
        return [dict(zip(value, cells, strict=True)) for cells in zip(*columns, strict=True)]
    if columns and all(isinstance(v, Mapping) and v for v in columns):
        if all(key.isdecimal() for v in columns for key in v):
            return [{name: value[name].get(key) for name in value} for key in columns[0]]
        return [{"key": key, **row} for key, row in value.items()]
    return [value]


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
        return DataError(f"not valid JSON: {error}; {_WAY_OUT}", path=name, line=number)


def checked(row: Any, name: str | Path, number: int) -> Row | DataError:
    """A row, or the error of what is none."""
    if isinstance(row, dict):
        return _named(row)
    found = type(row).__name__
    return DataError(f"a row is a JSON object, found {found}; {_WAY_OUT}", path=name, line=number)


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
