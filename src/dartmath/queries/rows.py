"""Rows of JSONL, CSV and Parquet files, each with its place, so that an error can name it."""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

from dartmath.base.errors import DataError

Row = Mapping[str, Any]

# A cell of a CSV file may be longer than the 128 kB that the reader allows unless told otherwise.
_CELL_CHARS = 1 << 30


def is_row_file(name: str) -> bool:
    """Whether `name` looks like a file that `read_rows` reads."""
    return name.endswith(_SUFFIXES)


def read_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """(1-based line or row number, row) of a JSONL or CSV (also gzipped) or Parquet file.

    Raises `DataError` with file and line for what cannot be read.
    """
    for number, row in try_rows(path):
        if isinstance(row, DataError):
            raise row
        yield number, row


def try_rows(path: Path) -> Iterator[tuple[int, Row | DataError]]:
    """As `read_rows`, but a malformed row is given as its error, and the next ones follow.

    Raises `DataError` for a file of which nothing more can be read.
    """
    if not path.is_file():
        where = "" if path.is_absolute() else f"; relative paths begin at {Path.cwd()}"
        raise DataError("a folder, not a file" if path.is_dir() else f"no such file{where}", path=path)
    read = next((read for suffix, read in _READERS.items() if path.name.endswith(suffix)), None)
    if read is None:
        known = ", ".join(_SUFFIXES)
        raise DataError(f"not a kind of file that is read; convert it to one of {known}", path=path)
    return read(path)


def _read_jsonl(path: Path) -> Iterator[tuple[int, Row | DataError]]:
    for number, line in _lines(path):
        if line.strip():
            yield number, _try(_parse, line, path, number)


def _try(parse: Callable[..., Row], *arguments: Any) -> Row | DataError:
    try:
        return parse(*arguments)
    except DataError as error:
        return error


def _parse(line: bytes, path: Path, number: int) -> Row:
    try:
        row = json.loads(_text(line, path, number))
    except (ValueError, RecursionError) as error:
        raise DataError(f"not valid JSON: {error}; {_WAY_OUT}", path=path, line=number) from error
    if not isinstance(row, dict):
        found = type(row).__name__
        raise DataError(f"a row is a JSON object, found {found}; {_WAY_OUT}", path=path, line=number)
    return row


_WAY_OUT = "each line is one whole JSON object"


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Numbered lines; bytes, which end at "\\n" alone: text may hold U+2028, at which it would be cut."""
    with _open(path) as file:
        try:
            for number, line in enumerate(file, start=1):
                yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DataError(f"damaged gzip file: {error}", path=path) from error


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _text(line: bytes, path: Path, number: int) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise DataError(
            f"not valid UTF-8: byte 0x{line[error.start]:02x} after {error.start} others; convert the file, "
            "for example with: iconv -f LATIN1 -t UTF-8",
            path=path,
            line=number,
        ) from error


def _read_csv(path: Path) -> Iterator[tuple[int, Row | DataError]]:
    csv.field_size_limit(_CELL_CHARS)
    reader = csv.reader((_text(line, path, number) for number, line in _lines(path)), strict=True)
    number, header = 1, None
    try:
        for cells in reader:
            if header is None:
                header = _checked_header(cells, path)
            elif cells:
                yield number, _try(_named, header, cells, path, number)
            number = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"not valid CSV: {error}", path=path, line=number) from error


def _checked_header(cells: list[str], path: Path) -> list[str]:
    twice = {name for name in cells if name and cells.count(name) > 1}
    if twice:
        raise DataError(f"the header names {', '.join(map(repr, sorted(twice)))} twice", path=path, line=1)
    return cells


def _named(header: list[str], cells: list[str], path: Path, number: int) -> Row:
    if len(cells) != len(header):
        raise DataError(f"{len(cells)} cells under {len(header)} columns", path=path, line=number)
    return dict(zip(header, cells, strict=True))


def _read_parquet(path: Path) -> Iterator[tuple[int, Row | DataError]]:
    import pyarrow
    import pyarrow.parquet

    try:
        yield from enumerate(_parquet_rows(pyarrow.parquet.ParquetFile(path)), start=1)
    # Damage inside of the file is a plain OSError.
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError(f"not a readable Parquet file: {error}", path=path) from error


def _parquet_rows(file: Any) -> Iterable[Row]:
    for batch in file.iter_batches():
        yield from batch.to_pylist()


_READERS = {
    ".jsonl": _read_jsonl,
    ".jsonl.gz": _read_jsonl,
    ".csv": _read_csv,
    ".csv.gz": _read_csv,
    ".parquet": _read_parquet,
}
_SUFFIXES = tuple(_READERS)
