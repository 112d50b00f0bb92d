"""What a file is, told by its first bytes: names lie, and downloads bring other things than were wanted."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import BinaryIO

from dartmath.base.errors import DataError
from dartmath.queries.formats.opened import opened

_HEAD = 512
_SIGNS = ((b"PAR1", ".parquet"), (b"ARROW1", ".arrow"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"))
_ZIP = b"PK\x03\x04"
# Spreadsheets are archives that hold such a file.
_SHEETS = (("xl/workbook.xml", ".xlsx"), ("xl/workbook.bin", ".xlsx"), ("content.xml", ".ods"))
_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/")
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html\b)", re.IGNORECASE)


def told_by_contents(name: str | Path) -> str:
    """The ending that a table's first bytes call for; empty where they tell nothing.

    Raises `DataError` for a pointer of Git LFS and for a web page, which people have in place of a file.
    """
    with opened(name) as file:
        head = file.read(_HEAD)
        if _POINTER.match(head):
            raise DataError(
                "a pointer of Git LFS and not the file itself; get it with `git lfs pull`, or download it",
                path=name,
            )
        if _PAGE.match(head):
            raise DataError(
                "a web page and no rows; download the file itself (on GitHub: Raw, on the Hub: resolve/main)",
                path=name,
            )
        if head.startswith(_ZIP):
            return _kind_of_archive(file)
    return next((ending for sign, ending in _SIGNS if head.startswith(sign)), "")


def _kind_of_archive(file: BinaryIO) -> str:
    file.seek(0)
    try:
        members = set(zipfile.ZipFile(file).namelist())
    except zipfile.BadZipFile:
        return ""
    return next((ending for member, ending in _SHEETS if member in members), "")
