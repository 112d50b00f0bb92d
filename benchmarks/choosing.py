"""CPU time and memory of choosing among the right responses of a large pool, one way after another.

    python benchmarks/choosing.py --samples 1000000 --queries 15000

The pool is that of `export_memory.py`: it is made as it is read, half of it is right, and responses have
1,900 characters. Each way runs in a process of its own: it reads the pool, takes half of the right responses
of each query, and says what that did. The columns of cost are those of `export_memory.py`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from typing import Any

from export_memory import COST, MadeJournal, shown_cost

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


def measure(name: str, samples: int, queries: int) -> tuple[str, ...]:
    """A row of the table."""
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
    return name, f"{count_rows(selections):,}", distance, *shown_cost(time.process_time() - start)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=15_000)
    parser.add_argument("--only", nargs="+", choices=list(CASES), default=list(CASES))
    given = parser.parse_args()
    # A fresh process for each, so that its peak of memory is its own.
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        rows = [pool.apply(measure, (name, given.samples, given.queries)) for name in given.only]
    title = f"Choosing in a pool of {given.samples:,} samples of {given.queries:,} queries"
    print_table(title, ("way", "rows", "distance", *COST), rows)


if __name__ == "__main__":
    main()
