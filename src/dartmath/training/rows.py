"""Reading training rows: Parquet and JSONL files, folders of `dartmath curate`, Hub data sets.

Rows come in batches of bounded size, so that a file larger than memory is no problem.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dartmath.base.errors import DataError, MissingDependencyError
from dartmath.base.extras import require
from dartmath.base.hub import use_cache_where_out_of_reach
from dartmath.training.conversations import Conversation

_BATCH = 1024  # rows: enough for all cores, and twice their tokens lie in memory
_HUB = "hub:"
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SUFFIXES = (".parquet", ".jsonl")

Columns = tuple[str, str]
"""The names of the columns that hold the problem and the response."""
COLUMNS: Columns = ("query", "response")
"""Their names in the sets of `dartmath curate` and of the paper."""


@dataclass(frozen=True, slots=True)
class Row:
    """One example to train on; `number` is its row (from 1) in `path`.

    A row of pairs has a `rejected` response too; one of labelled responses says whether its is right. The
    loss of a row is multiplied by its `weight`. A `conversation` stands in place of query and response.
    """

    query: str
    response: str
    path: str
    number: int
    rejected: str | None = None
    label: bool = True
    weight: float = 1.0
    conversation: Conversation | None = None


ReadRow = Callable[[Any, str, int], Row]
"""Makes the `Row` of what a file holds, its path and its number; raises `DataError`."""


def read_rows(
    source: str, columns: Sequence[str] = COLUMNS, read: ReadRow | None = None
) -> Iterator[list[Row]]:
    """The rows of `source` in batches: of `columns` with a query and a response, or as `read` makes them.

    Of a Parquet file `columns` alone are read where it has them, and all columns where it lacks one, or
    none are named.

    `source` is a file, a folder with such files, or `hub:OWNER/NAME[@REVISION]`, which is streamed, or
    read from the local cache where `HF_HUB_OFFLINE` is set. Raises `DataError` with file and line for
    a row whose `columns` do not hold texts.
    """
    if is_hub(source):
        yield from _batches(_hub_rows(source, columns), source, columns, read)
        return
    for path in data_files(Path(source)):
        yield from _batches(_file_rows(path, columns), str(path), columns, read)


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


def data_fingerprint(source: str) -> str:
    """A hash of the content of `source`: equal content, equal hash, whatever it is called.

    A Hub data set is known by its name and commit.
    """
    digest = hashlib.blake2b(digest_size=16)
    if is_hub(source):
        digest.update(pinned(source).encode())
        return digest.hexdigest()
    for path in data_files(Path(source)):
        digest.update(path.suffix.encode())
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _batches(
    rows: Iterable[tuple[int, Any]], path: str, columns: Sequence[str], read: ReadRow | None
) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for number, row in rows:
        batch.append(read(row, path, number) if read else example(row, path, number, columns))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def example(row: Any, path: str, number: int, columns: Sequence[str] = COLUMNS) -> Row:
    """A row of `columns` with a query and a response; `DataError` for another one."""
    if not isinstance(row, dict):
        names = " and ".join(f"`{name}`" for name in columns)
        raise DataError(f"a row is a JSON object with {names}", path=path, line=number)
    for part, name in zip(COLUMNS, columns, strict=True):
        if name not in row:
            found = ", ".join(sorted(row)) or "nothing"
            way = f"name the right one: {{path: {path}, {part}: COLUMN}} in `training.datasets`"
            raise DataError(f"no column `{name}`; the row has: {found}; {way}", path=path, line=number)
        if not isinstance(row[name], str):
            raise DataError(f"`{name}` must be a text, got {row[name]!r:.60}", path=path, line=number)
    query, response = columns
    return Row(row[query], row[response], path, number)


def _file_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, Any]]:
    return _parquet_rows(path, columns) if path.suffix == ".parquet" else _jsonl_rows(path)


def _parquet_rows(path: Path, wanted: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            # All of them when one is missing, so that the error can list them.
            columns = list(wanted) if wanted and set(wanted) <= set(names) else names
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


def is_hub(source: str) -> bool:
    """Whether `source` names a data set of the Hub: `hub:OWNER/NAME`, or `hub:OWNER/NAME@REVISION`."""
    return source.startswith(_HUB)


def hub_name(source: str) -> str:
    """`OWNER/NAME` of a data set of the Hub, without its revision."""
    return source.removeprefix(_HUB).partition("@")[0]


def pinned(source: str) -> str:
    """`hub:OWNER/NAME@COMMIT` of a data set of the Hub, at the commit that its revision is now.

    Offline it is the commit of the copy in the local cache. Raises `MissingDependencyError` where
    neither the Hub nor a copy can be reached.
    """
    name, revision = hub_name(source), source.partition("@")[2]
    if not _COMMIT.fullmatch(revision):
        revision = _hub_commit(source, name, revision or None)
    return f"{_HUB}{name}@{revision}"


def _hub_rows(source: str, columns: Sequence[str]) -> Iterator[tuple[int, Any]]:
    name, _, commit = pinned(source).removeprefix(_HUB).partition("@")
    if use_cache_where_out_of_reach():
        files = sorted(p for p in _cached(source, name, commit).rglob("*") if _is_train_file(p))
        rows = (row for path in files for _, row in _file_rows(path, columns))
        yield from enumerate(rows, 1)
        return
    require("datasets", purpose=source)
    from datasets import load_dataset

    try:
        yield from enumerate(load_dataset(name, split="train", streaming=True, revision=commit), 1)
    except (OSError, ValueError) as error:
        raise _unreachable(source, error) from error


def _is_train_file(path: Path) -> bool:
    """Whether a file of a downloaded data set holds its training rows, by the Hub's naming of splits.

    https://huggingface.co/docs/hub/datasets-file-names-and-splits: "test" or "validation" as a word of
    the file's or its folder's name is another split; everything else is training rows.
    """
    if path.suffix not in _SUFFIXES:
        return False
    words = set(re.split(r"[^a-z]+", f"{path.parent.name}/{path.stem}".lower()))
    return not words & {"test", "testing", "eval", "evaluation", "validation", "valid", "val", "dev"}


def _hub_commit(source: str, name: str, revision: str | None) -> str:
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    if use_cache_where_out_of_reach():
        return _cached(source, name, revision).name
    try:
        return str(HfApi().dataset_info(name, revision=revision).sha)
    except (OSError, ValueError, HfHubHTTPError) as error:
        raise _unreachable(source, error) from error


def _cached(source: str, name: str, revision: str | None) -> Path:
    """The folder of a data set in the local cache of the Hub's client; it is called as its commit."""
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, repo_type="dataset", revision=revision, local_files_only=True))
    except (OSError, ValueError) as error:
        raise _unreachable(source, error) from error


def _unreachable(source: str, error: Exception) -> MissingDependencyError:
    name, said = hub_name(source), str(error).strip().splitlines() or [type(error).__name__]
    reason = use_cache_where_out_of_reach()
    why = f"it is out of reach: {reason}, and its cache does not hold it" if reason else said[0]
    return MissingDependencyError(
        f"cannot read data set {name!r} from the Hub ({why}); download it where the Hub is reachable "
        f"(hf download --repo-type dataset {name} --local-dir FOLDER) and give the folder"
    )
