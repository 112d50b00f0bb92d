"""kill -9 at any moment costs the steps since the last whole checkpoint, and changes nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.training.checkpoints import (
    checkpoint_folder,
    mark_whole,
    newest_checkpoint,
    remove_broken,
    step_of,
)
from dartmath.training.config import TrainingSection
from dartmath.training.job import is_finished
from dartmath.training.run import train
from training.changes import at_every_change
from training.material import examples, write_jsonl


def test_only_whole_checkpoints_count(tmp_path: Path) -> None:
    for step in (4, 8, 12):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(b"weights")
    mark_whole(tmp_path, 4)
    mark_whole(tmp_path, 8)
    (tmp_path / "checkpoint-notes").mkdir()
    assert newest_checkpoint(tmp_path) == tmp_path / "checkpoint-8"
    assert remove_broken(tmp_path) == [tmp_path / "checkpoint-12"]
    assert not (tmp_path / "checkpoint-12").exists()
    assert newest_checkpoint(tmp_path / "nowhere") is None


class Standing:
    """What a run that is killed at any moment would go on from, looked at again and again.

    `faults` says in words where that was less than before, or not whole.
    """

    def __init__(self, out: Path) -> None:
        self._out, self._files, self._step = out, dict[str, set[str]](), 0
        self.moments, self.faults = 0, list[str]()

    def look(self) -> None:
        """Look at what is on the disk now."""
        self.moments += 1
        if is_finished(self._out):
            return
        newest = newest_checkpoint(checkpoint_folder(self._out))
        step = step_of(newest) if newest else 0
        if step < self._step:
            self.faults.append(f"back from step {self._step} to step {step}")
        self._step = max(self._step, step)
        if newest:
            self._look_at(newest)

    def _look_at(self, newest: Path) -> None:
        files = {path.name for path in newest.iterdir() if not path.name.startswith(".")}
        if gone := self._files.setdefault(newest.name, files) - files:
            self.faults.append(f"{newest.name} counts without {sorted(gone)}")
        state = json.loads((newest / "trainer_state.json").read_text()) if not gone else {}
        best = state.get("best_model_checkpoint")
        if best and not (Path(best) / "whole.json").is_file():
            self.faults.append(f"{newest.name} names {best} as the best, which is not whole")


BEST = {"validation": {"steps": 1, "share": 0.2, "best": "loss"}}


@pytest.mark.parametrize("settings", [{}, BEST], ids=["last", "best"])
def test_at_every_change_of_a_file_the_run_can_go_on_after_its_newest_step(
    settings: dict[str, Any], tiny_llama: str, tmp_path: Path
) -> None:
    data, out = write_jsonl(tmp_path / "rows.jsonl", examples(20)), tmp_path / "out"
    base = {"max_steps": 5, "epochs": 9, "batch_size": 2, "max_length": 64, "save_steps": 1, **settings}
    # So large a rate that an early evaluation stays the best, while later checkpoints come and go.
    section = TrainingSection(**base, learning_rate=0.3, dtype="float32", too_long="truncate")
    standing = Standing(out)
    with at_every_change(standing.look):
        train(section, ModelSection(name=tiny_llama), load_template("qa"), [data], out, seed=1)
    assert standing.faults == []
    assert standing.moments > 100
    assert is_finished(out) and not checkpoint_folder(out).exists()


def test_what_a_kill_has_left_of_the_checkpoints_of_a_finished_run_is_removed(
    tiny_llama: str, tmp_path: Path
) -> None:
    data, out = write_jsonl(tmp_path / "rows.jsonl", examples(20)), tmp_path / "out"

    def again(**keys: Any) -> None:
        section = TrainingSection(max_steps=1, batch_size=2, max_length=256, dtype="float32", **keys)
        train(section, ModelSection(name=tiny_llama), load_template("qa"), [data], out, seed=1)

    again(keep_checkpoints=True)
    folder = checkpoint_folder(out)
    kept = sorted(folder.rglob("*"))
    assert newest_checkpoint(folder) == folder / "checkpoint-1"
    again()  # the run had been told to keep them
    assert sorted(folder.rglob("*")) == kept
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["config"]["keep_checkpoints"] = False
    (out / "manifest.json").write_text(json.dumps(manifest))
    again(keep_checkpoints=True)
    assert sorted(folder.rglob("*")) == kept
    again()
    assert not folder.exists()
