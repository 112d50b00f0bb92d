"""`dartmath sample`: sample responses with a difficulty-aware budget, and verify them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dartmath.cli._options import parse_set, section_options
from dartmath.cli._rows import RowFlags, refuse_flags, row_options
from dartmath.cli._shared import AmendOption, JsonOption, SeedOption, SetOption
from dartmath.sampling.config import SamplingSection

if TYPE_CHECKING:
    from dartmath.recipe import Recipe


@section_options(SamplingSection, prefix="sampling.")
@row_options
def command(
    recipe: Annotated[
        str | None, typer.Argument(help="Recipe to take everything from; without one, --model and --data.")
    ] = None,
    *,
    out: Annotated[Path | None, typer.Option(help="Run directory; `sample` in the recipe's folder.")] = None,
    model: Annotated[str | None, typer.Option(help="Model that samples: Hub id, folder or name.")] = None,
    data: Annotated[
        list[str] | None,
        typer.Option(
            help="Data set to sample in place of the recipe's: a name, file or folder. May be repeated."
        ),
    ] = None,
    n: Annotated[
        int | None, typer.Option(min=1, help="How many queries of each data set given by --data.")
    ] = None,
    template: Annotated[str | None, typer.Option(help="Prompt template: a name or file.")] = None,
    seed: SeedOption = None,
    amend: AmendOption = False,
    set_: SetOption = None,
    as_json: JsonOption = False,
    rows: RowFlags,
    overrides: dict[str, Any],
) -> None:
    """Sample responses until every query has the correct ones it is owed, and verify them.

    The same command again goes on where it stopped; a finished run does nothing. Ctrl-C finishes
    what is in flight, a second one drops it; nothing that was finished is lost.

    Examples:
        dartmath sample tiny
        dartmath sample tiny --policy uniform --policy-k 4 --out runs/uniform/sample
        dartmath sample tiny --policy-k 32 --amend
        dartmath sample --model smollm2-135m-instruct --data gsm8k/train --n 50 --max-tokens 256
        dartmath sample tiny --set engine.kind=openai --set engine.base_urls='[http://host:8000/v1]'
    """
    from dartmath.pipeline.stages import run_sample
    from dartmath.prompts.template import load_template
    from dartmath.recipe import single

    given = {**overrides, **parse_set(set_)}
    named = {"model.name": model, "template": template, "seed": seed}
    given.update({key: value for key, value in named.items() if value is not None})
    found = _recipe(recipe, _sources(data or [], n, rows), given)
    folder = out or single(found).folder / "sample"
    run_sample(found, load_template(found.template), folder, amend=amend)
    show(folder, as_json=as_json)


def _sources(data: list[str], n: int | None, rows: RowFlags) -> list[dict[str, Any]]:
    """The sources that flags name; those that say how to read them need one."""
    from dartmath.base.errors import ConfigError

    if not data:
        refuse_flags(rows, "say how to read the files of --data; a recipe says it under `queries:`")
        if n is not None:
            raise ConfigError(
                "--n says how many queries to take of each --data; for those of a recipe: "
                f"--set queries.0.select.n={n}"
            )
    return [rows.data(one, select={"n": n}) for one in data]


def _recipe(name: str | None, sources: list[dict[str, Any]], given: dict[str, Any]) -> Recipe:
    """The recipe named, or one made of the flags alone, with the flags over it."""
    from dartmath.base.errors import ConfigError
    from dartmath.base.section import validate
    from dartmath.recipe import Recipe, load_recipe, run_name, set_key

    if sources:
        given = {"queries": sources, **given}
    if name is not None:
        return load_recipe(name, given)
    if not sources or "model.name" not in given:
        raise ConfigError(
            "name a recipe, or give both --model and --data, for example: dartmath sample "
            "--model smollm2-135m-instruct --data gsm8k/train --n 50"
        )
    made: dict[str, Any] = {"name": run_name(sources[0]["dataset"])}
    for key, value in given.items():
        set_key(made, key, value)
    return validate(Recipe, made, where="options")


def show(folder: Path, *, as_json: bool) -> None:
    """Print what a run directory holds."""
    from dartmath.base.manifest import read_manifest
    from dartmath.base.terminal import print_json
    from dartmath.cli.status import print_status

    if as_json:
        print_json(read_manifest(folder, stage="sample")["summary"])
    else:
        print_status(folder)
