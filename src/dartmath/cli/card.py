"""`dartmath card`: the model card or the dataset card."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from dartmath.cli._options import resolve_section, section_options
from dartmath.cli._shared import OverwriteOption
from dartmath.recipe import ReportSection


@section_options(ReportSection)
def command(
    run: Annotated[Path, typer.Argument(help="Run folder, or the folder of one data set or model.")],
    recipe: Annotated[str | None, typer.Option(help="Take the `report:` section of this recipe.")] = None,
    show: Annotated[bool, typer.Option("--print", help="Print the cards instead of writing them.")] = False,
    overwrite: OverwriteOption = False,
    *,
    overrides: dict[str, Any],
) -> None:
    """Write README.md beside every finished data set and model: their cards for the Hub.

    Everything in a card is computed from the manifests of the stages. A card that you wrote or changed is
    kept.

    Examples:
        dartmath card runs/tiny
        dartmath card runs/tiny --model-id me/tiny --dataset-id me/tiny-data --license apache-2.0
        dartmath card runs/tiny/dataset --print
    """
    section = resolve_section(ReportSection, overrides, recipe=recipe, key="report")
    from dartmath.base.ownership import owner_of
    from dartmath.base.terminal import info
    from dartmath.report import render_cards, write_cards

    if show:
        for _, text in render_cards(section, run):
            print(text)
        return
    for path in write_cards(section, run, overwrite=overwrite):
        if owner_of(path)[0] == "dartmath":
            info(f"wrote {path}")
