"""The verbs curate, report and card on a run that the real stages made."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dartmath.base.errors import DataError
from dartmath.base.manifest import read_manifest
from dartmath.cli import app
from dartmath.sampling.policy import Prop2Diff
from report.made_run import make_sample


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "run"
    make_sample(folder / "sample", per_level=6)
    return folder


def dartmath(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_curate_prints_what_the_pool_lacks(run: Path, tmp_path: Path) -> None:
    shown = dartmath("curate", run / "sample", "--policy", "uniform", "--policy-k", 50, "--out", tmp_path)
    assert "The pool lacks" in shown and "level 4" in shown and "missing" in shown
    assert read_manifest(tmp_path)["config"]["policy"]["k"] == 50


def test_k_alone_keeps_the_rest_of_the_sampling_policy(run: Path, tmp_path: Path) -> None:
    dartmath("curate", run / "sample", "--policy-k", 3, "--out", tmp_path)
    policy = read_manifest(tmp_path)["summary"]["policy"]
    assert policy == Prop2Diff(k=3, pilot=8, cap=60).model_dump()


def test_json_is_the_summary_and_nothing_else(run: Path, tmp_path: Path) -> None:
    summary = json.loads(dartmath("curate", run / "sample", "--json", "--out", tmp_path))
    assert summary == read_manifest(tmp_path)["summary"]
    assert summary["rows"] == sum(band["rows"] for band in summary["bands"])


def test_compare_shows_three_policies_and_writes_nothing(run: Path) -> None:
    shown = dartmath("curate", run / "sample", "--compare", "--size", 40)
    assert "at 40 rows" in shown and "rank correlation 1.00" in shown
    assert not (run / "dataset").exists()


def test_cards_are_written_beside_what_they_describe(run: Path) -> None:
    dartmath("curate", run / "sample")
    dartmath("card", run, "--dataset-id", "me/sums", "--license", "mit")
    text = (run / "dataset" / "README.md").read_text()
    assert "# me/sums" in text and "license: mit" in text
    assert dartmath("card", run / "dataset", "--print").startswith("---\n")


def test_report_and_figure(run: Path, tmp_path: Path) -> None:
    dartmath("report", run, "--out", tmp_path / "r.html", "--title", "Sums <b>")
    assert "<h1>Sums &lt;b&gt;</h1>" in (tmp_path / "r.html").read_text()
    dartmath("report", run, "--figure", tmp_path / "f.svg")
    assert (tmp_path / "f.svg").read_text().startswith("<svg")


@pytest.mark.parametrize("verb", ["curate", "report", "card"])
def test_a_folder_that_is_no_output_is_named(verb: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=str(tmp_path)):
        dartmath(verb, tmp_path)


def test_what_the_recipe_of_a_run_says_and_does_not_hold_is_told(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(run / "sample", folder / "sample")
    (folder / "recipe.yaml").write_text(
        "name: run\nmodel: {name: m}\nqueries: [{dataset: gsm8k/train}]\n"
        "curation: {hinted_share: 0.5, decontaminate: [gsm8k/test]}\n"
    )
    told = CliRunner().invoke(
        app, ["curate", str(folder), "--hinted-share", "0.1", "--out", str(tmp_path / "a")]
    )
    assert "has decontaminate, which does not hold here; --recipe" in " ".join(told.stderr.split())
    (folder / "recipe.yaml").write_text("name: run\nmodel: {name: m}\nqueries: [{dataset: gsm8k/train}]\n")
    told = CliRunner().invoke(app, ["curate", str(folder), "--out", str(tmp_path / "b")])
    assert "does not hold" not in told.stderr
