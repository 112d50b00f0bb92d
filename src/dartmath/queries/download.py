"""Rows of built-in data sets: from the folder `DARTMATH_DATA`, else from the Hub or the web."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dartmath.errors import DataError, MissingDependencyError
from dartmath.queries.dataset import Dataset, Hub, Web
from dartmath.queries.query import Query
from dartmath.queries.rows import Row, read_rows
from dartmath.queries.web import read_web
from dartmath.terminal import warn


def load_builtin(dataset: Dataset, *, mirror: str | None = None) -> list[Query]:
    """All queries of a built-in data set, from `DARTMATH_DATA` or its origin (or a `mirror` of it).

    A set that differs from the one this version was checked with is warned about.
    """
    queries = number_repeats(list(_convert(dataset, mirror)))
    if not queries:
        raise DataError(f"{dataset.name} has no rows")
    found = content_checksum(queries)
    if dataset.checksum and found != dataset.checksum:
        warn(
            f"{dataset.name}: {len(queries)} queries with checksum {found}; this version was checked with "
            f"{dataset.rows} and {dataset.checksum}, so scores may not be comparable with others'"
        )
    return queries


def data_file(dataset: Dataset) -> Path | None:
    """The file of a data set below `DARTMATH_DATA`, if it is there."""
    folder = os.environ.get("DARTMATH_DATA")
    if not folder:
        return None
    plain = Path(folder).expanduser() / dataset.file
    return next((path for path in (plain, plain.with_name(plain.name + ".gz")) if path.is_file()), None)


def content_checksum(queries: Iterable[Query]) -> str:
    """16 hexadecimal digits of texts and references, whatever their order."""
    lines = sorted("\x1f".join((query.text, *query.references)) for query in queries)
    joined = "\x1e".join(lines).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=8).hexdigest()


def number_repeats(queries: Sequence[Query]) -> list[Query]:
    """The queries with a number appended to the id of each repeated row.

    Some benchmarks hold a row several times; published scores count every one.
    """
    seen: Counter[str] = Counter()
    numbered = []
    for query in queries:
        seen[query.id] += 1
        count = seen[query.id]
        numbered.append(query if count == 1 else replace(query, id=f"{query.id}-{count}"))
    return numbered


def _convert(dataset: Dataset, mirror: str | None) -> Iterator[Query]:
    path = data_file(dataset)
    origin = None if path and not mirror else _origin(dataset, mirror)
    rows = read_rows(path) if origin is None and path else _read_origin(dataset, origin)
    for number, row in rows:
        try:
            query = dataset.convert(dataset.name, row)
        except (KeyError, TypeError, AttributeError, DataError) as error:
            what = f"no column {error}" if isinstance(error, KeyError) else str(error)
            raise DataError(f"{dataset.name}: {what}", path=path or str(origin), line=number) from error
        if query is not None:
            yield query


def _origin(dataset: Dataset, mirror: str | None) -> Hub | Web | None:
    """Where to read from; a mirror is `OWNER/NAME` or `OWNER/NAME:CONFIG`."""
    if mirror is None:
        return dataset.origin
    repo, _, config = mirror.partition(":")
    if isinstance(dataset.origin, Hub):
        return replace(dataset.origin, repo=repo, config=config or None)
    return Hub(repo, dataset.use, config or None)


def _read_origin(dataset: Dataset, origin: Hub | Web | None) -> Iterator[tuple[int, Row]]:
    if origin is None:
        raise _absent(dataset, "it is on no hub that this version knows")
    if isinstance(origin, Web):
        try:
            yield from read_web(origin)
        except OSError as error:
            raise _absent(dataset, f"{origin.url} cannot be read: {error}") from error
        return
    rows = read_hub(dataset, path=origin.repo, name=origin.config, split=origin.split)
    for number, row in enumerate(rows, start=1):
        yield number, origin.rename(row)


def read_hub(dataset: Dataset | str, **arguments: Any) -> Any:
    """`datasets.load_dataset(**arguments)`, whose failures become one clear error."""
    import datasets

    try:
        return datasets.load_dataset(**arguments)
    except (OSError, ValueError, ImportError) as error:
        raise _absent(dataset, f"{arguments['path']} cannot be read: {error}") from error


def _absent(dataset: Dataset | str, why: str) -> MissingDependencyError:
    if isinstance(dataset, str):
        return MissingDependencyError(f"{dataset}: {why}")
    return MissingDependencyError(
        f"{dataset.name}: {why}; set DARTMATH_DATA to a folder that holds {dataset.file}, "
        "or the source's `mirror` to a Hub id that has the same rows"
    )
