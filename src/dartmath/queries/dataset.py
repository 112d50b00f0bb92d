"""Dataset: what is known about one built-in benchmark or training set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from dartmath.queries.query import Query
from dartmath.queries.rows import Row


@dataclass(frozen=True, slots=True)
class Hub:
    """A data set on the Hugging Face Hub; `columns` renames its columns to those of the file."""

    repo: str
    split: str
    config: str | None = None
    columns: tuple[tuple[str, str], ...] = ()
    revision: str | None = None

    def rename(self, row: Row) -> dict[str, Any]:
        """The row with the column names of the original release."""
        names = dict(self.columns)
        return {names.get(key, key): value for key, value in row.items()}


@dataclass(frozen=True, slots=True)
class Web:
    """A file on the web, pinned to a commit: read where the Hub has no faithful copy.

    `mend` is a text that the file has wrong at that commit, and what should stand there.
    """

    url: str
    mend: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """One built-in benchmark or training set.

    Attributes:
        name: the data set id of DART-Math where it has one.
        title: a short name for tables.
        use: "test" sets are measured on, "train" sets are sampled from.
        rows: how many queries the set has.
        licence: as its source states it.
        source: where the set was published.
        file: path below `DARTMATH_DATA` (`.gz` may be appended there).
        origin: where it is read from when `DARTMATH_DATA` does not have it; None = nowhere.
        convert: makes the query of one row of the original release.
        checksum: `content_checksum` of the queries, which notices a changed mirror.
        hub: where the Hub has the set, for cards, when it is read from elsewhere.
        examples: which worked examples go before its queries in few-shot prompts.
        notes: what a reader of a score should know.
    """

    name: str
    title: str
    use: Literal["train", "test"]
    rows: int
    licence: str
    source: str
    file: str
    origin: Hub | Web | None
    convert: Callable[[str, Row], Query | None]
    checksum: str
    examples: str
    notes: str = ""
    hub: Hub | None = None
