"""How far a run is, while it runs, where it stopped, and when it is finished."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from dartmath.base.run_lock import RunLock
from dartmath.pipeline.stages import RunFolders, run_recipe
from dartmath.pipeline.standing import stages_of_run
from dartmath.recipe import with_keys
from pipeline.material import smallest_recipe

LATER = {"training": {"epochs": 1}, "evaluation": {"benchmarks": [{"dataset": "gsm8k/test"}]}}


def states(root: Path) -> dict[str, str]:
    return {one.name: one.state for one in stages_of_run(root)}


def test_every_stage_of_the_recipe_is_told_by_its_folder(tmp_path: Path) -> None:
    recipe, folders = smallest_recipe(tmp_path), RunFolders(tmp_path / "run")
    run_recipe(recipe)
    assert states(folders.root) == {"sample": "finished", "curate": "finished"}
    shutil.rmtree(folders.dataset)
    folders.recipe.write_text(with_keys(recipe, LATER, where="test").to_yaml())
    behind = dict.fromkeys(["curate", "evaluate before", "train", "evaluate after"], "not begun")
    assert states(folders.root) == {"sample": "finished", **behind}
    with RunLock(folders.root):
        assert states(folders.root) == {"sample": "finished", **behind, "curate": "running"}


def test_training_that_stopped_says_its_last_step(tmp_path: Path) -> None:
    recipe, folders = with_keys(smallest_recipe(tmp_path), LATER, where="test"), RunFolders(tmp_path)
    folders.recipe.write_text(recipe.to_yaml())
    folders.model.mkdir()
    (folders.model / "training_log.jsonl").write_text(json.dumps({"step": 1200, "loss": 0.5}) + "\n")
    (train,) = [one for one in stages_of_run(tmp_path) if one.name == "train"]
    assert (train.state, train.progress) == ("stopped", "step 1,200, loss 0.5000")
    assert train.to_json()["folder"] == str(folders.model)


def test_a_journal_alone_has_no_stages(tmp_path: Path) -> None:
    assert stages_of_run(tmp_path) == []
