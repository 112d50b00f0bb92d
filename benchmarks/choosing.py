"""CPU time and memory of choosing among the right responses of a large pool, one way after another.

    python benchmarks/choosing.py --samples 1000000 --queries 15000

The pool is that of `export_memory.py`: it is made as it is read, half of it is right, and responses have
1,900 characters. Each way runs in a process of its own: it reads the pool, takes half of the right responses
of each query, and says what that did. The last column is the time in terms of trial order's.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from typing import Any

from export_memory import MadeJournal

from dartmath.base.section import validate
from dartmath.base.terminal import print_table
from dartmath.curation.config import CurationSection
from dartmath.curation.effect import effect_of
from dartmath.curation.run import prepared_pools, select_sized
from dartmath.curation.select import count_rows

CASES: dict[str, dict[str, Any]] = {
    "first": {},
    "random": {"choose": {"kind": "random"}},
    "shortest": {"choose": {"kind": "shortest"}},
    "length": {"choose": {"kind": "length"}},
    "diverse": {"choose": {"kind": "diverse"}},
    "diverse, equations": {"choose": {"kind": "diverse", "features": "equations"}},
    "mmr": {"choose": {"kind": "mmr"}},
    "equal by notation": {"duplicates": "notation"},
    "near duplicates": {"duplicates": "near"},
}


def measure(name: str, samples: int, queries: int) -> tuple[str, int, float, float, str]:
    """(name, rows, CPU seconds, peak GB, distance of two rows) of one way."""
    start = time.process_time()
    trials = samples // queries
    policy = {"kind": "uniform", "k": trials // 4, "cap": trials}
    section = validate(CurationSection, {**CASES[name], "policy": policy}, where=name)
    journal = MadeJournal(samples, queries)
    pools, _ = prepared_pools(journal, section)
    assert section.policy is not None
    _, selections = select_sized(pools, section.policy, section)
    effect = effect_of(section.choice, selections)
    distance = f"{effect.distance:.2f}" if effect and effect.distance is not None else ""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return name, count_rows(selections), time.process_time() - start, memory, distance


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=15_000)
    parser.add_argument("--only", nargs="+", choices=list(CASES), default=list(CASES))
    given = parser.parse_args()
    # A fresh process for each, so that its peak of memory is its own.
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        found = [pool.apply(measure, (name, given.samples, given.queries)) for name in given.only]
    rows = [
        (name, f"{count:,}", f"{seconds:.0f}", f"{memory:.2f}", distance, f"{seconds / found[0][2]:.1f}x")
        for name, count, seconds, memory, distance in found
    ]
    title = f"Choosing in a pool of {given.samples:,} samples of {given.queries:,} queries"
    print_table(title, ("way", "rows", "CPU s", "peak GB", "distance", "of reading"), rows)


if __name__ == "__main__":
    main()
