"""The rounds of a run as a table and sentences, and the end of such a run in the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dartmath.base.round_folders import round_folder
from dartmath.base.terminal import console, print_json, print_table
from dartmath.base.text import printable
from dartmath.report.summary import show_score
from dartmath.rounds.result import Measured, Round, RoundsResult

COLUMNS = ("round", "trials", "pass rate", "queries covered", "rows", "held-out", "change")


def print_rounds(folder: Path, result: RoundsResult, *, as_json: bool = False) -> None:
    """Print what the rounds of the run in `folder` came to; as one JSON object when asked."""
    if as_json:
        print_json({"run": str(folder), **result.model_dump(mode="json"), "places": _places(folder, result)})
        return
    print_table(f"{result.name}: round by round", COLUMNS, round_rows(result), caption=round_caption(result))
    out = console(stderr=False)
    places = [f"{what}: {path}" for what, path in _places(folder, result).items()]
    for line in (*round_lines(result), *places):
        out.print(printable(line), markup=False, soft_wrap=True)


def _places(folder: Path, result: RoundsResult) -> dict[str, str]:
    """Where to look, by what it is."""
    found = {"report": folder / "report.html", "recipe": folder / "recipe.yaml"}
    if result.best:
        best = round_folder(folder, result.best)
        found |= {"best model": best / "model", "its training set": best / "dataset"}
    return {what: str(path) for what, path in found.items()}


def round_lines(result: RoundsResult) -> Iterator[str]:
    """Which round is the best, and why there is no other."""
    if result.best:
        best = result.rounds[result.best - 1]
        yield f"best: round {result.best}, {percent_of(best.measured)} % held-out; its model is {best.model}"
    elif result.rounds:
        yield "no round rose above the model before any training"
    if result.stopped:
        yield f"it ended because {result.stopped}"


def round_caption(result: RoundsResult) -> str:
    """What the numbers of the table are."""
    return (
        f"Held-out: mean Pass@1 of {', '.join(result.held_out)}, in percent, with "
        "its 95 % interval; it decides which round is the best, so that round's is a chosen one. Change: in "
        "points, paired by query, against the evaluation before. Pass rate: of the sampling model, mean over "
        "queries."
    )


def round_rows(result: RoundsResult) -> list[tuple[object, ...]]:
    """A row for each round, and one above them for the model before any training."""
    rows: list[tuple[object, ...]] = []
    if result.before is not None:
        rows.append((0, *[""] * 4, percent_of(result.before), ""))
    return rows + [_row(one) for one in result.rounds]


def _row(one: Round) -> tuple[object, ...]:
    change = one.change
    return (
        one.number,
        one.samples,
        "" if one.pass_rate is None else f"{one.pass_rate:.1%}",
        f"{one.covered:,} of {one.queries:,}",
        one.rows,
        percent_of(one.measured),
        f"{100 * change.difference:+.1f} ({100 * change.low:+.1f} to {100 * change.high:+.1f})"
        if change
        else "",
    )


def percent_of(measured: Measured) -> str:
    """The held-out mean in percent with its interval."""
    return show_score(measured.held_out.model_dump())
