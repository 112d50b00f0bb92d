"""Model card and dataset card: Markdown with metadata for the Hub, computed from manifests alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dartmath.base.errors import DataError, UsageError
from dartmath.base.ownership import keep_or_write
from dartmath.base.text import counted
from dartmath.model import fingerprint
from dartmath.recipe import ReportSection, load_recipe
from dartmath.report import claims
from dartmath.report.card_metadata import dataset_metadata, eval_results, model_metadata
from dartmath.report.card_tables import (
    bands_table,
    histogram_table,
    markdown_table,
    results_table,
    sampling_table,
    sources_table,
    teachers_table,
    training_table,
)
from dartmath.report.runs import Run, Stage, evaluation_result, find_runs
from dartmath.verify.custom import bare_name

_ASSETS = Path(__file__).parent / "assets"
CARD = "README.md"
RESULTS = ".eval_results/dartmath.yaml"
# Below this, a 95 % interval is wider than 14 points at a score of 50 %.
_SMALL = 200


def write_cards(section: ReportSection, root: Path, *, overwrite: bool = False) -> list[Path]:
    """Write the cards of every finished data set and model of the run in `root` beside them.

    A card that somebody wrote or edited is kept, which is said, unless `overwrite`.
    """
    made = render_cards(section, root)
    for path, text in made:
        keep_or_write(path, text, of=path.parent.name, overwrite=overwrite)
    return [path for path, _ in made]


def render_cards(section: ReportSection, root: Path) -> list[tuple[Path, str]]:
    """(path, text) of the cards of every finished data set and model of the run in `root`.

    Raises `DataError` when there is none.
    """
    cards = [card for run in find_runs([root]) for card in _cards(section, run)]
    if not cards:
        raise DataError("no finished data set or model to describe; see: dartmath curate --help", path=root)
    return cards


def _cards(section: ReportSection, run: Run) -> list[tuple[Path, str]]:
    finished = [stage for stage in (*run.datasets, *run.models) if stage.manifest.get("finished")]
    make = {"curate": dataset_card, "train": model_card}
    cards = [(s.folder / CARD, make[s.manifest["stage"]](run, s, section)) for s in finished]
    return cards + [(s.folder / RESULTS, text) for s in run.models if (text := _eval_results(run, s))]


def _eval_results(run: Run, stage: Stage) -> str:
    """The scores of a model in the form in which the Hub reads them."""
    if not stage.manifest.get("finished"):
        return ""
    model = fingerprint(stage.folder)
    own = [evaluation_result(e) for e in run.evaluations if _is_of(e, model)]
    return "\n".join(text for result in own if result and (text := eval_results(result)))


def dataset_card(run: Run, stage: Stage, section: ReportSection) -> str:
    """The card of a curated set.

    Raises `DataError` when the stage has not finished.
    """
    from dartmath.evaluation.consensus import claim as consensus_claim

    summary, source = _finished(stage), dict(stage.manifest.get("sampling") or {})
    return _render(
        "dataset_card.md.j2",
        metadata=dataset_metadata(stage, section),
        title=section.dataset_id or section.title or stage.label,
        summary=summary,
        policy=summary["policy"],
        choice=claims.choice(summary),
        consensus=consensus_claim(source.get("consensus")),
        selection=claims.selection(summary["policy"]),
        imported=claims.imported(source),
        config=stage.manifest["config"],
        sampling=sampling_table(source),
        sampler=(source.get("model") or {}).get("name", "an unnamed model"),
        bands=bands_table(summary),
        histogram=histogram_table(summary),
        sources=sources_table(summary),
        columns=markdown_table(("column", "meaning"), list(stage.manifest["columns"].items())),
        teachers=teachers_table(summary),
        hinted=sum(one["rows"] for one in summary.get("teachers", ()) if one["hinted"]),
        check=bare_name(stage.manifest["config"].get("check") or ""),
        contamination=summary.get("decontamination") or {},
        trust=claims.trust(summary),
        verifiers=[
            f"`{bare_name(name)}` ({hash_})" for name, hash_ in (source.get("verifiers") or {}).items()
        ],
        recipe=_recipe(run),
        stage=stage,
    )


def model_card(run: Run, stage: Stage, section: ReportSection) -> str:
    """The card of a fine-tuned model, with the evaluations of it that the run holds.

    Raises `DataError` when the training has not finished.
    """
    summary = _finished(stage)
    model = fingerprint(stage.folder)
    results = [(e, result) for e in run.evaluations if (result := evaluation_result(e))]
    own = [(e, result) for e, result in results if _is_of(e, model)]
    others = [
        (f"{_name_of_model(e)}, {e.label.removeprefix('evaluation/')}", result)
        for e, result in results
        if not _is_of(e, model)
    ]
    name = (section.model_id or section.title or run.name).rpartition("/")[2]
    return _render(
        "model_card.md.j2",
        metadata=model_metadata(run, stage, section, name, [result for _, result in own]),
        title=section.model_id or section.title or run.name,
        summary=summary,
        base=stage.manifest["model"]["name"],
        results=results_table([(name, r) for _, r in own] + others, section.published),
        evaluation="; ".join(dict.fromkeys(claims.settings(result) for _, result in own)),
        trained_on=claims.trained_on(run, stage),
        english=claims.languages(claims.queried(run)) == ["en"],
        training=training_table(stage),
        datasets=[
            (d, d.summary, bands_table(d.summary), claims.imported(d.manifest.get("sampling") or {}))
            for d in run.datasets
            if d.summary
        ],
        checks=[
            f"`{bare_name(check)}`" for d in run.datasets if (check := d.manifest["config"].get("check"))
        ],
        template=_template(stage),
        others_template=_other_templates(run, stage),
        limits=_limits(run, [result for _, result in own]),
        recipe=_recipe(run),
        stage=stage,
    )


def _finished(stage: Stage) -> dict[str, Any]:
    if not stage.manifest.get("finished"):
        raise DataError(
            "the stage has not finished, so there is nothing to describe; run it again", path=stage.folder
        )
    return stage.summary


def _name_of_model(evaluation: Stage) -> str:
    return str((evaluation.manifest.get("model") or {}).get("name", ""))


def _is_of(evaluation: Stage, model: str) -> bool:
    """Whether an evaluation is one of the model with this fingerprint."""
    return (evaluation.manifest.get("model") or {}).get("fingerprint") == model


def _template(stage: Stage) -> dict[str, Any]:
    """Name and hash of the prompt template; its text or its chat messages where it is known here."""
    from dartmath.prompts.template import load_template

    recorded = dict(stage.manifest.get("template") or {})
    try:
        template = load_template(str(recorded.get("name", "")))
    except UsageError:
        return recorded | {"text": "", "messages": ""}
    if template.hash != recorded.get("hash"):
        return recorded | {"text": "", "messages": ""}
    prompt = template.render("{query}")
    messages = json.dumps(prompt.messages, ensure_ascii=False, indent=2) if template.chat else ""
    return recorded | {"text": prompt.text or "", "messages": messages}


def _other_templates(run: Run, stage: Stage) -> list[str]:
    """Stages of the run that used another template than the training, with its name and hash."""
    own = (stage.manifest.get("template") or {}).get("hash")
    used = [(s.label, s.manifest.get("template") or {}) for s in run.stages]
    return [f"{label}: {t['name']} ({t['hash']})" for label, t in used if t and t["hash"] != own]


_TOLD = 0.01  # share of responses cut off that moves a score by a digit that is shown


def _limits(run: Run, results: Sequence[dict[str, Any]]) -> list[str]:
    """What a reader should know before trusting the numbers, from the numbers themselves."""
    found = []
    for benchmark in (b for result in results for b in result["benchmarks"]):
        if benchmark["truncated"] > _TOLD:
            found.append(
                f"{benchmark['truncated']:.1%} of the responses to {benchmark['name']} were cut off."
            )
        if part := claims.subset(benchmark):
            found.append(f"The score on {benchmark['name']} is of a part of it: {part}.")
        elif benchmark["queries"] < _SMALL:
            found.append(f"{benchmark['name']} has {counted(benchmark['queries'], 'query', 'queries')} only.")
    if chosen := claims.chosen_round(run):
        found.append(chosen)
    gaps = [(s["queries"] - s["covered"], s["queries"]) for d in run.datasets if (s := d.summary)]
    found += [
        f"{gap:,} of {all_:,} training queries have no response in the set." for gap, all_ in gaps if gap
    ]
    return found


def _recipe(run: Run) -> str:
    """The run's recipe without its defaults; empty where the stages were run one by one."""
    path = run.folder / "recipe.yaml"
    if not path.is_file():
        return ""
    try:
        return load_recipe(str(path)).to_yaml(defaults=False).strip()
    except UsageError:  # written by a version with other keys
        return path.read_text(encoding="utf-8").strip()


def _render(name: str, /, **values: Any) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # Markdown, not HTML: nothing is escaped but what `card_tables` puts into table cells.
    environment = Environment(
        loader=FileSystemLoader(_ASSETS), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(name).render(**values).strip() + "\n"
