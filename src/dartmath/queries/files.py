"""A user's own queries: rows of files, folders, addresses or a Hub data set, by a mapping of columns.

A row (made up): {"query": "What is 2 + 3?", "reference": "5"}; `reference` may be a list of
acceptable answers. Every error names file and line, and all bad rows are named at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from dartmath.base.errors import ConfigError, DataError, nearest
from dartmath.base.paths import expand_home
from dartmath.queries.config import Columns, QuerySource, Skipped
from dartmath.queries.convert import options_in, query_of
from dartmath.queries.dataset import Hub
from dartmath.queries.download import hub_origin, read_hub
from dartmath.queries.formats.opened import is_remote
from dartmath.queries.formats.splits import DEFAULT_SPLIT
from dartmath.queries.guess import SAMPLE, guess_columns
from dartmath.queries.kinds import is_no_answer, kind_of, undecided
from dartmath.queries.pictures import lacks_picture, picture_columns
from dartmath.queries.query import Query
from dartmath.queries.rows import Place, Row, row_files, try_rows
from dartmath.queries.where import row_filter
from dartmath.verify.custom import is_own

HUB_PREFIX = "hub:"
_MOST_NAMED = 20
_EXAMPLES = 3


@dataclass(slots=True)
class OwnSet:
    """What was read of a user's own data set.

    Attributes:
        queries: the queries, in the order of their first rows.
        columns: the mapping that was used.
        rows: how many rows there are.
        repeats: rows that repeat a query.
        left_out: rows that were left out, by what for; "where" for those that no filter let through.
        forms: how the references were read, such as "whole" or "hash", with counts.
        pictured: ids of queries that come with a picture, which their texts do not hold.
        origin: where they were read from: its name, of the Hub `hub:OWNER/NAME:CONFIG@COMMIT`.
    """

    queries: list[Query]
    columns: Columns
    rows: int = 0
    repeats: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    pictured: set[str] = field(default_factory=set)
    origin: str = ""


def own_name(dataset: str) -> str:
    """The data set that queries of a user's own file or Hub data set name: no folder, no owner."""
    return Path(dataset).name


def load_own(source: QuerySource) -> OwnSet:
    """The queries of a user's own data set, and what of it was left out.

    Raises `DataError` for malformed rows, missing references, repeated ids (all of them in one
    message), for an empty set, and for one of which most references are no answers.
    """
    columns = source.columns or guess_source(source)
    found = _Collected(source, columns)
    rows, origin = _opened(source.dataset, source.split, source.revision, source.encoding)
    for place, row in rows:
        found.add(place, row)
    found.refuse_bad()
    found.refuse_no_options()
    own = found.own
    own.origin = origin
    own.queries = _kept(list(found.queries()), source.skip, own)
    if not own.queries:
        left = ", ".join(f"{count} for {name!r}" for name, count in own.left_out.items())
        why = f"all {own.rows} rows were left out: {left}" if left else "the data set is empty"
        raise DataError(why, path=source.dataset)
    if not is_own(source.verifier):
        _refuse_texts(own, source)
    return own


def guess_source(source: QuerySource) -> Columns:
    """The columns of a data set, told by their names and their first rows."""
    rows = try_own_rows(source.dataset, source.split, source.revision, source.encoding)
    sample = [row for _, row in islice(rows, SAMPLE) if not isinstance(row, DataError)]
    return guess_columns(sample, source.dataset)


def try_own_rows(
    dataset: str, split: str = "train", revision: str | None = None, encoding: str | None = None
) -> Iterator[tuple[Place, Row | DataError]]:
    """(place, row or its error) of a user's own files, `hub:OWNER/NAME` or `hub:OWNER/NAME:CONFIG`."""
    return _opened(dataset, split, revision, encoding)[0]


def _opened(
    dataset: str, split: str, revision: str | None, encoding: str | None
) -> tuple[Iterator[tuple[Place, Row | DataError]], str]:
    """The rows of `try_own_rows`, and where they are read from: of the Hub with the commit."""
    if dataset.startswith(HUB_PREFIX):
        name, _, config = dataset.removeprefix(HUB_PREFIX).partition(":")
        if not name.strip("/"):
            raise ConfigError(f"{dataset!r} names no data set; write hub:OWNER/NAME or hub:OWNER/NAME:CONFIG")
        hub = Hub(name, split, config or None, revision=revision)
        rows = read_hub(dataset, hub)
        return ((Place(dataset, n), row) for n, row in enumerate(rows, start=1)), hub_origin(hub, rows)
    return _of_files(dataset, split, encoding), dataset


def _of_files(dataset: str, split: str, encoding: str | None) -> Iterator[tuple[Place, Row | DataError]]:
    files = row_files(dataset if is_remote(dataset) else expand_home(dataset), split)
    one = len(files) == 1 and str(files[0]) == str(expand_home(dataset))
    for file in files:
        shown = str(file) if len(files) > 1 else dataset
        # Of a folder, the files of the split have been chosen.
        for number, row in try_rows(file, encoding, split if one else DEFAULT_SPLIT):
            yield Place(shown, number), row


def own_rows(dataset: str, split: str = "train", revision: str | None = None) -> Iterable[tuple[Place, Row]]:
    """As `try_own_rows`; raises the error of the first malformed row."""
    for place, row in try_own_rows(dataset, split, revision):
        if isinstance(row, DataError):
            raise row
        yield place, row


class _Collected:
    """Rows on their way to queries, and what is wrong with some."""

    def __init__(self, source: QuerySource, columns: Columns) -> None:
        self.own = OwnSet([], columns)
        self._source, self._dataset = source, own_name(source.dataset)
        self._passes = row_filter(source.where) if source.where else None
        self._found: dict[str, tuple[Place, Query]] = {}
        self._bad: list[DataError] = []
        self._names: dict[str, None] = {}
        self._has_options = None if not columns.choices else False
        self._used = {columns.query, columns.reference, columns.context, *columns.choices}

    def queries(self) -> Iterator[Query]:
        return (query for _, query in self._found.values())

    def add(self, place: Place, row: Row | DataError) -> None:
        self.own.rows += 1
        if isinstance(row, DataError):
            self._bad.append(row)
            return
        if self._passes and not self._passes(row):
            self.own.left_out["where"] += 1
            return
        try:
            query, form = query_of(row, self._source, self.own.columns, self._dataset)
            self._look_for_options(row)
            known, first = self._found.setdefault(query.id, (place, query))
            if known != place:
                self._check_repeat(query, first, known)
                self.own.repeats += 1
            else:
                self.own.forms[form] += 1
                if set(picture_columns(row)) - self._used:
                    self.own.pictured.add(query.id)
        except DataError as error:
            self._bad.append(DataError(str(error), path=place.path, line=place.line))

    def _check_repeat(self, query: Query, first: Query, known: Place) -> None:
        shown = f"line {known.line}" if known.path == self._source.dataset else str(known)
        # Columns that nobody named were told for somebody who wants to look, not to be told off.
        if not self.own.columns.repeated and self._source.columns is not None:
            raise DataError(
                f"query id {query.id!r} repeats {shown}: {query.text[:60]!r}; drop one of the two, "
                "or, in a file of responses, set columns.repeated"
            )
        if (query.text, query.references) != (first.text, first.references):
            raise DataError(f"query id {query.id!r} has another text or reference on {shown}")

    def _look_for_options(self, row: Row) -> None:
        if self._has_options is False:
            self._names.update(dict.fromkeys(row))
            self._has_options = bool(options_in(row, self.own.columns))

    def refuse_no_options(self) -> None:
        """Raise where columns of options are named and no row has any."""
        if self._has_options is not False:
            return
        columns = " and ".join(map(repr, self.own.columns.choices))
        known = nearest(self.own.columns.choices[0], self._names)
        raise DataError(
            f"no row has options in the column {columns}{known}; choices are a list, or a text such as "
            "'A) 5 B) 6'",
            path=self._source.dataset,
        )

    def refuse_bad(self) -> None:
        """Raise one error for all bad rows, unless they are to be left out."""
        if not self._bad:
            return
        if "bad" in self._source.skip and self._found:
            self.own.left_out["bad"] += len(self._bad)
            return
        raise _together(self._bad, self.own.rows)


def _together(errors: Sequence[DataError], rows: int) -> DataError:
    """One error that names all bad rows, each on a line of its own."""
    if rows == 1:
        return errors[0]
    texts = [str(error) for error in errors]
    said = {text.partition(f":{error.line}: ")[2] for text, error in zip(texts, errors, strict=True)}
    if len(said) == 1 and len(errors) == rows:
        made = DataError(f"{texts[0]}\nall {rows} rows have this fault")
    elif len(errors) * 2 > rows:
        shown = "\n".join(texts[:_EXAMPLES])
        made = DataError(
            f"{shown}\n{len(errors):,} of {rows:,} rows cannot be used, most of them: {_WAY_OUT}"
        )
    else:
        more = [f"... and {len(texts) - _MOST_NAMED} more"] if len(texts) > _MOST_NAMED else []
        lines = [
            *texts[:_MOST_NAMED],
            *more,
            f"{len(errors)} of {rows} rows cannot be used; repair them, or leave them out with "
            "`skip: [bad]` (--skip bad), which is counted",
        ]
        made = DataError("\n".join(lines))
    made.path, made.line = errors[0].path, errors[0].line
    return made


def _kept(queries: list[Query], skip: Sequence[Skipped], own: OwnSet) -> list[Query]:
    """The queries that nothing in `skip` leaves out; what it leaves out is counted."""
    refused: dict[str, str] = {}
    conflicts = {query.id for query in conflicting(queries)} if "conflict" in skip else set()
    kinds = {"no-answer": "no answer", "words": "words"}
    wanted = {name: kind for name, kind in kinds.items() if name in skip}
    labels = undecided(answer for query in queries for answer in query.references) if wanted else set()
    for query in queries:
        found = {kind_of(answer) for answer in query.references if answer not in labels} if wanted else set()
        reason = next((name for name, kind in wanted.items() if found == {kind}), None)
        if reason is None and query.id in conflicts:
            reason = "conflict"
        if reason is None and "picture" in skip and (query.id in own.pictured or lacks_picture(query.text)):
            reason = "picture"
        if reason is not None:
            refused[query.id] = reason
    own.left_out.update(refused.values())
    return [query for query in queries if query.id not in refused]


def conflicting(queries: Iterable[Query]) -> list[Query]:
    """Queries whose text, but for white space, others have too, with references that differ."""
    from dartmath.verify import verify

    by_text: dict[str, list[Query]] = {}
    for query in queries:
        by_text.setdefault(" ".join(query.text.split()), []).append(query)
    found = []
    for same in by_text.values():
        first = same[0].references[0]
        if any(not verify(first, answer).correct for query in same[1:] for answer in query.references):
            found += same
    return found


def _refuse_texts(own: OwnSet, source: QuerySource) -> None:
    """Refuse a set of which most can never be judged, before anything is asked."""
    labels = undecided(answer for query in own.queries for answer in query.references)
    without = [
        query
        for query in own.queries
        if all(is_no_answer(answer) and answer not in labels for answer in query.references)
    ]
    if len(without) * 2 > len(own.queries):
        raise DataError(
            f"{len(without):,} of {len(own.queries):,} references (column {own.columns.reference!r}) say "
            f"that there is no answer, such as {without[0].references[0]!r}; {_WAY_OUT}",
            path=source.dataset,
        )


_WAY_OUT = (
    "name the column of the final answer (columns.reference, --reference-column), or give a verifier of your "
    "own (verifier: file.py:name)"
)
