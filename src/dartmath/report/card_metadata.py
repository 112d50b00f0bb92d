"""The YAML block at the head of a card, made and checked by huggingface_hub's own classes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

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
    from huggingface_hub import ModelCardData

    named = str(stage.manifest["model"]["name"])
    base = HUB_IDS.get(named, named)
    scores = [score for result in results for score in _results(result)]
    data = ModelCardData(
        language=claims.languages(claims.queried(run)) or None,
        license=section.license,
        library_name="transformers",
        pipeline_tag="text-generation",
        tags=["math", *(["dart-math"] if claims.is_difficulty_aware(run) else []), "rejection-sampling"],
        metrics=["accuracy"] if scores else None,
        base_model=base if _HUB_ID.fullmatch(base) else None,
        datasets=[section.dataset_id] if section.dataset_id else None,
        model_name=name if scores else None,
        eval_results=scores or None,
    )
    return str(data.to_yaml())


def _results(result: Mapping[str, Any]) -> list[Any]:
    """Entries of the `model-index`; a score of a part of a benchmark is none of the benchmark's."""
    from huggingface_hub import EvalResult

    trials = result["section"]["trials"]
    metric = "Pass@1" if trials == 1 else f"Pass@1, mean of {trials}"
    return [
        EvalResult(
            task_type="text-generation",
            task_name="Mathematical Problem-Solving",
            dataset_type=place.repo,
            dataset_name=_title(benchmark),
            dataset_config=place.config,
            dataset_split=place.split,
            dataset_revision=commit_of(benchmark),
            metric_type="accuracy",
            metric_name=f"{metric} ({claims.method(result)})",
            metric_value=round(100 * benchmark["pass_at_1"]["value"], 2),
            source_name="dartmath",
            source_url=_PROJECT,
        )
        for benchmark in result["benchmarks"]
        if claims.is_whole(benchmark)
        for place in [hub_place(benchmark["dataset"])]
    ]


def eval_results(result: Mapping[str, Any]) -> str:
    """The file below `.eval_results/` in which the Hub looks for scores, as YAML; empty without any.

    https://huggingface.co/docs/hub/eval-results: only benchmarks that the Hub has can be named.
    """
    import yaml
    from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml

    entries = [
        EvalResultEntry(
            dataset_id=place.repo,
            task_id=place.config or "default",
            value=round(100 * benchmark["pass_at_1"]["value"], 2),
            dataset_revision=commit_of(benchmark),
            date=str(result["created"]),
            notes=f"Pass@1, {claims.settings(result)}",
        )
        for benchmark in result["benchmarks"]
        if claims.is_whole(benchmark)
        for place in [hub_place(benchmark["dataset"])]
        if _HUB_ID.fullmatch(place.repo) and benchmark["dataset"] in datasets()
    ]
    return str(yaml.safe_dump(eval_result_entries_to_yaml(entries), sort_keys=False)) if entries else ""


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
    from huggingface_hub import DatasetCardData

    summary, config = stage.summary, stage.manifest["config"]
    rows = int(summary["rows"])
    aware = ["dart-math"] if claims.is_difficulty_aware(Run("", stage.folder, datasets=[stage])) else []
    files = [{"split": "train", "path": f"train.{config['format']}"}]
    data = DatasetCardData(
        language=claims.languages([group["name"] for group in summary["datasets"]]) or None,
        license=section.license,
        task_categories=["text-generation"],
        size_categories=next((size for limit, size in _SIZES if rows < limit), "1M<n<10M"),
        source_datasets=["extended"],
        tags=["math", *aware, "rejection-sampling", "synthetic"],
        pretty_name=section.dataset_id or section.title or stage.label,
        configs=[{"config_name": "default", "data_files": files}],
    )
    return str(data.to_yaml())
