"""From a row to a query: its text with what belongs to it, and its references."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

from dartmath.base.errors import DataError, nearest
from dartmath.queries.cells import at
from dartmath.queries.config import Columns, QuerySource
from dartmath.queries.formats.row import Row
from dartmath.queries.kinds import is_long, kind_of
from dartmath.queries.options import (
    LETTERS,
    Options,
    best_scored,
    cell_text,
    letter_of,
    named_option,
    options_of,
)
from dartmath.queries.paths import column as find_column
from dartmath.queries.query import Query, make_query, plain
from dartmath.queries.traps import hides_options
from dartmath.verify.contract.question import DOMAINS
from dartmath.verify.custom import is_own
from dartmath.verify.golds import read_reference

WHOLE = "whole"
"""How a reference is read that is an answer as it stands."""

_MARKS = {"hash": "####", "boxed": "boxed", "tag": "<answer"}
_OWN = (
    "; --reference-column names another column; what only a program can judge takes `verifier: code`, with "
    "unit tests of Python as the reference, or a verifier of your own, file.py:name"
)
_HINT = "; map it with `columns`"
_SHOWN = 80
# A small letter in parentheses is an option, which answers name in capitals; alone it is a variable.
_OPTION = re.compile(r"^\([a-j]\)$")


def query_of(row: Row, source: QuerySource, columns: Columns, dataset: str) -> tuple[Query, str]:
    """The query of a row, and how its first reference was read, such as "hash".

    Raises `DataError` for what a row lacks or holds in vain.
    """
    text = _column(row, columns.query)
    if not isinstance(text, str):
        raise DataError(f"column {columns.query!r} must be a text, found {repr(text)[:_SHOWN]}")
    own = is_own(source.verifier)
    options = options_in(row, columns)
    cell = _column(row, columns.reference)
    cell = cell if own else best_scored(cell) or cell
    whole = source.verifier in DOMAINS and cell is not None
    references: tuple[str, ...]
    if options and (named := _named_whole(cell, options, columns)):
        references, method = (named,), WHOLE
    else:
        references, method = ((_as_json(cell),), WHOLE) if whole else _references(cell, columns, own=own)
        if options:
            references = _letters(references, row, options, columns)
        elif not (own or whole):
            references = tuple(named_option(answer, text) or answer for answer in references)
    references = tuple(_with_unit(answer, _text(row, columns.unit)) for answer in references)
    text = _whole_text(_passage(row, columns.context), text, options)
    own_id, level, domain = (_text(row, name) for name in (columns.id, columns.level, columns.domain))
    try:
        "".join(filter(None, (text, *references, own_id, level, domain))).encode()
    except UnicodeEncodeError as error:
        raise DataError(f"not valid Unicode: {error}") from None
    query = make_query(
        dataset,
        text,
        references,
        verifier=source.verifier,
        level=level,
        domain=domain,
        band=source.band,
    )
    if columns.choices and not options and hides_options(replace(query, references=(references[0].upper(),))):
        named = columns.choices[0]
        way = "an empty one" if named in row else f"no column {named!r}{nearest(named, row)}"
        raise DataError(
            f"column {columns.reference!r} names the option {references[0]!r}, and the row has {way}"
        )
    return replace(
        query, id=own_id or query.id, metadata={**_kept(row, columns.keep), **query.metadata}
    ), method


def _letters(references: Iterable[str], row: Row, options: Options, columns: Columns) -> tuple[str, ...]:
    """The letters of the options that references name; several right ones are one answer."""
    found = [letter_of(answer, options, columns.reference, columns.first_choice) for answer in references]
    listed = isinstance(_column(row, columns.reference), list | tuple)
    return (", ".join(sorted({*found})),) if listed and len(found) > 1 else tuple(found)


def _named_whole(cell: Any, options: Options, columns: Columns) -> str:
    """The letter of the option that a cell says word for word: it may be as long as it likes."""
    if not isinstance(cell, str) or cell.strip() not in map(str.strip, options.texts):
        return ""
    return letter_of(cell, options, columns.reference, columns.first_choice)


def options_in(row: Row, columns: Columns) -> Options:
    """The options of a row; sorted where the right one has a column of its own, which would tell it.

    A row without such a column is a question without options, as one where it is empty.
    """
    if not columns.choices:
        return Options()
    cells = [at(row, name) for name in columns.choices]
    beside = len(cells) > 1 and columns.reference in columns.choices
    return options_of(cells, columns.choices, sort=beside)


def _column(row: Row, name: str) -> Any:
    return find_column(row, name, _HINT)


def _text(row: Row, name: str | None) -> str | None:
    value = _column(row, name) if name else None
    return None if value is None else cell_text(value)


def _passage(row: Row, name: str | None) -> str | None:
    """The text of a column that belongs before the problem: paragraphs, where it is a list of texts."""
    value = _column(row, name) if name else None
    texts = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return "\n\n".join(value) if texts else _text(row, name)  # type: ignore[arg-type]


def _whole_text(context: str | None, text: str, options: Options) -> str:
    if not text.strip():
        return ""
    listed = "\n".join(f"({letter}) {option}" for letter, option in options.by_letter().items())
    return "\n\n".join(
        part for part in ((context or "").strip(), f"{text}\n{listed}" if listed else text) if part
    )


def _with_unit(answer: str, unit: str | None) -> str:
    said = (unit or "").strip().strip("$").strip()
    return f"{answer} {said}" if said else answer


def _kept(row: Row, names: Iterable[str]) -> dict[str, Any]:
    """The columns that go along; the two that the built-in verifier reads are checked."""
    values = {name: _column(row, name) for name in names}
    kept = {name: plain(value) for name, value in values.items() if value is not None}
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


def _references(value: Any, columns: Columns, *, own: bool) -> tuple[tuple[str, ...], str]:
    """Acceptable answers as texts, and how the first was found.

    For a verifier of the user's own nothing is taken out of a text, and a mapping becomes JSON.
    """
    name = columns.reference
    if own:
        if isinstance(value, dict):
            return (json.dumps(value, ensure_ascii=False, default=str),), WHOLE
        values: Sequence[Any] = value if isinstance(value, list | tuple) else [value]
        if all(isinstance(one, str | int | float | Decimal) for one in values):
            return tuple(map(str, values)), WHOLE
    try:
        answers = read_reference(_one_answer(_whole(value), name), name)
    except DataError as error:
        raise DataError(f"{error}{_OWN}") from None
    if not answers:
        raise DataError(f"missing reference answer: column {name!r} holds {repr(value)[:_SHOWN]}")
    if long := next(
        (answer for answer in answers if is_long(answer) and kind_of(answer) == "long text"), None
    ):
        raise DataError(f"column {name!r} holds a long text and no answer: {long[:_SHOWN]!r}{_OWN}")
    found = (_OPTION.sub(lambda option: option[0].upper(), answer) for answer in answers)
    return tuple(dict.fromkeys(found)), _form(value, answers[0])


def _as_json(cell: Any) -> str:
    """A whole cell as JSON, which it may be already."""
    if isinstance(cell, str):
        with suppress(ValueError, RecursionError):
            json.loads(cell)
            return cell
    return json.dumps(cell, ensure_ascii=False, default=str)


def _whole(value: Any) -> Any:
    """A whole number that a table holds as a float, without the digit that nobody wrote: 51.0 is 51."""
    if isinstance(value, list | tuple):
        return [_whole(one) for one in value]
    return cell_text(value) if isinstance(value, float) and value.is_integer() else value


def _one_answer(value: Any, name: str) -> Any:
    """Several letters of options are one answer, and no choice among them: whoever gives one is wrong.

    Raises `DataError` for letters in another order than that of options: they answer several questions.
    """
    if not isinstance(value, list | tuple) or len(value) == 1:
        return value
    if not all(isinstance(one, str) and len(one) == 1 and one in LETTERS for one in value):
        return value
    if list(value) != sorted(set(value)):
        said = ", ".join(value)
        raise DataError(f"column {name!r} answers several questions: {said}; make each a row of its own")
    return ", ".join(value)


def _form(cell: Any, answer: str) -> str:
    """How an answer stands in its cell: alone, or by what mark in a solution."""
    if not isinstance(cell, str) or cell.strip() == answer:
        return WHOLE
    return next((form for form, mark in _MARKS.items() if mark in cell), "announced")
