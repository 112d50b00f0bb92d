"""`dartmath export`: a file for another trainer, made from the pool of samples."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dartmath.base.text import counted
from dartmath.cli._options import resolve_section, section_options
from dartmath.cli._shared import JsonOption, OverwriteOption
from dartmath.curation.config import CurationSection
from dartmath.export.config import ExportSection

if TYPE_CHECKING:
    from dartmath.export.run import Exported

_PREFIX = "export."


@section_options(CurationSection, also={_PREFIX: ExportSection})
def command(
    run: Annotated[Path | None, typer.Argument(help="Folder that `dartmath sample` or `run` wrote.")] = None,
    *,
    format: Annotated[str | None, typer.Option("--format", help="The format's name; see --list.")] = None,
    out: Annotated[Path | None, typer.Option(help="File to write: .jsonl or .parquet.")] = None,
    template: Annotated[
        str | None, typer.Option(help="Template of the prompts, instead of the one of sampling.")
    ] = None,
    overwrite: OverwriteOption = False,
    as_list: Annotated[bool, typer.Option("--list", help="List the formats; write nothing.")] = False,
    as_json: JsonOption = False,
    overrides: dict[str, Any],
) -> None:
    """Write responses, preference pairs or queries of a run in the format that another program loads.

    The responses are those of the training set beside the journal, `dataset`, where there is one, and
    else those that the sampling policy selects; the options of `dartmath curate` select others.

    Examples:
        dartmath export --list
        dartmath export runs/tiny --format messages --out messages.jsonl
        dartmath export runs/tiny --format preference --rejected near --pairs 2 --out pairs.parquet
        dartmath export runs/tiny --format verl --min-pass-rate 0.1 --max-pass-rate 0.9 --out rl.parquet
    """
    from dartmath.base.errors import ConfigError
    from dartmath.base.terminal import print_json
    from dartmath.export.run import export
    from dartmath.sampling.journal import journal_folder

    if as_list:
        if vain := [name for name, value in (("RUN", run), ("--format", format), ("--out", out)) if value]:
            raise ConfigError(f"{', '.join(vain)}: --list writes nothing; leave one of the two out")
        _list(as_json)
        return
    missing = [name for name, value in (("RUN", run), ("--format", format), ("--out", out)) if value is None]
    if run is None or format is None or out is None:
        way = "the formats are listed by: dartmath export --list"
        if format is not None:
            way = f"for example: dartmath export {run or 'runs/NAME'} --format {format} --out FILE.jsonl"
        raise ConfigError(f"missing: {', '.join(missing)}; {way}")
    if out.exists() and not overwrite:
        raise ConfigError(f"--out {out} is there already; give another file, or --overwrite")
    shape = {key.removeprefix(_PREFIX): value for key, value in overrides.items() if key.startswith(_PREFIX)}
    section = resolve_section(ExportSection, shape)
    _refuse_vain(format, shape)
    journal = journal_folder(run)
    curation = _curation(journal, {k: v for k, v in overrides.items() if not k.startswith(_PREFIX)})
    done = export(journal, format, out, curation=curation, section=section, template=template)
    if as_json:
        print_json(done.to_json())
    else:
        _show(done)


_ONLY_OF = {
    "rejected": ("pairs", "labels"),
    "pairs": ("pairs", "labels"),
    "min_pass_rate": ("queries",),
    "max_pass_rate": ("queries",),
}


def _refuse_vain(format: str, shape: Mapping[str, Any]) -> None:
    """Raise `ConfigError` for a choice that rows of this format do not have."""
    from dartmath.base.errors import ConfigError
    from dartmath.export.formats import find_format

    kind = find_format(format).kind
    for key in shape:
        if kind not in (kinds := _ONLY_OF.get(key, (kind,))):
            flag = f"--{key.replace('_', '-')}"
            raise ConfigError(
                f"{flag} is of formats of {' and '.join(kinds)}, and {format} is of {kind}; leave it out"
            )


def _curation(journal: Path, overrides: Mapping[str, Any]) -> CurationSection:
    """The section of the set beside the journal, with what was given changed in it."""
    from dartmath.base.manifest import read_manifest
    from dartmath.base.section import validate
    from dartmath.cli.curate import over_sampling_policy
    from dartmath.recipe import set_key

    made = journal.parent / "dataset"
    known: dict[str, Any] = {}
    if (made / "manifest.json").is_file():
        known = dict(read_manifest(made, stage="curate")["config"])
    if "policy.kind" in overrides:
        known.pop("policy", None)
    if known.get("policy") is None:
        known.pop("policy", None)
        overrides = over_sampling_policy(journal, dict(overrides))
    for key, value in overrides.items():
        set_key(known, key, value)
    return validate(CurationSection, known, where="options")


def _list(as_json: bool) -> None:
    from dartmath.base.terminal import print_json, print_table
    from dartmath.export.formats import find_format, format_names

    found = {name: find_format(name) for name in format_names()}
    if as_json:
        print_json({name: {"kind": form.kind, "about": form.about} for name, form in found.items()})
        return
    rows = [(name, form.kind, " ".join(form.suffixes), form.about) for name, form in found.items()]
    print_table("Formats of exports", ("format", "a row is one of", "files", "for"), rows)


def _show(done: Exported) -> None:
    print(f"{counted(done.rows, 'row')} of {done.format} -> {done.path}")
    print(f"template {done.template}, prompts as {done.prompts}")
    for name, value in done.balance.items():
        print(f"{name}: {value}")
    for reason, count in done.left_out.items():
        print(f"left out: {count:,} {reason}")
    if done.usage:
        print(f"\n{done.usage}")
