"""Memory and CPU time of exports from a large pool, one kind after another, each in a process of its own.

    python benchmarks/export_memory.py --samples 1000000 --queries 15000

The pool is made as it is read, so that what is measured is the export alone: responses of 1,900 characters
(the paper's mean of 480 tokens) in the order in which a run finishes them, half of them correct.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from dartmath.base.terminal import print_table
from dartmath.curation.kept import KeptColumns
from dartmath.curation.pool import read_pool
from dartmath.curation.select import select
from dartmath.export.config import ExportSection
from dartmath.export.examples import Maker
from dartmath.export.formats import FORMATS
from dartmath.export.prompting import Prompting
from dartmath.export.write import write
from dartmath.prompts.template import load_template
from dartmath.queries.query import Query
from dartmath.sampling.policy import Uniform
from dartmath.sampling.sample import Sample
from dartmath.verify.outcome import Outcome

WORDS = [f"word{i}" for i in range(500)]
CASES = [
    ("messages", ".parquet", {}),
    ("preference", ".parquet", {"pairs": 8}),
    ("preference", ".parquet", {"pairs": 8, "rejected": "near"}),
    ("kto", ".jsonl", {"pairs": 8}),
    ("verl", ".parquet", {}),
]


class MadeJournal:
    """A pool in which every other trial is correct; wrong answers are one of five."""

    manifest: dict[str, Any] = {}

    def __init__(self, samples: int, queries: int) -> None:
        self._queries = [Query(f"{i:016x}", "made/up", f"What is {i}?", ("1",)) for i in range(queries)]
        self._trials = samples // queries
        draw = random.Random(0)
        self._tails = [" ".join(draw.choices(WORDS, k=270)) for _ in range(97)]

    def queries(self) -> list[Query]:
        """The queries."""
        return self._queries

    def samples(self, outcomes: Collection[Outcome] | None = None) -> Iterator[Sample]:
        """Trial after trial over all queries, as a stream finishes them."""
        for trial in range(self._trials):
            outcome = Outcome.CORRECT if trial % 2 else Outcome.WRONG
            if outcomes is not None and outcome not in outcomes:
                continue
            for place, query in enumerate(self._queries):
                text = f"{query.id} {trial} {self._tails[(place + 7 * trial) % 97]}"
                answer = "1" if trial % 2 else str(2 + trial % 5)
                yield Sample(query.id, trial, text, "stop", 90, 480, trial, outcome, answer)


def measure(name: str, suffix: str, settings: dict[str, Any], size: tuple[int, int]) -> tuple[object, ...]:
    """A row of the table."""
    start = time.process_time()
    journal = MadeJournal(*size)
    pools = read_pool(journal)
    trials = size[0] // size[1]
    selections = select(pools, Uniform(k=trials, cap=trials))
    kept = KeptColumns((s.pool.query for s in selections), FORMATS[name].columns)
    with tempfile.TemporaryDirectory() as folder:
        maker = Maker(journal, selections, ExportSection(**settings), kept, 0, Path(folder))
        kinds = {"responses": maker.responses, "pairs": maker.pairs, "labels": maker.labels}
        examples = kinds.get(FORMATS[name].kind, maker.queries)()
        prompting = Prompting(load_template("chat"))
        path = Path(folder) / f"rows{suffix}"
        count = write((FORMATS[name].row(one, prompting) for one in examples), path, kept.schema())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    shown = " ".join([name, *(f"{key}={value}" for key, value in settings.items())])
    return shown, f"{count:,}", f"{time.process_time() - start:.1f}", f"{memory:.2f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=15_000)
    given = parser.parse_args()
    size = (given.samples, given.queries)
    # A fresh process for each, so that its peak of memory is its own.
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        rows = [pool.apply(measure, (*case, size)) for case in CASES]
    title = f"Exports of a pool of {given.samples:,} samples of {given.queries:,} queries"
    print_table(title, ("export", "rows", "CPU s", "peak GB"), rows)


if __name__ == "__main__":
    main()
