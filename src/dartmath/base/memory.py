"""How much memory this process may still take, which in a container is less than the machine has."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")
# From malloc.h; and the size of a block that goes back, above those of a step's small activations.
_M_MMAP_THRESHOLD = -3
_LARGE = 2 << 20


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


def return_large_blocks() -> None:
    """Have every large block of memory go back to the system as soon as it is freed.

    glibc raises the size from which it does so with every block that is freed, up to 32 MiB, and keeps
    smaller ones in the heap of the thread that asked: a cache that grows leaves its old buffers there, three
    times its size. Elsewhere than with glibc nothing changes.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
