"""What a page is made of: sections of tiles, tables and figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dartmath.report.plot import Figure


@dataclass(frozen=True, slots=True)
class Tile:
    """One number that matters."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tiles:
    """A row of numbers, under the name of their run."""

    title: str
    tiles: Sequence[Tile]
    kind: str = "tiles"


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table; cells are text, or lists of segments (see `browser.text_json`)."""

    title: str
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    kind: str = "table"
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """Sentences, one below the other."""

    title: str
    lines: Sequence[str]
    kind: str = "lines"


Block = Tiles | TableBlock | Lines | Figure


@dataclass(slots=True)
class PageSection:
    """A part of the page."""

    id: str
    title: str
    lead: str
    blocks: list[Block] = field(default_factory=list)


_TWO_DIGITS = 100  # of a unit: from there on the next one says it in two digits


def duration(seconds: float) -> str:
    """Seconds for people: "48 s", "12 min", "3.4 h"."""
    if seconds < _TWO_DIGITS:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < _TWO_DIGITS * 60 else f"{seconds / 3600:.1f} h"
