"""The lock of a run directory: one writer at a time.

The lock is `flock` on `lock`, so the operating system frees it when its holder dies, kill -9
included. File systems without `flock` (Lustre mounted with `noflock`, some NFS) fall back to what the
holder wrote into the file: it is stale when that process is gone. Of another host that cannot be
known, and it counts as held, unless the holder was an earlier start of the same Slurm job: Slurm
starts a job again only when its previous start is over.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from dartmath.base.errors import JournalError
from dartmath.base.slurm import slurm_job

_FILE = "lock"
_UNSUPPORTED = {errno.ENOTSUP, errno.ENOLCK, errno.ENOSYS, errno.EINVAL}
# `is_locked` holds the lock for an instant, which must not refuse a writer that starts just then.
_TRIES, _PAUSE = 20, 0.05


class RunLock:
    """Held while a process writes to `folder`; a second one is refused with `JournalError`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        self._descriptor: int | None = None

    def __enter__(self) -> RunLock:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            self._acquire(descriptor)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(_self()).encode(), 0)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        # A forked worker would keep the lock alive after its parent was killed.
        os.register_at_fork(after_in_child=self._close)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
        self._close()

    def _acquire(self, descriptor: int) -> None:
        for _ in range(_TRIES):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(_PAUSE)
            except OSError as error:
                if error.errno not in _UNSUPPORTED:
                    raise
                if not _alive(read_holder(self._path)):
                    return
                break
            else:
                return
        raise JournalError(_refusal(self._path))

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def is_locked(folder: Path) -> bool:
    """Whether a living process writes to `folder`; leaves no trace."""
    try:
        descriptor = os.open(folder / _FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return _alive(read_holder(folder / _FILE))
    finally:
        os.close(descriptor)
    return False


def read_holder(path: Path) -> dict[str, Any]:
    """What the holder of the lock wrote about itself: pid, host, since; empty if nothing."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _self() -> dict[str, Any]:
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": since, **_slurm_job()}


def _slurm_job() -> dict[str, Any]:
    """What the lock says of the Slurm job of this process; empty outside Slurm."""
    job = slurm_job()
    return {"job": job.name, "restarts": job.restarts} if job else {}


def _refusal(path: Path) -> str:
    holder = read_holder(path)
    who = f"process {holder.get('pid', '?')} on {holder.get('host', '?')} since {holder.get('since', '?')}"
    stop = f"kill -INT {holder.get('pid', 'PID')}"
    if job := str(holder.get("job", "")).partition("@")[0]:
        who, stop = f"{who}, Slurm job {job}", f"scancel {job}"
    elif holder.get("host") not in (None, socket.gethostname()):
        stop = f"ssh {holder['host']} {stop}"
    if holder.get("host") not in (None, socket.gethostname()):
        stop += f" (if it is long gone: rm {path})"
    return f"another process is writing to {path.parent} ({who}); wait for it, or stop it with: {stop}"


def _alive(holder: dict[str, Any]) -> bool:
    """Whether the process that wrote the lock file still runs, as far as this host can know."""
    if not holder or _ended_with_its_job(holder):
        return False
    if holder.get("host") != socket.gethostname():
        return True
    try:
        os.kill(int(holder.get("pid", 0)), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _ended_with_its_job(holder: dict[str, Any]) -> bool:
    """Whether the holder was an earlier start of the Slurm job that this process belongs to."""
    mine = _slurm_job()
    if not mine or holder.get("job") != mine["job"]:
        return False
    restarts = holder.get("restarts")
    return isinstance(restarts, int) and restarts < mine["restarts"]
