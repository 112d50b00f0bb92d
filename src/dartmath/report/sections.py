"""What the report says of the runs, section by section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dartmath.report.blocks import Lines, PageSection, TableBlock
from dartmath.report.outcome import outcome_lines
from dartmath.report.runs import Run, Stage
from dartmath.report.sections_results import datasets_section, evaluation_section, training_section
from dartmath.report.sections_rounds import rounds_section
from dartmath.report.sections_sampling import sampling_section, suspects_section
from dartmath.report.sections_study import study_section
from dartmath.report.statistics import SamplingStatistics
from dartmath.rounds.result import RoundsResult


def all_sections(
    runs: Sequence[Run],
    statistics: Sequence[tuple[str, SamplingStatistics]],
    published: Sequence[str] = (),
    rounds: Sequence[RoundsResult] = (),
) -> list[PageSection]:
    """The sections that have something to show, in the order of the pipeline."""
    made = [
        _result(runs),
        rounds_section(rounds),
        sampling_section(statistics),
        suspects_section(statistics),
        datasets_section(labelled(runs, "datasets")),
        training_section(labelled(runs, "models")),
        evaluation_section(labelled(runs, "evaluations"), published),
        study_section(runs),
        _provenance(runs),
    ]
    return [section for section in made if section.blocks]


def _result(runs: Sequence[Run]) -> PageSection:
    """What a reader asks first: rows, what is missing and why, scores, cost."""
    section = PageSection(
        "result", "Result", "What came out, in sentences; everything below says how and why."
    )
    for run in runs:
        if lines := [*outcome_lines(run, Path())]:
            section.blocks.append(Lines(run.name, [line.strip() for line in lines]))
    return section


def labelled(runs: Sequence[Run], kind: str) -> dict[str, Stage]:
    """Stages of a kind of all runs, each under a label that tells it from the others."""
    found: dict[str, Stage] = {}
    for run in runs:
        stages: list[Stage] = getattr(run, kind)
        for stage in stages:
            short = stage.label.removeprefix("evaluation/")
            label = short if len(runs) == 1 else run.name if len(stages) == 1 else f"{run.name} {short}"
            found[label] = stage
    return found


def _provenance(runs: Sequence[Run]) -> PageSection:
    section = PageSection("provenance", "Provenance", "What every stage recorded of itself.")
    for run in runs:
        rows: list[tuple[str, ...]] = []
        said: dict[str, str] = {}
        for stage in run.stages:
            *others, used = _provenance_row(stage.manifest)
            same = said.setdefault(used, stage.label)
            rows.append((stage.label, *others, used if same == stage.label or not used else f"as {same}"))
        columns = ("stage", "created", "finished", "model", "template", "seed", "versions")
        section.blocks.append(TableBlock(run.name, "Stages are folders below the run.", columns, rows))
    return section


def _provenance_row(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    model, template = manifest.get("model") or {}, manifest.get("template") or {}
    used = ", ".join(f"{name} {version}" for name, version in (manifest.get("versions") or {}).items())
    return (
        str(manifest.get("created", "")).replace("T", " ").replace("+00:00", " UTC"),
        "yes" if manifest.get("finished") else "no",
        " ".join(str(model[key]) for key in ("name", "revision") if model.get(key)),
        " ".join(str(template[key]) for key in ("name", "hash") if template.get(key)),
        str(manifest.get("seed", "")),
        used,
    )
