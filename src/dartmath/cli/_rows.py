"""The flags of every verb that reads rows of a user's own: which columns, which rows, how they are written.

@row_options
def command(data: str, *, rows: RowFlags) -> None:
    source = rows.source(data)
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, get_args

import typer

from dartmath.base.errors import ConfigError
from dartmath.base.section import validate
from dartmath.queries.config import Columns, QuerySource, Skipped

# Key of `columns:` -> its flag; the other keys of a column are set in a recipe.
_COLUMN_FLAGS = {
    "query": "--query-column",
    "reference": "--reference-column",
    "context": "--context-column",
    "choices": "--choices-column",
    "first_choice": "--first-choice",
    "unit": "--unit-column",
    "id": "--id-column",
    "level": "--level-column",
    "domain": "--domain-column",
    "keep": "--keep-column",
}
_ROW_FLAGS = {
    "where": ("--where", "Which rows are read, such as 'level >= 3 and source != \"synthetic\"'."),
    "skip": ("--skip", f"Leave rows out, and count them: {', '.join(get_args(Skipped))}. May be repeated."),
    "encoding": ("--encoding", "Encoding of a text file, such as cp1252; told by its bytes when absent."),
    "split": ("--split", "Split of a Hub data set or of a folder [default: train]."),
}


@dataclass(frozen=True, slots=True)
class RowFlags:
    """What the user said about rows: keys of `columns:`, and keys of a source beside it."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)

    @property
    def flags(self) -> list[str]:
        """The flags that were given."""
        named = [_COLUMN_FLAGS[key] for key in self.columns]
        return named + [_ROW_FLAGS[key][0] for key in self.others]

    def source(self, dataset: str, **more: Any) -> QuerySource:
        """The source of these rows: columns that no flag names are told by names and contents."""
        return validate(QuerySource, self.data(dataset, **more), where="options")

    def data(self, dataset: str, **more: Any) -> dict[str, Any]:
        """The source as a section of a recipe is written."""
        data = {"dataset": dataset, **self.others, **more}
        if self.columns:
            found = validate(QuerySource, data, where="options")
            data["columns"] = columns_with(found, self.columns).model_dump(mode="json", exclude_defaults=True)
        return data


def columns_with(source: QuerySource, named: Mapping[str, Any]) -> Columns:
    """The mapping with the columns that are `named`; the others are told by names and contents."""
    from dartmath.queries.guess import guess
    from dartmath.queries.guess_options import with_first_choice
    from dartmath.queries.load import is_own_set

    if not is_own_set(source.dataset):
        raise ConfigError(f"{source.dataset}: columns belong to your own data sets alone")
    rows = first_rows(source)
    found = guess(rows)
    if not (found.query or "query" in named) or not (found.reference or "reference" in named):
        cannot_tell(source, named)
    return with_first_choice(rows, found.columns(**{"repeated": True, **named}), source.dataset)


def first_rows(source: QuerySource) -> list[Mapping[str, Any]]:
    """The first rows of a source that can be read."""
    from itertools import islice

    from dartmath.base.errors import DataError
    from dartmath.queries.files import try_own_rows
    from dartmath.queries.guess import SAMPLE

    rows = try_own_rows(source.dataset, source.split, source.revision, source.encoding)
    return [row for _, row in islice(rows, SAMPLE) if not isinstance(row, DataError)]


def cannot_tell(source: QuerySource, named: Mapping[str, Any]) -> None:
    """Raise the error that names all columns which nothing tells."""
    from dartmath.queries.guess import cannot_tell as message
    from dartmath.queries.guess import guess

    rows = first_rows(source)
    found = guess(rows)
    absent = [what for what in ("query", "reference") if what not in named and getattr(found, what) is None]
    if rows and absent:
        raise ConfigError(f"{source.dataset}: {message(absent, rows[0])}")


def row_options(function: Callable[..., None]) -> Callable[..., None]:
    """Decorator: replace the parameter `rows` by the flags of rows."""
    signature = inspect.signature(function, eval_str=True)
    own = [p for name, p in signature.parameters.items() if name != "rows"]
    added = [*_parameters()]

    @functools.wraps(function)
    def call(**given: Any) -> None:
        said = {p.name: given.pop(p.name) for p in added}
        said = {name.removeprefix("rows_"): value for name, value in said.items() if value not in (None, [])}
        columns = {key: value for key, value in said.items() if key in _COLUMN_FLAGS}
        function(**given, rows=RowFlags(columns, {k: v for k, v in said.items() if k not in columns}))

    own = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]
    call.__signature__ = inspect.Signature([*own, *added])  # type: ignore[attr-defined]
    call.__annotations__ = {p.name: p.annotation for p in [*own, *added]}
    del call.__wrapped__
    return call


def _parameters() -> Sequence[inspect.Parameter]:
    made = []
    for key, flag in _COLUMN_FLAGS.items():
        told = Columns.model_fields[key]
        text = " ".join((told.description or "").split())
        kind = list[str] if key in ("choices", "keep") else int if key == "first_choice" else str
        end = " Told by names and contents when absent." if key in ("query", "reference") else ""
        metavar = "0|1" if key == "first_choice" else "COLUMN"
        made.append((key, flag, kind, text + end, metavar))
    for key, (flag, text) in _ROW_FLAGS.items():
        made.append((key, flag, list[str] if key == "skip" else str, text, key.upper()))
    return [
        inspect.Parameter(
            f"rows_{key}",
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[
                kind | None,
                typer.Option(
                    flag,
                    help=text,
                    metavar=metavar,
                    show_default=False,
                    min=0 if kind is int else None,
                    max=1 if kind is int else None,
                ),
            ],
        )
        for key, flag, kind, text, metavar in made
    ]


def refuse_flags(rows: RowFlags, why: str) -> None:
    """Raise `ConfigError` where flags of rows are given that can do nothing."""
    if rows.flags:
        raise ConfigError(f"{', '.join(rows.flags)} {why}")
