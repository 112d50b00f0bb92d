"""Rows of YAML: a list of objects, or an object that is a whole table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from dartmath.base.errors import DataError
from dartmath.queries.formats.lines import whole_text
from dartmath.queries.formats.objects import checked, table_of
from dartmath.queries.formats.row import Row
from dartmath.queries.formats.splits import DEFAULT_SPLIT

_MOST_ALIASES = 1_000
"""So many references to anchors a file may have: nested ones can say far more than the file holds."""


def read_yaml(
    name: str | Path, encoding: str, split: str = DEFAULT_SPLIT
) -> Iterator[tuple[int, Row | DataError]]:
    """(number, row) of a YAML file, whose tags are not obeyed; the number is that of the row."""
    text = whole_text(name, encoding)
    try:
        _refuse_bomb(text, name)
        documents = [one for one in yaml.load_all(text, Loader=_Loader) if one is not None]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise DataError(f"not valid YAML: {error.problem}", path=name, line=line) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise DataError(f"not valid YAML: {error}", path=name) from error
    value = documents[0] if len(documents) == 1 else documents
    for number, row in enumerate(table_of(value, split, name), start=1):
        yield number, checked(row, name, number)


def _refuse_bomb(text: str, name: str | Path) -> None:
    """Refuse a text that says itself over and over."""
    aliases = sum(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_Loader))
    if aliases > _MOST_ALIASES:
        raise DataError(f"{aliases:,} references to anchors; write the rows out", path=name)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Plain values alone: `no` and `yes` stay the words that a quiz means, and dates stay texts."""


_Loader.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in found if not tag.endswith(("bool", "timestamp"))]
    for sign, found in _Loader.yaml_implicit_resolvers.items()
}
# What is left of truth values is what YAML 1.2 knows.
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|false|False)$"), [*"tTfF"])
