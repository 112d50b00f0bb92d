"""What a run came to, in a few sentences: the end of `dartmath run`, and the first lines of its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dartmath.base.errors import DartmathError
from dartmath.base.text import counted, money
from dartmath.report.blocks import duration
from dartmath.report.runs import Run, Stage


def outcome_lines(run: Run, root: Path | None = None) -> Iterator[str]:
    """One sentence for each thing a person asks first: rows, what is missing and why, scores, cost.

    Files are named below `root`, the run's folder unless it says another.
    """
    root = run.folder if root is None else root
    for stage in run.datasets:
        if stage.summary:
            yield from _dataset(stage, root / _below(run, stage))
    for stage in run.samples:
        yield from _unsolved(stage, root / _below(run, stage))
    yield from _scores(run)
    for stage in run.samples:
        yield from _cost(stage)


def _below(run: Run, stage: Stage) -> Path:
    return stage.folder.relative_to(run.folder)


def _dataset(stage: Stage, folder: Path) -> Iterator[str]:
    found = stage.summary
    rows = counted(found["rows"], "row")
    yield f"{stage.label}: {rows} of {found['covered']:,} of {found['queries']:,} queries"
    dropped = [f"{count:,} {reason}" for reason, count in (found.get("dropped") or {}).items() if count]
    if missing := found.get("missing"):
        yield f"  {missing:,} {found['unit']} that the policy wants are missing from the pool"
    if dropped:
        yield f"  correct responses that were dropped: {', '.join(dropped)}"
    if suspects := len(found.get("suspects") or ()):
        # A mistake that the model makes everywhere looks the same, so nobody should take them out unseen.
        listed = folder / "manifest.json"
        yield f"  {counted(suspects, 'reference')} that may be wrong: under suspects in {listed}"
    if removed := len((found.get("decontamination") or {}).get("removed", ())):
        yield f"  {counted(removed, 'query', 'queries')} left out as part of a benchmark"


def _unsolved(stage: Stage, folder: Path) -> Iterator[str]:
    found = stage.summary
    if suspects := len(found.get("suspects") or ()):
        yield (
            f"{counted(suspects, 'query', 'queries')} never solved (too hard, or a wrong "
            f"reference): {folder / 'suspects.jsonl'}"
        )
    states = found.get("states") or {}
    if short := sum(states.get(name, 0) for name in ("capped", "gave up", "refused")):
        yield f"{counted(short, 'query', 'queries')} short of the target: cap reached or given up"
    for name, reasons in (stage.manifest.get("left_out") or {}).items():
        said = ", ".join(f"{count:,} for {reason!r}" for reason, count in reasons.items())
        yield f"rows of {name} left out: {said}"


def _scores(run: Run) -> Iterator[str]:
    """The change of the score with its interval, where there is a before and an after."""
    by_label = {stage.label: stage for stage in run.evaluations}
    before, after = by_label.get("evaluation/before"), by_label.get("evaluation/after")
    if before is None or after is None:
        return
    from dartmath.evaluation.compare import compare

    try:
        found = compare(before.folder, after.folder)
    except DartmathError:
        return
    for name, paired in found.benchmarks.items():
        yield (
            f"{name}: {100 * paired.first:.1f} -> {100 * paired.second:.1f} %, a difference of "
            f"{100 * paired.difference:+.1f} ({100 * paired.low:+.1f} to {100 * paired.high:+.1f}) on "
            f"{counted(paired.queries, 'query', 'queries')}, {p_value(paired.p_value)}"
        )


_SMALL = 0.001  # of a p-value, with the three decimals that are shown


def p_value(value: float) -> str:
    """A p-value as people write it: never as zero.

    >>> p_value(0.00002), p_value(0.25)
    ('p < 0.001', 'p = 0.250')
    """
    return f"p < {_SMALL}" if value < _SMALL else f"p = {value:.3f}"


def _cost(stage: Stage) -> Iterator[str]:
    found: Mapping[str, Any] = stage.summary
    if not found.get("samples"):
        return
    said = f"{counted(found['samples'], 'sample')}, {counted(found.get('tokens', 0), 'token')}"
    if seconds := float(found.get("seconds") or 0):
        said += f", {duration(seconds)}"
    yield said + (f", cost {money(found['cost'])}" if found.get("cost") else "")
