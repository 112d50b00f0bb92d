"""Reading training rows: Parquet and JSONL files, folders of `dartmath curate`, Hub data sets.

Rows come in batches of bounded size, so that a file larger than memory is no problem.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dartmath.errors import DataError, MissingDependencyError

_BATCH = 2048
_HUB = "hub:"
_SUFFIXES = (".parquet", ".jsonl")


@dataclass(frozen=True, slots=True)
class Row:
    """One example to train on; `number` is its row (from 1) in `path`."""

    query: str
    response: str
    path: str
    number: int


def read_rows(source: str) -> Iterator[list[Row]]:
    """The rows of `source` in batches.

    `source` is a file, a folder with such files, or `hub:OWNER/NAME`. Raises `DataError` with file
    and line for a row without a `query` or `response` text.
    """
    if source.startswith(_HUB):
        yield from _batches(_hub_rows(source), source)
        return
    for path in data_files(Path(source)):
        rows = _parquet_rows(path) if path.suffix == ".parquet" else _jsonl_rows(path)
        yield from _batches(rows, str(path))


def data_files(source: Path) -> list[Path]:
    """The data files of a file or folder; `DataError` when there are none."""
    if source.is_file():
        if source.suffix not in _SUFFIXES:
            raise DataError(
                f"cannot read a {source.suffix or 'nameless'} file; give .parquet or .jsonl", path=source
            )
        return [source]
    found = sorted(p for p in source.glob("*") if p.suffix in _SUFFIXES) if source.is_dir() else []
    if not found:
        what = "the folder holds no .parquet or .jsonl file" if source.is_dir() else "no such file or folder"
        raise DataError(f"{what}; `dartmath curate` writes a training set", path=source)
    return found


def fingerprint(source: str) -> str:
    """A hash of the content of `source`: equal content, equal hash, whatever it is called.

    A Hub data set is known by its name and commit.
    """
    digest = hashlib.blake2b(digest_size=16)
    if source.startswith(_HUB):
        digest.update(f"{source}@{_hub_commit(source)}".encode())
        return digest.hexdigest()
    for path in data_files(Path(source)):
        digest.update(path.suffix.encode())
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _batches(rows: Iterable[tuple[int, Any]], path: str) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for number, row in rows:
        batch.append(_row(row, path, number))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _row(row: Any, path: str, number: int) -> Row:
    if not isinstance(row, dict):
        raise DataError("a row is a JSON object with `query` and `response`", path=path, line=number)
    for key in ("query", "response"):
        if not isinstance(row.get(key), str):
            found = ", ".join(sorted(row)) or "nothing"
            raise DataError(f"`{key}` must be a text; the row has: {found}", path=path, line=number)
    return Row(row["query"], row["response"], path, number)


def _parquet_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            columns = [c for c in ("query", "response") if c in file.schema_arrow.names]
            number = 0
            for batch in file.iter_batches(_BATCH, columns=columns):
                for row in batch.to_pylist():
                    number += 1
                    yield number, row
    except pa.ArrowException as error:
        raise DataError(f"not a Parquet file: {error}", path=path) from error


def _jsonl_rows(path: Path) -> Iterator[tuple[int, Any]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                yield number, json.loads(line)
            except (json.JSONDecodeError, UnicodeDecodeError) as error:
                raise DataError(f"not valid JSON: {error}", path=path, line=number) from error


def _hub_rows(source: str) -> Iterator[tuple[int, Any]]:
    from datasets import load_dataset

    try:
        rows = load_dataset(source.removeprefix(_HUB), split="train", streaming=True)
        yield from enumerate(rows, 1)
    except (OSError, ValueError) as error:
        raise _unreachable(source, error) from error


def _hub_commit(source: str) -> str:
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    try:
        return str(HfApi().dataset_info(source.removeprefix(_HUB)).sha)
    except (OSError, ValueError, HfHubHTTPError) as error:
        raise _unreachable(source, error) from error


def _unreachable(source: str, error: Exception) -> MissingDependencyError:
    name = source.removeprefix(_HUB)
    return MissingDependencyError(
        f"cannot read data set {name!r} from the Hub ({error}); download it where the Hub is reachable "
        f"(hf download --repo-type dataset {name} --local-dir FOLDER) and give the folder"
    )
