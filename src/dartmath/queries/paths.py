"""Paths into a row, for columns that hold objects and lists.

    generation                               a column, whatever signs its name has
    messages.0.content, prompt[0].content    inside of objects and lists
    response.body.choices.*.message.content  of every element of a list

A text on the way that is JSON itself, as tables store objects, is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from dartmath.base.errors import DataError, nearest
from dartmath.queries.formats.row import Row

_INDEX = re.compile(r"\[(\d+|\*)\]")
_MOST_SHOWN = 40


def value_at(row: Row, path: str) -> Any:
    """What a row holds in a column or at the end of a path; None where something on the way is null.

    Raises `LookupError` where there is no such column.
    """
    if path in row:
        return row[path]
    return _follow(row, _INDEX.sub(r".\1", path).split("."))


def column(row: Row, path: str, hint: str) -> Any:
    """As `value_at`; `DataError` with the nearest column and the `hint` of how to name another."""
    try:
        return value_at(row, path)
    except LookupError:
        raise DataError(f"no column {path!r}{nearest(path, leaves(row))}{hint}") from None


def leaves(row: Row) -> list[str]:
    """The paths of all values of a row that are no objects; of lists of objects, through their elements."""
    found: list[str] = []
    for name, value in row.items():
        found += _leaves(name, value, 3)
    return found[:_MOST_SHOWN]


def _leaves(path: str, value: Any, depth: int) -> list[str]:
    value = _as_object(value)
    if isinstance(value, Mapping) and value and depth:
        return [leaf for name, inner in value.items() for leaf in _leaves(f"{path}.{name}", inner, depth - 1)]
    if isinstance(value, list) and value and isinstance(value[0], Mapping) and depth:
        return [
            leaf for i, inner in enumerate(value[:4]) for leaf in _leaves(f"{path}.{i}", inner, depth - 1)
        ]
    return [path]


def _follow(value: Any, path: Sequence[str]) -> Any:
    if not path or value is None:
        return value
    value = _as_object(value)
    head, rest = path[0], path[1:]
    if isinstance(value, list) and head == "*":
        return [_follow(one, rest) for one in value]
    if isinstance(value, list) and head.isdecimal():
        return _follow(value[int(head)], rest)
    if isinstance(value, Mapping):
        # A name may have points of its own, as a sentence has: the longest that is there.
        for end in range(len(path), 0, -1):
            if (name := ".".join(path[:end])) in value:
                return _follow(value[name], path[end:])
    raise LookupError(head)


def _as_object(value: Any) -> Any:
    """A text that is a JSON object or list, as what it says."""
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
