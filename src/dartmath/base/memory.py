"""How much memory this process may still take, which in a container is less than the machine has."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")


def available_memory(folder: Path = _CGROUP) -> int:
    """Bytes that can be had without swapping: the machine's, or what a container's limit leaves of them.

    `folder` is where the control group of this process is mounted (version 2, as in containers).
    """
    import psutil

    free = int(psutil.virtual_memory().available)
    with suppress(OSError, ValueError):
        limit = int((folder / "memory.max").read_text())
        used = int((folder / "memory.current").read_text())
        # Pages of files are given up when memory is asked for.
        cached = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        return max(0, min(free, limit - used + int(cached.get("inactive_file", 0))))
    return free
