"""`dartmath consensus`: references for queries that have none, from what the responses agree on."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from dartmath.base.text import counted
from dartmath.cli._shared import JsonOption


def command(
    run: Annotated[Path, typer.Argument(help="Folder that `dartmath sample`, `import` or `run` wrote.")],
    *,
    into: Annotated[
        Path | None, typer.Option(help="New folder for the pool judged by its consensus.")
    ] = None,
    agreement: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Least share of a query's responses that give the answer.")
    ] = 0.8,
    margin: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Least distance to the share of the second answer.")
    ] = 0.2,
    responses: Annotated[int, typer.Option(min=1, help="Least responses of a query.")] = 4,
    as_json: JsonOption = False,
) -> None:
    """Judge a pool by what its responses agree on, or measure how often that is right.

    Without --into, the pool's own references say how often a consensus would be right, by agreement.

    Examples:
        dartmath consensus runs/tiny/sample
        dartmath consensus runs/mine/sample --agreement 0.8 --into runs/mine-consensus/sample
    """
    from dartmath.base.terminal import info, print_json, print_table
    from dartmath.evaluation.consensus import Threshold, calibrate, take_consensus

    threshold = Threshold(agreement, margin, responses)
    if into is None:
        steps = calibrate(run, threshold)
        if as_json:
            print_json([asdict(step) for step in steps])
            return
        rows = [
            (
                f"{step.agreement:.0%}",
                step.queries,
                f"{step.share:.1%}",
                f"{step.right.value:.1%} ({step.right.low:.1%}-{step.right.high:.1%})"
                if step.queries and step.right
                else "",
            )
            for step in steps
        ]
        unknown = "how often it is right, nothing tells: no query has a reference"
        print_table(
            f"Consensus of {run}",
            ("agreement of", "queries", "of all", "right"),
            rows,
            caption="" if any(step.right for step in steps) else unknown,
        )
        return
    found = take_consensus(run, into, threshold)
    if as_json:
        print_json(found)
    else:
        judged = counted(found["queries"], "query", "queries")
        info(f"{into}: {judged} judged by consensus, {found['left_out']:,} left out")
