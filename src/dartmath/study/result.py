"""StudyResult: all that finished cells say, with intervals, ready for tables, figures and machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dartmath.study.statistics import Interval

MEAN = "mean"
"""The row of the headline: the unweighted mean of its bands."""


@dataclass(frozen=True, slots=True)
class ArmResult:
    """An arm at a size.

    Attributes:
        seeds: those that are finished.
        accuracy: mean score by band, and under "mean" the headline.
        difference: the same minus the baseline's; empty for the baseline itself.
        rows, tokens: of the set by band of the pool's queries, mean over seeds.
        lucky: the estimated share of lucky rows by band, mean over seeds.
        steps, trained_tokens: mean over seeds.
        policy: the policy with the k that gave the size (of the first seed).
    """

    arm: str
    size: str
    seeds: list[int]
    accuracy: dict[str, Interval]
    difference: dict[str, Interval]
    rows: dict[str, float]
    tokens: dict[str, float]
    lucky: dict[str, float | None]
    steps: float
    trained_tokens: float
    policy: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StudyResult:
    """What a study found.

    `before` holds the scores of the base model; `missing` the labels of cells that are not finished, or
    failed; `warnings` what could mislead.
    """

    name: str
    baseline: str
    headline: list[str]
    bands: dict[str, int]
    before: dict[str, Interval]
    arms: list[ArmResult]
    missing: list[str]
    warnings: list[str]

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        found = asdict(self)
        for one in (found, *found["arms"]):
            for key in ("before", "accuracy", "difference"):
                if key in one:
                    one[key] = {band: Interval(*value)._asdict() for band, value in one[key].items()}
        return found

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> StudyResult:
        """The result of a `result.json`; the inverse of `to_json`."""
        arms = [ArmResult(**{**one, **_intervals(one, "accuracy", "difference")}) for one in row["arms"]]
        return cls(**{**row, **_intervals(row, "before"), "arms": arms})

    def at(self, size: str) -> list[ArmResult]:
        """The arms at a size, in the order of the recipe."""
        return [one for one in self.arms if one.size == size]

    @property
    def sizes(self) -> list[str]:
        """The sizes that have finished cells, in the order of the recipe."""
        return list(dict.fromkeys(one.size for one in self.arms))

    @property
    def curve(self) -> list[str]:
        """The sizes that a learning curve goes over: those of the first one's unit."""
        sizes = self.sizes
        return [size for size in sizes if size.split()[-1] == sizes[0].split()[-1]]


def _intervals(row: Mapping[str, Any], *keys: str) -> dict[str, dict[str, Interval]]:
    return {key: {band: Interval(**value) for band, value in row[key].items()} for key in keys}
