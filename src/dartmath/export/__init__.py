"""From a pool to the files that trainers load as they are: messages, preference pairs, queries for RL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dartmath.base.lazy import lazily

if TYPE_CHECKING:
    from dartmath.export.config import ExportSection
    from dartmath.export.format import Format
    from dartmath.export.prompting import Prompting
    from dartmath.export.run import export

_HOMES = {
    "ExportSection": "dartmath.export.config",
    "Format": "dartmath.export.format",
    "Prompting": "dartmath.export.prompting",
    "export": "dartmath.export.run",
}
__all__ = [
    "ExportSection",
    "Format",
    "Prompting",
    "export",
]

__getattr__ = lazily(__name__, _HOMES)
