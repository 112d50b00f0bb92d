"""Ownership: what dartmath wrote and nobody changed since may be replaced; everything else is left alone.

A file tells by itself whose it is: its last line is a comment with a hash of all that stands above.
Whoever edits it, even by a space, makes it their own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from dartmath.base.errors import DataError
from dartmath.base.files import write_text
from dartmath.base.terminal import info

Owner = Literal["nobody", "dartmath", "somebody"]
Written = Literal["written", "same", "kept"]

_MARK = "written by dartmath; edited, it is yours and kept"
_LINE = re.compile(rf"(?:<!-- |# ){_MARK}; of (?P<of>[^\n]*?); sha256 (?P<hash>[0-9a-f]{{32}})(?: -->)?\n?\Z")
# What a folder may hold beside the output of a stage: the lock of a run, and what is hidden.
_HARMLESS = ("lock",)


def owner_of(path: Path) -> tuple[Owner, str]:
    """Whose a file is, and, where it is dartmath's, what it was made of."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return "nobody", ""
    except (OSError, UnicodeDecodeError):
        return "somebody", ""
    line = _LINE.search(text[-1000:])
    if line is None or _hash(text[: len(text) - len(line[0])]) != line["hash"]:
        return "somebody", ""
    return "dartmath", line["of"]


def write_owned(path: Path, text: str, *, of: str, overwrite: bool = False) -> Written:
    """Write a text that somebody may edit, and say what was done.

    `of` names in a few words what it was made of. A file that is somebody's is kept unless `overwrite`;
    one that says the same already is not touched. Raises `DataError` where the file is dartmath's, but
    made of something else, such as the report of another run.
    """
    owner, made_of = owner_of(path)
    if owner == "somebody" and not overwrite:
        return "kept"
    if owner == "dartmath" and made_of != _plain(of) and not overwrite:
        raise DataError(
            f"is of {made_of}, not of {_plain(of)}; give another file with --out, or replace it with "
            "--overwrite",
            path=path,
        )
    whole = text if text.endswith("\n") else f"{text}\n"
    body = f"{whole}{_line(path, whole, of)}"
    if owner == "dartmath" and path.read_text(encoding="utf-8") == body:
        return "same"
    write_text(path, body)
    return "written"


def keep_or_write(path: Path, text: str, *, of: str, overwrite: bool = False) -> None:
    """As `write_owned`; says on standard error where a file was kept."""
    if write_owned(path, text, of=of, overwrite=overwrite) == "kept":
        info(f"kept as you left it: {path} (--overwrite of `dartmath card` or `report` replaces it)")


def check_folder(folder: Path, *, besides: Iterable[str] = ()) -> None:
    """Refuse to write the output of a stage among files of somebody else's.

    A folder that is not there, empty but for `besides`, or has a manifest is fine. Raises `DataError` for
    any other, and for a file.
    """
    if folder.exists() and not folder.is_dir():
        raise DataError("is a file; give a new or empty folder with --out", path=folder)
    if not folder.is_dir() or (folder / "manifest.json").is_file():
        return
    names = [path.name for path in folder.iterdir() if not path.name.startswith(".")]
    foreign = sorted({*names} - {*_HARMLESS, *besides})
    if foreign:
        raise DataError(
            f"holds files that dartmath did not write ({_few(foreign)}); give a new or empty folder with "
            "--out",
            path=folder,
        )


_SHOWN = 3  # names of files: enough to see whose they are


def _few(names: Iterable[str]) -> str:
    shown = list(names)
    more = len(shown) - _SHOWN
    return ", ".join(shown[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _line(path: Path, text: str, of: str) -> str:
    inner = f"{_MARK}; of {_plain(of)}; sha256 {_hash(text)}"
    return f"# {inner}\n" if path.suffix in (".yaml", ".yml") else f"<!-- {inner} -->\n"


def _plain(of: str) -> str:
    """A name without what could end a comment or a line."""
    return " ".join(of.replace("--", "- -").replace(">", "").replace(";", ",").split())


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
