"""The YAML block at the head of a card, made and checked by huggingface_hub's own classes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dartmath.model import HUB_IDS
from dartmath.queries.dataset import Hub
from dartmath.queries.registry import datasets
from dartmath.recipe import ReportSection
from dartmath.report.runs import Stage

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def model_metadata(
    stage: Stage, section: ReportSection, name: str, results: Sequence[Mapping[str, Any]]
) -> str:
    """Metadata of a model card, with the `model-index` of its results."""
    from huggingface_hub import ModelCardData

    named = str(stage.manifest["model"]["name"])
    base = HUB_IDS.get(named, named)
    scores = [score for result in results for score in _results(result)]
    data = ModelCardData(
        language="en",
        license=section.license,
        library_name="transformers",
        pipeline_tag="text-generation",
        tags=["math", "dart-math", "rejection-sampling"],
        base_model=base if _HUB_ID.fullmatch(base) else None,
        datasets=[section.dataset_id] if section.dataset_id else None,
        model_name=name if scores else None,
        eval_results=scores or None,
    )
    return str(data.to_yaml())


def _results(result: Mapping[str, Any]) -> list[Any]:
    from huggingface_hub import EvalResult

    shots, trials = result["section"]["shots"], result["section"]["trials"]
    metric = "Pass@1" if trials == 1 else f"Pass@1, mean of {trials}"
    return [
        EvalResult(
            task_type="text-generation",
            task_name="Mathematical Problem-Solving",
            dataset_type=_hub_repo(benchmark["dataset"]),
            dataset_name=_title(benchmark),
            dataset_config=(benchmark.get("source") or {}).get("band"),
            dataset_split=_split(benchmark["dataset"]),
            metric_type="accuracy",
            metric_name=f"{metric} ({shots}-shot CoT)",
            metric_value=round(100 * benchmark["pass_at_1"]["value"], 2),
        )
        for benchmark in result["benchmarks"]
    ]


def _hub_repo(dataset: str) -> str:
    """The Hub id of a built-in data set; its own name where it has none."""
    known = datasets().get(dataset)
    origin = known.origin if known else None
    return origin.repo if isinstance(origin, Hub) else dataset.removeprefix("hub:")


def _split(dataset: str) -> str:
    known = datasets().get(dataset)
    origin = known.origin if known else None
    return origin.split if isinstance(origin, Hub) else "test"


def _title(benchmark: Mapping[str, Any]) -> str:
    known = datasets().get(benchmark["dataset"])
    return known.title if known and benchmark["name"] == known.name else str(benchmark["name"])


def dataset_metadata(stage: Stage, section: ReportSection) -> str:
    """Metadata of a dataset card."""
    from huggingface_hub import DatasetCardData

    summary, config = stage.summary, stage.manifest["config"]
    rows = int(summary["rows"])
    files = [{"split": "train", "path": f"train.{config['format']}"}]
    data = DatasetCardData(
        language="en",
        license=section.license,
        task_categories=["text-generation"],
        size_categories=next((size for limit, size in _SIZES if rows < limit), "1M<n<10M"),
        source_datasets=["extended"],
        tags=["math", "dart-math", "rejection-sampling", "synthetic"],
        pretty_name=section.dataset_id or section.title or stage.label,
        configs=[{"config_name": "default", "data_files": files}],
    )
    return str(data.to_yaml())
