"""The section of the report about a study: its curves and tables, and what could mislead in them."""

from __future__ import annotations

from collections.abc import Sequence

from dartmath.report.blocks import Lines, PageSection, TableBlock
from dartmath.report.figures_study import learning_curves
from dartmath.report.runs import Run
from dartmath.study.run import FOLDER, read_result
from dartmath.study.tables import tables


def study_section(runs: Sequence[Run]) -> PageSection:
    """Arms side by side at every size, of the runs that hold a study with a result."""
    lead = "Arms that differ in a key, at equal sizes, on one pool; intervals are over seeds and queries."
    section = PageSection("study", "Study", lead)
    for place, run in enumerate(runs):
        result = read_result(run.folder / FOLDER)
        if result is None:
            continue
        section.blocks += learning_curves(result, f"study-{place}")
        for table in tables(result):
            section.blocks.append(TableBlock(table.title, table.caption, table.columns, list(table.rows)))
        if result.warnings:
            section.blocks.append(Lines("What could mislead", result.warnings))
        if result.missing:
            section.blocks.append(Lines("Not finished", result.missing))
    return section
