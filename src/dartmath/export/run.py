"""export: a file for another program, from the journal of a sampling run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dartmath.base.errors import ConfigError, DataError
from dartmath.base.terminal import warn
from dartmath.curation.config import CurationSection
from dartmath.curation.kept import KeptColumns
from dartmath.curation.run import prepared_pools, select_sized
from dartmath.export.config import ExportSection
from dartmath.export.examples import TAUGHT, Maker
from dartmath.export.formats import find_format
from dartmath.export.prompting import Prompting, prompting_of
from dartmath.export.write import write
from dartmath.prompts.template import Template, builtin_templates, load_template
from dartmath.sampling.teachers import known_teachers

if TYPE_CHECKING:
    from dartmath.export.format import Format
    from dartmath.sampling.journal import JournalReader


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: `balance` compares the sides of pairs, `left_out` counts what has no row, and why.

    `usage` is what to tell the program that loads the file; "" where the path says all.
    """

    path: str
    format: str
    template: str
    prompts: str
    rows: int
    usage: str
    balance: dict[str, Any] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


def export(
    journal_folder: Path,
    name: str,
    out: Path,
    *,
    curation: CurationSection | None = None,
    section: ExportSection | None = None,
    template: str | None = None,
) -> Exported:
    """Write what `curation` selects from the journal as rows of the format `name` to the file `out`.

    `template` is that of sampling where none is named. Raises `UnknownNameError` for an unknown format or
    template, `ConfigError` for what the format cannot hold, and `DataError` where there is nothing to write.
    """
    from dartmath.sampling.journal import open_journal

    curation, section = curation or CurationSection(), section or ExportSection()
    form = find_format(name)
    _check_suffix(form, name, out)
    journal = open_journal(journal_folder)
    prompting = prompting_of(
        _template(journal, template), section, holds=form.prompts, name=name, fields=form.fields
    )
    _warn(form, prompting, section)
    pools, _ = prepared_pools(journal, curation)
    _, selections = select_sized(pools, curation.policy or journal.section.policy, curation)
    taught = TAUGHT if len(known_teachers(journal.manifest)) > 1 else ()
    kept = KeptColumns((s.pool.query for s in selections), (*form.columns, *taught))
    out.parent.mkdir(parents=True, exist_ok=True)
    maker = Maker(journal, selections, section, kept, curation.seed or 0, out.parent)
    makers = {
        "responses": maker.responses,
        "pairs": maker.pairs,
        "labels": maker.labels,
        "steps": maker.steps,
        "queries": maker.queries,
    }
    examples = makers[form.kind]()
    first = next(examples, None)
    if first is None:
        reasons = "; ".join(f"{count:,} {reason}" for reason, count in maker.left_out.items())
        raise DataError(f"nothing to export as {name}: {reasons or 'no right response'}", path=journal_folder)
    rows = (form.row(example, prompting) for source in ((first,), examples) for example in source)
    count = write(rows, out, kept.schema())
    shown = "messages" if prompting.as_messages else "text"
    usage = form.usage(str(out), prompting)
    return Exported(
        str(out),
        name,
        prompting.template.name,
        shown,
        count,
        usage,
        maker.balance.to_json(),
        maker.left_out,
    )


def _check_suffix(form: Format, name: str, out: Path) -> None:
    if out.suffix not in form.suffixes:
        raise ConfigError(f"--out {out}: a file of {name} ends in {' or '.join(form.suffixes)}")


def _template(journal: JournalReader, name: str | None) -> Template:
    """The template of that name, or the one that was sampled with."""
    if name is not None:
        return load_template(name)
    sampled = journal.manifest["template"]
    known = builtin_templates().get(sampled["name"])
    if known is None or known.hash != sampled["hash"]:
        raise ConfigError(
            f"the run was sampled with template {sampled['name']!r}, which is not built in (or has changed); "
            "name its file with --template"
        )
    return known


def _warn(form: Format, prompting: Prompting, section: ExportSection) -> None:
    if prompting.as_messages and not prompting.template.chat:
        warn(
            f"messages hold the bare query: the layout of template {prompting.template.name!r} is lost, and "
            "the trainer's chat template takes its place; evaluate with --template chat"
        )
    if form.kind == "queries" and section.thoughts != "text":
        warn("--thoughts changes nothing: rows of queries hold no response")
