"""Learning curves of a study: the accuracy of each arm over the sizes of its sets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dartmath.report.plot import POLICY_COLOURS, SERIES, Figure, make_spec
from dartmath.study.result import MEAN, StudyResult
from dartmath.study.statistics import Interval


def learning_curves(result: StudyResult, id: str) -> Iterator[Figure]:
    """A figure for the headline, and one for each band where there are several."""
    bands = list(result.bands)
    yield _curve(result, MEAN, f"{id}-mean", f"Mean of {', '.join(result.headline)}")
    for place, band in enumerate(bands if len(bands) > 1 else ()):
        yield _curve(result, band, f"{id}-{place}", f"Learning curve of {band}")


def _curve(result: StudyResult, key: str, id: str, title: str) -> Figure:
    sizes = result.curve
    arms = list(dict.fromkeys(one.arm for one in result.arms if one.size in sizes))
    found = {(one.arm, one.size): one.accuracy[key] for one in result.arms}
    traces = [
        _trace(arm, place, {size: found[arm, size] for size in sizes if (arm, size) in found})
        for place, arm in enumerate(arms)
    ]
    return Figure(
        id,
        title,
        "Accuracy over the size of the set; whiskers are 95 % intervals over seeds and queries.",
        make_spec(
            traces,
            "size of the set",
            "percent",
            xaxis={"type": "category", "categoryarray": sizes},
            yaxis={"rangemode": "tozero"},
        ),
        ("arm", *sizes),
        [(arm, *(_shown(found.get((arm, size))) for size in sizes)) for arm in arms],
    )


def _trace(arm: str, place: int, points: dict[str, Interval]) -> dict[str, Any]:
    colour = POLICY_COLOURS.get(arm, SERIES[place % len(SERIES)])
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": arm,
        "x": [*points],
        "y": [100 * one.value for one in points.values()],
        "marker": {"color": colour},
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [100 * (one.high - one.value) for one in points.values()],
            "arrayminus": [100 * (one.value - one.low) for one in points.values()],
            "color": colour,
        },
    }


def _shown(interval: Interval | None) -> str:
    if interval is None:
        return ""
    value, low, high = (100 * part for part in interval)
    return f"{value:.1f} ({low:.1f} to {high:.1f})"
