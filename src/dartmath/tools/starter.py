"""Starter: the one thread that starts sandboxes.

The kernel ends a sandbox with the *thread* that started it (PR_SET_PDEATHSIG, which bubblewrap sets so that
none outlives this program): a thread of the caller's may be gone long before the sandbox is done with.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

T = TypeVar("T")


def in_lasting_thread(function: Callable[[], T]) -> T:
    """What `function` returns or raises, called in a thread that lives as long as this process."""
    return _thread(os.getpid()).submit(function).result()


@cache
def _thread(pid: int) -> ThreadPoolExecutor:
    # A process that was forked off has none of its parent's threads: each has its own.
    return ThreadPoolExecutor(1, thread_name_prefix="sandbox-starter")
