"""Checkpoints: which are whole, and where a run goes on.

A checkpoint counts only when its marker is there, written durably after all of its files by the
main process, once every process has saved its part. So a kill in the middle of a save costs the
steps since the checkpoint before, never the run.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from dartmath.base.files import sync, write_text

_MARKER = "whole.json"
_PREFIX = "checkpoint-"


def checkpoint_folder(out: Path) -> Path:
    """Where the checkpoints of the run in `out` are."""
    return out / "checkpoints"


def newest_checkpoint(folder: Path) -> Path | None:
    """The newest whole checkpoint in `folder`; None when there is none."""
    whole = [path for path in _checkpoints(folder) if (path / _MARKER).is_file()]
    return max(whole, key=step_of, default=None)


def remove_broken(folder: Path) -> list[Path]:
    """Delete the checkpoints that a kill left half-written; returns them."""
    broken = [path for path in _checkpoints(folder) if not (path / _MARKER).is_file()]
    for path in broken:
        shutil.rmtree(path)
    return broken


def mark_whole(folder: Path, step: int) -> None:
    """Declare the checkpoint of `step` whole, after its files have reached the disk."""
    path = folder / f"{_PREFIX}{step}"
    for file in path.rglob("*"):
        if file.is_file():
            sync(file)
    write_text(path / _MARKER, f'{{"step": {step}}}\n')


def step_of(checkpoint: Path) -> int:
    """The optimiser step after which a checkpoint was made."""
    return int(checkpoint.name.removeprefix(_PREFIX))


def resume_step(out: Path) -> int:
    """The step after which the run in `out` goes on; 0 for one that begins."""
    found = newest_checkpoint(checkpoint_folder(out))
    return step_of(found) if found else 0


def _checkpoints(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [p for p in folder.iterdir() if p.is_dir() and p.name.removeprefix(_PREFIX).isdigit()]
