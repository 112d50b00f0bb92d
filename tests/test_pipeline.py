"""A whole run: one process at a time, and a recipe beside the results that made them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dartmath.errors import JournalError
from dartmath.pipeline import RunFolders, run_recipe
from dartmath.recipe import Recipe, load_recipe
from dartmath.run_lock import RunLock
from sampling.simulated import SimulatedEngine, run


def recipe_in(folder: Path) -> Recipe:
    return load_recipe("tiny", {"run": str(folder)})


def test_one_process_runs_into_a_folder(smollm2: str, tmp_path: Path) -> None:
    with RunLock(tmp_path), pytest.raises(JournalError, match="another process is writing to"):
        run_recipe(recipe_in(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_a_recipe_that_is_refused_leaves_no_trace(smollm2: str, tmp_path: Path) -> None:
    folders = RunFolders(tmp_path)
    run(folders.sample, SimulatedEngine(), recipe_in(tmp_path).sampling, count=3)
    folders.recipe.write_text("what made the samples")
    with pytest.raises(JournalError, match="was sampled with other settings"):
        run_recipe(recipe_in(tmp_path))
    assert folders.recipe.read_text() == "what made the samples"
