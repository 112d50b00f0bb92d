"""No claim without its fact: change one fact in a manifest or a result, and the card says something else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from huggingface_hub import ModelCard, eval_result_entries_to_yaml, parse_eval_result_entries

from dartmath.recipe import ReportSection
from dartmath.report import render_cards
from dartmath.report.card_metadata import eval_results, hub_place

SECTION = ReportSection(title="A made model")
Change = Callable[[dict[str, Any]], None]


def _set(*path: Any, to: Any) -> Change:
    def change(data: dict[str, Any]) -> None:
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = to

    return change


_SURE = {"value": 0.987, "low": None, "high": None, "method": "wilson"}
RESULT = "evaluation/after/result.json"
# Of each fact: its file, what it becomes, whose card then says what, and what it no more says.
FACTS: dict[str, tuple[str, Change, str, str, str]] = {
    "tools": (RESULT, _set("section", "tools", to={"seconds": 5}), "model", "was run in a sandbox", ""),
    "shots": (RESULT, _set("section", "shots", to=4), "model", "4 worked examples", "0-shot"),
    "temperature": (RESULT, _set("section", "temperature", to=0.7), "model", "temperature 0.7", "greedy"),
    "trials": (RESULT, _set("section", "trials", to=8), "model", "8 responses per query", "one response"),
    "grading": (
        RESULT, _set("section", "grading", "last_number", to=True), "model", "(with last_number True)", "",
    ),
    "optimiser": (
        "model/manifest.json", _set("config", "optimizer", to="muon"), "model", "| optimizer | muon |", "",
    ),
    "max_tokens": (RESULT, _set("section", "max_tokens", to=77), "model", "at most 77 new", "200 new"),
    "judge": (RESULT, _set("verifier", to="math-verify 0.9"), "model", "by math-verify", "executes nothing"),
    "own verifier": (
        RESULT,
        _set("benchmarks", 0, "source", "verifier", to="checks.py:judge"),
        "model", "by `checks.py:judge`", "executes nothing",
    ),
    "levels": (
        RESULT, _set("benchmarks", 0, "source", "select", to={"levels": ["1"]}),
        "model", "queries; levels 1", "",
    ),
    "wrong references left out": (
        RESULT, _set("benchmarks", 0, "source", "select", to={"mislabelled": False}),
        "model", "without those whose reference is known to be wrong", "",
    ),
    "lenient": (
        RESULT, _set("benchmarks", 0, "lenient", to=_SURE),
        "model", "98.7", "",
    ),
    "cut": (RESULT, _set("benchmarks", 0, "truncated", to=0.5), "model", "50.0% of the responses", ""),
    "policy of the model's data": (
        "dataset/manifest.json", _set("summary", "policy", to={"kind": "vrt", "trials": 6}),
        "model", "vanilla rejection sampling", "difficulty-aware rejection sampling",
    ),
    "policy": (
        "dataset/manifest.json", _set("summary", "policy", to={"kind": "vrt", "trials": 6}),
        "dataset", "vanilla rejection sampling", "difficulty-aware rejection sampling",
    ),
    "luck": (
        "dataset/manifest.json",
        _set("summary", "lucky", to=[{"band": "level 1", "share": 0.25, "left": 0.1, "bound": False}]),
        "dataset", "Of the rows, an estimated 25.0% are right by luck", "",
    ),
    "suspected references": (
        "dataset/manifest.json", _set("summary", "suspects", to=[{}, {}, {}]),
        "dataset", "3 of 80 references are probably wrong", "",
    ),
    "import": (
        "dataset/manifest.json",
        _set("sampling", "imported", to={"responses": 12, "sources": ["a.jsonl"], "differing": []}),
        "model", "of the pool were imported, not sampled", "",
    ),
    "other data": (
        "model/manifest.json", _set("inputs", to=["hub:someone/set@abc"]),
        "model", "data set `hub:someone/set@abc`, which this run did not make", "verified responses, from",
    ),
    "language": (
        "dataset/manifest.json", _set("summary", "datasets", 0, "name", to="mine.jsonl"),
        "model", "Trained on queries with", "in English",
    ),
    "GPUs": ("model/manifest.json", _set("config", "gpus", to=4), "model", "| gpus | 4 |", "| gpus | 1 |"),
    "batch": (
        "model/manifest.json", _set("config", "batch_size", to=48), "model", "accumulation steps | 48 |", "",
    ),
    "sliding window": (
        "model/manifest.json", _set("config", "sliding_window", to=False), "model", "| sliding window | no |",
        "| sliding window | yes |",
    ),
    "LoRA": (
        "model/manifest.json",
        _set("config", "lora", to={"rank": 8, "alpha": 16, "targets": "q_proj", "merge": False}),
        "model", "LoRA, rank 8, alpha 16, on q_proj, not merged", "full fine-tuning",
    ),
    "sampler": (
        "dataset/manifest.json", _set("sampling", "model", "name", to="another-teacher"),
        "dataset", "**another-teacher**", "**scripted**",
    ),
}  # fmt: skip


def _card(run: Path, kind: str) -> str:
    return next(text for path, text in render_cards(SECTION, run) if path.parent.name == kind)


@pytest.mark.parametrize("fact", FACTS)
def test_a_changed_fact_changes_the_card(fact: str, run_folder: Path, tmp_path: Path) -> None:
    file, change, kind, said, unsaid = FACTS[fact]
    before = _card(run_folder, kind)
    run = Path(shutil.copytree(run_folder, tmp_path / "run"))
    data = json.loads((run / file).read_text())
    change(data)
    (run / file).write_text(json.dumps(data))
    after = _card(run, kind)
    assert said in after and said not in before
    assert not unsaid or (unsaid in before and unsaid not in after)


def _result(run: Path, **changes: Any) -> dict[str, Any]:
    result = json.loads((run / RESULT).read_text())
    benchmark = {**result["benchmarks"][0], **changes}
    return {**result, "benchmarks": [benchmark]}


def test_the_hubs_own_code_reads_the_files_of_results(run_folder: Path) -> None:
    text = eval_results(_result(run_folder, queries=5000))
    (entry,) = parse_eval_result_entries(yaml.safe_load(text))
    assert eval_result_entries_to_yaml([entry]) == yaml.safe_load(text)
    assert entry.dataset_id == hub_place("math/test").repo
    assert "greedy decoding, 0-shot" in (entry.notes or "")
    assert eval_results(_result(run_folder)) == ""  # 80 of 5,000
    assert eval_results(_result(run_folder, dataset="mine.jsonl", name="mine", queries=5000)) == ""


@pytest.mark.parametrize(
    ("dataset", "repo", "config", "split"),
    [
        ("gsm8k/test", "openai/gsm8k", "main", "test"),
        ("olympiadbench/OE_TO_maths_en_COMP", "Hothan/OlympiadBench", "OE_TO_maths_en_COMP", "train"),
        ("theoremqa", "TIGER-Lab/TheoremQA", None, "test"),
    ],
)
def test_benchmarks_have_the_ids_that_the_papers_cards_name(
    dataset: str, repo: str, config: str | None, split: str
) -> None:
    place = hub_place(dataset)
    assert (place.repo, place.config, place.split) == (repo, config, split)


def test_a_card_without_a_score_of_a_whole_benchmark_has_no_index(run_folder: Path) -> None:
    data = ModelCard(_card(run_folder, "model")).data
    assert (data.eval_results, data.metrics) == (None, None)
