"""`dartmath curate`: select a training set from the pool of samples."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dartmath.cli._options import resolve_section, section_options
from dartmath.cli._shared import JsonOption
from dartmath.curation.config import CurationSection

if TYPE_CHECKING:
    from dartmath.curation.summary import CurationSummary


@section_options(CurationSection)
def command(
    run: Annotated[Path, typer.Argument(help="Folder that `dartmath sample` or `dartmath run` wrote.")],
    out: Annotated[Path | None, typer.Option(help="Output folder; `dataset` beside the journal.")] = None,
    recipe: Annotated[str | None, typer.Option(help="Take the `curation:` section of this recipe.")] = None,
    as_json: JsonOption = False,
    compare: Annotated[
        bool, typer.Option("--compare", help="Only print VRT, Uniform and Prop2Diff side by side.")
    ] = False,
    *,
    overrides: dict[str, Any],
) -> None:
    """Select a training set from the pool of samples, by the sampling policy or any other.

    Nothing is sampled again: where the pool holds less than the policy wants, the table says how
    much is missing in each band.

    Examples:
        dartmath curate runs/tiny/sample --out runs/tiny/dataset
        dartmath curate runs/tiny/sample --policy uniform --policy-k 2 --out runs/tiny/uniform
        dartmath curate runs/tiny/sample --policy vrt --size 500 --out runs/tiny/vrt
        dartmath curate runs/tiny/sample --compare --size 500
    """
    from dartmath.sampling.journal import journal_folder

    journal = journal_folder(run)
    section = resolve_section(
        CurationSection, over_sampling_policy(journal, overrides), recipe=recipe, key="curation"
    )
    if compare:
        _compare(journal, section, as_json)
        return
    from dartmath.base.terminal import print_json
    from dartmath.curation.run import curate

    if recipe is None:
        _tell_of_recipe(journal.parent / "recipe.yaml", overrides)

    folder = out or journal.parent / "dataset"
    summary = curate(journal, section, folder)
    if as_json:
        print_json(summary.to_json())
    else:
        show(summary, folder)


def _tell_of_recipe(path: Path, overrides: Mapping[str, Any]) -> None:
    """Warn of settings in the recipe of the run that do not hold here, such as decontamination."""
    from dartmath.base.errors import DartmathError
    from dartmath.base.terminal import warn
    from dartmath.recipe import load_recipe

    if not path.is_file():
        return
    try:
        section = load_recipe(str(path)).curation
    except DartmathError:  # of another version; this set needs nothing of it
        return
    said = {key.partition(".")[0] for key in overrides}
    missed = sorted(section.model_dump(exclude_defaults=True).keys() - said)
    if missed:
        warn(
            f"the `curation:` section of {path} has {', '.join(missed)}, which does not hold here; "
            f"--recipe {path} takes it"
        )


def over_sampling_policy(journal: Path, overrides: dict[str, Any]) -> dict[str, Any]:
    """`--policy-k 2` alone means the sampling policy with another k."""
    if "policy.kind" in overrides or not any(key.startswith("policy.") for key in overrides):
        return overrides
    from dartmath.base.manifest import read_manifest

    sampled = read_manifest(journal, stage="sample")["config"]["policy"]
    return {f"policy.{key}": value for key, value in sampled.items()} | overrides


def _compare(journal: Path, section: CurationSection, as_json: bool) -> None:
    from dartmath.base.terminal import print_json, print_table
    from dartmath.curation.compare import compare_policies

    comparison = compare_policies(journal, section.size, deduplicate=section.deduplicate)
    if as_json:
        print_json(comparison.to_json())
        return
    title = f"Correct responses kept of one pool, at {comparison.size:,} rows"
    print_table(title, comparison.columns(), comparison.table(), caption=comparison.caption())


def show(summary: CurationSummary, folder: Path) -> None:
    """Print what a set is made of, and what the pool lacks."""
    from dartmath.base.terminal import print_table

    print_table(
        f"{summary.rows:,} responses to {summary.covered:,} of {summary.queries:,} queries -> {folder}",
        summary.COLUMNS,
        summary.table(),
        caption=summary.caption(),
    )
