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
    """(1-based number, row) of a file on the web.

    Raises `OSError` when it cannot be fetched, `DataError` when it cannot be read.
    """
    return read_rows(fetch(origin.url, origin.mend))


def fetch(url: str, mend: tuple[str, str] | None = None) -> Path:
    """The cached copy of `url`, downloaded if it is not there; `mend` as in `Web`."""
    name, key = url.rsplit("/", 1)[-1], url + "".join(mend or ())
    path = cache_dir() / "data" / hashlib.sha256(key.encode()).hexdigest()[:16] / name
    if path.is_file():
        return path
    with urllib.request.urlopen(url, timeout=_TIMEOUT) as response:
        try:
            content = response.read()
        except http.client.IncompleteRead as error:
            raise OSError(f"the connection broke off: {error}") from error
    if mend is not None:
        content = mended(content, *mend)
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return path


def mended(content: bytes, wrong: str, right: str) -> bytes:
    """The file with the text that is wrong in it put right."""
    return content.replace(wrong.encode(), right.encode())
