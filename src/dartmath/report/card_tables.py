"""The tables of the cards, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dartmath.base.terminal import holds_words
from dartmath.base.text import printable
from dartmath.evaluation.published import find_published
from dartmath.report import claims
from dartmath.report.runs import Stage
from dartmath.report.summary import score_of, show_score
from dartmath.verify.custom import bare_name


def markdown_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table, numbers to the right; whatever stands in a cell stays in it."""
    rules = ["---" if holds_words(rows, place) else "---:" for place in range(len(columns))]
    lines = [columns, rules, *rows]
    return "\n".join("| " + " | ".join(_cell(value) for value in line) + " |" for line in lines)


def _cell(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    text = printable(str("" if value is None else value))
    return text.replace("\n", " ").replace("|", "\\|").replace("<", "&lt;")


def results_table(results: Sequence[tuple[str, Mapping[str, Any]]], published: Sequence[str]) -> str:
    """Pass@1 in percent of each model on each benchmark, with published rows below; "" without any."""
    columns, rows = score_rows(results, published)
    return markdown_table(columns, rows) if columns[2:] else ""


def score_rows(
    results: Sequence[tuple[str, Mapping[str, Any]]], published: Sequence[str]
) -> tuple[Sequence[str], list[Sequence[object]]]:
    """Columns and rows of Pass@1: the evaluations by their labels, strict and lenient, then `published`."""
    datasets = {b["name"]: b["dataset"] for _, result in results for b in result["benchmarks"]}
    parts = {b["name"]: claims.subset(b) for _, result in results for b in result["benchmarks"]}
    titles = [f"{name} ({parts[name]})" if parts[name] else name for name in datasets]
    rows: list[Sequence[object]] = []
    for label, result in results:
        rows.append((label, *(score_of(result, name) for name in datasets), show_score(result["average"])))
        rows += _lenient_row(label, result, list(datasets))
    rows += _published_rows(list(datasets.values()), published)
    return ("model", *titles, "average"), rows


def _lenient_row(label: str, result: Mapping[str, Any], names: Sequence[str]) -> list[Sequence[object]]:
    """The lenient scores of an evaluation, where it has any; the difference is form, not ability."""
    scores = [score_of(result, name, "lenient") for name in names]
    return [(f"{label}, lenient", *scores, "")] if any(scores) else []


def _published_rows(datasets: Sequence[str], published: Sequence[str]) -> list[Sequence[object]]:
    """Printed scores of the named models on `datasets`; the average is over their six benchmarks."""
    rows: list[Sequence[object]] = []
    for name in published:
        model = find_published(name)
        scores = ["" if d not in model.scores else f"{100 * model.scores[d]:.1f}" for d in datasets]
        average = "" if model.average is None else f"{100 * model.average:.1f} (of six)"
        rows.append((f"{model.title}, published", *scores, average))
    return rows


def bands_table(summary: Mapping[str, Any]) -> str:
    """Queries, rows and tokens by band."""
    rows = [
        (
            g["name"],
            g["queries"],
            g["covered"],
            "" if g["fail_rate"] is None else f"{g['fail_rate']:.3f}",
            g["rows"],
            f"{g['rows'] / max(1, g['queries']):.2f}",
            f"{g['tokens'] / g['rows']:.0f}" if g["rows"] else "",
            g["missing"],
        )
        for g in summary["bands"]
    ]
    columns = ("band", "queries", "covered", "fail rate", "rows", "rows per query", "tokens per response")
    return markdown_table((*columns, f"{summary['unit']} missing"), rows)


def histogram_table(summary: Mapping[str, Any]) -> str:
    """Queries and rows by fail rate."""
    width = 1 / len(summary["histogram"])
    rows = [
        (f"{edge:.1f} to {edge + width:.1f}", queries, count) for edge, queries, count in summary["histogram"]
    ]
    return markdown_table(("fail rate", "queries", "rows"), rows)


def sources_table(summary: Mapping[str, Any]) -> str:
    """Data sets the queries come from, with their licences."""
    rows = [
        (g["name"], g["queries"], g["rows"], summary["licences"].get(g["name"], ""))
        for g in summary["datasets"]
    ]
    return markdown_table(("data set", "queries", "rows", "licence of the source"), rows)


def teachers_table(summary: Mapping[str, Any]) -> str:
    """What each of several teachers has done of the pool and of the set; "" where there is but one."""
    rows = [
        (
            t["name"],
            t["model"],
            t["trials"],
            t["correct"],
            t["tokens"],
            t["rows"],
            t["queries"],
            _yes(t["hinted"]),
        )
        for t in summary.get("teachers", ())
    ]
    columns = ("teacher", "model", "trials", "correct", "tokens", "rows", "queries", "with a hint")
    return markdown_table(columns, rows) if rows else ""


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


def sampling_table(manifest: Mapping[str, Any]) -> str:
    """The model that sampled and its settings."""
    config, model = manifest.get("config") or {}, manifest.get("model") or {}
    template, summary = manifest.get("template") or {}, manifest.get("summary") or {}
    policy, left_out = config.get("policy") or {}, manifest.get("left_out") or {}
    rows: list[Sequence[object]] = [
        ("model", " ".join(str(model[k]) for k in ("name", "revision") if model.get(k))),
        ("policy", _policy(policy)),
        *((key.replace("_", " "), config[key]) for key in _SAMPLING_KEYS if key in config),
        ("prompt template", f"{template.get('name', '')} ({template.get('hash', '')})"),
        ("engine", (manifest.get("engine") or {}).get("kind", "")),
        ("seed", str(manifest.get("seed", ""))),
        *([("imported responses", _imported(manifest["imported"]))] if manifest.get("imported") else []),
        *([("judged again by", bare_name(manifest["judged"]["verifier"]))] if manifest.get("judged") else []),
        *((f"rows left out of {name}", _left_out(found)) for name, found in left_out.items()),
        ("raw samples", summary.get("samples", "")),
        ("generated tokens", summary.get("tokens", "")),
    ]
    return markdown_table(("sampling", "value"), rows)


def _left_out(found: Mapping[str, int]) -> str:
    """How many rows of a user's own data set were not asked, by what for."""
    return ", ".join(f"{count:,} ({reason})" for reason, count in found.items())


def _imported(imported: Mapping[str, Any]) -> str:
    """How many responses were not sampled by this run, and of what; no folders, as for verifiers."""
    names = ", ".join(source.rstrip("/").rpartition("/")[2] for source in imported["sources"])
    known = f"{imported['responses']:,} of {names}; model and settings as the recipe names them"
    differing = [line.partition(": ")[2] for line in imported["differing"]]
    return f"{known}, but {'; '.join(differing)}" if differing else known


def _policy(policy: Mapping[str, Any]) -> str:
    settings = ", ".join(f"{key} = {value}" for key, value in policy.items() if key != "kind")
    return f"{policy.get('kind', '')} ({settings})"


_SAMPLING_KEYS = ("temperature", "top_p", "top_k", "max_tokens", "shots")
_TRAINING_KEYS = (
    "epochs",
    "max_steps",
    "learning_rate",
    "schedule",
    "warmup",
    "weight_decay",
    "optimizer",
    "max_grad_norm",
    "loss",
    "batch_size",
    "micro_batch",
    "gpus",
    "max_length",
    "packing",
    "sliding_window",
    "too_long",
    "mask_tool_output",
)


def _value(setting: object) -> str:
    return ("yes" if setting else "no") if isinstance(setting, bool) else str(setting)


# What a run of each objective learns from; runs of earlier versions name none.
_OBJECTIVES = {
    "sft": "loss on the response alone",
    "dpo": "DPO on pairs of a right and a wrong response",
    "kto": "KTO on responses that are labelled right or wrong",
}


def _objective(config: Mapping[str, Any]) -> list[tuple[str, object]]:
    kind = config.get("objective", "sft")
    preference = {} if kind == "sft" else config["preference"]
    settings = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in preference.items())
    return [("objective", f"{_OBJECTIVES[kind]}{f' ({settings})' if settings else ''}")]


def _validation(config: Mapping[str, Any], summary: Mapping[str, Any]) -> list[tuple[str, object]]:
    """What evaluations during training said of the weights that are here; nothing without them."""
    if summary.get("exported_step") is None:
        return []
    chosen = (config.get("validation") or {}).get("best")
    why = f"the best by {chosen.replace('_', ' ')}" if chosen else "the last"
    rows: list[tuple[str, object]] = [
        ("step of these weights", f"{summary['exported_step']} ({why})"),
        ("held-out loss", f"{summary['held_out_loss']:.4f} ({summary['held_out']:,} examples)"),
    ]
    if summary.get("held_out_pass_at_1") is not None:
        name = config["validation"]["benchmark"]
        rows.append((f"Pass@1 on some of {name}", f"{summary['held_out_pass_at_1']:.1%}"))
    return rows


def _units(config: Mapping[str, Any]) -> str:
    """What a batch counts."""
    kind, packing = config.get("objective", "sft"), config.get("packing", True)
    return {"dpo": "pairs", "kto": "responses"}.get(kind, "packed sequences" if packing else "sequences")


def _method(lora: Mapping[str, Any] | None) -> str:
    if not lora:
        return "full fine-tuning"
    base = "QLoRA, 4-bit base" if lora.get("quantize") else "LoRA"
    merged = "merged" if lora.get("merge", True) else "not merged"
    return f"{base}, rank {lora['rank']}, alpha {lora['alpha']:g}, on {lora['targets']}, {merged}"


def _accumulation(config: Mapping[str, Any]) -> list[tuple[str, object]]:
    """Forward passes per optimiser step, which follow from batch, micro-batch and GPUs."""
    batch, parts = config.get("batch_size"), config.get("micro_batch", 1) * config.get("gpus", 1)
    return [("accumulation steps", batch // parts)] if batch else []


def training_table(stage: Stage) -> str:
    """How the model was fine-tuned, and what came of it."""
    config, summary = stage.manifest.get("config") or {}, stage.summary
    settings = [(key.replace("_", " "), config[key]) for key in _TRAINING_KEYS if config.get(key) is not None]
    rows: list[Sequence[object]] = [
        ("base model", " ".join(str(v) for v in stage.manifest["model"].values() if v)),
        ("method", _method(config.get("lora"))),
        *_objective(config),
        *((name, _value(value)) for name, value in settings),
        *_accumulation(config),
        ("number format", summary["dtype"]),
        ("attention", summary["attention"]),
        ("examples", summary["examples"]),
        (_units(config), summary["sequences"]),
        ("optimiser steps", summary["steps"]),
        ("tokens", summary["tokens"]),
        ("loss, first and last tenth", f"{summary['first_loss']:.4f}, {summary['last_loss']:.4f}"),
        *_validation(config, summary),
        ("seed", str(stage.manifest.get("seed", ""))),
    ]
    return markdown_table(("training", "value"), rows)
