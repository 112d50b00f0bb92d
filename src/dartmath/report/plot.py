"""Figure: a plotly specification with its numbers as a table, and the colours of all figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import orjson

# Chosen to be told apart by colour-blind readers and on light and dark ground; dashes and patterns
# say the same once more.
POLICY_COLOURS = {"vrt": "#d97706", "uniform": "#3b82f6", "prop2diff": "#0f9f8f"}
GOOD, BAD, MIDDLE, NEUTRAL, OTHER = "#0f9f8f", "#e11d48", "#d97706", "#94a3b8", "#a855f7"
_LINE = 22
SERIES = ("#3b82f6", "#d97706", "#0f9f8f", "#a855f7", "#e11d48", "#64748b")


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture and the same numbers as a table, for those who cannot see or hover it."""

    id: str
    title: str
    caption: str
    spec: dict[str, Any]
    columns: Sequence[str]
    rows: Sequence[Sequence[object]] = ()
    wide: bool = False


def make_spec(data: Iterable[dict[str, Any]], x: str, y: str, **layout: Any) -> dict[str, Any]:
    """Traces and a layout with the axis titles that every figure has, as plain JSON."""
    axes = {"xaxis": {"title": {"text": x}, "automargin": True}, "yaxis": {"title": {"text": y}}}
    for name in ("xaxis", "yaxis"):
        axes[name] |= layout.pop(name, {})
    traces = [{**trace, "name": plain(trace["name"])} if "name" in trace else trace for trace in data]
    # Through orjson, which knows NumPy's numbers and writes NaN as null, as JSON must.
    spec = {"data": traces, "layout": {**axes, **layout}}
    return dict(orjson.loads(orjson.dumps(spec, option=orjson.OPT_SERIALIZE_NUMPY)))


def bar(
    name: str, x: Sequence[object], y: Sequence[object], colour: str, *, hover: str = "", **more: Any
) -> dict[str, Any]:
    """A series of bars; `hover` is plotly's template for the text under the mouse."""
    text = {"hovertemplate": hover} if hover else {}
    marker = {"color": colour, "line": {"width": 0}}
    return {"type": "bar", "name": name, "x": x, "y": y, "marker": marker, **text, **more}


def lying(names: int, series: int = 1) -> dict[str, Any]:
    """Layout of bars that lie, the first on top, as high as their names need."""
    return {
        "yaxis": {"autorange": "reversed", "automargin": True},
        "height": 120 + names * max(34, 15 * series + 8),
    }


def wrapped(name: str) -> str:
    """A name on lines of some twenty characters, safe among plotly's few HTML tags."""
    return "<br>".join(map(plain, wrap(name, _LINE, max_lines=3) or [""]))


def plain(text: str) -> str:
    """A text in which plotly finds none of its HTML tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
