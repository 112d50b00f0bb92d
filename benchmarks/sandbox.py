"""Time of the sandbox: first block, next blocks, and a response of several, beside replaying.

    python benchmarks/sandbox.py

The rival is what one writes first: for every block a new interpreter that replays all blocks of
the response, without any isolation. Times are medians in milliseconds of wall time. A second table has
the CPU time that an interpreter has used by the end of its first block: what starting it costs, and what
modules do that the block imports.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from dartmath.base.terminal import print_table
from dartmath.tools import Sandbox, find_isolation

LIGHT = ["x = 2", "x ** 10", "sum(range(1000))", "print(x)"]
HEAVY = ["import sympy\ny = sympy.Symbol('y')", "sympy.factor(y**4 - 1)", "sympy.solve(y**2 - 2)", "print(y)"]


def isolated(blocks: Sequence[str]) -> None:
    """All blocks of a response in one sandbox."""
    with Sandbox() as sandbox:
        for block in blocks:
            result = sandbox.run(block)
            assert result.outcome == "ok", result


def replayed(blocks: Sequence[str]) -> None:
    """Each block in a new interpreter, after all those before it."""
    for end in range(1, len(blocks) + 1):
        code = "\n".join(blocks[:end])
        subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True)


STARTS = (
    ("nothing", ""),
    (
        "modules of Python's own",
        "import collections, datetime, decimal, fractions, itertools, math, random, re",
    ),
    ("numpy", "import numpy"),
    ("sympy", "import sympy"),
)
USED = "import resource as _r; _u = _r.getrusage(_r.RUSAGE_SELF); print(_u.ru_utime + _u.ru_stime)"


def started(code: str, repeats: int) -> str:
    """Median CPU milliseconds of an interpreter until its first block, which runs `code`, is over."""
    times = []
    for _ in range(repeats):
        with Sandbox() as sandbox:
            result = sandbox.run(f"{code}\n{USED}")
            if result.outcome != "ok":
                return "not installed"
            times.append(1000 * float(result.output))
    return f"{statistics.median(times):.0f}"


def milliseconds(function: Callable[[Sequence[str]], None], blocks: Sequence[str], repeats: int) -> float:
    """Median wall time of one call."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function(blocks)
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def next_block(repeats: int) -> float:
    """Median wall time of a small block in an interpreter that runs."""
    with Sandbox() as sandbox:
        sandbox.run("x = 2")
        return statistics.median(1000 * sandbox.run("x ** 10").seconds for _ in range(repeats))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    found = find_isolation()
    rows: list[tuple[str, str, str]] = [
        (
            "first block",
            f"{milliseconds(isolated, LIGHT[:1], repeats):.1f}",
            f"{milliseconds(replayed, LIGHT[:1], repeats):.1f}",
        ),
        ("each next block", f"{next_block(20 * repeats):.2f}", "-"),
    ]
    for name, blocks in (("four light blocks", LIGHT), ("four blocks with sympy", HEAVY)):
        ours, theirs = milliseconds(isolated, blocks, repeats), milliseconds(replayed, blocks, repeats)
        rows.append((name, f"{ours:.1f}", f"{theirs:.1f}"))
    print_table(
        f"Milliseconds ({found.tool}, as {found.mode})", ("", "sandbox", "replay, not isolated"), rows
    )
    starts = [(name, started(code, repeats)) for name, code in STARTS]
    print_table("CPU milliseconds of a first block", ("it imports", "used by its end"), starts)


if __name__ == "__main__":
    main()
