"""Rows of built-in data sets: from the folder `DARTMATH_DATA`, else from the Hub or the web."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dartmath.base.errors import ConfigError, DataError, MissingDependencyError
from dartmath.base.extras import require
from dartmath.base.hub import use_cache_where_out_of_reach
from dartmath.base.paths import expand_home
from dartmath.base.terminal import warn
from dartmath.queries.dataset import Dataset, Hub, Web
from dartmath.queries.query import Query
from dartmath.queries.rows import Row, read_rows
from dartmath.queries.web import read_web

# The library keeps what it has read in a folder named after the commit: NAME/CONFIG/0.0.0/COMMIT/file.
_COMMIT = re.compile(r"[/\\]([0-9a-f]{40})(?=[/\\])")


def load_builtin(
    dataset: Dataset, *, mirror: str | None = None, revision: str | None = None
) -> tuple[list[Query], str]:
    """All queries of a built-in data set, and where they were read from, with the commit where it has one.

    That is `DARTMATH_DATA`, or the set's origin, or a `mirror` of it. A `mirror` or a `revision` of the Hub
    is read from there even where `DARTMATH_DATA` has the file. A set that differs from the one this version
    was checked with is warned about.
    """
    rows, origin = _rows(dataset, mirror, revision)
    queries = number_repeats(list(_convert(dataset, rows, origin)))
    if not queries:
        raise DataError(f"{dataset.name} has no rows")
    _check_content(dataset, len(queries), content_checksum(queries))
    return queries, origin


def _check_content(dataset: Dataset, rows: int, checksum: str) -> None:
    if not dataset.checksum:
        warn(
            f"{dataset.name}: this version knows no checksum of it; it has {rows} queries "
            f"({dataset.rows} expected) with checksum {checksum}"
        )
    elif checksum != dataset.checksum:
        warn(
            f"{dataset.name}: {rows} queries with checksum {checksum}; this version was checked with "
            f"{dataset.rows} and {dataset.checksum}, so scores may not be comparable with others'"
        )


def data_file(dataset: Dataset) -> Path | None:
    """The file of a data set below `DARTMATH_DATA`, if it is there."""
    folder = os.environ.get("DARTMATH_DATA")
    if not folder:
        return None
    plain = expand_home(folder) / dataset.file
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


def _convert(dataset: Dataset, rows: Iterable[tuple[int, Row]], origin: str) -> Iterator[Query]:
    for number, row in rows:
        try:
            query = dataset.convert(dataset.name, row)
        except (KeyError, TypeError, ValueError, AttributeError, DataError) as error:
            what = f"no column {error}" if isinstance(error, KeyError) else str(error)
            raise DataError(f"{dataset.name}: {what}", path=origin, line=number) from error
        if query is not None:
            yield query


def _rows(
    dataset: Dataset, mirror: str | None, revision: str | None
) -> tuple[Iterable[tuple[int, Row]], str]:
    """The numbered rows of a set, and where they are from."""
    path = None if mirror or revision else data_file(dataset)
    if path:
        return read_rows(path), str(path)
    origin = _origin(dataset, mirror, revision)
    if origin is None:
        raise _absent(dataset, "it is on no hub that this version knows")
    if isinstance(origin, Web):
        try:
            return read_web(origin), origin.url
        except OSError as error:
            raise _absent(dataset, f"{origin.url} cannot be read: {error}") from error
    found = read_hub(dataset, origin)
    return ((n, origin.rename(row)) for n, row in enumerate(found, start=1)), hub_origin(origin, found)


def hub_origin(hub: Hub, rows: Any) -> str:
    """A data set of the Hub as `hub:OWNER/NAME:CONFIG@COMMIT`, by what `datasets.load_dataset` gave.

    The commit is that of the files that were read, also where a branch, or nothing, was named; without one
    where the library does not tell.
    """
    files = [str(file.get("filename")) for file in getattr(rows, "cache_files", [])]
    commits = {found[1] for file in files if (found := _COMMIT.search(file))}
    commit = f"@{commits.pop()}" if len(commits) == 1 else ""
    return f"hub:{hub.repo}{f':{hub.config}' if hub.config else ''}{commit}"


def _origin(dataset: Dataset, mirror: str | None, revision: str | None) -> Hub | Web | None:
    """Where to read from; a mirror is `OWNER/NAME` or `OWNER/NAME:CONFIG`."""
    origin = dataset.origin
    if mirror is not None:
        repo, _, config = mirror.partition(":")
        hub = origin if isinstance(origin, Hub) else Hub(repo, dataset.use)
        return replace(hub, repo=repo, config=config or None, revision=revision)
    if revision is None:
        return origin
    if not isinstance(origin, Hub):
        raise ConfigError(f"{dataset.name} is not read from the Hub; set `revision` beside a `mirror`")
    return replace(origin, revision=revision)


def read_hub(dataset: Dataset | str, hub: Hub) -> Any:
    """The rows of a data set on the Hub, by `datasets.load_dataset`; its failures become one clear error."""
    require("datasets", purpose=f"reading {hub.repo} from the Hub")
    unreachable = use_cache_where_out_of_reach()
    import datasets
    from huggingface_hub.errors import HTTPError

    broken = (OSError, ValueError, ImportError, HTTPError, datasets.exceptions.DatasetsError)
    try:
        return datasets.load_dataset(hub.repo, hub.config, split=hub.split, revision=hub.revision)
    except broken as error:
        said = str(error).rstrip(". ")
        if unreachable and isinstance(error, OSError):  # others are those of a copy that is in the cache
            said = f"it is out of reach ({unreachable}), and its cache does not hold them"
        raise _absent(
            dataset, f"{hub.repo} cannot be read from the Hub: {said}{_way_out(error, dataset)}"
        ) from error


def _way_out(error: Exception, dataset: Dataset | str) -> str:
    from datasets.exceptions import DatasetNotFoundError

    if isinstance(error, DatasetNotFoundError):
        return "; if it is private or gated, log in with: hf auth login"
    if isinstance(dataset, str) and "Config name is missing" in str(error):
        return f"; name one of them: {dataset}:CONFIG"
    return ""


def _absent(dataset: Dataset | str, why: str) -> MissingDependencyError:
    if isinstance(dataset, str):
        return MissingDependencyError(f"{dataset}: {why}")
    return MissingDependencyError(
        f"{dataset.name}: {why}; or set DARTMATH_DATA to a folder that holds {dataset.file}, "
        "or the source's `mirror` to a Hub id that has the same rows"
    )
