"""Memory that is free, in a container too, and what goes back to the system."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from dartmath.base.memory import available_memory

MIB = 2**20
# Blocks of growing size, as of a cache; every other one is freed, in a thread of its own.
FREE_HALF = """
import sys, threading
import numpy as np, psutil
from dartmath.base.memory import return_large_blocks
if sys.argv[1] == "returned":
    return_large_blocks()
def work():
    for size in range(1, 31):
        del_me = np.ones(size << 17)
        del del_me
    blocks = [np.ones(5 << 17) for _ in range(60)]
    before = psutil.Process().memory_info().rss
    del blocks[::2]
    print((before - psutil.Process().memory_info().rss) >> 20)
thread = threading.Thread(target=work)
thread.start()
thread.join()
"""

# Blocks below the size that goes back by itself, of a thread that has ended; every other one in a cycle.
LEAVE_HEAP = """
import gc, threading
import numpy as np, psutil
from dartmath.base.memory import give_back_freed, return_large_blocks
return_large_blocks()
gc.disable()
class Holder:
    pass
def work():
    blocks = [np.ones(1 << 16) for _ in range(600)]
    for block in blocks[::2]:
        holder = Holder()
        holder.itself, holder.block = holder, block
thread = threading.Thread(target=work)
thread.start()
thread.join()
before = psutil.Process().memory_info().rss
give_back_freed()
print((before - psutil.Process().memory_info().rss) >> 20)
"""


def limited(folder: Path, limit: str, used: int, inactive: int = 0) -> Path:
    """A control group as it shows itself."""
    (folder / "memory.max").write_text(f"{limit}\n")
    (folder / "memory.current").write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon {used}\ninactive_file {inactive}\n")
    return folder


def test_the_limit_of_a_container_counts_without_the_pages_of_files(tmp_path: Path) -> None:
    assert available_memory(limited(tmp_path, str(200 * MIB), 150 * MIB, 40 * MIB)) == 90 * MIB
    assert available_memory(limited(tmp_path, str(200 * MIB), 230 * MIB)) == 0


@pytest.mark.parametrize("limit", ["max", str(2**62)])
def test_without_a_limit_it_is_what_the_machine_has(tmp_path: Path, limit: str) -> None:
    free = available_memory(limited(tmp_path, limit, 0))
    assert 0 < free <= psutil.virtual_memory().total


@pytest.mark.skipif(sys.platform != "linux", reason="of glibc alone")
def test_large_blocks_go_back_when_they_are_freed() -> None:
    freed = {
        kind: int(subprocess.check_output([sys.executable, "-c", FREE_HALF, kind], text=True))
        for kind in ("kept", "returned")
    }
    assert freed["returned"] >= 140 > freed["kept"]


@pytest.mark.skipif(sys.platform != "linux", reason="of glibc alone")
def test_what_a_thread_and_cycles_of_objects_left_behind_is_given_back() -> None:
    freed = int(subprocess.check_output([sys.executable, "-c", LEAVE_HEAP], text=True))
    assert freed >= 280, "of 300 MiB"
