"""Writing rows as JSONL or Parquet, the kind of file told by the path."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from dartmath.base.files import replacing, write_parquet

_SEEN = 4096  # rows from which the types of a Parquet file are told; one batch of `write_parquet`


def write(rows: Iterable[dict[str, Any]], path: Path, own: Iterable[tuple[str, Any]]) -> int:
    """Write `rows` to `path` and count them; `own` are (name, pyarrow type) of the user's columns.

    A few thousand rows are in memory at a time, and `path` is replaced when all is written.
    """
    counted = _Counted(rows)
    if path.suffix == ".parquet":
        left = iter(counted)
        first = list(islice(left, _SEEN))
        write_parquet(path, _schema(first, dict(own)), chain(first, left))
    else:
        with replacing(path) as temporary, temporary.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in counted)
    return counted.count


class _Counted:
    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        self._rows, self.count = rows, 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for row in self._rows:
            self.count += 1
            yield row


def _schema(rows: list[dict[str, Any]], own: dict[str, Any]) -> Any:
    """The types of `rows`; a column of the user's that the first rows leave empty has its known type."""
    import pyarrow as pa

    found = pa.Table.from_pylist(rows).schema
    return pa.schema([(field.name, _typed(field, own)) for field in found])


def _typed(field: Any, own: dict[str, Any]) -> Any:
    import pyarrow as pa

    if pa.types.is_struct(field.type):
        return pa.struct([(inner.name, _typed(inner, own)) for inner in field.type])
    if pa.types.is_null(field.type):
        # Of ours only the fail rate may be empty.
        return own.get(field.name, pa.float64() if field.name == "fail_rate" else pa.string())
    return own.get(field.name, field.type)
