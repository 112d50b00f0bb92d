"""A study's result as tables."""

from __future__ import annotations

from collections.abc import Iterator

from dartmath.base.terminal import Table
from dartmath.study.result import MEAN, ArmResult, StudyResult
from dartmath.study.statistics import Interval


def tables(result: StudyResult) -> Iterator[Table]:
    """Accuracy, differences to the baseline, and what the sets are made of, for each size."""
    for size in result.sizes:
        arms = result.at(size)
        yield _accuracy(result, size, arms)
        if any(arm.difference for arm in arms):
            yield _differences(result, size, arms)
        yield _sets(size, arms)


def _labels(result: StudyResult) -> list[tuple[str, str]]:
    """The rows of a table: (key, how it is shown)."""
    mean = "mean" if len(result.headline) == len(result.bands) else f"mean of {', '.join(result.headline)}"
    return [*((band, f"{band} ({n})") for band, n in result.bands.items()), (MEAN, mean)]


def _accuracy(result: StudyResult, size: str, arms: list[ArmResult]) -> Table:
    rows: list[tuple[object, ...]] = [
        (shown, _percent(result.before[key].value), *(_with_bounds(arm.accuracy[key]) for arm in arms))
        for key, shown in _labels(result)
    ]
    seeds = ", ".join(f"{arm.arm}: {len(arm.seeds)}" for arm in arms)
    return Table(
        f"Accuracy at {size}, % (95 % over seeds and queries)",
        ("band (queries)", "before", *(arm.arm for arm in arms)),
        rows,
        f"Seeds: {seeds}.",
    )


def _differences(result: StudyResult, size: str, arms: list[ArmResult]) -> Table:
    others = [arm for arm in arms if arm.difference]
    rows: list[tuple[object, ...]] = [
        (shown, *(_with_bounds(arm.difference[key], sign=True) for arm in others))
        for key, shown in _labels(result)
    ]
    return Table(
        f"Points above {result.baseline} at {size} (95 %, paired by query)",
        ("band (queries)", *(arm.arm for arm in others)),
        rows,
        "An interval without 0 is marked *.",
    )


def _sets(size: str, arms: list[ArmResult]) -> Table:
    bands = list(dict.fromkeys(band for arm in arms for band in arm.rows))
    rows: list[tuple[object, ...]] = [
        (band, *(f"{arm.rows.get(band, 0):,.0f} / {arm.tokens.get(band, 0):,.0f}" for arm in arms))
        for band in bands
    ]
    rows.append(("all", *(f"{sum(a.rows.values()):,.0f} / {sum(a.tokens.values()):,.0f}" for a in arms)))
    rows.append(("steps", *(f"{arm.steps:,.0f}" for arm in arms)))
    rows.append(("trained tokens", *(f"{arm.trained_tokens:,.0f}" for arm in arms)))
    if any(value is not None for arm in arms for value in arm.lucky.values()):
        rows += [(f"lucky: {band}", *(_share(arm.lucky.get(band)) for arm in arms)) for band in bands]
    return Table(f"Rows / tokens of the sets at {size}", ("band", *(arm.arm for arm in arms)), rows)


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def _percent(value: float) -> str:
    return f"{100 * value:.1f}"


def _with_bounds(interval: Interval, *, sign: bool = False) -> str:
    # Rounded first: a bound just below 0 is none to show a sign of.
    value, low, high = (round(100 * part, 1) + 0.0 for part in interval)
    if not sign:
        return f"{value:.1f} ({low:.1f} to {high:.1f})"
    mark = "*" if interval.excludes_zero else ""
    return f"{value:+.1f}{mark} ({low:+.1f} to {high:+.1f})"
