"""What a comparison may depend on beside the two answers: the query's wording, a tolerance, a budget."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MONOTONIC = re.compile(
    r"\bintervals?\b.{0,80}\b(?:increas|decreas|monoton)|\b(?:increas|decreas|monoton)\w*\b.{0,60}\bintervals?\b"
    r"|\bintervals?\b.{0,40}\bof (?:increase|decrease|monotonicity)",
    re.IGNORECASE | re.DOTALL,
)
_IN_ORDER = re.compile(
    r"\brespectively\b|^\s*(?:sort|put|arrange|order)\b.{0,300}\border\b", re.IGNORECASE | re.DOTALL
)
MAX_COMPARISONS = 5_000
"""Comparisons of parts in one verdict; more make it undecided."""


@dataclass(slots=True)
class Context:
    """What a comparison may depend on beside the two answers; `order` None leaves it to the query."""

    query: str = ""
    tolerance: float | None = None
    order: bool | None = None
    comparisons: int = 0

    @property
    def ordered(self) -> bool:
        """Whether a bare list must come in its order."""
        return bool(_IN_ORDER.search(self.query[-2000:])) if self.order is None else self.order

    @property
    def ignore_ends(self) -> bool:
        """Whether open and closed ends are alike, as for an interval on which a function increases."""
        return bool(_MONOTONIC.search(self.query[-2000:]))

    def spend(self) -> bool:
        """Count one comparison; False when there have been too many."""
        self.comparisons += 1
        return self.comparisons <= MAX_COMPARISONS
