"""The bytes of a file: on this machine or anywhere that fsspec reaches, compressed or not."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from dartmath.base.errors import DataError, MissingDependencyError

COMPRESSED = (".gz", ".bz2", ".xz", ".zst", ".zip")
_REMOTE = "://"
# What a file begins with tells its compression; its name often does not.
_GZIP, _BZIP2, _XZ, _ZSTD = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"
_DAMAGED = (gzip.BadGzipFile, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)


def is_remote(name: str | Path) -> bool:
    """Whether a name is the address of a file elsewhere, such as `s3://bucket/rows.jsonl`."""
    return isinstance(name, str) and _REMOTE in name


def plain_name(name: str | Path) -> str:
    """The name in small letters, without what an address asks for and without the ending of a compression.

    >>> plain_name("https://host/Rows.CSV.gz?download=true")
    'https://host/rows.csv'
    """
    text = str(name).lower()
    if is_remote(text):
        text = text.partition("?")[0].partition("#")[0]
    return next((text.removesuffix(end) for end in COMPRESSED if text.endswith(end)), text)


def check_there(name: str | Path) -> None:
    """Raise `DataError` where a local file is not there."""
    if is_remote(name):
        return
    path = Path(name)
    if not path.is_file():
        where = "" if path.is_absolute() else f"; relative paths begin at {Path.cwd()}"
        raise DataError("a folder, not a file" if path.is_dir() else f"no such file{where}", path=path)


@contextmanager
def opened(name: str | Path, *, packed: bool = False) -> Iterator[BinaryIO]:
    """The file, decompressed unless `packed`; damage becomes a `DataError`.

    Raises `MissingDependencyError` where the kind of address needs a package that is not here.
    """
    try:
        with _raw(name) as file:
            yield file if packed else _decompressed(file, name)
    except _DAMAGED as error:
        raise DataError(f"damaged compressed file: {error}", path=name) from error


def _raw(name: str | Path) -> Any:
    if not is_remote(name):
        return Path(name).open("rb")
    import fsspec

    try:
        return fsspec.open(str(name), "rb").open()
    except ImportError as error:
        raise MissingDependencyError(f"{name}: {error}") from error
    except (OSError, ValueError) as error:
        raise DataError(f"cannot be read: {error}; check the address and your credentials", path=name) from (
            error
        )


def _decompressed(file: Any, name: str | Path) -> BinaryIO:
    head = file.read(8)
    file.seek(0)
    if head.startswith(_GZIP):
        return cast(BinaryIO, gzip.open(file, "rb"))
    if head.startswith(_BZIP2):
        return cast(BinaryIO, bz2.open(file, "rb"))
    if head.startswith(_XZ):
        return cast(BinaryIO, lzma.open(file, "rb"))
    if head.startswith(_ZSTD):
        import pyarrow

        return io.BufferedReader(pyarrow.CompressedInputStream(file, "zstd"))
    return _only_member(file, name) if str(name).lower().endswith(".zip") else cast(BinaryIO, file)


def _only_member(file: Any, name: str | Path) -> BinaryIO:
    archive = zipfile.ZipFile(file)
    members = [one for one in archive.namelist() if not one.endswith("/") and not one.startswith("__MACOSX")]
    if len(members) != 1:
        raise DataError(
            f"holds {len(members)} files: {', '.join(members[:5])}; unpack it and give one", path=name
        )
    return cast(BinaryIO, archive.open(members[0]))
