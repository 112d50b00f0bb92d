"""A whole run: one process at a time, and a recipe beside the results that made them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dartmath.errors import JournalError
from dartmath.pipeline import RunFolders, run_recipe, template_warning
from dartmath.recipe import Recipe, load_recipe
from dartmath.run_lock import RunLock
from sampling.simulated import QA, SimulatedEngine, run


def recipe_in(folder: Path) -> Recipe:
    return load_recipe("tiny", {"run": str(folder)})


def test_one_process_runs_into_a_folder(smollm2: str, tmp_path: Path) -> None:
    with RunLock(tmp_path), pytest.raises(JournalError, match="another process is writing to"):
        run_recipe(recipe_in(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_the_recipe_is_written_once_when_sampling_has_accepted_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders, seen = RunFolders(tmp_path), []

    def look(*_: object, **__: object) -> None:
        seen.append((folders.recipe.read_text(), folders.recipe.stat().st_ino))

    for stage in ("run_sample", "run_curate", "run_evaluate", "run_train", "run_report"):
        monkeypatch.setattr(f"dartmath.pipeline.{stage}", look)
    monkeypatch.setattr("dartmath.pipeline.check_recipe", lambda recipe: None)
    recipe = recipe_in(tmp_path)
    for before in ("", "another recipe"):
        seen.clear()
        if before:
            folders.recipe.write_text(before)
        run_recipe(recipe)
        assert seen[0][0] == (before or recipe.to_yaml())
        assert {text for text, _ in seen[1:]} == {recipe.to_yaml()}
        assert len({file for _, file in seen[1:]}) == 1


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
