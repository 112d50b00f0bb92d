"""How far a whole run is: each of its stages, by what lies in its folder. Reads only."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from dartmath.base.manifest import read_manifest
from dartmath.base.run_lock import is_locked
from dartmath.base.text import counted
from dartmath.pipeline.stages import RunFolders, stage_folders
from dartmath.recipe import load_recipe

State = Literal["finished", "running", "stopped", "not begun"]


@dataclass(frozen=True, slots=True)
class StageStanding:
    """A stage of a run: its folder, its state, and how far it is, for people; empty where nobody knows."""

    name: str
    folder: Path
    state: State
    progress: str

    def to_json(self) -> dict[str, Any]:
        """A JSON-serialisable dictionary."""
        return {**asdict(self), "folder": str(self.folder)}


def stages_of_run(root: Path) -> list[StageStanding]:
    """The stages of the run in `root`, in their order; none where no recipe ran, or a study.

    Raises what `load_recipe` raises for a recipe in it that was damaged.
    """
    folders = RunFolders(root)
    if not folders.recipe.is_file():
        return []
    recipe = load_recipe(str(folders.recipe))
    running, found = is_locked(root), []
    for name, folder in stage_folders(recipe, folders).items() if recipe.study is None else ():
        state = _state(folder, running=running)
        # Stages run one after another: the first that is not finished is the one at work.
        running = running and state == "finished"
        found.append(StageStanding(name, folder, state, _progress(folder)))
    return found


def _state(folder: Path, *, running: bool) -> State:
    if (folder / "manifest.json").is_file() and read_manifest(folder).get("finished"):
        return "finished"
    if running:
        return "running"
    return "stopped" if folder.is_dir() and any(folder.iterdir()) else "not begun"


def _progress(folder: Path) -> str:
    """The last step of training, or the responses of an evaluation so far."""
    from dartmath.sampling.journal import JournalReader
    from dartmath.training.log import read_log

    if log := read_log(folder):
        return f"step {log[-1]['step']:,}, loss {log[-1]['loss']:.4f}"
    samples = folder / "samples"
    if (samples / "manifest.json").is_file():
        tally = JournalReader(samples).tally()
        return f"{counted(tally.total, 'response')} to {counted(len(tally.trials), 'query', 'queries')}"
    return ""
