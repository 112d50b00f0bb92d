from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from huggingface_hub import DatasetCard, ModelCard

from dartmath.base.errors import DataError, UnknownNameError
from dartmath.base.manifest import read_manifest, write_manifest
from dartmath.curation.config import CurationSection
from dartmath.curation.run import curate
from dartmath.evaluation.result import read_result
from dartmath.recipe import ReportSection
from dartmath.report import render_cards, write_cards, write_report
from dartmath.sampling.policy import VRT, Band, Custom, PolicySection, Prop2Diff, Uniform
from report.made_run import make_sample, sums

SECTION = ReportSection(
    title="A made model",
    published=["dart-math-llama3-8b-uniform"],
    model_id="me/made",
    dataset_id="me/made-data",
    license="apache-2.0",
)


@pytest.fixture(scope="module")
def cards(run_folder: Path) -> dict[str, Path]:
    return {path.parent.name: path for path in write_cards(SECTION, run_folder)}


@pytest.fixture
def whole_run(run_folder: Path, tmp_path: Path) -> Path:
    """The made run, as if its benchmark had all 5,000 queries of MATH's test set."""
    copied = Path(shutil.copytree(run_folder, tmp_path / "whole"))
    for path in copied.glob("evaluation/*/result.json"):
        result = json.loads(path.read_text())
        result["benchmarks"][0]["queries"] = 5000
        path.write_text(json.dumps(result))
    return copied


def _model_card(run: Path) -> str:
    return next(text for path, text in render_cards(SECTION, run) if path.parent.name == "model")


def test_the_model_card_loads_with_its_model_index(whole_run: Path) -> None:
    card = ModelCard(_model_card(whole_run))
    (found,) = card.data.eval_results
    measured = read_result(whole_run / "evaluation" / "after").benchmarks[0].pass_at_1.value
    assert (found.task_type, found.dataset_split) == ("text-generation", "test")
    assert (found.metric_name, found.metric_type) == ("Pass@1 (0-shot CoT)", "accuracy")
    assert found.metric_value == pytest.approx(100 * measured, abs=0.01)
    assert (card.data.model_name, card.data.license) == ("made", "apache-2.0")
    assert (card.data.datasets, card.data.metrics) == (["me/made-data"], ["accuracy"])
    again = yaml.safe_load(card.data.to_yaml())
    assert again["model-index"][0]["results"][0]["task"]["type"] == "text-generation"


@pytest.mark.parametrize(
    ("origin", "commit"),
    [(f"hub:x/y:main@{'c' * 40}", "c" * 40), ("hub:x/y", None), ("/data/a@b.jsonl", None), ("", None)],
)
def test_the_card_names_the_commit_that_was_read(origin: str, commit: str | None, whole_run: Path) -> None:
    path = whole_run / "evaluation" / "after" / "result.json"
    result = json.loads(path.read_text())
    result["benchmarks"][0]["origin"] = origin
    path.write_text(json.dumps(result))
    (found,) = ModelCard(_model_card(whole_run)).data.eval_results
    assert found.dataset_revision == commit


def test_scores_are_written_where_the_hub_looks_for_them(whole_run: Path) -> None:
    write_cards(SECTION, whole_run)
    (found,) = (whole_run / "model" / ".eval_results").iterdir()
    assert yaml.safe_load(found.read_text())[0]["value"] > 0


def test_a_part_of_a_benchmark_never_stands_as_the_benchmark(cards: dict[str, Path]) -> None:
    card = ModelCard.load(cards["model"])
    assert card.data.eval_results is None
    assert "| math/test (80 of 5,000 queries) |" in card.text
    assert "The score on math/test is of a part of it: 80 of 5,000 queries." in card.text


def test_the_metadata_survives_the_hubs_own_classes(cards: dict[str, Path]) -> None:
    card = ModelCard.load(cards["model"])
    again = yaml.safe_load(card.data.to_yaml())
    assert again == yaml.safe_load(cards["model"].read_text().split("---")[1])


def test_the_model_card_says_what_was_trained_how(cards: dict[str, Path], run_folder: Path) -> None:
    text = cards["model"].read_text()
    template = read_manifest(run_folder / "model")["template"]
    assert f"`{template['name']}` (hash `{template['hash']}`)" in text
    assert "### Instruction:\n{query}\n\n### Response:" in text
    assert "the same in every stage of the run" in text
    for row in ("| learning rate | 0.0001 |", "| epochs | 3.0 |", "| optimiser steps | 30 |"):
        assert row in text
    assert "DART-Math-Llama-3-8B (Uniform), published | 45.3" in text
    assert "| scripted, before |" in text and "bibtex" in text and "name: made" in text


def test_the_dataset_card_loads_and_adds_up(cards: dict[str, Path], run_folder: Path) -> None:
    card = DatasetCard.load(cards["dataset"])
    summary = read_manifest(run_folder / "dataset")["summary"]
    assert card.data.license == "apache-2.0" and card.data.size_categories == "n<1K"
    assert card.data.configs[0]["data_files"] == [{"split": "train", "path": "train.parquet"}]
    assert f"{summary['rows']:,} verified correct responses" in card.text
    for band in summary["bands"]:
        assert f"| {band['name']} | {band['queries']} |" in card.text
    for said in ("| temperature | 1.6 |", "Not checked against any benchmark", "| math/train |", "MIT"):
        assert said in card.text


def test_hostile_names_have_no_power_over_a_page_or_a_terminal(tmp_path: Path) -> None:
    hostile = "<b>\x1b[2J|\u202e\n\x9b5m"
    queries = [replace(query, dataset=hostile, metadata={"band": hostile}) for query in sums(2)]
    make_sample(tmp_path / "sample", queries=queries)
    curate(tmp_path / "sample", CurationSection(), tmp_path / "dataset")
    ((_, text),) = render_cards(SECTION, tmp_path)
    assert r"| &lt;b>\x1b[2J\|\u202e \x9b5m |" in text
    assert not set("\x1b\u202e\x9b") & set(text) and "<b>" not in text


@pytest.mark.parametrize(
    ("policy", "measured"),
    [
        (VRT(trials=6), "over\nits trials"),
        (Uniform(k=2, cap=20), "over\nits trials"),
        (Prop2Diff(k=4, pilot=4, cap=20), "over\nthe pilot trials"),
        (Band(k=2, high=0.9, pilot=4, cap=20), "over\nthe pilot trials"),
        (Custom(function="builtins:max", k=2, pilot=4, cap=20), "over\nthe pilot trials"),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_every_policy_has_a_card_and_a_report(policy: PolicySection, measured: str, tmp_path: Path) -> None:
    make_sample(tmp_path / "sample", per_level=3, policy=policy)
    curate(tmp_path / "sample", CurationSection(), tmp_path / "dataset")
    ((_, text),) = render_cards(SECTION, tmp_path)
    assert f"selected by **{policy.kind}**" in text and measured in text
    assert "Sampling" in write_report([tmp_path], tmp_path / "report.html").read_text()


def test_the_dataset_card_names_every_column(cards: dict[str, Path], run_folder: Path) -> None:
    import pyarrow.parquet as pq

    text = cards["dataset"].read_text()
    for name in pq.read_schema(run_folder / "dataset" / "train.parquet").names:
        assert f"| {name} | " in text


def test_the_hub_reads_the_data_files_that_the_card_names(
    cards: dict[str, Path], run_folder: Path, tmp_path: Path
) -> None:
    from datasets import load_dataset

    # A cache of its own: the folder of an earlier test run may have had the same path.
    rows = load_dataset(str(run_folder / "dataset"), split="train", cache_dir=str(tmp_path))
    assert len(rows) == read_manifest(run_folder / "dataset")["summary"]["rows"]


def test_an_unknown_published_model_is_an_error(run_folder: Path) -> None:
    with pytest.raises(UnknownNameError, match="dart-math-llama3-8b-uniform"):
        render_cards(ReportSection(published=["dart-math-llama3-8b-unifrom"]), run_folder)


def test_a_run_without_data_set_or_model_has_no_card(tmp_path: Path) -> None:
    make_sample(tmp_path / "sample", per_level=2)
    with pytest.raises(DataError, match="no finished data set or model"):
        render_cards(ReportSection(), tmp_path)


def test_another_template_in_evaluation_is_said(whole_run: Path, tmp_path: Path) -> None:
    moved = tmp_path / "another-name"
    shutil.copytree(whole_run, moved)
    manifest = read_manifest(moved / "evaluation" / "after")
    write_manifest(moved / "evaluation" / "after", {**manifest, "template": {"name": "qa", "hash": "0" * 12}})
    text = _model_card(moved)
    assert "**Another template was used in** evaluation/after: qa (000000000000)." in text
    assert "model-index" in text, "a moved run still knows which evaluation is the model's"


def test_cards_say_who_judged(run_folder: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(run_folder, moved)
    manifest = read_manifest(moved / "dataset")
    own = {"verifiers": {"/home/me/checks.py:judge": "a1b2c3"}, "judged": {"verifier": "math-verify 0.9.0"}}
    checked = {**manifest["config"], "check": "/home/me/form.py:tidy"}
    sampling = {**manifest["sampling"], **own}
    write_manifest(moved / "dataset", {**manifest, "sampling": sampling, "config": checked})
    path = moved / "evaluation" / "after" / "result.json"
    result = json.loads(path.read_text())
    result["benchmarks"][0]["source"]["verifier"] = "/home/me/checks.py:judge"
    path.write_text(json.dumps(result))
    texts = {path.parent.name: text for path, text in render_cards(SECTION, moved)}
    assert "functions of the makers instead: `checks.py:judge` (a1b2c3)." in texts["dataset"]
    assert "| judged again by | math-verify 0.9.0 |" in texts["dataset"]
    assert "a function of the makers could refuse some: `form.py:tidy`." in texts["dataset"]
    assert (
        "final answer and by functions of the makers, `form.py:tidy`; their reasoning was" in texts["model"]
    )
    rules = "answers judged by rule, without executing anything"
    several = len(result["benchmarks"]) > 1
    assert ("" if several else "answers judged ") + "by `checks.py:judge`" in texts["model"]
    assert (rules in texts["model"]) == several
    assert "/home/me" not in texts["dataset"] + texts["model"]
    for _, text in render_cards(SECTION, run_folder):
        assert "of the makers" not in text and "judged again" not in text
