"""A user's own queries: a JSONL, CSV or Parquet file or a Hub data set, by a mapping of columns.

A row (made up): {"query": "What is 2 + 3?", "reference": "5"}; `reference` may be a list of
acceptable answers. Every error names file and line.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from dartmath.base.errors import ConfigError, DataError, nearest
from dartmath.base.paths import expand_home
from dartmath.queries.config import Columns, QuerySource
from dartmath.queries.dataset import Hub
from dartmath.queries.download import read_hub
from dartmath.queries.query import Query, make_query, plain
from dartmath.queries.rows import Row, read_rows
from dartmath.verify.custom import is_own

HUB_PREFIX = "hub:"
_SHOWN = 80


def own_name(dataset: str) -> str:
    """The data set that queries of a user's own file or Hub data set name: no folder, no owner."""
    return Path(dataset).name


def load_own(source: QuerySource) -> list[Query]:
    """The queries of a user's own file or Hub data set.

    Raises `DataError` for a malformed row, a missing reference, a repeated id or an empty set.
    """
    columns = source.columns or Columns()
    found: dict[str, tuple[int, Query]] = {}
    for number, row in own_rows(source.dataset, source.split, source.revision):
        try:
            query = _convert(source, columns, row)
            line, first = found.setdefault(query.id, (number, query))
            if line != number:
                _check_repeat(query, first, line, columns)
        except DataError as error:
            raise DataError(str(error), path=source.dataset, line=number) from None
    if not found:
        raise DataError("the data set is empty", path=source.dataset)
    return [query for _, query in found.values()]


def own_rows(dataset: str, split: str = "train", revision: str | None = None) -> Iterable[tuple[int, Row]]:
    """(1-based number, row) of a user's own file, `hub:OWNER/NAME` or `hub:OWNER/NAME:CONFIG`."""
    if not dataset.startswith(HUB_PREFIX):
        return read_rows(expand_home(dataset))
    name, _, config = dataset.removeprefix(HUB_PREFIX).partition(":")
    if not name.strip("/"):
        raise ConfigError(f"{dataset!r} names no data set; write hub:OWNER/NAME or hub:OWNER/NAME:CONFIG")
    return enumerate(read_hub(dataset, Hub(name, split, config or None, revision=revision)), start=1)


def _check_repeat(query: Query, first: Query, line: int, columns: Columns) -> None:
    if not columns.repeated:
        raise DataError(
            f"query id {query.id!r} repeats line {line}: {query.text[:60]!r}; drop one of the two, "
            "or, in a file of responses, set columns.repeated"
        )
    if (query.text, query.references) != (first.text, first.references):
        raise DataError(f"query id {query.id!r} has another text or reference on line {line}")


def _convert(source: QuerySource, columns: Columns, row: Row) -> Query:
    text = _column(row, columns.query)
    if not isinstance(text, str):
        raise DataError(f"column {columns.query!r} is a text, found {repr(text)[:_SHOWN]}")
    references = _references(_column(row, columns.reference), columns.reference, own=is_own(source.verifier))
    own_id, level, domain = (_text(row, name) for name in (columns.id, columns.level, columns.domain))
    try:
        "".join(filter(None, (text, *references, own_id, level, domain))).encode()
    except UnicodeEncodeError as error:
        raise DataError(f"not valid Unicode: {error}") from None
    query = make_query(
        own_name(source.dataset),
        text,
        references,
        verifier=source.verifier,
        level=level,
        domain=domain,
        band=source.band,
    )
    return replace(query, id=own_id or query.id, metadata={**_kept(row, columns.keep), **query.metadata})


def _column(row: Row, name: str) -> Any:
    if name not in row:
        raise DataError(f"no column {name!r}{nearest(name, row)}; map it with `columns`")
    return row[name]


def _text(row: Row, name: str | None) -> str | None:
    value = _column(row, name) if name else None
    return None if value is None else cell_text(value)


def cell_text(value: Any) -> str:
    """What a cell says, as text: a whole number without a decimal point."""
    # A column of whole numbers with gaps is one of floats in most tables.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _kept(row: Row, names: Iterable[str]) -> dict[str, Any]:
    """The columns that are kept for verifiers; the two that the built-in one reads are checked."""
    kept = {name: plain(_column(row, name)) for name in names if _column(row, name) is not None}
    if (tolerance := kept.get("tolerance")) is not None:
        kept["tolerance"] = _tolerance(tolerance)
    if (ordered := kept.get("ordered")) is not None:
        named = {"true": True, "false": False}.get(str(ordered).strip().lower())
        if named is None:
            raise DataError(f"column 'ordered' is true or false, found {repr(ordered)[:_SHOWN]}")
        kept["ordered"] = named
    return kept


def _tolerance(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, bool) or not 0 <= number < math.inf:
        raise DataError(f"column 'tolerance' is a number of at least 0, found {repr(value)[:_SHOWN]}")
    return number


def _references(value: Any, column: str, *, own: bool) -> tuple[str, ...]:
    """Acceptable answers as texts; for a verifier of the user's own, a mapping becomes JSON."""
    if own and isinstance(value, dict):
        return (json.dumps(value, ensure_ascii=False, default=str),)
    values: Sequence[Any] = value if isinstance(value, list | tuple) else [value]
    for one in values:
        # A bool is an int in Python, and a legitimate answer of a true/false question.
        number = isinstance(one, int | float | Decimal)
        if not isinstance(one, str) and not (number and math.isfinite(one)):
            hint = "; what only a program can judge takes a verifier of your own, file.py:name"
            shown = f"missing reference answer: column {column!r} holds {repr(one)[:_SHOWN]}"
            raise DataError(shown + (hint if isinstance(one, dict | list | tuple) else ""))
    return tuple(str(one) for one in values)
