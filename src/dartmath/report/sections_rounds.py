"""What came of the rounds of a run: a table and two curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dartmath.report.blocks import Lines, PageSection, TableBlock
from dartmath.report.plot import GOOD, MIDDLE, SERIES, Figure, make_spec
from dartmath.report.rounds import COLUMNS, percent_of, round_caption, round_lines, round_rows
from dartmath.rounds.result import RoundsResult


def rounds_section(results: Sequence[RoundsResult]) -> PageSection:
    """The rounds of each run that has some."""
    lead = "Expert iteration: each round samples with the model that the round before has trained."
    section = PageSection("rounds", "Rounds", lead)
    for place, result in enumerate(results):
        id = f"rounds-{place}"
        section.blocks += [
            Lines(result.name, [*round_lines(result)]),
            TableBlock("Round by round", round_caption(result), COLUMNS, round_rows(result)),
            _models(result),
            _scores(result, id),
            _pools(result, id),
        ]
    return section


def _models(result: RoundsResult) -> TableBlock:
    """Which model did what, so that nobody has to believe in folders."""
    rows = [(one.number, one.sampler, one.base, one.model) for one in result.rounds]
    columns = ("round", "sampled by", "trained from", "made")
    return TableBlock(
        "Models", "By their content: a folder's fingerprint, or a commit on the Hub.", columns, rows
    )


def _scores(result: RoundsResult, id: str) -> Figure:
    """Scores by round: their mean with its interval, and each benchmark where there are several."""
    measured = {one.number: one.measured for one in result.rounds}
    if result.before is not None:
        measured = {0: result.before, **measured}
    mean = {number: one.held_out for number, one in measured.items()}
    above, below = zip(*(_whiskers(s.value, s.low, s.high) for s in mean.values()), strict=True)
    whiskers = {"type": "data", "symmetric": False, "array": above, "arrayminus": below, "color": GOOD}
    traces = [
        {
            **_line("held-out", GOOD, {n: 100 * s.value for n, s in mean.items()}),
            "error_y": whiskers,
            "line": {"width": 3},
        }
    ]
    names = list(result.rounds[-1].measured.scores)
    for place, name in enumerate(names if len(names) > 1 else ()):
        points = {n: 100 * one.scores[name].value for n, one in measured.items() if name in one.scores}
        traces.append(_line(name, SERIES[place % len(SERIES)], points))
    return Figure(
        f"{id}-scores",
        "Pass@1 by round",
        "Round 0 is the model before any training; whiskers are 95 % intervals of the held-out mean.",
        make_spec(traces, "round", "percent", xaxis={"dtick": 1}, yaxis={"rangemode": "tozero"}),
        ("round", "held-out", *names),
        [
            (
                n,
                percent_of(one),
                *(f"{100 * one.scores[name].value:.1f}" for name in names if name in one.scores),
            )
            for n, one in measured.items()
        ],
    )


def _pools(result: RoundsResult, id: str) -> Figure:
    """What the model of each round could do on the training queries."""
    rates = {one.number: 100 * one.pass_rate for one in result.rounds if one.pass_rate is not None}
    covered = {one.number: 100 * one.covered / max(1, one.queries) for one in result.rounds}
    return Figure(
        f"{id}-pools",
        "Training queries by round",
        "Pass rate of the model that samples, and the share of queries with a row in the round's set.",
        make_spec(
            [_line("pass rate", MIDDLE, rates), _line("queries covered", GOOD, covered)],
            "round",
            "percent",
            xaxis={"dtick": 1},
            yaxis={"range": [0, 100]},
        ),
        ("round", "pass rate", "queries covered"),
        [(n, f"{rates[n]:.1f}" if n in rates else "", f"{share:.1f}") for n, share in covered.items()],
    )


def _line(name: str, colour: str, points: dict[int, float]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": [*points],
        "y": [*points.values()],
        "marker": {"color": colour},
    }


def _whiskers(value: float, low: float | None, high: float | None) -> tuple[float, float]:
    """(above, below) in percent; 0 for a bound that is not known."""
    return (0 if high is None else 100 * (high - value)), (0 if low is None else 100 * (value - low))
