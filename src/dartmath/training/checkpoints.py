"""Checkpoints: which are whole, and where a run goes on.

A checkpoint counts only when its marker is there, written durably after all of its files by the
main process, once every process has saved its part, and its marker is the first of them to go. So a
kill in the middle of a save, or of a removal, costs the steps since the checkpoint before, never the run.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from dartmath.base.files import sync, write_text

_MARKER = "whole.json"
_PREFIX = "checkpoint-"
# The newest, and the one before it, in case the newest cannot be read.
_KEPT = 2


def checkpoint_folder(out: Path) -> Path:
    """Where the checkpoints of the run in `out` are."""
    return out / "checkpoints"


def newest_checkpoint(folder: Path) -> Path | None:
    """The newest whole checkpoint in `folder`; None when there is none."""
    return max(_whole(folder), key=step_of, default=None)


def remove_broken(folder: Path) -> list[Path]:
    """Delete the checkpoints that a kill left half-written, or half-removed; returns them."""
    broken = sorted({*_checkpoints(folder)} - {*_whole(folder)}, key=step_of)
    for path in broken:
        shutil.rmtree(path)
    return broken


def remove_older(folder: Path, best: str | None) -> None:
    """Delete the oldest whole checkpoints until two are left; never the newest, nor the one called `best`."""
    whole = sorted(_whole(folder), key=step_of)
    spare = [path for path in whole[:-1] if path.name != best]
    for path in spare[: max(0, len(whole) - _KEPT)]:
        _remove(path)


def remove_checkpoints(folder: Path) -> None:
    """Delete all checkpoints, those of a finished run, and their folder."""
    for path in _whole(folder):
        _remove(path)
    shutil.rmtree(folder, ignore_errors=True)


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


def _remove(checkpoint: Path) -> None:
    (checkpoint / _MARKER).unlink()
    sync(checkpoint)
    shutil.rmtree(checkpoint)


def _whole(folder: Path) -> list[Path]:
    return [path for path in _checkpoints(folder) if (path / _MARKER).is_file()]


def _checkpoints(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [p for p in folder.iterdir() if p.is_dir() and p.name.removeprefix(_PREFIX).isdigit()]
