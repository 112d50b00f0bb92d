"""Files of benchmarks on the web: downloaded once, kept in the cache."""

from __future__ import annotations

import hashlib
import http.client
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from dartmath.base.files import replacing
from dartmath.model import cache_dir
from dartmath.queries.dataset import Web
from dartmath.queries.rows import Row, read_rows

_TIMEOUT = 60.0


def read_web(origin: Web) -> Iterator[tuple[int, Row]]:
    """(1-based number, row) of a JSONL file or JSON array on the web.

    Raises `OSError` when it cannot be fetched, `DataError` when it cannot be read.
    """
    return read_rows(fetch(origin.url))


def fetch(url: str) -> Path:
    """The cached copy of `url`, downloaded if it is not there."""
    name = url.rsplit("/", 1)[-1]
    path = cache_dir() / "data" / hashlib.sha256(url.encode()).hexdigest()[:16] / name
    if path.is_file():
        return path
    with urllib.request.urlopen(url, timeout=_TIMEOUT) as response:
        try:
            content = response.read()
        except http.client.IncompleteRead as error:
            raise OSError(f"the connection broke off: {error}") from error
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return path
