"""Rows of tables in text: CSV with whatever stands between the cells, as spreadsheets write it."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dartmath.base.errors import DataError
from dartmath.queries.formats.lines import lines
from dartmath.queries.formats.row import Row

# A cell may be longer than the 128 kB that the reader allows unless told otherwise.
_CELL_CHARS = 1 << 30
_DELIMITERS = (",", ";", "\t", "|")
_LOOKED_AT = 200
_CONSISTENT = 0.8
# The line by which Excel is told what stands between the cells.
_SEP = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?\d[\d.,]*%?")
_LONG_NAME = 60


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written: what parts its cells, whether they are quoted, lines to skip, its columns.

    `header` is None where the first line is a row already.
    """

    delimiter: str
    quoted: bool
    skip: int
    header: tuple[str, ...] | None


def read_delimited(name: str | Path, encoding: str) -> Iterator[tuple[int, Row | DataError]]:
    """(line, row) of a table in text; a table without a header has the columns `column1`, `column2` ...

    A row with a quote in a wrong place is a bad row, and the next line is read as a row again.
    """
    dialect = find_dialect(name, encoding)
    header = dialect.header
    rest = _texts(itertools.islice(lines(name, encoding), dialect.skip, None))
    reader = _reader(rest, dialect)
    for index, (number, cells) in enumerate(_records(reader, dialect.skip, name)):
        if isinstance(cells, DataError):
            yield number, cells
            continue
        if header is None:
            header = tuple(f"column{place}" for place in range(1, len(cells) + 1))
        if (index or dialect.header is None) and cells:
            yield number, _named(header, cells, name, number)


def _records(reader: Any, skipped: int, name: str | Path) -> Iterator[tuple[int, list[str] | DataError]]:
    """(line, cells) of every record; raises `DataError` where a quote never closes and the rest is lost."""
    while True:
        number = skipped + reader.line_num + 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            bad = DataError(f"not valid CSV: {error}", path=name, line=number)
            if "end of data" in str(error):
                raise bad from error
            yield number, bad


def find_dialect(name: str | Path, encoding: str) -> Dialect:
    """How a table is written, told by its first lines; `DataError` where its header names a column twice."""
    csv.field_size_limit(_CELL_CHARS)
    head = list(_texts(itertools.islice(lines(name, encoding), _LOOKED_AT)))
    said = _SEP.fullmatch(head[0]) if head else None
    skip = int(said is not None)
    head = head[skip:]
    delimiter = said[1] if said else _best(head)
    quoted = _is_quoted(head, delimiter)
    first = next(iter(_parsed(head, delimiter, quoted)), [])
    header = None if _is_row(first) else _checked(first, name)
    return Dialect(delimiter, quoted, skip, header)


def _texts(numbered: Iterable[tuple[int, str | DataError]]) -> Iterator[str]:
    for _, line in numbered:
        if isinstance(line, DataError):
            raise line
        yield line


def _reader(texts: Iterable[str], dialect: Dialect) -> Any:
    return csv.reader(
        texts,
        delimiter=dialect.delimiter,
        quoting=csv.QUOTE_MINIMAL if dialect.quoted else csv.QUOTE_NONE,
        strict=True,
    )


def _parsed(head: Sequence[str], delimiter: str, quoted: bool) -> list[list[str]]:
    reader = csv.reader(head, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)
    return [row for row in reader if row]


def _best(head: Sequence[str]) -> str:
    """The delimiter that parts most rows into as many cells as the first; of several, the most cells."""
    found = (0, 0.0, ",")
    for delimiter in _DELIMITERS:
        rows = _parsed(head, delimiter, True)
        width = len(rows[0]) if rows else 0
        if width <= 1:
            continue
        # The last one may have been cut.
        alike = sum(len(row) == width for row in rows[:-1]) / max(1, len(rows) - 1) if len(rows) > 1 else 1.0
        found = max(found, (int(alike >= _CONSISTENT), alike if alike < _CONSISTENT else width, delimiter))
    return found[2]


def _is_quoted(head: Sequence[str], delimiter: str) -> bool:
    """Whether quotes hold cells together; a table parted by tabs often has them as plain characters."""
    if delimiter != "\t":
        return True
    try:
        list(csv.reader(head, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return True


def _is_row(cells: Sequence[str]) -> bool:
    """Whether the first line is no header: a name of a column is no number and no sentence."""
    given = [cell.strip() for cell in cells if cell.strip()]
    long = any(len(cell) > _LONG_NAME or cell.endswith(("?", "？", "。")) for cell in given)
    return len(given) > 1 and (long or any(_NUMBER.fullmatch(cell) for cell in given))


def _checked(cells: Sequence[str], name: str | Path) -> tuple[str, ...]:
    twice = {cell for cell in cells if cell and cells.count(cell) > 1}
    if twice:
        raise named_twice(twice, name, 1)
    return tuple(cell.strip() for cell in cells)


def named_twice(twice: Iterable[str], name: str | Path, line: int) -> DataError:
    """The error of a header on `line` that has the same name for two columns."""
    shown = ", ".join(map(repr, sorted(twice)))
    return DataError(
        f"the header names {shown} twice; give each column a name of its own", path=name, line=line
    )


def _named(header: Sequence[str], cells: Sequence[str], name: str | Path, number: int) -> Row | DataError:
    if len(cells) > len(header) and not any(cells[len(header) :]):
        cells = cells[: len(header)]
    if len(cells) != len(header):
        way = (
            "; a cell that holds the sign between cells stands in quotes" if len(cells) > len(header) else ""
        )
        return DataError(f"{len(cells)} cells under {len(header)} columns{way}", path=name, line=number)
    return dict(zip(header, cells, strict=True))
