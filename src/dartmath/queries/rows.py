"""Rows of JSONL and Parquet files, each with its place, so that an error can name it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

from dartmath.errors import DataError

Row = Mapping[str, Any]

_SUFFIXES = (".jsonl", ".jsonl.gz", ".parquet")


def is_row_file(name: str) -> bool:
    """Whether `name` looks like a file that `read_rows` reads."""
    return name.endswith(_SUFFIXES)


def read_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """(1-based line or row number, row) of a JSONL (also gzipped) or Parquet file.

    Raises `DataError` with file and line for what cannot be read.
    """
    if not path.is_file():
        raise DataError("no such file", path=path)
    if path.suffix == ".parquet":
        return _read_parquet(path)
    return _read_jsonl(path)


def _read_jsonl(path: Path) -> Iterator[tuple[int, Row]]:
    # Bytes end a line at "\n" alone: text lines may hold U+2028, which str.splitlines would cut.
    with _open(path) as file:
        try:
            yield from _parse_lines(file, path)
        except (gzip.BadGzipFile, EOFError) as error:
            raise DataError(f"damaged gzip file: {error}", path=path) from error


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _parse_lines(lines: Iterable[bytes], path: Path) -> Iterator[tuple[int, Row]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"not valid JSON: {error}", path=path, line=number) from error
        if not isinstance(row, dict):
            raise DataError(f"a row is a JSON object, found {type(row).__name__}", path=path, line=number)
        yield number, row


def _read_parquet(path: Path) -> Iterator[tuple[int, Row]]:
    import pyarrow
    import pyarrow.parquet

    try:
        number = 0
        for batch in pyarrow.parquet.ParquetFile(path).iter_batches():
            for row in batch.to_pylist():
                number += 1
                yield number, row
    except pyarrow.ArrowException as error:
        raise DataError(f"not a readable Parquet file: {error}", path=path) from error
