"""A whole run: one process at a time, and a recipe beside the results that made them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from dartmath.base.errors import JournalError
from dartmath.base.ownership import owner_of, write_owned
from dartmath.base.run_lock import RunLock
from dartmath.pipeline.stages import RunFolders, run_recipe, run_sample, template_warning
from dartmath.prompts.template import load_template
from dartmath.queries.config import QuerySource
from dartmath.recipe import Recipe, load_recipe, with_keys
from pipeline.material import smallest_recipe
from sampling.simulated import QA, SimulatedEngine, run


def recipe_in(folder: Path) -> Recipe:
    return load_recipe("tiny", {"run": str(folder)})


def test_what_is_odd_in_the_references_is_said_before_anything_is_sampled_and_not_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = smallest_recipe(tmp_path)
    rows = [{"query": "3 + 4?", "reference": "7"}, {"query": "3 + 4?", "reference": "8"}]
    rows += [{"query": f"Is {n} even?", "reference": "no" if n % 2 else "yes"} for n in range(40)]
    (tmp_path / "odd.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    queries = [QuerySource(dataset=str(tmp_path / "odd.jsonl"))]
    odd = recipe.model_copy(update={"queries": queries})
    said = [
        "2 queries have the same problem and different references",
        "many correct responses will be lucky",
    ]
    for expected in (True, False):
        run_sample(odd, load_template("qa"), tmp_path / "sample")
        stderr = capsys.readouterr().err
        assert [text in stderr for text in said] == [expected, expected]


def test_a_stage_that_will_not_fit_is_told_before_anything_is_sampled_and_not_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    training = {"model": "mistralai/Mistral-7B-v0.1"}
    recipe = with_keys(smallest_recipe(tmp_path), {"training": training}, where="test")
    for expected in (True, False):
        run_sample(recipe, load_template("qa"), tmp_path / "sample")
        assert ("train takes about" in capsys.readouterr().err) is expected


def test_one_process_runs_into_a_folder(smollm2: str, tmp_path: Path) -> None:
    with RunLock(tmp_path), pytest.raises(JournalError, match="another process is writing to"):
        run_recipe(recipe_in(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_the_recipe_is_written_once_when_sampling_has_accepted_it(tmp_path: Path) -> None:
    recipe, folders = smallest_recipe(tmp_path), RunFolders(tmp_path / "run")
    run_recipe(recipe)
    first = folders.recipe.stat()
    assert folders.recipe.read_text().startswith(recipe.to_yaml())
    assert owner_of(folders.recipe) == ("dartmath", "the run")
    assert first.st_mtime_ns <= (folders.sample / "queries.jsonl").stat().st_mtime_ns

    shutil.rmtree(folders.dataset)  # so that there is something to do
    run_recipe(recipe)
    assert folders.recipe.stat() == first

    shutil.rmtree(folders.dataset)
    folders.recipe.unlink()
    write_owned(folders.recipe, "another recipe", of="the run")
    run_recipe(recipe)
    assert folders.recipe.read_text().startswith(recipe.to_yaml())
    assert folders.recipe.stat().st_mtime_ns <= (folders.dataset / "train.parquet").stat().st_mtime_ns


def test_a_recipe_that_somebody_edited_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe, folders = smallest_recipe(tmp_path), RunFolders(tmp_path / "run")
    folders.root.mkdir()
    folders.recipe.write_text("edited")
    run_recipe(recipe)
    assert folders.recipe.read_text() == "edited"
    assert "differs from the recipe given" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        ({"stage": "train", "template": {"name": "qa", "hash": QA.hash}}, ""),
        ({"stage": "train", "template": {"name": "alpaca", "hash": "0"}}, "to match: --set template=alpaca"),
        ({"stage": "train", "template": {"name": "qa", "hash": "0"}}, "another 'qa' (0)"),
        ({"name": "a web page", "template": "wide"}, ""),
    ],
)
def test_a_model_knows_its_template(manifest: dict[str, Any], says: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    warning = template_warning(str(tmp_path), QA)
    assert (says in warning) if warning else not says


def test_a_recipe_that_is_refused_leaves_no_trace(smollm2: str, tmp_path: Path) -> None:
    folders = RunFolders(tmp_path)
    run(folders.sample, SimulatedEngine(), recipe_in(tmp_path).sampling, count=3)
    folders.recipe.write_text("what made the samples")
    with pytest.raises(JournalError, match="was sampled with other settings"):
        run_recipe(recipe_in(tmp_path))
    assert folders.recipe.read_text() == "what made the samples"
