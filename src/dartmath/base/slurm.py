"""The Slurm job of this process, which Slurm may start again and again."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from dartmath.base.errors import RunError
from dartmath.base.files import write_text

MOST_IDLE_RESTARTS = 5
"""How often in a row a job may be started again without anything new: one start may be pre-empted early."""

_FILE = "slurm-starts.json"


@dataclass(frozen=True, slots=True)
class SlurmJob:
    """A job as `id@cluster`, and how often Slurm has started it again."""

    name: str
    restarts: int

    @property
    def id(self) -> str:
        """What `scancel` and `scontrol` call it."""
        return self.name.partition("@")[0]


@dataclass(frozen=True, slots=True)
class _Start:
    """The newest start of a job: what was `done` when it began, and how many before it had as much."""

    job: str
    restarts: int
    done: int
    idle: int


def slurm_job() -> SlurmJob | None:
    """The job that this process belongs to; None outside Slurm."""
    job = os.environ.get("SLURM_JOB_ID")
    if not job:
        return None
    cluster = os.environ.get("SLURM_CLUSTER_NAME", "")
    return SlurmJob(f"{job}@{cluster}", int(os.environ.get("SLURM_RESTART_COUNT") or 0))


def check_progress(folder: Path, done: int, unit: str) -> None:
    """Refuse to go on where a job was started again and again and has brought nothing.

    What is stopped before it has anything to keep would otherwise be queued again without end. `done`
    counts the `unit`s that are kept in `folder`, where the newest start is noted, too. Raises
    `RunError` after `MOST_IDLE_RESTARTS` without a new one; outside Slurm it does nothing.
    """
    job = slurm_job()
    if job is None:
        return
    last, idle = _last_start(folder), 0
    if last and (last.job, last.done) == (job.name, done):
        idle = last.idle + (job.restarts > last.restarts)
    if idle >= MOST_IDLE_RESTARTS:
        (folder / _FILE).unlink()
        raise RunError(
            f"{idle} starts of Slurm job {job.id} in a row have added no {unit} to the {done} in {folder}; "
            "submit it anew with a longer --time, and a longer --signal if it was killed while it saved"
        )
    write_text(folder / _FILE, json.dumps(asdict(_Start(job.name, job.restarts, done, idle))) + "\n")


def _last_start(folder: Path) -> _Start | None:
    try:
        return _Start(**json.loads((folder / _FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
