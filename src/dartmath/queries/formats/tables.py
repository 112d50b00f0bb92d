"""Rows of tables that are no text: Parquet, Arrow, and the sheets of spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from dartmath.base.errors import DataError
from dartmath.queries.formats.delimited import named_twice
from dartmath.queries.formats.opened import opened
from dartmath.queries.formats.row import Row


def read_parquet(name: str | Path) -> Iterator[tuple[int, Row | DataError]]:
    """(1-based number, row) of a Parquet file."""
    import pyarrow
    import pyarrow.parquet

    with opened(name, packed=True) as file:
        try:
            batches = pyarrow.parquet.ParquetFile(file).iter_batches()
            yield from enumerate(_rows(batches), start=1)
        # Damage inside of the file is a plain OSError.
        except (pyarrow.ArrowException, OSError) as error:
            raise DataError(f"not a readable Parquet file: {error}", path=name) from error


def read_arrow(name: str | Path) -> Iterator[tuple[int, Row | DataError]]:
    """(1-based number, row) of an Arrow file, as `datasets` saves them to disk, or a Feather file."""
    import pyarrow
    import pyarrow.ipc

    with opened(name, packed=True) as file:
        is_file = file.read(6) == b"ARROW1"
        file.seek(0)
        try:
            if is_file:
                table = pyarrow.ipc.open_file(file)
                batches: Iterable[Any] = map(table.get_batch, range(table.num_record_batches))
            else:
                batches = pyarrow.ipc.open_stream(file)
            yield from enumerate(_rows(batches), start=1)
        except (pyarrow.ArrowException, OSError) as error:
            raise DataError(f"not a readable Arrow file: {error}", path=name) from error


def _rows(batches: Iterable[Any]) -> Iterator[Row]:
    for batch in batches:
        yield from batch.to_pylist()


def read_sheet(name: str | Path) -> Iterator[tuple[int, Row | DataError]]:
    """(row of the sheet, row) of the first sheet of a spreadsheet that has a header and rows."""
    import python_calamine as calamine

    with opened(name, packed=True) as file:
        try:
            book = calamine.CalamineWorkbook.from_filelike(file)
            sheets = [
                book.get_sheet_by_name(one).to_python(skip_empty_area=False) for one in book.sheet_names
            ]
        except (calamine.CalamineError, OSError) as error:
            raise DataError(f"not a readable spreadsheet: {error}", path=name) from error
    for sheet in sheets:
        start = next((i for i, cells in enumerate(sheet) if sum(map(_is_filled, cells)) > 1), None)
        if start is not None and len(sheet) > start + 1:
            yield from _sheet_rows(sheet, start, name)
            return


def _sheet_rows(sheet: Sequence[Sequence[Any]], start: int, name: str | Path) -> Iterator[tuple[int, Row]]:
    header = [str(cell).strip() for cell in sheet[start]]
    twice = {cell for cell in header if cell and header.count(cell) > 1}
    if twice:
        raise named_twice(twice, name, start + 1)
    for number, cells in enumerate(sheet[start + 1 :], start=start + 2):
        if any(map(_is_filled, cells)):
            yield number, {key: _cell(cell) for key, cell in zip(header, cells, strict=False) if key}


def _is_filled(cell: Any) -> bool:
    return cell is not None and cell != ""


def _cell(cell: Any) -> Any:
    """A whole number without a decimal point: spreadsheets know no integers."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
