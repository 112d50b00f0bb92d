"""The processors this process may use."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import os
from dartmath.base.cpus import available_cpus
mine = os.sched_getaffinity(0)
before = available_cpus()
os.sched_setaffinity(0, {min(mine)})
print(before == len(mine), available_cpus())
"""


@pytest.mark.skipif(not hasattr(__import__("os"), "sched_setaffinity"), reason="Linux has affinity masks")
def test_a_narrow_affinity_mask_counts() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "1"]
