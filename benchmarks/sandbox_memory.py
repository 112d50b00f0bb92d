"""Memory of many responses with tools in flight: all that sandboxes hold, with the ledger and without.

    python benchmarks/sandbox_memory.py [--responses 512] [--megabytes 60]

Every response runs two blocks: the first fills some memory and keeps it, the second, after all others had
their first, asks whether it is still there. Memory is the sum over all processes below this one (proportional
set size, so that what is shared counts once) and over scratch folders, looked at four times a second.
"""

from __future__ import annotations

import argparse
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dartmath.base.cpus import available_cpus
from dartmath.base.file_limit import raise_file_limit
from dartmath.base.terminal import print_table
from dartmath.tools import Sandbox, ToolsSection
from dartmath.tools.ledger import Ledger

MIB = 2**20


def below(pid: int) -> list[int]:
    """All processes below one."""
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    except OSError:
        return found  # it ended meanwhile
    return found + [grandchild for child in found for grandchild in below(child)]


def held() -> int:
    """Bytes of all processes below this one."""
    total = 0
    for pid in below(os.getpid()):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
    return total


class Watch:
    """The most memory that was seen while it is open."""

    def __init__(self) -> None:
        self.most = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._done.wait(0.25):
            self.most = max(self.most, held())

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._done.set()
        self._thread.join()


def measure(responses: int, section: ToolsSection, megabytes: int) -> tuple[str, ...]:
    """One row: what was held, how many kept their variables, and the time."""
    ledger, started = Ledger(section), time.perf_counter()
    sandboxes = [Sandbox(section=section) for _ in range(responses)]
    with ThreadPoolExecutor(max(4, available_cpus())) as threads, Watch() as watch:
        list(threads.map(lambda one: ledger.run(one, f"kept = bytearray({megabytes * MIB})"), sandboxes))
        answers = list(threads.map(lambda one: ledger.run(one, "'kept' in globals()").output, sandboxes))
        list(threads.map(ledger.close, sandboxes))
    kept = sum(answer.strip() == "True" for answer in answers)
    seconds = time.perf_counter() - started
    return f"{watch.most / MIB:,.0f}", f"{kept} of {responses}", str(ledger.closed), f"{seconds:.1f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--responses", type=int, default=512)
    parser.add_argument("--megabytes", type=int, nargs="+", default=[0, 60])
    parser.add_argument("--total", type=int, nargs="+", default=[4096])
    options = parser.parse_args()
    raise_file_limit()
    rows = [
        (str(megabytes), f"{total:,}", *measure(options.responses, section, megabytes))
        for megabytes in options.megabytes
        for total in options.total
        for section in [ToolsSection(total_memory_mb=total)]
    ]
    columns = (
        "MiB kept by each",
        "total_memory_mb",
        "held at most, MiB",
        "kept variables",
        "closed",
        "seconds",
    )
    print_table(f"{options.responses} responses in flight", columns, rows)


if __name__ == "__main__":
    main()
