"""`dartmath run`: a whole recipe."""

from __future__ import annotations

from typing import Annotated

import typer

from dartmath.cli._shared import AmendOption, JsonOption, SetOption


def command(
    recipe: Annotated[str, typer.Argument(help="Name or path of a recipe; `dartmath recipes` lists them.")],
    k: Annotated[
        int | None, typer.Option(min=1, help="Correct responses of the hardest queries (sampling.policy.k).")
    ] = None,
    set_: SetOption = None,
    amend: AmendOption = False,
    as_json: JsonOption = False,
) -> None:
    """Run a whole recipe: sample, curate, train, evaluate, report; in rounds where it says so.

    The same command again goes on where it stopped; a finished run does nothing.

    Examples:
        dartmath run tiny
        dartmath run recipes/gsm8k-tiny.yaml --set sampling.policy.k=8
    """
    from dartmath.cli._options import parse_set
    from dartmath.pipeline.rounds import run_rounds
    from dartmath.pipeline.stages import run_recipe
    from dartmath.recipe import load_recipe
    from dartmath.report.rounds import print_rounds
    from dartmath.report.summary import print_summary

    given = {**({} if k is None else {"sampling.policy.k": k}), **parse_set(set_)}
    found = load_recipe(recipe, given)
    if found.rounds is None:
        print_summary(run_recipe(found, amend=amend).root, as_json=as_json)
    else:
        print_rounds(found.folder, run_rounds(found, amend=amend), as_json=as_json)
