"""The learning curves of a study as one SVG: accuracy over size, a panel for each band and the headline."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from dartmath.study.result import MEAN, ArmResult, StudyResult
from dartmath.study.statistics import Interval

_COLUMNS = 3
_PANEL, _TALL = 240, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 14, 34, 40
_KEY = 30
# Told apart by lightness and by dashes too, for eyes and printers that do not see hues.
_LINES = (
    ("#8a6d3b", "2 4"),
    ("#2a7ab8", "9 4"),
    ("#c23b6f", ""),
    ("#5b8c3a", "6 3 2 3"),
    ("#7a5bb5", "4 4"),
    ("#444f5a", "1 3"),
    ("#b8860b", "12 3"),
    ("#20808d", "3 2"),
)
_STYLE = """<style>
text { fill: #3d4650 } .grid { stroke: #d9dee4 } .axis { stroke: #8b95a1 }
@media (prefers-color-scheme: dark) {
  text { fill: #c3ccd6 } .grid { stroke: #333d48 } .axis { stroke: #77828e }
}
</style>"""


def draw_curves(result: StudyResult) -> str:
    """Accuracy with 95 % bounds over the sizes of the first unit, as SVG text that follows dark mode."""
    sizes = result.curve
    arms = list(dict.fromkeys(one.arm for one in result.arms))
    panels = [*result.bands, MEAN]
    rows = -(-len(panels) // _COLUMNS)
    keys = -(-len(arms) // _COLUMNS)
    width, height = _COLUMNS * _PANEL, keys * _KEY + rows * _TALL
    said = "; ".join(_said(one) for one in result.arms if one.size in sizes)
    parts = [part for place, arm in enumerate(arms) for part in _key(arm, place)]
    for place, band in enumerate(panels):
        at = (place % _COLUMNS * _PANEL, keys * _KEY + place // _COLUMNS * _TALL)
        parts += _panel(result, band, sizes, arms, at)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            'aria-labelledby="title description" font-family="system-ui, sans-serif" font-size="12">',
            f'<title id="title">{escape(result.name)}: accuracy by band and size of the set</title>',
            f'<desc id="description">{escape(said)}.</desc>',
            _STYLE,
            *parts,
            "</svg>\n",
        ]
    )


def _said(one: ArmResult) -> str:
    return f"{one.arm} at {one.size}: mean {100 * one.accuracy[MEAN].value:.1f} %"


def _key(arm: str, place: int) -> Iterator[str]:
    x, y = place % _COLUMNS * _PANEL + _LEFT, place // _COLUMNS * _KEY + 18
    yield f'<line x1="{x}" x2="{x + 30}" y1="{y}" y2="{y}" {_line(place)} stroke-width="3"/>'
    yield f'<text x="{x + 38}" y="{y + 4}" font-weight="600">{escape(arm)}</text>'


def _line(place: int) -> str:
    colour, dash = _LINES[place % len(_LINES)]
    return f'stroke="{colour}"' + (f' stroke-dasharray="{dash}"' if dash else "")


def _panel(
    result: StudyResult, band: str, sizes: list[str], arms: list[str], at: tuple[int, int]
) -> Iterator[str]:
    values = {(one.arm, one.size): one.accuracy[band] for one in result.arms}
    highest = max([0.05, *(interval.high for (_, size), interval in values.items() if size in sizes)])
    left, top = at[0] + _LEFT, at[1] + _TOP
    yield f'<text x="{left}" y="{top - 12}" font-weight="600">{escape(band)}</text>'
    yield from _grid(highest, left, top)
    yield from _places(sizes, left, top)
    for place, arm in enumerate(arms):
        points = [
            (_x(i, len(sizes), left), values[arm, s]) for i, s in enumerate(sizes) if (arm, s) in values
        ]
        yield from _curve(points, place, len(arms), highest, top)


def _x(place: int, count: int, left: int) -> float:
    return left + (place + 0.5) / count * (_PANEL - _LEFT - _RIGHT)


def _y(value: float, highest: float, top: int) -> float:
    return round(top + (1 - value / highest) * (_TALL - _TOP - _BOTTOM), 1)


def _grid(highest: float, left: int, top: int) -> Iterator[str]:
    step = next(s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25) if s * 5 >= highest)
    for i in range(int(highest / step + 1e-9) + 1):
        y = _y(i * step, highest, top)
        yield f'<line class="grid" x1="{left}" x2="{left + _PANEL - _LEFT - _RIGHT}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{100 * i * step:.0f}%</text>'


def _places(sizes: list[str], left: int, top: int) -> Iterator[str]:
    for i, size in enumerate(sizes):
        x = round(_x(i, len(sizes), left), 1)
        y = top + _TALL - _TOP - _BOTTOM + 18
        yield f'<text x="{x}" y="{y}" text-anchor="middle">{escape(size)}</text>'


def _curve(
    points: list[tuple[float, Interval]], place: int, arms: int, highest: float, top: int
) -> Iterator[str]:
    # Side by side, so that the bounds of one arm do not hide another's.
    shift = (place - (arms - 1) / 2) * 5
    at = [(round(x + shift, 1), _y(i.value, highest, top)) for x, i in points]
    joined = " ".join(f"{x},{y}" for x, y in at)
    yield f'<polyline points="{joined}" fill="none" {_line(place)} stroke-width="2"/>'
    colour = _LINES[place % len(_LINES)][0]
    for (x, y), (_, interval) in zip(at, points, strict=True):
        low, high = (_y(max(0.0, bound), highest, top) for bound in (interval.low, interval.high))
        yield f'<line x1="{x}" x2="{x}" y1="{low}" y2="{high}" stroke="{colour}" stroke-width="1.2"/>'
        yield f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>'
