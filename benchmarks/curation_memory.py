"""Memory and CPU time of curation from a large pool: reading it, selecting, and writing the rows.

    python benchmarks/curation_memory.py --rows 600000

The pool is made as it is read, so that what is measured is curation alone: responses of 1,900
characters (the paper's mean of 480 tokens), half of them correct, in the order in which a run
finishes them.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from dartmath.base.terminal import print_table
from dartmath.curation.bands import band_of
from dartmath.curation.export import rows_of, write_rows
from dartmath.curation.pool import read_pool
from dartmath.curation.select import count_rows, select
from dartmath.queries.query import Query
from dartmath.sampling.policy import Uniform
from dartmath.sampling.sample import Sample
from dartmath.verify.contract.outcome import Outcome

K = 40
CHARACTERS = 1900


class MadeJournal:
    """2 K trials of each query, every other one correct."""

    manifest: dict[str, Any] = {}

    def __init__(self, queries: int) -> None:
        self._queries = [Query(f"{i:016x}", "made/up", f"What is {i}?", ("1",)) for i in range(queries)]

    def queries(self) -> list[Query]:
        """The queries."""
        return self._queries

    def samples(self, outcomes: Collection[Outcome] | None = None) -> Iterator[Sample]:
        """Trial after trial over all queries, as a stream finishes them."""
        for trial in range(2 * K):
            outcome = Outcome.CORRECT if trial % 2 else Outcome.WRONG
            if outcomes is not None and outcome not in outcomes:
                continue
            for query in self._queries:
                text = f"{query.id} {trial} ".ljust(CHARACTERS, "x")
                yield Sample(query.id, trial, text, "stop", 90, 480, trial, outcome, "1")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=600_000)
    journal = MadeJournal(parser.parse_args().rows // K)
    rows: list[tuple[object, ...]] = []
    start = time.process_time()
    pools = read_pool(journal)
    rows.append(("read the pool", f"{2 * K * len(pools):,} samples", *_spent(start)))
    start = time.process_time()
    selections = select(pools, Uniform(k=K, cap=2 * K))
    rows.append(("select", f"{count_rows(selections):,} rows", *_spent(start)))
    start = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        bands = band_of([s.pool.query for s in selections])
        path = write_rows(rows_of(journal, selections, bands, Path(folder)), Path(folder), "parquet")
        rows.append(("write Parquet", f"{path.stat().st_size / 2**20:.0f} MiB", *_spent(start)))
    print_table("Curation of a large pool", ("step", "size", "CPU s", "peak memory, MiB"), rows)


def _spent(start: float) -> tuple[str, str]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{time.process_time() - start:.0f}", f"{peak:.0f}"


if __name__ == "__main__":
    main()
