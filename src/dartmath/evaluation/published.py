"""Published results beside which one's own are shown: data in `published.yaml`, with its source."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dartmath.base.errors import UnknownNameError


@dataclass(frozen=True, slots=True)
class Published:
    """Published Pass@1 of one model.

    `scores` maps data set names to shares from 0 to 1; benchmarks without a published score are
    absent. `average` is the plain mean over the six benchmarks, None where some are missing.
    """

    name: str
    title: str
    scores: dict[str, float]
    average: float | None

    def mean(self) -> float:
        """The plain mean of the scores."""
        return math.fsum(self.scores.values()) / len(self.scores)


@cache
def published_models() -> dict[str, Published]:
    """All published models by name, in the order of their table."""
    import yaml

    data = yaml.safe_load(Path(__file__).with_name("published.yaml").read_text(encoding="utf-8"))
    return {name: _from_row(name, row, data["benchmarks"]) for name, row in data["models"].items()}


def find_published(name: str) -> Published:
    """The published model `name`; `UnknownNameError` with the nearest name when there is none."""
    if name not in published_models():
        raise UnknownNameError("published model", name, published_models())
    return published_models()[name]


def _from_row(name: str, row: dict[str, Any], benchmarks: list[str]) -> Published:
    pairs = zip(benchmarks, row["scores"], strict=True)
    scores = {benchmark: round(score / 100, 6) for benchmark, score in pairs if score is not None}
    average = None if row["average"] is None else round(row["average"] / 100, 6)
    return Published(name, row["title"], scores, average)
