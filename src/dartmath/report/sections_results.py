"""The sections of the report about training sets, training runs and evaluations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dartmath.report import claims
from dartmath.report import figures_training as figures
from dartmath.report.blocks import PageSection, TableBlock, Tile, Tiles, duration
from dartmath.report.browser import text_json
from dartmath.report.card_tables import score_rows
from dartmath.report.runs import Stage, evaluation_result
from dartmath.training.log import read_log

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


def datasets_section(stages: Mapping[str, Stage]) -> PageSection:
    """What was selected, by band and difficulty, and from which sources."""
    section = PageSection(
        "dataset", "Training set", "What was selected from the pool, and what the pool lacked."
    )
    for place, (label, stage) in enumerate(stages.items()):
        summary = stage.summary
        if not summary:
            continue
        section.blocks += [
            Tiles(label, _dataset_tiles(summary)),
            figures.dataset_bands(summary, f"dataset-{place}"),
            figures.dataset_difficulty(summary, f"dataset-{place}"),
            *_levels(summary),
            _sources(summary),
        ]
        section.blocks += _trust(summary)
        if pairs := (summary.get("decontamination") or {}).get("pairs"):
            section.blocks.append(_contamination("Contamination", _REMOVED, pairs))
        if pairs := (summary.get("decontamination") or {}).get("review"):
            section.blocks.append(_contamination("Similar to a benchmark", _TO_REVIEW, pairs))
    return section


def _levels(summary: Mapping[str, Any]) -> list[TableBlock]:
    """The set by the data sets' own levels, where the bands are something else."""
    levels, bands = summary["levels"], summary["bands"]
    if not levels or len(levels) == len(bands):
        return []
    return [TableBlock("By level", "", ("level", *figures.GROUP_COLUMNS[1:]), figures.group_rows(levels))]


def _trust(summary: Mapping[str, Any]) -> list[TableBlock]:
    """How many rows of each band are right by luck, where the pool tells."""
    kind = "left" if summary.get("checked") else "share"
    rows = [
        (one["band"], _share(share, bound=one["bound"]), f"{one['judged'] / one['correct']:.0%}")
        for one in summary.get("lucky", ())
        if one["correct"] and (share := one[kind]) is not None
    ]
    caption = (
        "Rows that are right by luck, a flawed derivation that ends at the reference: estimated from what "
        "the step check finds in wrong and correct responses, or bounded (<) by how often wrong ones agree."
    )
    columns = ("band", "lucky rows", "responses whose steps can be recomputed")
    return [TableBlock("Luck", caption, columns, rows)] if rows else []


_LEAST = 0.001  # of a share, with the one decimal of its percents that is shown


def _share(share: float, *, bound: bool) -> str:
    """A share in percent; nothing is below the smallest one that is shown."""
    return f"< {max(share, _LEAST):.1%}" if bound else f"{share:.1%}"


def _sources(summary: Mapping[str, Any]) -> TableBlock:
    licences = summary["licences"]
    rows = [(g["name"], g["queries"], g["rows"], licences.get(g["name"], "")) for g in summary["datasets"]]
    caption = "Licences as the sources state them."
    return TableBlock("Sources", caption, ("data set", "queries", "rows", "licence"), rows)


_REMOVED = "Queries that a benchmark has too; none of them is in the set."
_TO_REVIEW = (
    "Queries like a benchmark's up to numbers, names, words or language; they are in the set: look at them."
)


def _contamination(title: str, caption: str, pairs: Sequence[Mapping[str, Any]]) -> TableBlock:
    """Queries beside what of a benchmark they are like."""
    rows = [
        (
            text_json(p["text"]),
            p["dataset"],
            p["benchmark"],
            text_json(p["benchmark_text"]),
            p["kind"],
            f"{p['share']:.0%}",
        )
        for p in pairs
    ]
    columns = ("query", "from", "benchmark", "its query", "match", "overlap")
    return TableBlock(title, caption, columns, rows)


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
        *_choice(summary),
        Tile("missing", f"{summary['missing']:,}", f"{summary['unit']} that the pool lacks"),
        Tile("dropped", f"{sum(dropped.values()):,}", reasons or "nothing"),
    ]


def _choice(summary: Mapping[str, Any]) -> list[Tile]:
    """How rows were chosen where the pool held more, if not by trial order."""
    found = summary.get("choice")
    return [Tile("chosen by", str(found["kind"]), claims.choice(summary))] if found else []


def training_section(stages: Mapping[str, Stage]) -> PageSection:
    """What fine-tuning did, and its curves."""
    section = PageSection(
        "training", "Training", "Fine-tuning: loss per token of the responses alone, or of preferences."
    )
    for label, stage in stages.items():
        if stage.summary:
            section.blocks.append(Tiles(label, _training_tiles(stage)))
    logs = {label: log for label, stage in stages.items() if (log := read_log(stage.folder))}
    if logs:
        section.blocks += [
            figures.training_curve(logs, "loss", "Loss", "training"),
            figures.training_curve(logs, "learning_rate", "Learning rate", "training"),
        ]
    return section


def _training_tiles(stage: Stage) -> list[Tile]:
    summary, config = stage.summary, stage.manifest.get("config") or {}
    return [
        Tile(
            "loss of the last log line",
            f"{summary['last_loss']:.3f}",
            f"the first said {summary['first_loss']:.3f}",
        ),
        Tile("examples", f"{summary['examples']:,}", f"in {summary['sequences']:,} packed sequences"),
        Tile("steps", f"{summary['steps']:,}", f"{summary['epochs']:g} epochs"),
        Tile("learning rate", f"{config.get('learning_rate', '')}", str(config.get("schedule", ""))),
        Tile("tokens", f"{summary['tokens']:,}", f"{summary['tokens_per_second']:,.0f} a second"),
        Tile("time", duration(summary["seconds"]), f"{summary['dtype']}, {summary['attention']}"),
    ]


def evaluation_section(stages: Mapping[str, Stage], published: Sequence[str]) -> PageSection:
    """Scores with their intervals, beside `published` ones, and how the responses ended."""
    lead = "Pass@1 on benchmarks, with 95 % intervals."
    section = PageSection("evaluation", "Evaluation", lead)
    results = {label: result for label, stage in stages.items() if (result := evaluation_result(stage))}
    if not results:
        return section
    section.blocks += [
        figures.scores(results, "evaluation"),
        _score_table(results, published),
        TableBlock(
            "How the responses ended",
            "A truncated response ran into the limit of new tokens.",
            _ENDINGS,
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


def _score_table(results: Mapping[str, Mapping[str, Any]], published: Sequence[str]) -> TableBlock:
    columns, rows = score_rows(list(results.items()), published)
    caption = (
        "Percent, with the 95 % interval; lenient: the last number or formula counts as the answer of a "
        "response that states none. Published rows are as printed by their authors, without intervals."
    )
    return TableBlock("Scores", caption, columns, rows)
