"""How many processors this process may use, which on a shared machine are fewer than there are."""

from __future__ import annotations

import os


def available_cpus() -> int:
    """Processors in this process's affinity mask, which Slurm and containers set; all where there is none."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
