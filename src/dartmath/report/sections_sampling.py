"""The sections of the report about sampling runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dartmath.report import figures_sampling as figures
from dartmath.report.blocks import PageSection, TableBlock, Tile, Tiles, duration
from dartmath.report.browser import text_json
from dartmath.report.plot import Figure
from dartmath.report.statistics import TEACHER_COLUMNS, SamplingStatistics


def sampling_section(statistics: Sequence[tuple[str, SamplingStatistics]]) -> PageSection:
    """How hard the queries are, and what became of the trials."""
    lead = "How hard the queries are for the model, and what each policy makes of the same pool of samples."
    section = PageSection("sampling", "Sampling", lead)
    section.blocks += [Tiles(label, _sampling_tiles(one)) for label, one in statistics]
    section.blocks += [
        TableBlock(f"Teachers of {label}", "", TEACHER_COLUMNS, one.teachers)
        for label, one in statistics
        if one.teachers
    ]
    if len(statistics) == 1:
        section.blocks += _figures_of(*statistics[0], "sampling-0")
    elif statistics:
        together = figures.pass_rates([(label, one.pass_rates) for label, one in statistics], "all")
        section.blocks.append(replace(together, wide=True))
        drawn = [_figures_of(*pair, f"sampling-{place}") for place, pair in enumerate(statistics)]
        # The same figure of every run, then the next: that is what a reader compares.
        for same in zip(*drawn, strict=True):
            section.blocks += [
                replace(figure, title=f"{figure.title} ({label})", wide=False)
                for figure, (label, _) in zip(same, statistics, strict=True)
            ]
    return section


def _figures_of(label: str, one: SamplingStatistics, id: str) -> list[Figure]:
    return [
        figures.responses_by_difficulty(one.comparison, id),
        figures.responses_by_band(one.comparison, id),
        figures.effort(one.bands, id),
        figures.coverage(one.bands, id),
        figures.outcomes(one.bands, id),
        figures.pass_rates([(label, one.pass_rates)], id),
        figures.lengths(one, id),
        figures.duplicates(one.bands, id),
    ]


def _sampling_tiles(one: SamplingStatistics) -> list[Tile]:
    queries, covered, trials = one.total("queries"), one.total("covered"), one.total("trials")
    correct, states, summary = one.total("correct"), one.states(), one.stage.summary
    unjudged = trials - sum(one.outcomes()[name] for name in ("correct", "wrong"))
    seconds = float(summary.get("seconds") or 0)
    took = f" in {duration(seconds)}" if seconds else ""
    imported = (one.stage.manifest.get("imported") or {}).get("responses", 0)
    made = f"; {imported:,} imported" if imported else ""
    return [
        Tile("queries", f"{queries:,}", f"{covered / max(1, queries):.1%} with a correct response"),
        Tile("trials", f"{trials:,}", f"{one.total('tokens'):,} tokens{took}{made}"),
        Tile("correct", f"{correct:,}", f"{correct / max(1, trials):.1%} of the trials"),
        Tile(
            "targets reached",
            f"{states['reached']:,}",
            f"{states['gave up']:,} given up, {states['capped']:,} capped, {states['refused']:,} refused",
        ),
        Tile("without a judgement", f"{unjudged:,}", "truncated, no answer, unparsable, time-out, error"),
        Tile("suspected references", f"{len(one.suspects):,}", "more probably wrong than right"),
    ]


def suspects_section(statistics: Sequence[tuple[str, SamplingStatistics]]) -> PageSection:
    lead = (
        "Queries that would be more usual in this pool if their favourite wrong answer were the reference. "
        "The score is the probability of that; mistakes that the model makes again and again count little."
    )
    section = PageSection("suspects", "Suspected references", lead)
    for label, one in statistics:
        rows = [
            (
                text_json(s.query.text),
                " or ".join(s.query.references),
                s.answer,
                f"{s.count} of {s.given}",
                f"{s.correct} of {s.trials}",
                f"{s.score:.2f}",
            )
            for s in one.suspects
        ]
        if rows:
            columns = ("query", "reference", "usual answer", "wrong ones that give it", "correct", "score")
            section.blocks.append(TableBlock(label, "", columns, rows))
    return section
