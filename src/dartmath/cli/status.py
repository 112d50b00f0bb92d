"""`dartmath status`: how a run stands, also while it runs in another terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dartmath.base.text import counted, money
from dartmath.cli._shared import JsonOption

# Seconds between two looks at a run, and how many times longer than looking takes, so that a large run is not
# slowed down by whoever watches it.
_SECONDS, _REST = 2.0, 9.0

if TYPE_CHECKING:
    from dartmath.base.terminal import Table
    from dartmath.pipeline.standing import StageStanding
    from dartmath.sampling.forecast import Expected
    from dartmath.sampling.status import RunStatus


def command(
    run: Annotated[Path, typer.Argument(help="Folder that `dartmath sample` or `dartmath run` writes.")],
    watch: Annotated[
        bool, typer.Option("--watch", help="Draw it anew until the run ends; into a pipe, print its end.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show progress per band, rate, time left, tokens, cost, outcomes and servers of sampling, and how far
    the other stages of the run are.

    Reads only, so it works from another terminal while the run goes on.

    Examples:
        dartmath status runs/tiny
        dartmath status runs/tiny --watch
        dartmath status runs/tiny --json
    """
    from dartmath.base.terminal import print_json
    from dartmath.sampling.journal import journal_folder

    folder = journal_folder(run)
    if watch and _watched(folder, draw=not as_json):
        return
    if as_json:
        stages = [one.to_json() for one in _stages(folder)]
        print_json({**_status(folder).to_json(), "stages": stages})
    else:
        print_status(folder)


def print_status(folder: Path) -> None:
    """Print the status of the run directory `folder` as a table."""
    from dartmath.base.terminal import print_table

    title, columns, rows, caption = _table(_status(folder), _stages(folder))
    print_table(title, columns, rows, caption=caption)


def _stages(folder: Path) -> list[StageStanding]:
    """The stages of the run that a journal belongs to; none of a journal alone."""
    from dartmath.pipeline.standing import stages_of_run

    return stages_of_run(folder.parent) if folder.name == "sample" else []


def _table(status: RunStatus, stages: list[StageStanding]) -> Table:
    from dartmath.base.terminal import Table

    columns = ("band", "queries", "trials", "pass rate", "correct", "wanted", "reached", "capped", "open")
    rows = [
        (b.name, b.queries, b.trials, _percent(b.pass_rate), b.correct, b.wanted, b.reached, b.capped, b.open)
        for b in status.bands
    ]
    lines = [*_lines(status), *_lines_of_stages(stages)]
    return Table(f"{status.folder}: {status.policy}", columns, rows, "\n".join(lines))


def _lines_of_stages(stages: list[StageStanding]) -> Iterator[str]:
    """What is behind sampling in a run."""
    for one in stages[1:]:
        yield f"{one.name}: {one.state}" + (f", {one.progress}" if one.progress else "")


def _watched(folder: Path, *, draw: bool) -> bool:
    """Wait until the run ends; whether its last state is drawn."""
    from dartmath.base.terminal import live_table

    with live_table() as show:
        while True:
            began = time.monotonic()
            status, stages = _status(folder), _stages(folder)
            if show and draw:
                show(_table(status, stages))
            if not status.running and all(one.state != "running" for one in stages):
                return bool(show and draw)
            time.sleep(max(_SECONDS, _REST * (time.monotonic() - began)))


def _status(folder: Path) -> RunStatus:
    from dartmath.curation.bands import bands_of_run
    from dartmath.sampling.journal import open_journal
    from dartmath.sampling.status import run_status

    return run_status(folder, bands_of_run(open_journal(folder)))


def _lines(status: RunStatus) -> Iterator[str]:
    yield _state(status)
    share = ", ".join(f"{name} {count:,}" for name, count in status.outcomes.items() if count)
    twice = counted(status.duplicates, "duplicate")
    yield f"{counted(status.samples, 'sample')} ({share or 'none'}); {twice}"
    spent = f"{status.tokens:,} tokens in {_duration(status.seconds)}"
    yield spent + (f", cost {money(status.cost)}" if status.cost else "")
    for one in status.teachers:
        cost = f", cost {money(one.cost)}" if one.cost else ""
        trials = counted(one.trials, "trial")
        yield f"  {one.name}: {trials}, {one.correct:,} correct, {one.tokens:,} tokens{cost}"
    hopeless = len(status.suspects)
    if hopeless:
        yield (
            f"{_queries(hopeless)} without a correct response (wrong reference, or too hard): suspects.jsonl"
        )
    gave_up = sum(b.gave_up for b in status.bands)
    refused = sum(b.refused for b in status.bands)
    if gave_up or refused:
        yield f"{_queries(gave_up)} given up as hopeless within their cap, {refused} refused by the engine"
    if status.running and status.rate is not None:
        yield f"{status.rate:,.1f} samples/s, {status.tokens_rate or 0:,.0f} tokens/s, " + (
            f"{status.generating} of {status.concurrency} slots busy, {status.grading} being graded"
        )
    if not status.finished:
        yield f"still to sample: {_estimate(status.remaining, lambda x: f'{x:,.0f}')}" + (
            f"; time left {_estimate(status.eta, _duration)}" if status.eta else ""
        )
    for server in status.servers or []:
        yield "  " + ", ".join(f"{key} {value}" for key, value in server.items() if value != "")


def _state(status: RunStatus) -> str:
    from dartmath.sampling.new_pool import ORIGINS

    if status.finished:
        return "sampling: finished"
    if status.running:
        return "sampling: running"
    why = status.stopped or "it was killed, or has failed"
    if why in ORIGINS:
        return f"sampling: not running ({why}); to sample what is owed: dartmath sample RECIPE"
    remedy = "raise it to go on" if why.startswith("the budget") else "the same command goes on"
    return f"sampling: not running ({why}); {remedy}"


def _queries(count: int) -> str:
    return f"{count:,} {'query' if count == 1 else 'queries'}"


def _estimate(estimate: Expected, form: Any) -> str:
    return f"{form(estimate.mean)} ({form(estimate.low)} to {form(estimate.high)})"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
