"""The end of a run in the terminal: policies side by side, scores, where all lies, what it came to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dartmath.base.terminal import console, print_json, print_table
from dartmath.base.text import printable
from dartmath.report.outcome import outcome_lines
from dartmath.report.runs import Run, Stage, evaluation_result, find_runs

if TYPE_CHECKING:
    from dartmath.curation.compare import PolicyComparison


def print_summary(folder: Path, *, as_json: bool = False) -> None:
    """Print what the run in `folder` came to; as one JSON object when asked."""
    (run,) = find_runs([folder])
    if as_json:
        print_json(summary_json(run))
        return
    for stage in run.samples:
        _print_policies(_compare(run, stage))
    if run.evaluations:
        _print_scores(run)
    _print_places(run)
    out = console(stderr=False)
    for line in outcome_lines(run):
        out.print(printable(line), markup=False, soft_wrap=True)


def summary_json(run: Run) -> dict[str, Any]:
    """The same as a dictionary."""
    return {
        "run": str(run.folder),
        "policies": {s.label: _compare(run, s).to_json() for s in run.samples},
        "datasets": {s.label: s.summary for s in run.datasets},
        "models": {s.label: s.summary for s in run.models},
        "evaluations": {s.label: s.summary for s in run.evaluations},
        "outcome": [*outcome_lines(run)],
        "places": places(run),
    }


def places(run: Run) -> dict[str, str]:
    """Where the outputs of a run lie, by what they are."""
    found = {stage.label: str(stage.folder) for stage in run.stages}
    for name, what in (("report.html", "report"), ("recipe.yaml", "recipe")):
        if (run.folder / name).is_file():
            found[what] = str(run.folder / name)
    cards = [stage for stage in (*run.datasets, *run.models) if (stage.folder / "README.md").is_file()]
    return found | {f"{stage.label} card": str(stage.folder / "README.md") for stage in cards}


def _compare(run: Run, stage: Stage) -> PolicyComparison:
    from dartmath.curation.compare import compare_policies

    return compare_policies(stage.folder, run.rows, deduplicate=run.deduplicated)


def _print_policies(comparison: PolicyComparison) -> None:
    print_table(
        f"Correct responses kept of the same pool, at {comparison.size:,} rows",
        comparison.columns(),
        comparison.table(),
        caption=comparison.caption(),
    )


def _print_scores(run: Run) -> None:
    columns = [stage.label.removeprefix("evaluation/") for stage in run.evaluations]
    results = [evaluation_result(stage) for stage in run.evaluations]
    names = list(dict.fromkeys(b["name"] for r in results for b in r.get("benchmarks", [])))
    rows = [[name, *(score_of(result, name) for result in results)] for name in names]
    for name in names:
        lenient = [score_of(result, name, "lenient") for result in results]
        rows += [[f"{name}, lenient", *lenient]] if any(lenient) else []
    print_table("Pass@1 with 95 % intervals", ["benchmark", *columns], rows)


def score_of(result: Mapping[str, Any], name: str, key: str = "pass_at_1") -> str:
    """A score of one benchmark (Pass@1, or that at `key`), as `show_score`; empty where there is none."""
    found = (b.get(key) for b in result.get("benchmarks", []) if b["name"] == name)
    return next((show_score(score) for score in found if score), "")


def show_score(score: Mapping[str, Any]) -> str:
    """A score in percent with its interval, such as "41.5 (38.9-44.2)"."""
    value, low, high = score["value"], score.get("low"), score.get("high")
    bounds = "" if low is None or high is None else f" ({100 * low:.1f}-{100 * high:.1f})"
    return f"{100 * value:.1f}{bounds}"


def _print_places(run: Run) -> None:
    out = console(stderr=False)
    width = max(len(name) for name in places(run))
    for name, path in places(run).items():
        out.print(printable(f"{name.ljust(width)}  {path}"), markup=False, soft_wrap=True)
