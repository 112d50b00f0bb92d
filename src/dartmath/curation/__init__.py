"""From a pool of verified samples to a training set: select, deduplicate, check, decontaminate, export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dartmath.base.lazy import lazily

if TYPE_CHECKING:
    from dartmath.curation.config import CurationSection
    from dartmath.curation.run import curate
    from dartmath.curation.summary import CurationSummary

_HOMES = {
    "CurationSection": "dartmath.curation.config",
    "CurationSummary": "dartmath.curation.summary",
    "curate": "dartmath.curation.run",
}
__all__ = [
    "CurationSection",
    "CurationSummary",
    "curate",
]

__getattr__ = lazily(__name__, _HOMES)
