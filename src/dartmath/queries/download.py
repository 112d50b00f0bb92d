"""Rows of built-in data sets: from the folder `DARTMATH_DATA`, else from the Hub or the web."""

from __future__ import annotations

import hashlib
import os
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


def load_builtin(dataset: Dataset, *, mirror: str | None = None, revision: str | None = None) -> list[Query]:
    """All queries of a built-in data set, from `DARTMATH_DATA` or its origin (or a `mirror` of it).

    A `mirror` or a `revision` of the Hub is read from there even where `DARTMATH_DATA` has the
    file. A set that differs from the one this version was checked with is warned about.
    """
    queries = number_repeats(list(_convert(dataset, mirror, revision)))
    if not queries:
        raise DataError(f"{dataset.name} has no rows")
    _check_content(dataset, len(queries), content_checksum(queries))
    return queries


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


def _convert(dataset: Dataset, mirror: str | None, revision: str | None) -> Iterator[Query]:
    path = None if mirror or revision else data_file(dataset)
    origin = None if path else _origin(dataset, mirror, revision)
    rows = read_rows(path) if path else _read_origin(dataset, origin)
    for number, row in rows:
        try:
            query = dataset.convert(dataset.name, row)
        except (KeyError, TypeError, AttributeError, DataError) as error:
            what = f"no column {error}" if isinstance(error, KeyError) else str(error)
            raise DataError(f"{dataset.name}: {what}", path=path or str(origin), line=number) from error
        if query is not None:
            yield query


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


def _read_origin(dataset: Dataset, origin: Hub | Web | None) -> Iterator[tuple[int, Row]]:
    if origin is None:
        raise _absent(dataset, "it is on no hub that this version knows")
    if isinstance(origin, Web):
        try:
            yield from read_web(origin)
        except OSError as error:
            raise _absent(dataset, f"{origin.url} cannot be read: {error}") from error
        return
    for number, row in enumerate(read_hub(dataset, origin), start=1):
        yield number, origin.rename(row)


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
