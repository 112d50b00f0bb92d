"""Files that are there whole or not at all."""

from __future__ import annotations

import filecmp
import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

_ROWS = 4096


def beside(path: Path) -> Path:
    """A hidden path beside `path` that no other process uses, on this host or on one that shares it."""
    return path.with_name(f".{path.name}.{socket.gethostname()}.{os.getpid()}.tmp")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write to, which takes the place of `path` at the end and is gone after a failure.

    Readers, and whoever looks after a crash, see the old file or the new one. The folder is made
    if it is not there. A file that holds the same already is left as it is, so that a finished run
    changes nothing, not even a time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = beside(path)
    try:
        yield temporary
        if not (path.is_file() and filecmp.cmp(temporary, path, shallow=False)):
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str, *, durable: bool = True) -> None:
    """Replace `path` by `text` so that a reader, or a crash, sees the old or the new whole.

    `durable` waits until the disk has it; what is written again in a second need not.
    """
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
        if durable:
            sync(temporary)


def sync(path: Path) -> None:
    """Wait until what was written to a file is on the disk; of a folder, the names in it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_parquet(path: Path, schema: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    """Replace `path` by a Parquet file of `rows` under a pyarrow `schema`; some thousand rows in memory."""
    import pyarrow
    import pyarrow.parquet

    left = iter(rows)
    with (
        replacing(path) as temporary,
        pyarrow.parquet.ParquetWriter(temporary, schema, compression="zstd") as writer,
    ):
        while batch := list(islice(left, _ROWS)):
            writer.write_table(pyarrow.Table.from_pylist(batch, schema=schema))
