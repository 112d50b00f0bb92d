"""Rows of files as people have them, each with its place, so that an error can name it.

files of a folder ─> bytes (here or elsewhere, decompressed) ─> encoding ─> lines ─> rows
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dartmath.base.errors import DataError
from dartmath.queries.formats.contents import told_by_contents
from dartmath.queries.formats.delimited import find_dialect, read_delimited
from dartmath.queries.formats.encoding import find_encoding, known_encoding
from dartmath.queries.formats.objects import read_json, read_lines
from dartmath.queries.formats.opened import COMPRESSED, check_there, is_remote, plain_name
from dartmath.queries.formats.row import Row
from dartmath.queries.formats.splits import same_split, split_of
from dartmath.queries.formats.tables import read_arrow, read_parquet, read_sheet
from dartmath.queries.formats.yaml_rows import read_yaml

__all__ = [
    "Place",
    "Row",
    "describe_file",
    "is_row_file",
    "may_hold_splits",
    "read_rows",
    "row_files",
    "try_rows",
]

# An object may hold several splits, of which one is read.
_OBJECTS = {
    ".json": read_json,
    ".yaml": read_yaml,
    ".yml": read_yaml,
}
_TEXT = {
    ".jsonl": read_lines,
    ".ndjson": read_lines,
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".txt": read_delimited,
}
_TABLES = {
    ".parquet": read_parquet,
    ".arrow": read_arrow,
    ".feather": read_arrow,
    ".xlsx": read_sheet,
    ".xls": read_sheet,
    ".ods": read_sheet,
}
_SUFFIXES = (*_TEXT, *_OBJECTS, *_TABLES)
# What tells about a data set, and is none.
_ABOUT = ("dataset_info.json", "dataset_infos.json", "state.json", "dataset_dict.json", "manifest.json")
# In a folder of rows, these tell about them.
_SELDOM_ROWS = (".txt", ".yaml", ".yml")
_DELIMITER_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


class Place(NamedTuple):
    """Where a row stands: its file, and its line or number (1-based)."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


def is_row_file(name: str) -> bool:
    """Whether `name` looks like a file that `read_rows` reads."""
    return plain_name(name).endswith(_SUFFIXES)


def may_hold_splits(name: str) -> bool:
    """Whether a file may be an object that holds several splits."""
    return plain_name(name).endswith(tuple(_OBJECTS))


def row_files(name: str | Path, split: str = "train") -> list[str | Path]:
    """The files of a file, a folder, or a pattern such as `data/*.parquet`.

    Of a folder, all files of rows in it and below it, in the order of their names; where their names
    tell splits, those of `split`. Raises `DataError` where there is none.
    """
    if is_remote(name):
        return [str(name)]
    path = Path(name)
    if path.is_dir():
        found = [p for p in sorted(path.rglob("*")) if p.is_file() and _is_shard(p, path)]
    elif any(sign in path.name for sign in "*?") and not path.exists():
        found = sorted(p for p in path.parent.glob(path.name) if p.is_file())
    else:
        return [path]
    if not found:
        raise DataError(f"holds no file of rows ({', '.join(_SUFFIXES)})", path=path)
    return [*_of_split(found, path, split)]


def _is_shard(path: Path, root: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
    return (
        not hidden and path.name not in _ABOUT and is_row_file(path.name) and path.suffix not in _SELDOM_ROWS
    )


def _of_split(found: list[Path], root: Path, split: str) -> list[Path]:
    splits = {path: _split_of(path, root) for path in found}
    known = sorted({name for name in splits.values() if name})
    if not known:
        return found
    wanted = same_split(split)
    chosen = [path for path, name in splits.items() if name == wanted]
    if not chosen:
        raise DataError(f"has no files of the split {split!r}; it has {', '.join(known)}", path=root)
    return chosen


def _split_of(path: Path, root: Path) -> str:
    return split_of(path.relative_to(root).as_posix() if root.is_dir() else path.name)


def read_rows(name: str | Path, encoding: str | None = None) -> Iterator[tuple[int, Row]]:
    """(1-based line or row number, row) of a file.

    Raises `DataError` with file and line for what cannot be read.
    """
    for number, row in try_rows(name, encoding):
        if isinstance(row, DataError):
            raise row
        yield number, row


def try_rows(
    name: str | Path, encoding: str | None = None, split: str = "train"
) -> Iterator[tuple[int, Row | DataError]]:
    """As `read_rows`, but a malformed row is given as its error, and the next ones follow.

    The encoding of a text is found out when it is not given; of an object that holds several splits,
    `split` is read. Raises `DataError` for a file of which nothing more can be read.
    """
    check_there(name)
    suffix = _suffix(name)
    if suffix in _TABLES:
        return _TABLES[suffix](name)
    found = known_encoding(encoding) if encoding else find_encoding(name)
    if suffix in _OBJECTS:
        return _OBJECTS[suffix](name, found, split)
    return _TEXT[suffix](name, found)


def describe_file(name: str | Path, encoding: str | None = None) -> str:
    """How a file was read, where that had to be found out: empty for what is as one expects."""
    suffix = _suffix(name)
    if suffix in _TABLES:
        return "" if suffix == _named_suffix(name) else f"it is in fact a {suffix} file"
    said = known_encoding(encoding) if encoding else find_encoding(name)
    found = [] if said.startswith("utf-8") else [f"encoding {said}"]
    if _TEXT.get(suffix) is read_delimited:
        dialect = find_dialect(name, said)
        usual = "\t" if suffix == ".tsv" else ","
        if dialect.delimiter != usual:
            named = _DELIMITER_NAMES.get(dialect.delimiter, repr(dialect.delimiter))
            found.append(f"cells parted by {named}")
        if dialect.header is None:
            found.append("no header, so the columns are column1, column2 ...")
    return "; ".join(found)


def _suffix(name: str | Path) -> str:
    """The kind of a file: what its first bytes say, which its name does not always, or its ending."""
    ending = _named_suffix(name)
    return told_by_contents(name) or ending


def _named_suffix(name: str | Path) -> str:
    plain = plain_name(name)
    found = next((suffix for suffix in _SUFFIXES if plain.endswith(suffix)), None)
    if found is None:
        known = f"{', '.join(_SUFFIXES)} (also {', '.join(COMPRESSED)})"
        raise DataError(f"not a kind of file that is read; convert it to one of {known}", path=name)
    return found
