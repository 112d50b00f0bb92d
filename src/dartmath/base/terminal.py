"""What a person sees in a terminal: progress bars with ETA, and tables of at most 100 columns.

Everything human goes to standard error, so that standard output holds results alone; where that is
not a terminal, nothing is drawn, and long work tells a log how far it is by a line a minute. No text
has power over the terminal: what moves cursors or turns the direction of writing is shown as an escape.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from dartmath.base.text import printable, shorten

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 100
NARROW = 72
"""In a terminal of fewer columns, a table of more than three is printed row by row."""

_FEW_COLUMNS = 3
# Between two lines of progress in a log.
LOG_SECONDS = 60.0
# More of one cell is not read in a terminal, and takes rich minutes to wrap.
_CELL_CHARS = 4000


class Progress(Protocol):
    """A progress bar: tell it how far the work is."""

    def update(self, done: float, *, total: float | None = None, note: str = "") -> None:
        """Set the bar to `done` of `total`; `note` is a short text at its end."""
        ...


def console(*, stderr: bool = True) -> Console:
    """A rich console of at most 100 columns; standard error unless told otherwise."""
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False)
    made.width = min(made.width, WIDTH) if made.is_terminal else WIDTH
    return made


def info(message: str) -> None:
    """Print one line for a person to standard error, without markup."""
    console().print(printable(message), markup=False, soft_wrap=True)


def warn(message: str) -> None:
    """Print a warning to standard error."""
    from rich.text import Text

    console().print(Text.assemble(("warning: ", "yellow"), printable(message)), soft_wrap=True)


@contextmanager
def progress_bar(description: str, total: float | None) -> Iterator[Progress]:
    """A bar with rate and ETA on standard error; lines of a log when that is not a terminal."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as RichProgress

    out = console()
    if not out.is_terminal:
        yield _Log(description, total)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", markup=False),
    )
    with RichProgress(*columns, console=out, transient=True) as bar:
        yield _Bar(bar, bar.add_task(description, total=total, note=""))


class _Bar:
    def __init__(self, bar: object, task: int) -> None:
        self._bar, self._task = bar, task

    def update(self, done: float, *, total: float | None = None, note: str = "") -> None:
        self._bar.update(self._task, completed=done, note=note, **({} if total is None else {"total": total}))  # type: ignore[attr-defined]


class _Log:
    """Progress for a file: a line a minute, and none of what takes less."""

    def __init__(self, description: str, total: float | None) -> None:
        self._description, self._total = description, total
        self._told = time.monotonic()
        self._began: tuple[float, float] | None = None

    def update(self, done: float, *, total: float | None = None, note: str = "") -> None:
        now = time.monotonic()
        self._total = self._total if total is None else total
        # A run that goes on does not start at nothing.
        self._began = self._began or (now, done)
        if now - self._told < LOG_SECONDS:
            return
        self._told = now
        far = f"{done:,.0f}" if self._total is None else f"{done:,.0f} of {self._total:,.0f}"
        info(", ".join(part for part in (f"{self._description}: {far}", note, self._left(now, done)) if part))

    def _left(self, now: float, done: float) -> str:
        assert self._began is not None
        since, first = self._began
        if self._total is None or done <= first:
            return ""
        return f"about {(self._total - done) * (now - since) / (done - first) / 60:,.0f} min left"


def holds_words(rows: Iterable[Sequence[object]], column: int) -> bool:
    """Whether a column of a table, here or in a page, is one of words, which stand on the left."""
    return not column or any(str(row[column])[:1].isalpha() for row in rows if column < len(row))


def _shown(cell: object) -> str:
    if isinstance(cell, int) and not isinstance(cell, bool):
        return f"{cell:,}"
    return "" if cell is None else printable(shorten(str(cell), _CELL_CHARS))


class Table(NamedTuple):
    """A table for people, under its title and above its caption."""

    title: str
    columns: Sequence[str]
    rows: Iterable[Sequence[object]]
    caption: str = ""


def print_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, caption: str = ""
) -> None:
    """Print a table to standard output.

    Columns of words are left-aligned, those of numbers right; whole numbers are grouped by
    thousands; a very long cell keeps its head and tail. Everything is plain text.
    """
    out = console(stderr=False)
    for part in _drawn(Table(title, columns, rows, caption), out.width):
        out.print(part)


@contextmanager
def live_table() -> Iterator[Callable[[Table], None] | None]:
    """What draws a table on standard output over the one before; None where that is no terminal."""
    from rich.console import Group
    from rich.live import Live

    out = console(stderr=False)
    if not out.is_terminal:
        yield None
        return
    with Live(console=out, auto_refresh=False, vertical_overflow="visible") as live:
        yield lambda table: live.update(Group(*_drawn(table, out.width)), refresh=True)


def _drawn(table: Table, width: int) -> Iterator[Any]:
    """The parts of a table for rich: not its own title and caption, which are as narrow as the table."""
    from rich.text import Text

    cells = [[_shown(cell) for cell in row] for row in table.rows]
    yield Text(printable(table.title), style="italic")
    if width < NARROW and len(table.columns) > _FEW_COLUMNS:
        yield from _records(table.columns, cells)
    else:
        yield _grid(table.columns, cells)
    if table.caption:
        yield Text(printable(table.caption), style="dim italic")


def _grid(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> Any:
    from rich.table import Table as Grid
    from rich.text import Text

    made = Grid()
    for index, name in enumerate(columns):
        justify: Literal["left", "right"] = "left" if holds_words(cells, index) else "right"
        made.add_column(Text(printable(name)), justify=justify, overflow="fold")
    for texts in cells:
        made.add_row(*map(Text, texts))
    return made


def _records(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> Iterator[Any]:
    """A table where it has no room: every row as lines of its own, under what its first cell says."""
    from rich.text import Text

    width = max(map(len, columns))
    for first, *rest in cells:
        yield Text(first or "-", style="bold")
        for name, cell in zip(columns[1:], rest, strict=False):
            if cell:
                yield Text(f"  {printable(name).ljust(width)}  {cell}")


def print_json(value: object) -> None:
    """Print `value` to standard output as one line of JSON.

    It is ASCII, so that every terminal and pipe takes it; a number that is none (NaN, infinity),
    for which JSON has no word, is null.
    """
    print(json.dumps(_finite(value), allow_nan=False))


def _finite(value: object) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
