"""The figure of responses per query against difficulty, as a small SVG for a README."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path

from dartmath.base.errors import DataError
from dartmath.base.files import write_text
from dartmath.curation.compare import LABELS, POLICIES, PolicyComparison, compare_policies
from dartmath.report.figures_sampling import curve_groups
from dartmath.report.plot import POLICY_COLOURS
from dartmath.report.runs import find_runs

_WIDTH, _HEIGHT = 720, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 16, 56, 46
_POINTS = 24
_DASHES = {"vrt": "2 5", "uniform": "9 5", "prop2diff": ""}


def figure_svg(run: Path | str, out: Path | str, *, size: int | None = None) -> Path:
    """Write responses per query against difficulty rank for the three policies to `out`.

    The picture follows the reader's light or dark setting and has a text alternative. Raises
    `DataError` when the run has no samples.
    """
    found = find_runs([Path(run)])[0]
    if not found.samples:
        raise DataError("no sampling run in it; make one with: dartmath sample", path=found.folder)
    comparison = compare_policies(found.samples[0].folder, size or found.rows, deduplicate=found.deduplicated)
    path = Path(out)
    write_text(path, draw(comparison))
    return path


def draw(comparison: PolicyComparison) -> str:
    """The picture as SVG text."""
    groups = curve_groups(len(comparison.fail_rates), _POINTS)
    curves = {p: [sum(comparison.curves[p][a:b]) / (b - a) for a, b in groups] for p in POLICIES}
    targets = [sum(comparison.targets[a:b]) / (b - a) for a, b in groups]
    highest = max((max(curve) for curve in (*curves.values(), targets) if curve), default=1)
    said = "; ".join(f"{LABELS[p]} from {c[0]:.1f} to {c[-1]:.1f}" for p, c in curves.items() if c)
    parts = [
        *_axes(highest),
        _curve("prop2diff", targets, highest, width=1.2),
        *(_curve(p, curves[p], highest) for p in POLICIES),
        *(_key(p, LABELS[p], place) for place, p in enumerate(POLICIES)),
        _key("prop2diff", "Prop2Diff's target", len(POLICIES), width=1.2),
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
            f'aria-labelledby="title description" font-family="system-ui, sans-serif" font-size="13">',
            f'<title id="title">Responses per query by difficulty, {comparison.size:,} rows each</title>',
            f'<desc id="description">From the easiest query to the hardest: {escape(said)}.</desc>',
            _STYLE,
            *parts,
            "</svg>\n",
        ]
    )


_STYLE = """<style>
text { fill: #3d4650 } .grid { stroke: #d9dee4 } .axis { stroke: #8b95a1 }
@media (prefers-color-scheme: dark) {
  text { fill: #c3ccd6 } .grid { stroke: #333d48 } .axis { stroke: #77828e }
}
</style>"""


def _x(share: float) -> float:
    return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)


def _y(value: float, highest: float) -> float:
    return round(_HEIGHT - _BOTTOM - value / highest * (_HEIGHT - _TOP - _BOTTOM), 1)


def _step(highest: float) -> float:
    """The distance of grid lines: 1, 2 or 5 times a power of ten, for at most five lines."""
    power = 10.0 ** math.floor(math.log10(max(highest, 1) / 5))
    return next(f * power for f in (1, 2, 5, 10) if f * power * 5 >= highest)


def _axes(highest: float) -> list[str]:
    lines = []
    step = _step(highest)
    for i in range(math.floor(highest / step) + 1):
        value = step * i
        y = _y(value, highest)
        lines.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>')
        lines.append(f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{value:g}</text>')
    bottom, middle = _HEIGHT - _BOTTOM, (_TOP + _HEIGHT - _BOTTOM) / 2
    return [
        *lines,
        f'<line class="axis" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{bottom}" y2="{bottom}"/>',
        f'<text x="{_LEFT}" y="{bottom + 20}">easiest query</text>',
        f'<text x="{_WIDTH - _RIGHT}" y="{bottom + 20}" text-anchor="end">hardest query</text>',
        f'<text x="14" y="{middle}" transform="rotate(-90 14 {middle})" text-anchor="middle">'
        "responses per query</text>",
    ]


def _curve(policy: str, values: Sequence[float], highest: float, width: float = 3) -> str:
    """Steps, one for each group of queries."""
    points = []
    for i, value in enumerate(values):
        y = _y(value, highest)
        points += [f"{_x(i / len(values))},{y}", f"{_x((i + 1) / len(values))},{y}"]
    dash = f' stroke-dasharray="{_DASHES[policy]}"' if _DASHES[policy] else ""
    return (
        f'<polyline points="{" ".join(points)}" fill="none" stroke="{POLICY_COLOURS[policy]}" '
        f'stroke-width="{width}" stroke-linejoin="round"{dash}/>'
    )


def _key(policy: str, label: str, place: int, width: float = 3) -> str:
    x = _LEFT + place * 145
    dash = f' stroke-dasharray="{_DASHES[policy]}"' if _DASHES[policy] else ""
    colour = POLICY_COLOURS[policy]
    return (
        f'<line x1="{x}" x2="{x + 30}" y1="28" y2="28" stroke="{colour}" stroke-width="{width}"{dash}/>'
        f'<text x="{x + 38}" y="32" font-weight="600">{escape(label)}</text>'
    )
