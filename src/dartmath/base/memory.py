"""How much memory this process may still take, in a container less than the machine has; and giving back."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

_CGROUP = Path("/sys/fs/cgroup")
# From malloc.h; and the size of a block that goes back: above those of a step of decoding, and below most
# gradients of a small model (those of 2 MiB took 60 MiB more in the demo's training).
_M_MMAP_THRESHOLD = -3
_LARGE = 1 << 20


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
    if mallopt := _of_glibc("mallopt"):
        mallopt(_M_MMAP_THRESHOLD, _LARGE)


def give_back_freed() -> None:
    """Give back what a model that is not needed any more leaves behind; the next one finds the room.

    Objects that hold each other live until they are looked for, glibc keeps what was freed in the heap of
    each thread, where no other thread uses it, and PyTorch's allocator of a GPU keeps it for itself.
    """
    gc.collect()
    if trim := _of_glibc("malloc_trim"):
        trim(0)
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()


def _of_glibc(name: str) -> Any:
    """A function of glibc's own; None with another library."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
