"""The sections of the report about sampling runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dartmath.report import figures_sampling as figures
from dartmath.report.blocks import Section, Table, Tile, Tiles, duration
from dartmath.report.browser import text_json
from dartmath.report.plot import Figure
from dartmath.report.statistics import SamplingStatistics


def sampling_section(statistics: Sequence[tuple[str, SamplingStatistics]]) -> Section:
    lead = "How hard the queries are for the model, and what each policy makes of the same pool of samples."
    section = Section("sampling", "Sampling", lead)
    several = len(statistics) > 1
    for label, one in statistics:
        section.blocks.append(Tiles(label, _sampling_tiles(one)))
    if several:
        section.blocks.append(figures.pass_rates([(n, s.pass_rates) for n, s in statistics], "all"))
    for place, (label, one) in enumerate(statistics):
        id = f"sampling-{place}"
        drawn = [
            figures.responses_by_difficulty(one.comparison, id),
            figures.responses_by_band(one.comparison, id),
            figures.effort(one.bands, id),
            figures.coverage(one.bands, id),
            figures.outcomes(one.bands, id),
            *([] if several else [figures.pass_rates([(label, one.pass_rates)], id)]),
            figures.lengths(one, id),
            figures.duplicates(one.bands, id),
        ]
        section.blocks += [_of_run(figure, label) if several else figure for figure in drawn]
    return section


def _of_run(figure: Figure, label: str) -> Figure:
    return replace(figure, title=f"{figure.title} ({label})")


def _sampling_tiles(one: SamplingStatistics) -> list[Tile]:
    queries, covered, trials = one.total("queries"), one.total("covered"), one.total("trials")
    correct, states, summary = one.total("correct"), one.states(), one.stage.summary
    unjudged = trials - sum(one.outcomes()[name] for name in ("correct", "wrong"))
    seconds = float(summary.get("seconds") or 0)
    took = f" in {duration(seconds)}" if seconds else ""
    return [
        Tile("queries", f"{queries:,}", f"{covered / max(1, queries):.1%} with a correct response"),
        Tile("trials", f"{trials:,}", f"{one.total('tokens'):,} tokens{took}"),
        Tile("correct", f"{correct:,}", f"{correct / max(1, trials):.1%} of the trials"),
        Tile(
            "targets reached",
            f"{states['reached']:,}",
            f"{states['gave up']:,} given up, {states['capped']:,} capped",
        ),
        Tile("without a judgement", f"{unjudged:,}", "truncated, no answer, unparsable, time-out, error"),
        Tile("suspected references", f"{len(one.suspects):,}", "wrong answers that agree with each other"),
    ]


def suspects_section(statistics: Sequence[tuple[str, SamplingStatistics]]) -> Section:
    lead = (
        "Queries whose wrong answers agree with one another far more than with the reference. Either the "
        "reference is wrong, or the model always makes the same mistake: look before you trust them."
    )
    section = Section("suspects", "Suspected references", lead)
    for label, one in statistics:
        rows = [
            (
                text_json(s.query.text),
                " or ".join(s.query.references),
                s.answer,
                f"{s.count} of {s.given}",
                f"{s.correct} of {s.trials}",
            )
            for s in one.suspects
        ]
        if rows:
            columns = ("query", "reference", "usual answer", "wrong ones that give it", "correct")
            section.blocks.append(Table(label, "", columns, rows))
    return section
