"""The YAML block at the head of a card, as the Hub reads it, and the file in which it looks for scores.

https://huggingface.co/docs/hub/model-cards and datasets-cards. The Hub's own client would make them too; the
core goes without it, and tests hold what is written against it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from dartmath.model import HUB_IDS
from dartmath.queries.dataset import Hub
from dartmath.queries.registry import datasets
from dartmath.recipe import ReportSection
from dartmath.report import claims
from dartmath.report.runs import Run, Stage

_PROJECT = "https://arxiv.org/abs/2407.13690"
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def model_metadata(
    run: Run, stage: Stage, section: ReportSection, name: str, results: Sequence[Mapping[str, Any]]
) -> str:
    """Metadata of a model card, with the `model-index` of its results."""
    named = str(stage.manifest["model"]["name"])
    base = HUB_IDS.get(named, named)
    index = _model_index(name, results)
    return _block(
        base_model=base if _HUB_ID.fullmatch(base) else None,
        datasets=[section.dataset_id] if section.dataset_id else None,
        language=claims.languages(claims.queried(run)),
        library_name="transformers",
        license=section.license,
        metrics=["accuracy"] if index else None,
        pipeline_tag="text-generation",
        tags=["math", *(["dart-math"] if claims.is_difficulty_aware(run) else []), "rejection-sampling"],
        **({"model-index": index} if index else {}),
    )


def _block(**fields: Any) -> str:
    """The YAML of the fields that say something."""
    said = {key: value for key, value in fields.items() if value}
    return str(yaml.safe_dump(said, sort_keys=False, allow_unicode=True)).strip()


def _model_index(name: str, results: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Scores by benchmark, as https://huggingface.co/docs/hub/model-cards#evaluation-results has them.

    A score of a part of a benchmark is none of the benchmark's.
    """
    entries: dict[tuple[str | None, ...], dict[str, Any]] = {}
    for result in results:
        for benchmark in result["benchmarks"]:
            if not claims.is_whole(benchmark):
                continue
            place, commit = hub_place(benchmark["dataset"]), commit_of(benchmark)
            where = {"type": place.repo, "config": place.config, "split": place.split, "revision": commit}
            entry = entries.setdefault(tuple(where.values()), _entry(_title(benchmark), where))
            entry["metrics"].append(_metric(result, benchmark))
    return [{"name": name, "results": list(entries.values())}] if entries else []


def _entry(title: str, where: Mapping[str, str | None]) -> dict[str, Any]:
    """What is said of a benchmark beside its scores."""
    return {
        "task": {"type": "text-generation", "name": "Mathematical Problem-Solving"},
        "dataset": {"name": title, **{key: value for key, value in where.items() if value is not None}},
        "metrics": [],
        "source": {"url": _PROJECT, "name": "dartmath"},
    }


def _metric(result: Mapping[str, Any], benchmark: Mapping[str, Any]) -> dict[str, Any]:
    trials = result["section"]["trials"]
    metric = "Pass@1" if trials == 1 else f"Pass@1, mean of {trials}"
    value = round(100 * benchmark["pass_at_1"]["value"], 2)
    return {"type": "accuracy", "value": value, "name": f"{metric} ({claims.method(result)})"}


def eval_results(result: Mapping[str, Any]) -> str:
    """The file below `.eval_results/` in which the Hub looks for scores, as YAML; empty without any.

    https://huggingface.co/docs/hub/eval-results: only benchmarks that the Hub has can be named.
    """
    entries = [
        {
            "dataset": {
                "id": place.repo,
                "task_id": place.config or "default",
                **({"revision": commit} if (commit := commit_of(benchmark)) else {}),
            },
            "value": round(100 * benchmark["pass_at_1"]["value"], 2),
            "date": str(result["created"]),
            "notes": f"Pass@1, {claims.settings(result)}",
        }
        for benchmark in result["benchmarks"]
        if claims.is_whole(benchmark)
        for place in [hub_place(benchmark["dataset"])]
        if _HUB_ID.fullmatch(place.repo) and benchmark["dataset"] in datasets()
    ]
    return str(yaml.safe_dump(entries, sort_keys=False)) if entries else ""


def commit_of(benchmark: Mapping[str, Any]) -> str | None:
    """The commit of the Hub that the queries were read from; None for those from elsewhere."""
    place, _, commit = str(benchmark.get("origin") or "").partition("@")
    return commit or None if place.startswith("hub:") else None


def hub_place(dataset: str) -> Hub:
    """Where the Hub has a data set; for one that it has not, its own name and the split "test"."""
    known = datasets().get(dataset)
    if known is None:
        return Hub(dataset.removeprefix("hub:"), "test")
    if known.hub is not None:
        return known.hub
    return known.origin if isinstance(known.origin, Hub) else Hub(dataset, "test")


def _title(benchmark: Mapping[str, Any]) -> str:
    known = datasets().get(benchmark["dataset"])
    return known.title if known and benchmark["name"] == known.name else str(benchmark["name"])


def dataset_metadata(stage: Stage, section: ReportSection) -> str:
    """Metadata of a dataset card."""
    summary, config = stage.summary, stage.manifest["config"]
    rows = int(summary["rows"])
    aware = ["dart-math"] if claims.is_difficulty_aware(Run("", stage.folder, datasets=[stage])) else []
    files = [{"split": "train", "path": f"train.{config['format']}"}]
    return _block(
        language=claims.languages([group["name"] for group in summary["datasets"]]),
        license=section.license,
        size_categories=next((size for limit, size in _SIZES if rows < limit), "1M<n<10M"),
        source_datasets=["extended"],
        task_categories=["text-generation"],
        pretty_name=section.dataset_id or section.title or stage.label,
        tags=["math", *aware, "rejection-sampling", "synthetic"],
        configs=[{"config_name": "default", "data_files": files}],
    )
