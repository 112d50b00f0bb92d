"""The figures of a sampling run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dartmath.base.text import counted
from dartmath.curation.compare import LABELS, POLICIES, PolicyComparison
from dartmath.report.plot import (
    BAD,
    GOOD,
    MIDDLE,
    NEUTRAL,
    OTHER,
    POLICY_COLOURS,
    SERIES,
    Figure,
    bar,
    lying,
    make_spec,
    wrapped,
)
from dartmath.report.statistics import BandStatistics, SamplingStatistics, binned, histogram
from dartmath.verify.contract.outcome import Outcome

_DASHES = {"vrt": "dot", "uniform": "dash", "prop2diff": "solid"}
_OUTCOMES = {
    Outcome.CORRECT: (GOOD, ""),
    Outcome.WRONG: (BAD, "/"),
    Outcome.NO_ANSWER: (OTHER, "."),
    Outcome.TRUNCATED: (MIDDLE, "x"),
    Outcome.UNPARSABLE: ("#64748b", "\\"),
    Outcome.TIMEOUT: ("#0ea5e9", "-"),
    Outcome.ERROR: ("#78716c", "+"),
}
_STATES = {"reached": GOOD, "capped": MIDDLE, "gave up": BAD, "refused": OTHER, "open": NEUTRAL}
_CURVE_POINTS = 60
_BINS = 20


def responses_by_difficulty(comparison: PolicyComparison, name: str) -> Figure:
    """Responses per query against the difficulty rank (Figure 1, right, of arXiv 2407.13690)."""
    groups = curve_groups(len(comparison.fail_rates))
    ranks = [100 * (a + b) / 2 / len(comparison.fail_rates) for a, b in groups]
    rates = [_mean(comparison.fail_rates[a:b]) for a, b in groups]
    means = {p: [_mean(comparison.curves[p][a:b]) for a, b in groups] for p in POLICIES}
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": LABELS[p],
            "x": ranks,
            "y": means[p],
            "customdata": rates,
            "line": {"color": POLICY_COLOURS[p], "dash": _DASHES[p], "width": 3, "shape": "hvh"},
            "hovertemplate": "%{y:.1f} responses (fail rate %{customdata:.2f})",
        }
        for p in POLICIES
    ]
    targets = [_mean(comparison.targets[a:b]) for a, b in groups]
    traces.append(_target_line(ranks, targets))
    rows = [
        (f"{rank:.0f} %", f"{rates[i]:.2f}", *(f"{means[p][i]:.2f}" for p in POLICIES), f"{targets[i]:.2f}")
        for i, rank in enumerate(ranks)
    ]
    return Figure(
        f"{name}-difficulty",
        "Responses per query, from the easiest query to the hardest",
        f"One pool of samples, selected by three policies at {comparison.size:,} rows each. "
        + comparison.caption()
        + " A line below Prop2Diff's target means that the pool holds no more.",
        make_spec(
            traces,
            "difficulty rank (percent)",
            "responses per query",
            yaxis={"rangemode": "tozero"},
            hovermode="x unified",
        ),
        ("rank", "fail rate", *(LABELS[p] for p in POLICIES), "Prop2Diff's target"),
        rows,
        wide=True,
    )


def _target_line(ranks: Sequence[float], targets: Sequence[float]) -> dict[str, Any]:
    """What Prop2Diff wants; where its line stays below, the pool has no more correct responses."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "Prop2Diff's target",
        "x": ranks,
        "y": targets,
        "line": {"color": POLICY_COLOURS["prop2diff"], "width": 1.2, "shape": "hvh"},
        "hovertemplate": "%{y:.1f} wanted",
    }


def curve_groups(count: int, most: int = _CURVE_POINTS) -> list[tuple[int, int]]:
    """Ranges that cut `count` queries into at most `most` equal parts, of eight queries at least."""
    parts = min(count, most, max(8, count // 8))
    return [(count * i // parts, count * (i + 1) // parts) for i in range(parts)]


def responses_by_band(comparison: PolicyComparison, name: str) -> Figure:
    """Rows of each band under the three policies."""
    bands = [wrapped(band.band) for band in comparison.bands]
    traces = [
        bar(LABELS[p], [b.kept[p] for b in comparison.bands], bands, POLICY_COLOURS[p], orientation="h")
        for p in POLICIES
    ]
    return Figure(
        f"{name}-bands",
        "Training rows by band",
        f"The same {comparison.size:,} rows under each policy, by band.",
        make_spec(traces, "rows", "", barmode="group", **lying(len(bands), len(traces))),
        comparison.columns(),
        comparison.table(),
    )


def pass_rates(series: Sequence[tuple[str, Sequence[float]]], name: str) -> Figure:
    """Histogram of the queries' pass rates, one series for each run."""
    counts = {label: histogram(values, _BINS) for label, values in series}
    centres = [(i + 0.5) / _BINS for i in range(_BINS)]
    hover = "pass rate about %{x:.2f}: %{y} queries"
    traces = [
        bar(label, centres, found, SERIES[i % len(SERIES)], hover=hover)
        for i, (label, found) in enumerate(counts.items())
    ]
    rows = [
        (f"{i / _BINS:.2f} to {(i + 1) / _BINS:.2f}", *(found[i] for found in counts.values()))
        for i in range(_BINS)
    ]
    zeros = {label: sum(value == 0 for value in values) for label, values in series}
    unsolved = " and ".join(
        f"{n:,}" + (f" ({label})" if len(zeros) > 1 else "") for label, n in zeros.items()
    )
    return Figure(
        f"{name}-pass-rates",
        "Pass rates of the queries",
        f"How hard the queries are for the sampling model; {unsolved} were never solved.",
        make_spec(traces, "pass rate over all trials", "queries", bargap=0.05, xaxis={"range": [0, 1]}),
        ("pass rate", *counts),
        rows,
    )


def coverage(bands: Sequence[BandStatistics], name: str) -> Figure:
    """Where the queries of each band stand: target reached, capped, given up, refused by the engine, open."""
    names = [wrapped(band.name) for band in bands]
    traces = [
        bar(state, [band.states[state] for band in bands], names, colour, orientation="h")
        for state, colour in _STATES.items()
        if any(band.states[state] for band in bands)
    ]
    covered, queries = sum(b.covered for b in bands), sum(b.queries for b in bands)
    return Figure(
        f"{name}-coverage",
        "Coverage: queries that reached their target",
        f"{covered:,} of {queries:,} queries have at least one correct response.",
        make_spec(traces, "queries", "", barmode="stack", **lying(len(bands))),
        ("band", "queries", "with a correct response", *_STATES),
        [(b.name, b.queries, b.covered, *(b.states[s] for s in _STATES)) for b in bands],
    )


def outcomes(bands: Sequence[BandStatistics], name: str) -> Figure:
    """Share of the outcomes in each band."""
    seen = [o for o in Outcome if any(band.outcomes[o.value] for band in bands)]
    traces = [_outcome_bars(outcome, bands) for outcome in seen]
    return Figure(
        f"{name}-outcomes",
        "Outcomes of the trials",
        "Only correct and wrong judge an answer; the others are counted apart.",
        make_spec(traces, "share of the trials (percent)", "", barmode="stack", **lying(len(bands))),
        ("band", "trials", *(_words(o) for o in seen)),
        [(b.name, b.trials, *(b.outcomes[o.value] for o in seen)) for b in bands],
    )


def _outcome_bars(outcome: Outcome, bands: Sequence[BandStatistics]) -> dict[str, Any]:
    counts = [band.outcomes[outcome.value] for band in bands]
    shares = [100 * count / max(1, band.trials) for count, band in zip(counts, bands, strict=True)]
    colour, pattern = _OUTCOMES[outcome]
    made = bar(
        _words(outcome),
        shares,
        [wrapped(band.name) for band in bands],
        colour,
        hover="%{customdata} trials (%{x:.1f} %)",
        customdata=counts,
        orientation="h",
    )
    made["marker"]["pattern"] = {"shape": pattern, "solidity": 0.15}
    return made


def effort(bands: Sequence[BandStatistics], name: str) -> Figure:
    """Where trials and tokens went."""
    colours = {"queries": NEUTRAL, "trials": SERIES[0], "tokens": OTHER, "correct": GOOD}
    total = {column: sum(getattr(b, column) for b in bands) for column in colours}
    names = [wrapped(b.name) for b in bands]
    traces = [
        bar(
            column,
            [100 * getattr(b, column) / max(1, total[column]) for b in bands],
            names,
            colour,
            hover="%{customdata:,} (%{x:.1f} %)",
            orientation="h",
            customdata=[getattr(b, column) for b in bands],
        )
        for column, colour in colours.items()
    ]
    rows = [
        (b.name, b.queries, b.trials, b.tokens, b.correct, b.distinct, f"{b.trials / max(1, b.correct):.1f}")
        for b in bands
    ]
    return Figure(
        f"{name}-effort",
        "Where trials and tokens went",
        f"{counted(total['trials'], 'trial')} and {counted(total['tokens'], 'token')} gave "
        f"{total['correct']:,} correct ones.",
        make_spec(
            traces, "share of the whole (percent)", "", barmode="group", **lying(len(bands), len(traces))
        ),
        ("band", "queries", "trials", "tokens", "correct", "distinct correct", "trials per correct"),
        rows,
    )


def lengths(statistics: SamplingStatistics, name: str) -> Figure:
    """Histogram of response lengths, correct ones and others."""
    seen = statistics.lengths
    both = seen.correct + seen.other
    step = max(1, -(-max(both, default=1) // 30))
    edges = list(range(0, max(both, default=1) + 1, step))
    counts = {"correct": binned(seen.correct, edges), "not correct": binned(seen.other, edges)}
    centres = [edge + step / 2 for edge in edges]
    hover = "about %{x:.0f} tokens: %{y} responses"
    traces = [
        bar(label, centres, found, colour, hover=hover)
        for (label, found), colour in zip(counts.items(), (GOOD, BAD), strict=True)
    ]
    mean = sum(n * c for n, c in both.items()) / max(1, sum(both.values()))
    return Figure(
        f"{name}-lengths",
        "Response lengths",
        f"{mean:.0f} tokens a response on average; the longest has {max(both, default=0):,}.",
        make_spec(traces, "tokens of a response", "responses", barmode="stack", bargap=0.02),
        ("tokens", *counts),
        [(f"{e} to {e + step - 1}", *(c[i] for c in counts.values())) for i, e in enumerate(edges)],
    )


def duplicates(bands: Sequence[BandStatistics], name: str) -> Figure:
    """How many of the correct responses repeat one another."""
    names = [wrapped(b.name) for b in bands]
    traces = [
        bar("distinct", [b.distinct for b in bands], names, GOOD, orientation="h"),
        bar("repeated", [b.correct - b.distinct for b in bands], names, NEUTRAL, orientation="h"),
    ]
    correct, distinct = sum(b.correct for b in bands), sum(b.distinct for b in bands)
    return Figure(
        f"{name}-duplicates",
        "Duplicates among the correct responses",
        f"{correct - distinct:,} of {correct:,} correct responses equal another one to the same query.",
        make_spec(traces, "correct responses", "", barmode="stack", **lying(len(bands))),
        ("band", "correct", "distinct", "repeated"),
        [(b.name, b.correct, b.distinct, b.correct - b.distinct) for b in bands],
        wide=True,
    )


def _words(outcome: Outcome) -> str:
    return outcome.value.replace("_", " ")


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
