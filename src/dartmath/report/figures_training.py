"""The figures of curated sets, training runs and evaluations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dartmath.report.plot import GOOD, NEUTRAL, SERIES, Figure, bar, lying, make_spec, plain, wrapped


def dataset_difficulty(summary: Mapping[str, Any], name: str) -> Figure:
    """Queries and rows of a set by fail rate."""
    bins = [(float(edge), int(queries), int(rows)) for edge, queries, rows in summary["histogram"]]
    width = 1 / len(bins)
    centres = [edge + width / 2 for edge, *_ in bins]
    traces = []
    for column, label, colour in ((1, "queries", NEUTRAL), (2, "rows", GOOD)):
        counts = [entry[column] for entry in bins]
        shares = [100 * count / max(1, sum(counts)) for count in counts]
        hover = "%{customdata:,} " + label + " (%{y:.1f} %)"
        traces.append(bar(label, centres, shares, colour, hover=hover, customdata=counts))
    return Figure(
        f"{name}-set-difficulty",
        "Difficulty of the training set",
        "Share of the queries and of the rows by the fail rate of the sampling model.",
        make_spec(traces, "fail rate", "percent", barmode="group", xaxis={"range": [0, 1]}),
        ("fail rate", "queries", "rows"),
        [(f"{edge:.1f} to {edge + width:.1f}", queries, rows) for edge, queries, rows in bins],
    )


def dataset_bands(summary: Mapping[str, Any], name: str) -> Figure:
    """Rows of each query by band, and what the pool lacked."""
    bands = list(summary["bands"])
    names = [wrapped(band["name"]) for band in bands]
    per_query = [band["rows"] / max(1, band["queries"]) for band in bands]
    hover = "%{x:.1f} rows per query<extra></extra>"
    trace = bar("rows per query", per_query, names, GOOD, hover=hover, orientation="h")
    missing = f" The pool lacks {summary['missing']:,} {summary['unit']}." if summary["missing"] else ""
    return Figure(
        f"{name}-set-bands",
        "Responses per query by band",
        f"{summary['covered']:,} of {summary['queries']:,} queries are in the set.{missing}",
        make_spec([trace], "rows per query", "", **lying(len(bands))),
        GROUP_COLUMNS,
        group_rows(bands),
    )


GROUP_COLUMNS = (
    "band",
    "queries",
    "covered",
    "fail rate",
    "wanted",
    "rows",
    "per query",
    "missing",
    "tokens",
)


def group_rows(groups: Sequence[Mapping[str, Any]]) -> list[tuple[object, ...]]:
    """Table rows of the bands, levels or data sets of a training set."""
    return [
        (
            group["name"],
            group["queries"],
            group["covered"],
            "" if group["fail_rate"] is None else f"{group['fail_rate']:.3f}",
            group["wanted"],
            group["rows"],
            f"{group['rows'] / max(1, group['queries']):.1f}",
            group["missing"],
            group["tokens"],
        )
        for group in groups
    ]


_DENSE = 40  # points of a line whose markers would touch


def training_curve(
    logs: Mapping[str, Sequence[Mapping[str, Any]]], key: str, title: str, name: str
) -> Figure:
    """One quantity of the training log against the optimiser step, one line for each run."""
    points = {label: [(row["step"], row[key]) for row in rows if key in row] for label, rows in logs.items()}
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers" if len(line) < _DENSE else "lines",
            "name": label,
            "x": [step for step, _ in line],
            "y": [value for _, value in line],
            "line": {"color": SERIES[i % len(SERIES)], "width": 2},
        }
        for i, (label, line) in enumerate(points.items())
    ]
    steps = sorted({step for line in points.values() for step, _ in line})
    tables = [dict(line) for line in points.values()]
    ends = [f"{label}: {line[0][1]:.4g} to {line[-1][1]:.4g}" for label, line in points.items() if line]
    return Figure(
        f"{name}-{key.replace('_', '-')}",
        title,
        "; ".join(ends) + ".",
        make_spec(
            traces,
            "optimiser step",
            title.lower(),
            yaxis={"rangemode": "tozero", "exponentformat": "e", "automargin": True},
        ),
        ("step", *points),
        [(step, *(f"{t[step]:.4g}" if step in t else "" for t in tables)) for step in _thin(steps)],
    )


def _thin(steps: Sequence[int]) -> list[int]:
    """At most a hundred of the steps, the last among them."""
    stride = max(1, len(steps) // 100)
    return sorted({*steps[::stride], *steps[-1:]})


def scores(results: Mapping[str, Mapping[str, Any]], name: str) -> Figure:
    """Pass@1 of each benchmark with its interval, one marker for each evaluation."""
    names = list(dict.fromkeys(b["name"] for result in results.values() for b in result["benchmarks"]))
    traces = [
        _score_marks(label, result, names, i, len(results))
        for i, (label, result) in enumerate(results.items())
    ]
    rows = [
        (label, b["name"], f"{100 * b['pass_at_1']['value']:.1f}")
        for label, result in results.items()
        for b in result["benchmarks"]
    ]
    return Figure(
        f"{name}-scores",
        "Pass@1 with 95 % intervals",
        "Each interval is of one score. Scores on the same queries differ more surely than their intervals "
        "tell: `dartmath compare` pairs them.",
        make_spec(
            traces,
            "Pass@1 (percent)",
            "",
            xaxis={"rangemode": "tozero"},
            yaxis={
                "tickvals": list(range(len(names))),
                "ticktext": [wrapped(name) for name in names],
                "range": [len(names) - 0.5, -0.5],
                "automargin": True,
                "zeroline": False,
            },
            height=130 + 34 * len(names) * max(1, len(results)),
        ),
        ("evaluation", "benchmark", "Pass@1"),
        rows,
        wide=True,
    )


def _score_marks(
    label: str, result: Mapping[str, Any], names: Sequence[str], place: int, places: int
) -> dict[str, Any]:
    """The scores of one evaluation, one lane of a benchmark's row; an unknown bound has no whisker."""
    colour = SERIES[place % len(SERIES)]
    lane = (place + 0.5) / places - 0.5
    found = [b["pass_at_1"] for b in result["benchmarks"]]
    above = [100 * (s["high"] - s["value"]) if s["high"] is not None else 0 for s in found]
    below = [100 * (s["value"] - s["low"]) if s["low"] is not None else 0 for s in found]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": label,
        "y": [names.index(b["name"]) + 0.6 * lane for b in result["benchmarks"]],
        "x": [100 * s["value"] for s in found],
        "text": [plain(b["name"]) for b in result["benchmarks"]],
        "error_x": {"type": "data", "symmetric": False, "array": above, "arrayminus": below, "color": colour},
        "marker": {"size": 11, "color": colour, "symbol": place},
        "hovertemplate": "%{text}: %{x:.1f}",
        "cliponaxis": False,
    }
