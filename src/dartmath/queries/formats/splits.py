"""The names of splits, as files, folders and keys have them."""

from __future__ import annotations

import re

DEFAULT_SPLIT = "train"
_SPLIT = re.compile(r"(?:^|[-_./])(train|test|validation|valid|val|dev)(?=$|[-_./])", re.IGNORECASE)
_SAME = {"valid": "validation", "val": "validation", "dev": "validation"}


def split_of(name: str) -> str:
    """The split that a name tells, under its usual name; empty where it tells none.

    >>> split_of("data/dev-00000.parquet"), split_of("algebra")
    ('validation', '')
    """
    told = _SPLIT.search(name)
    return same_split(told[1]) if told else ""


def same_split(name: str) -> str:
    """The usual name of a split."""
    return _SAME.get(name.lower(), name.lower())
