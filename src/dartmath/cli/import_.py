"""`dartmath import`: make a run of responses that are there already."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dartmath.cli._options import parse_set, resolve_section, section_options
from dartmath.cli._shared import JsonOption, SetOption
from dartmath.sampling.config import ResponseColumns

if TYPE_CHECKING:
    from dartmath.sampling.imported import Imported

# Of so many responses, some are wrong, unless the wrong ones were left out.
_ENOUGH = 20
_FILTERED = (
    "every response is correct. If wrong ones were left out beforehand, pass rates are too high, and "
    "policies that go by difficulty ask too little of hard queries: import all that was sampled"
)


@section_options(ResponseColumns)
def command(
    recipe: Annotated[
        str, typer.Argument(help="Recipe whose queries were answered, and that says by what model.")
    ],
    responses: Annotated[
        list[str],
        typer.Argument(help="Files or folders of rows, hub:OWNER/NAME, or folders of sampling runs."),
    ],
    *,
    out: Annotated[Path | None, typer.Option(help="New folder; `sample` in the recipe's folder.")] = None,
    set_: SetOption = None,
    as_json: JsonOption = False,
    overrides: dict[str, Any],
) -> None:
    """Verify responses that are there already, and make a run of them that can go on.

    They count as the first trials of their queries, in their order: curate them at once, or let
    `dartmath sample` add what the policy still owes. Several runs become one in the same way. A
    column may be a path, such as message.content or choices.*.text.

    Examples:
        dartmath import mine.yaml generations.jsonl --query problem --response generation
        dartmath import mine.yaml batch.jsonl --id custom_id --response response.body.choices.*.text
        dartmath import mine.yaml runs/a runs/b --out runs/both/sample
    """
    from dartmath.base.errors import Interrupted
    from dartmath.base.terminal import print_json, warn
    from dartmath.cli.status import print_status
    from dartmath.pipeline.stages import run_import
    from dartmath.prompts.template import load_template
    from dartmath.recipe import load_recipe, single
    from dartmath.sampling.responses import StoredResponses

    stored = StoredResponses(tuple(responses), resolve_section(ResponseColumns, overrides))
    found = load_recipe(recipe, parse_set(set_))
    folder = out or single(found).folder / "sample"
    try:
        imported = run_import(found, load_template(found.template), stored, folder)
    except KeyboardInterrupt:
        raise Interrupted("stopped; no run was made, and the same command begins anew") from None
    if imported.correct == imported.responses >= _ENOUGH:
        warn(_FILTERED)
    if as_json:
        print_json({**asdict(imported), "folder": str(folder)})
    else:
        print_status(folder)
        _way_on(imported, folder, " ".join(map(quote, [recipe, *_repeated(out, set_)])))


def _repeated(out: Path | None, pairs: list[str] | None) -> list[str]:
    """The options that sampling needs too."""
    return [*(["--out", str(out)] if out else []), *(o for pair in pairs or () for o in ("--set", pair))]


def _way_on(found: Imported, folder: Path, arguments: str) -> None:
    from dartmath.base.terminal import info

    info(
        f"{found.responses:,} responses to {found.queries:,} of {found.asked:,} queries -> {folder}\n"
        f"to sample what is still owed: dartmath sample {arguments}\n"
        f"to select a training set:     dartmath curate {quote(str(folder))}"
    )
