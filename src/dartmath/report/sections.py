"""What the report says of the runs: tiles, figures and tables, section by section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dartmath.report import figures_sampling as sampling
from dartmath.report import figures_training as training
from dartmath.report.browser import text_json
from dartmath.report.card_tables import published_rows
from dartmath.report.plot import Figure
from dartmath.report.runs import Run, Stage, evaluation_result, training_log
from dartmath.report.statistics import SamplingStatistics
from dartmath.report.summary import show_score

_ENDINGS = (
    "evaluation",
    "benchmark",
    "queries",
    "trials",
    "correct",
    "truncated",
    "no answer",
    "unparsable",
    "tokens per response",
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One number that matters."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tiles:
    """A row of numbers, under the name of their run."""

    title: str
    tiles: Sequence[Tile]
    kind: str = "tiles"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; cells are text, or lists of segments (see `browser.text_json`)."""

    title: str
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    kind: str = "table"
    closed: bool = False


Block = Tiles | Table | Figure


@dataclass(slots=True)
class Section:
    """A part of the page."""

    id: str
    title: str
    lead: str
    blocks: list[Block] = field(default_factory=list)


def all_sections(
    runs: Sequence[Run], statistics: Sequence[tuple[str, SamplingStatistics]], published: Sequence[str] = ()
) -> list[Section]:
    """The sections that have something to show, in the order of the pipeline."""
    made = [
        _sampling(statistics),
        _suspects(statistics),
        _datasets(_labelled(runs, "datasets")),
        _training(_labelled(runs, "models")),
        _evaluation(_labelled(runs, "evaluations"), published),
        _provenance(runs),
    ]
    return [section for section in made if section.blocks]


def _labelled(runs: Sequence[Run], kind: str) -> dict[str, Stage]:
    """Stages of a kind of all runs, each under a label that tells it from the others."""
    found: dict[str, Stage] = {}
    for run in runs:
        stages: list[Stage] = getattr(run, kind)
        for stage in stages:
            short = stage.label.removeprefix("evaluation/")
            label = short if len(runs) == 1 else run.name if len(stages) == 1 else f"{run.name} {short}"
            found[label] = stage
    return found


def _sampling(statistics: Sequence[tuple[str, SamplingStatistics]]) -> Section:
    lead = "How hard the queries are for the model, and what each policy makes of the same pool of samples."
    section = Section("sampling", "Sampling", lead)
    several = len(statistics) > 1
    for label, one in statistics:
        section.blocks.append(Tiles(label, _sampling_tiles(one)))
    if several:
        section.blocks.append(sampling.pass_rates([(n, s.pass_rates) for n, s in statistics], "all"))
    for place, (label, one) in enumerate(statistics):
        id = f"sampling-{place}"
        figures = [
            sampling.responses_by_difficulty(one.comparison, id),
            sampling.responses_by_band(one.comparison, id),
            *([] if several else [sampling.pass_rates([(label, one.pass_rates)], id)]),
            sampling.coverage(one.bands, id),
            sampling.effort(one.bands, id),
            sampling.outcomes(one.bands, id),
            sampling.lengths(one, id),
            sampling.duplicates(one.bands, id),
        ]
        section.blocks += [_of_run(figure, label) if several else figure for figure in figures]
    return section


def _of_run(figure: Figure, label: str) -> Figure:
    from dataclasses import replace

    return replace(figure, title=f"{figure.title} ({label})")


def _sampling_tiles(one: SamplingStatistics) -> list[Tile]:
    queries, covered, trials = one.total("queries"), one.total("covered"), one.total("trials")
    correct, states, summary = one.total("correct"), one.states(), one.stage.summary
    unjudged = trials - sum(one.outcomes()[name] for name in ("correct", "wrong"))
    seconds = float(summary.get("seconds") or 0)
    took = f" in {_duration(seconds)}" if seconds else ""
    return [
        Tile("queries", f"{queries:,}", f"{covered / max(1, queries):.1%} with a correct response"),
        Tile("trials", f"{trials:,}", f"{one.total('tokens'):,} tokens{took}"),
        Tile("correct", f"{correct:,}", f"{correct / max(1, trials):.1%} of the trials"),
        Tile(
            "targets reached",
            f"{states['reached']:,}",
            f"{states['gave up']:,} given up, {states['capped']:,} capped",
        ),
        Tile("without a judgement", f"{unjudged:,}", "truncated, no answer, unparsable, time-out, error"),
        Tile("suspected references", f"{len(one.suspects):,}", "wrong answers that agree with each other"),
    ]


def _suspects(statistics: Sequence[tuple[str, SamplingStatistics]]) -> Section:
    lead = (
        "Queries whose wrong answers agree with one another far more than with the reference. Either the "
        "reference is wrong, or the model always makes the same mistake: look before you trust them."
    )
    section = Section("suspects", "Suspected references", lead)
    for label, one in statistics:
        rows = [
            (
                text_json(s.query.text),
                " or ".join(s.query.references),
                s.answer,
                f"{s.count} of {s.given}",
                f"{s.correct} of {s.trials}",
            )
            for s in one.suspects
        ]
        if rows:
            columns = ("query", "reference", "usual answer", "wrong ones that give it", "correct")
            section.blocks.append(Table(label, "", columns, rows))
    return section


def _datasets(stages: Mapping[str, Stage]) -> Section:
    section = Section("dataset", "Training set", "What was selected from the pool, and what the pool lacked.")
    for place, (label, stage) in enumerate(stages.items()):
        summary = stage.summary
        if not summary:
            continue
        section.blocks += [
            Tiles(label, _dataset_tiles(summary)),
            training.dataset_bands(summary, f"dataset-{place}"),
            training.dataset_difficulty(summary, f"dataset-{place}"),
            Table(
                "Sources",
                "Licences as the sources state them.",
                ("data set", "queries", "rows", "licence"),
                [
                    (g["name"], g["queries"], g["rows"], summary["licences"].get(g["name"], ""))
                    for g in summary["datasets"]
                ],
            ),
        ]
    return section


def _dataset_tiles(summary: Mapping[str, Any]) -> list[Tile]:
    tokens, dropped = summary["tokens"], summary["dropped"]
    policy = summary["policy"]
    settings = ", ".join(f"{k} {v}" for k, v in policy.items() if k != "kind")
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in dropped.items())
    return [
        Tile("rows", f"{summary['rows']:,}", f"{summary['per_query']['mean']:.1f} per query on average"),
        Tile("queries covered", f"{summary['covered']:,}", f"of {summary['queries']:,}"),
        Tile("policy", str(policy["kind"]), settings),
        Tile("tokens", f"{tokens['total']:,}", f"{tokens['mean']:.0f} per response"),
        Tile("missing", f"{summary['missing']:,}", f"{summary['unit']} that the pool lacks"),
        Tile("dropped", f"{sum(dropped.values()):,}", reasons or "nothing"),
    ]


def _training(stages: Mapping[str, Stage]) -> Section:
    section = Section(
        "training", "Training", "Supervised fine-tuning: loss per token of the responses alone."
    )
    for label, stage in stages.items():
        if stage.summary:
            section.blocks.append(Tiles(label, _training_tiles(stage)))
    logs = {label: log for label, stage in stages.items() if (log := training_log(stage))}
    if logs:
        section.blocks += [
            training.training_curve(logs, "loss", "Loss", "training"),
            training.training_curve(logs, "learning_rate", "Learning rate", "training"),
        ]
    return section


def _training_tiles(stage: Stage) -> list[Tile]:
    summary, config = stage.summary, stage.manifest.get("config") or {}
    return [
        Tile("loss", f"{summary['last_loss']:.3f}", f"from {summary['first_loss']:.3f}"),
        Tile("examples", f"{summary['examples']:,}", f"in {summary['sequences']:,} packed sequences"),
        Tile("steps", f"{summary['steps']:,}", f"{summary['epochs']:g} epochs"),
        Tile("learning rate", f"{config.get('learning_rate', '')}", str(config.get("schedule", ""))),
        Tile("tokens", f"{summary['tokens']:,}", f"{summary['tokens_per_second']:,.0f} a second"),
        Tile("time", _duration(summary["seconds"]), f"{summary['dtype']}, {summary['attention']}"),
    ]


def _evaluation(stages: Mapping[str, Stage], published: Sequence[str]) -> Section:
    lead = "Pass@1 on benchmarks, with 95 % intervals."
    section = Section("evaluation", "Evaluation", lead)
    results = {label: result for label, stage in stages.items() if (result := evaluation_result(stage))}
    if not results:
        return section
    section.blocks += [
        training.scores(results, "evaluation"),
        _score_table(results, published),
        Table(
            "How the responses ended",
            "A truncated response ran into the limit of new tokens.",
            (
                "evaluation",
                "benchmark",
                "queries",
                "trials",
                "correct",
                "truncated",
                "no answer",
                "unparsable",
                "tokens per response",
            ),
            [
                (
                    label,
                    b["name"],
                    b["queries"],
                    b["trials"],
                    b["correct"],
                    f"{b['truncated']:.1%}",
                    f"{b['no_answer']:.1%}",
                    f"{b['unparsable']:.1%}",
                    f"{b['mean_tokens']:.0f}",
                )
                for label, result in results.items()
                for b in result["benchmarks"]
            ],
        ),
    ]
    return section


def _score_table(results: Mapping[str, Mapping[str, Any]], published: Sequence[str]) -> Table:
    names = list(dict.fromkeys(b["name"] for result in results.values() for b in result["benchmarks"]))
    datasets = {b["name"]: b["dataset"] for result in results.values() for b in result["benchmarks"]}
    rows: list[Sequence[object]] = [
        (label, *(_cell(result, name) for name in names), show_score(result["average"]))
        for label, result in results.items()
    ]
    rows += published_rows([datasets[name] for name in names], published)
    caption = (
        "Percent, with the 95 % interval. Published rows are as printed by their authors, without intervals."
    )
    return Table("Scores", caption, ("model", *names, "average"), rows)


def _cell(result: Mapping[str, Any], name: str) -> str:
    return next((show_score(b["pass_at_1"]) for b in result["benchmarks"] if b["name"] == name), "")


def _provenance(runs: Sequence[Run]) -> Section:
    section = Section("provenance", "Provenance", "What every stage recorded of itself.")
    for run in runs:
        rows = [(stage.label, *_provenance_row(stage.manifest)) for stage in run.stages]
        columns = ("stage", "created", "finished", "model", "template", "seed", "versions")
        section.blocks.append(Table(run.name, str(run.folder), columns, rows))
    return section


def _provenance_row(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    model, template = manifest.get("model") or {}, manifest.get("template") or {}
    used = ", ".join(f"{name} {version}" for name, version in (manifest.get("versions") or {}).items())
    return (
        str(manifest.get("created", "")),
        "yes" if manifest.get("finished") else "no",
        " ".join(str(model[key]) for key in ("name", "revision") if model.get(key)),
        " ".join(str(template[key]) for key in ("name", "hash") if template.get(key)),
        str(manifest.get("seed", "")),
        used,
    )


def _duration(seconds: float) -> str:
    """Seconds for people: "48 s", "12 min", "3.4 h"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
