"""Rows of the tables that `evaluate`, `compare` and `regrade` print; at most 100 columns wide."""

from __future__ import annotations

import math

from dartmath.evaluation.compare import AgainstPublished, PairedComparison
from dartmath.evaluation.intervals import Paired
from dartmath.evaluation.power import queries_to_see, visible_difference
from dartmath.evaluation.result import BenchmarkResult, EvaluationResult, Score

_BLOCKS = ("ok", "error", "timeout", "refused")

Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


def result_table(result: EvaluationResult) -> Table:
    """Columns and rows: one row per benchmark, and the macro average."""
    own = any(one.own_rules for one in result.benchmarks)
    others = ("lenient", "own rules") if own else ("lenient",)
    columns = ("benchmark", "queries", "Pass@1", "95 %", *others, "cut", "no ans.", "unread", "tokens")
    rows: list[tuple[str, ...]] = [
        (
            one.name,
            str(one.queries),
            percent(one.pass_at_1.value),
            span(one.pass_at_1),
            *(_second(one, which) for which in others),
            percent(one.truncated),
            percent(one.no_answer),
            percent(one.unparsable),
            f"{one.mean_tokens:.0f}",
        )
        for one in result.benchmarks
    ]
    total = str(sum(one.queries for one in result.benchmarks))
    last = ("average", total, percent(result.average.value), span(result.average), *("",) * (len(others) + 4))
    return columns, [*rows, last] if len(rows) > 1 else rows


def _second(one: BenchmarkResult, which: str) -> str:
    """A second score of a benchmark: the lenient one, or under a protocol that by this project's rules."""
    score = one.own_rules if which == "own rules" else one.lenient
    return percent(score.value) if score else ""


def trials_table(result: EvaluationResult) -> Table:
    """Columns and rows of what k trials come to, a row per k; none where there was one trial per query."""
    shares = ("0.5", "0.75", "1", "mean")
    columns = ("benchmark", "k", "pass@k", "maj@k", *(f"G-Pass {share}" for share in shares))
    rows: list[tuple[str, ...]] = [
        (
            one.name,
            str(k),
            percent(one.pass_at_k[k].value),
            percent(one.maj_at_k[k].value),
            *(percent(one.g_pass_at_k[k][share].value) if k in one.g_pass_at_k else "" for share in shares),
        )
        for one in result.benchmarks
        for k in sorted(one.pass_at_k)
    ]
    return columns, rows


def group_table(result: EvaluationResult, key: str) -> Table:
    """Columns and rows of Pass@1 by "level", "domain" or "band"."""
    rows: list[tuple[str, ...]] = [
        (
            f"{one.name}: {name}",
            str(group.queries),
            percent(group.score.value),
            span(group.score),
            percent(group.lenient.value) if group.lenient else "",
        )
        for one in result.benchmarks
        for name, group in one.by.get(key, {}).items()
    ]
    return (f"benchmark: {key}", "queries", "Pass@1", "95 %", "lenient"), rows


def tools_table(result: EvaluationResult) -> Table:
    """Columns and rows of code blocks by outcome; no rows where no tools were used."""
    rows: list[tuple[str, ...]] = [
        (one.name, *(str(one.tools.get(outcome, 0)) for outcome in _BLOCKS))
        for one in result.benchmarks
        if one.tools
    ]
    return ("benchmark: code blocks", *_BLOCKS), rows


def comparison_table(comparison: PairedComparison) -> Table:
    """Columns and rows of a paired comparison; the plain mean over benchmarks in the last row."""
    columns = ("benchmark", "queries", "A", "B", "B - A", "95 %", "bootstrap", "only A, B", "p")
    rows = [_paired_row(name, one) for name, one in comparison.benchmarks.items()]
    if len(rows) > 1:
        rows.append(_paired_row("average", comparison.average))
    return columns, rows


def power_table(comparison: PairedComparison, difference: float) -> Table:
    """Columns and rows of what the queries can show, and of the lenient scores; `difference` is a share."""
    columns = ("benchmark", "lenient A", "lenient B", "sees", f"queries for {100 * difference:g}")
    rows: list[tuple[str, ...]] = []
    for name, one in comparison.benchmarks.items():
        lenient = [percent(score) for score in comparison.lenient.get(name, (math.nan, math.nan))]
        needed = queries_to_see(one, difference)
        visible = visible_difference(one)
        sees = "over 100" if visible > 1 else percent(visible)
        rows.append((name, *lenient, sees, f"{needed:,}" if needed else ""))
    return columns, rows


def published_table(rows: list[AgainstPublished], title: str) -> Table:
    """Columns and rows of one's own scores beside published ones."""
    columns = ("benchmark", "ours", "95 %", "lenient", title, "difference", "95 %", "unlike")
    made: list[tuple[str, ...]] = [
        (
            row.benchmark,
            percent(row.value),
            _span(row.low, row.high),
            "" if row.lenient is None else percent(row.lenient),
            percent(row.published),
            f"{100 * (row.value - row.published):+.1f}",
            _signed(row.difference_low, row.difference_high),
            row.unlike,
        )
        for row in rows
    ]
    return columns, made


def percent(share: float) -> str:
    """A share in percent with one decimal.

    >>> percent(0.4567)
    '45.7'
    """
    return "" if math.isnan(share) else f"{100 * share:.1f}"


def span(score: Score) -> str:
    """The interval of a score in percent."""
    return _span(score.low, score.high)


def _span(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{100 * low:.1f}-{100 * high:.1f}"


def _paired_row(name: str, one: Paired) -> tuple[str, ...]:
    return (
        name,
        str(one.queries),
        percent(one.first),
        percent(one.second),
        f"{100 * one.difference:+.1f}",
        _signed(one.low, one.high),
        _signed(one.bootstrap_low, one.bootstrap_high),
        f"{one.only_first}, {one.only_second}",
        "" if math.isnan(one.p_value) else f"{one.p_value:.3f}",
    )


def _signed(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None or math.isnan(low) else f"{100 * low:+.1f}..{100 * high:+.1f}"
