from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

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
from dartmath.report.cards import CARD, RESULTS, model_card
from dartmath.report.runs import find_runs
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


def _changed(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    read = json.loads(path.read_text())
    change(read)
    path.write_text(json.dumps(read))


def _scored(run: Path, **facts: Any) -> None:
    """Other facts of the benchmark that the model of a run was scored on."""
    _changed(run / "evaluation" / "after" / "result.json", lambda r: r["benchmarks"][0].update(facts))


def test_scores_of_other_models_are_not_the_models(whole_run: Path) -> None:
    """The run holds those of the base model too."""
    text = dict(render_cards(SECTION, whole_run))[whole_run / "model" / RESULTS]
    (entry,) = yaml.safe_load(text)
    after, before = (
        read_result(whole_run / "evaluation" / name).benchmarks[0].pass_at_1.value
        for name in ("after", "before")
    )
    assert entry["value"] == round(100 * after, 2) != round(100 * before, 2)


def test_a_set_of_ones_own_is_no_benchmark_of_the_hub(whole_run: Path) -> None:
    _scored(whole_run, dataset="me/mine", name="me/mine")
    assert whole_run / "model" / RESULTS not in dict(render_cards(SECTION, whole_run))


def test_a_benchmark_has_its_own_split(whole_run: Path) -> None:
    _scored(whole_run, dataset="olympiadbench/OE_TO_maths_en_COMP", queries=675)
    found = ModelCard(_model_card(whole_run)).data.eval_results
    assert [one.dataset_split for one in found] == ["train"]


@pytest.mark.parametrize(("queries", "said"), [(199, True), (200, False)])
def test_a_small_benchmark_is_a_limit(queries: int, said: bool, whole_run: Path) -> None:
    _scored(whole_run, dataset="me/mine", name="me/mine", queries=queries)
    assert (f"me/mine has {queries} queries only" in _model_card(whole_run)) is said


@pytest.mark.parametrize("policy", ["uniform", "prop2diff", "vrt"])
def test_only_sets_by_difficulty_are_tagged_so(policy: str, whole_run: Path) -> None:
    _changed(whole_run / "dataset" / "manifest.json", lambda m: m["summary"]["policy"].update(kind=policy))
    texts = [text for path, text in render_cards(SECTION, whole_run) if path.name == CARD]
    assert len(texts) == 2
    for text in texts:
        assert ("dart-math" in yaml.safe_load(text.split("---")[1])["tags"]) is (policy != "vrt")


@pytest.mark.parametrize(
    ("rows", "size"), [(999, "n<1K"), (1000, "1K<n<10K"), (590_705, "100K<n<1M"), (10**6, "1M<n<10M")]
)
def test_the_size_of_a_set_is_that_of_its_rows(rows: int, size: str, whole_run: Path) -> None:
    _changed(whole_run / "dataset" / "manifest.json", lambda m: m["summary"].update(rows=rows))
    text = next(text for path, text in render_cards(SECTION, whole_run) if path.parent.name == "dataset")
    assert DatasetCard(text).data.size_categories == size


def test_a_model_from_a_folder_has_no_base_on_the_hub(whole_run: Path) -> None:
    assert "base_model" not in yaml.safe_load(_model_card(whole_run).split("---")[1])
    _changed(whole_run / "model" / "manifest.json", lambda m: m["model"].update(name="me/base"))
    assert yaml.safe_load(_model_card(whole_run).split("---")[1])["base_model"] == "me/base"
    _changed(whole_run / "model" / "manifest.json", lambda m: m["model"].update(name="/models/a/base"))
    assert "base_model" not in yaml.safe_load(_model_card(whole_run).split("---")[1])


def test_the_text_of_a_template_that_has_changed_is_not_shown(whole_run: Path) -> None:
    assert "### Instruction:\n{query}" in _model_card(whole_run)
    _changed(whole_run / "model" / "manifest.json", lambda m: m["template"].update(hash="0" * 12))
    assert "### Instruction:\n{query}" not in _model_card(whole_run)


@pytest.mark.parametrize(("missing", "said"), [(0, False), (3, True)])
def test_queries_without_a_response_are_a_limit(missing: int, said: bool, whole_run: Path) -> None:
    manifest = whole_run / "dataset" / "manifest.json"
    _changed(manifest, lambda m: m["summary"].update(covered=m["summary"]["queries"] - missing))
    assert (f"\n* {missing} of " in _model_card(whole_run)) is said
    assert ("have no response in the set" in _model_card(whole_run)) is said


def test_what_has_not_finished_has_no_card(whole_run: Path) -> None:
    _changed(whole_run / "model" / "manifest.json", lambda m: m.update(finished=False))
    assert [path.parent.name for path, _ in render_cards(SECTION, whole_run)] == ["dataset"]
    (run,) = find_runs([whole_run])
    with pytest.raises(DataError, match="has not finished"):
        model_card(run, run.models[0], SECTION)


def test_the_recipe_of_a_card_is_what_its_user_wrote(whole_run: Path) -> None:
    written = {"name": "made", "model": {"name": "me/base"}, "seed": 7}
    (whole_run / "recipe.yaml").write_text(yaml.safe_dump(written))
    _, _, rest = _model_card(whole_run).partition("```yaml\n")
    assert yaml.safe_load(rest.partition("```")[0]) == written


def test_a_part_of_a_benchmark_never_stands_as_the_benchmark(cards: dict[str, Path]) -> None:
    card = ModelCard.load(cards["model"])
    assert card.data.eval_results is None
    assert "| math/test (80 of 5,000 queries) |" in card.text
    assert "The score on math/test is of a part of it: 80 of 5,000 queries." in card.text


def test_the_metadata_is_what_the_hubs_own_classes_write(cards: dict[str, Path], whole_run: Path) -> None:
    texts = [cards["model"].read_text(), cards["dataset"].read_text(), _model_card(whole_run)]
    for text, read in zip(texts, (ModelCard, DatasetCard, ModelCard), strict=True):
        assert read(text).data.to_yaml() == text.split("---")[1].strip()


def test_scores_of_one_benchmark_stand_together(whole_run: Path) -> None:
    again = Path(shutil.copytree(whole_run / "evaluation" / "after", whole_run / "evaluation" / "again"))
    result = json.loads((again / "result.json").read_text())
    result["section"]["trials"] = 8
    (again / "result.json").write_text(json.dumps(result))
    text = _model_card(whole_run)
    (entry,) = yaml.safe_load(text.split("---")[1])["model-index"][0]["results"]
    assert {one["name"] for one in entry["metrics"]} == {
        "Pass@1 (0-shot CoT)",
        "Pass@1, mean of 8 (0-shot CoT)",
    }
    assert ModelCard(text).data.to_yaml() == text.split("---")[1].strip()


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
