"""`dartmath card`: the model card or the dataset card."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from dartmath.cli._options import resolve_section, section_options
from dartmath.cli._shared import JsonOption, OverwriteOption
from dartmath.recipe import ReportSection


@section_options(ReportSection)
def command(
    run: Annotated[Path, typer.Argument(help="Run folder, or the folder of one data set or model.")],
    recipe: Annotated[str | None, typer.Option(help="Take the `report:` section of this recipe.")] = None,
    show: Annotated[bool, typer.Option("--print", help="Print the cards instead of writing them.")] = False,
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
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
    _check(section)
    from dartmath.base.ownership import owner_of
    from dartmath.base.terminal import info, print_json
    from dartmath.report import render_cards, write_cards

    if show:
        cards = render_cards(section, run)
        if as_json:
            print_json([{"path": str(path), "text": text} for path, text in cards])
            return
        for _, text in cards:
            print(text)
        return
    paths = write_cards(section, run, overwrite=overwrite)
    if as_json:
        print_json([{"path": str(path), "written": owner_of(path)[0] == "dartmath"} for path in paths])
        return
    for path in paths:
        if owner_of(path)[0] == "dartmath":
            info(f"wrote {path}")


def _check(section: ReportSection) -> None:
    """Refuse names that are none, and warn of a license that the Hub does not list."""
    from dartmath.base.errors import ConfigError, nearest
    from dartmath.base.terminal import warn
    from dartmath.evaluation.published import find_published
    from dartmath.report.licenses import LICENSES

    for name in section.published:
        find_published(name)
    for flag, given in (("--model-id", section.model_id), ("--dataset-id", section.dataset_id)):
        if given is not None and given.count("/") != 1:
            raise ConfigError(f"{flag} takes OWNER/NAME, as the Hub writes it, got {given!r}")
    if section.license not in LICENSES:
        close = nearest(section.license.lower(), LICENSES)
        way = close if "did you mean" in close else "; give one that it lists, or other"
        warn(f"the Hub lists no license {section.license!r}{way}")
