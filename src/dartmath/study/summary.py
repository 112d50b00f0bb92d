"""What finished cells come to: the means of arms, and their differences from the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dartmath.study.cell import CellResult, Scores
from dartmath.study.result import MEAN, ArmResult, StudyResult
from dartmath.study.statistics import Interval, difference_interval, mean_interval
from dartmath.study.warnings import warnings_of

Bands = dict[str, list[tuple[str, str]]]
"""The (benchmark, query id) pairs of every band, in the order in which bands are shown."""


def summarise(
    name: str,
    cells: Sequence[CellResult],
    before: Scores,
    bands: Bands,
    *,
    baseline: str,
    headline: Sequence[str],
    missing: Sequence[str] = (),
    duplicates: Mapping[str, float] | None = None,
) -> StudyResult:
    """The result of finished `cells`.

    An arm is compared with the baseline at the same size, whatever seeds either has. `duplicates` are for
    the warnings (see `warnings_of`).
    """
    groups: dict[tuple[str, str], list[CellResult]] = {}
    for cell in cells:
        groups.setdefault((cell.size, cell.arm), []).append(cell)
    chosen = list(headline) or list(bands)
    arms = [
        _arm(group, groups.get((size, baseline)) if arm != baseline else None, bands, chosen)
        for (size, arm), group in groups.items()
    ]
    return StudyResult(
        name=name,
        baseline=baseline,
        headline=chosen,
        bands={band: len(queries) for band, queries in bands.items()},
        before=_means([before], bands, chosen),
        arms=arms,
        missing=list(missing),
        warnings=warnings_of(arms, list(bands), duplicates),
    )


def _arm(
    cells: Sequence[CellResult], baseline: Sequence[CellResult] | None, bands: Bands, headline: list[str]
) -> ArmResult:
    scores = [cell.scores for cell in cells]
    return ArmResult(
        arm=cells[0].arm,
        size=cells[0].size,
        seeds=[cell.seed for cell in cells],
        accuracy=_means(scores, bands, headline),
        difference=_differences([c.scores for c in baseline], scores, bands, headline) if baseline else {},
        rows=_mean_by_band([cell.rows for cell in cells]),
        tokens=_mean_by_band([cell.tokens for cell in cells]),
        lucky=_mean_lucky([cell.lucky for cell in cells]),
        steps=_mean([cell.steps for cell in cells]),
        trained_tokens=_mean([cell.trained_tokens for cell in cells]),
        policy=cells[0].policy,
    )


def _matrix(scores: Sequence[Scores], queries: Sequence[tuple[str, str]]) -> Any:
    import numpy as np

    return np.array([[one[benchmark][query] for benchmark, query in queries] for one in scores], dtype=float)


def _means(scores: Sequence[Scores], bands: Bands, headline: Sequence[str]) -> dict[str, Interval]:
    by_band = {band: _matrix(scores, queries) for band, queries in bands.items()}
    found = {band: mean_interval([matrix]) for band, matrix in by_band.items()}
    return {**found, MEAN: mean_interval([by_band[band] for band in headline])}


def _differences(
    first: Sequence[Scores], second: Sequence[Scores], bands: Bands, headline: Sequence[str]
) -> dict[str, Interval]:
    pairs = {band: (_matrix(first, queries), _matrix(second, queries)) for band, queries in bands.items()}
    found = {band: difference_interval([a], [b]) for band, (a, b) in pairs.items()}
    chosen = [pairs[band] for band in headline]
    return {**found, MEAN: difference_interval([a for a, _ in chosen], [b for _, b in chosen])}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _mean_by_band(found: Sequence[Mapping[str, int]]) -> dict[str, float]:
    return {band: _mean([one.get(band, 0) for one in found]) for band in found[0]}


def _mean_lucky(found: Sequence[Mapping[str, float | None]]) -> dict[str, float | None]:
    by_band = {band: [v for one in found if (v := one.get(band)) is not None] for band in found[0]}
    return {band: _mean(values) if values else None for band, values in by_band.items()}
