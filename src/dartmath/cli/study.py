"""`dartmath study`: arms x sizes x seeds over one pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dartmath.cli._shared import JsonOption, SetOption

if TYPE_CHECKING:
    from dartmath.study.result import StudyResult

# What `dartmath train --plan` assumes, too.
_MFU = 0.4


def command(
    recipe: Annotated[str, typer.Argument(help="Name or path of a recipe with a `study:` section.")],
    set_: SetOption = None,
    plan: Annotated[bool, typer.Option("--plan", help="Only print the cells and what they cost.")] = False,
    device: Annotated[str, typer.Option(help="For the plan: the GPU that trains.")] = "A100",
    as_json: JsonOption = False,
) -> None:
    """Compare arms (policies, checks, training) at equal sizes over seeds, on one pool.

    The pool is sampled where it is not there. Then every arm is curated at every size, trained from
    the same model and evaluated. The same command goes on where it was stopped; an arm, a size or a
    seed that is added later costs only itself.

    Examples:
        dartmath study claim
        dartmath study claim --plan
        dartmath study claim --set study.seeds=[1,2,3,4,5,6]
    """
    from dartmath.base.terminal import print_json
    from dartmath.cli._options import parse_set

    overrides = parse_set(set_)
    if plan:
        from dartmath.base.terminal import print_table
        from dartmath.pipeline.study import study_of
        from dartmath.study.plan import plan_study

        planned = plan_study(study_of(recipe, overrides), device=device, mfu=_MFU)
        if as_json:
            print_json(planned.to_json())
        else:
            print_table(planned.title, planned.COLUMNS, planned.table(), caption=planned.caption())
        return
    from dartmath.pipeline.study import study

    result = study(recipe, overrides)
    if as_json:
        print_json(result.to_json())
    else:
        show(result)


def show(result: StudyResult) -> None:
    """Print the tables of a study, and what could mislead in them."""
    from dartmath.base.terminal import info, print_table, warn
    from dartmath.study.tables import tables

    for table in tables(result):
        print_table(table.title, table.columns, table.rows, caption=table.caption)
    for text in result.warnings:
        warn(text)
    if result.missing:
        info(f"not finished: {'; '.join(result.missing)}")
