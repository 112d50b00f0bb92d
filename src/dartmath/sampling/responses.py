"""Responses that are there already: rows of a user's own files and Hub data sets, samples of other runs.

Whoever made them wrote them in a form of their own, so every column may be a path into the row
(see `dartmath.queries.paths`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dartmath.base.errors import DataError
from dartmath.base.paths import expand_home
from dartmath.base.text import encodable
from dartmath.engines.finish import Ended, ended
from dartmath.queries.files import HUB_PREFIX, own_rows
from dartmath.queries.formats.row import Row
from dartmath.queries.options import cell_text
from dartmath.queries.paths import column as find_column
from dartmath.sampling.config import ResponseColumns
from dartmath.sampling.journal import journal_folder, open_journal
from dartmath.sampling.journal_manifest import QUERIES
from dartmath.sampling.sample import Sample

_SHOWN = 80


@dataclass(frozen=True, slots=True)
class StoredResponses:
    """Responses that are there already: their sources, and the columns of those that are files."""

    sources: tuple[str, ...]
    columns: ResponseColumns


@dataclass(frozen=True, slots=True)
class Response:
    """One response, and how its query is found: by `query_id`, or else by its text.

    `text` is None where the row holds no response, such as that of a failed request. `tokens` is
    None where nobody counted them, `teacher` where none is named. A `sample` of another run says all that
    is known of it.
    """

    place: str
    query_id: str | None
    query: str | None
    text: str | None
    finish_reason: str = "stop"
    tokens: int | None = None
    sample: Sample | None = None
    teacher: str | None = None


def read_responses(source: str, columns: ResponseColumns) -> Iterator[Response]:
    """The responses of one source, in its order.

    `source` is a file or folder of rows, `hub:OWNER/NAME`, or the folder of a sampling run,
    whose samples need no `columns`. Raises `DataError` with file and line for a malformed row.
    """
    folder = run_folder(source)
    if folder is not None:
        yield from _samples(folder)
        return
    for place, row in own_rows(source):
        try:
            yield from _of_row(row, columns, str(place))
        except DataError as error:
            raise DataError(str(error), path=place.path, line=place.line) from None


def check_sources(sources: Sequence[str]) -> None:
    """Raise `DataError` where a source is given twice, so that no response counts twice."""
    known: dict[str, str] = {}
    for source in sources:
        folder = run_folder(source)
        same = source if source.startswith(HUB_PREFIX) else str((folder or Path(source)).resolve())
        if same in known:
            raise DataError(f"given twice ({known[same]}); its responses would count twice", path=source)
        known[same] = source


def run_folder(source: str) -> Path | None:
    """The journal of a source that is a sampling run; None for any other."""
    folder = journal_folder(expand_home(source))
    return folder if (folder / QUERIES).is_file() else None


def _samples(folder: Path) -> Iterator[Response]:
    journal = open_journal(folder)
    texts = {query.id: query.text for query in journal.queries()}
    for sample in journal.samples():
        yield Response(
            f"{folder}: {sample.query_id}/{sample.trial}",
            sample.query_id,
            texts[sample.query_id],
            sample.text,
            sample.finish_reason,
            sample.completion_tokens,
            sample,
        )


def _of_row(row: Row, columns: ResponseColumns, place: str) -> Iterator[Response]:
    query_id = None if columns.id is None else cell_text(_value(row, columns.id, "--id"))
    query = None if columns.id else _text(_value(row, columns.query, "--query"), columns.query)
    texts = _value(row, columns.response, "--response")
    texts = list(texts) if isinstance(texts, list | tuple) else [texts]
    ends = _beside(row, columns.finish, "--finish", len(texts))
    tokens = _beside(row, columns.tokens, "--tokens", len(texts))
    teachers = _beside(row, columns.teacher, "--teacher", len(texts))
    for text, end, count, teacher in zip(texts, ends, tokens, teachers, strict=True):
        yield Response(
            place,
            query_id,
            query,
            None if text is None else _text(text, columns.response),
            "length" if ended(end) is Ended.CUT else "stop",
            None if count is None else _number(count, columns.tokens),
            teacher=None if teacher is None else cell_text(teacher),
        )


def _beside(row: Row, column: str | None, flag: str, length: int) -> Sequence[Any]:
    """What a column says of each of `length` responses: one value for all, or a list of as many."""
    value = None if column is None else _value(row, column, flag)
    if not isinstance(value, list | tuple):
        return [value] * length
    if len(value) != length:
        raise DataError(f"column {column!r} holds {len(value)} values for {length} responses")
    return value


def _value(row: Row, name: str, flag: str) -> Any:
    return find_column(row, name, f" (name it with {flag} COLUMN)")


def _text(value: Any, column: str) -> str:
    if not isinstance(value, str):
        raise DataError(f"column {column!r} is a text, found {repr(value)[:_SHOWN]}")
    return encodable(value)


def _number(value: Any, column: str | None) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        number = -1
    if isinstance(value, bool) or not 0 <= number < 2**31:
        raise DataError(f"column {column!r} is a number of tokens, found {repr(value)[:_SHOWN]}")
    return number
