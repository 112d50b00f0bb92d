"""Memory and CPU time of exports from a large pool, one format after another, each in a process of its own.

    python benchmarks/export_memory.py --samples 1000000 --queries 15000

The pool is made as it is read, so that what is measured is the export alone: responses of 1,900 characters
(the paper's mean of 480 tokens) in twelve lines, four of which hold an equation, in the order in which a run
finishes them, half of them correct.

Large exports have worker processes (`dartmath.base.workers`). "Least s" is what two free cores take at least:
the time of the process itself, or half of all where that is more. The peak of memory counts all processes.
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

from dartmath.base.cpus import available_cpus
from dartmath.base.terminal import print_table
from dartmath.base.workers import MOST
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
from dartmath.verify.contract.outcome import Outcome

WORDS = [first + vowel + last for first in "bdfgklmnprst" for vowel in "aeiou" for last in ("n", "rd", "st")]
LINES, WORDS_OF_A_LINE, CORES = 12, 33, 2
SETTINGS: dict[str, list[dict[str, Any]]] = {
    "pairs": [{"pairs": 8}],
    "labels": [{"pairs": 8}],
    "steps": [{"pairs": 8}],
    "responses": [{}],
    "queries": [{}],
}
CASES = [(name, settings) for name, form in FORMATS.items() for settings in SETTINGS[form.kind]]
CASES += [("preference", {"pairs": 8, "rejected": "near"})]


def _tail(draw: random.Random) -> str:
    """Lines of words, of which every third has an equation."""
    lines = []
    for number in range(LINES):
        a, b = draw.randint(2, 99), draw.randint(2, 99)
        words = " ".join(draw.choices(WORDS, k=WORDS_OF_A_LINE))
        lines.append(f"{words} so that {a} * {b} = {a * b}." if number % 3 == 0 else f"{words}.")
    return "\n".join(lines)


class MadeJournal:
    """A pool in which every other trial is correct; wrong answers are one of five."""

    manifest: dict[str, Any] = {}

    def __init__(self, samples: int, queries: int) -> None:
        self._queries = [Query(f"{i:016x}", "made/up", f"What is {i}?", ("1",)) for i in range(queries)]
        self._trials = samples // queries
        draw = random.Random(0)
        self._tails = [_tail(draw) for _ in range(97)]

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
                text = f"{query.id} {trial}: 3 + 4 = 7. {self._tails[(place + 7 * trial) % 97]}"
                answer = "1" if trial % 2 else str(2 + trial % 5)
                yield Sample(query.id, trial, text, "stop", 90, 480, trial, outcome, answer)


def measure(name: str, settings: dict[str, Any], size: tuple[int, int]) -> tuple[object, ...]:
    """A row of the table."""
    start = time.process_time()
    journal = MadeJournal(*size)
    pools = read_pool(journal)
    trials = size[0] // size[1]
    selections = select(pools, Uniform(k=trials, cap=trials))
    kept = KeptColumns((s.pool.query for s in selections), FORMATS[name].columns)
    with tempfile.TemporaryDirectory() as folder:
        maker = Maker(journal, selections, ExportSection(**settings), kept, 0, Path(folder))
        examples = getattr(maker, FORMATS[name].kind)()
        prompting = Prompting(load_template("chat"))
        path = Path(folder) / f"rows{FORMATS[name].suffixes[0]}"
        count = write((FORMATS[name].row(one, prompting) for one in examples), path, kept.schema())
    shown = " ".join([name, *(f"{key}={value}" for key, value in settings.items())])
    return shown, f"{count:,}", *shown_cost(time.process_time() - start)


def shown_cost(own: float) -> tuple[str, str, str, str]:
    """CPU seconds of this process and of its workers, the least time on two cores, and the peak of memory."""
    of_workers = resource.getrusage(resource.RUSAGE_CHILDREN)
    helped = of_workers.ru_utime + of_workers.ru_stime
    # The largest child, as often as there may be one: an upper bound.
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    memory += of_workers.ru_maxrss * min(available_cpus(), MOST) if helped else 0
    least = max(own, (own + helped) / CORES)
    return f"{own:.1f}", f"{helped:.1f}", f"{least:.0f}", f"{memory / 1e6:.2f}"


COST = ("CPU s", "of workers", "least s", "peak GB")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=15_000)
    parser.add_argument("--only", nargs="+", choices=list(FORMATS), default=list(FORMATS))
    given = parser.parse_args()
    size = (given.samples, given.queries)
    # A fresh process for each, so that its peak of memory is its own.
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        rows = [pool.apply(measure, (*case, size)) for case in CASES if case[0] in given.only]
    title = f"Exports of a pool of {given.samples:,} samples of {given.queries:,} queries"
    print_table(title, ("export", "rows", *COST), rows)


if __name__ == "__main__":
    main()
