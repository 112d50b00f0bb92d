"""CPU time and memory of decontamination: many queries against all local benchmarks.

    DARTMATH_DATA=DATA python benchmarks/decontamination.py --queries 600000

The queries are those of MATH train and GSM8K train with their numbers changed over and over, so
that they are as long and as varied as real ones, and none is a repeat.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import time
from collections.abc import Iterator

from dartmath.base.errors import MissingDependencyError
from dartmath.base.terminal import print_table
from dartmath.curation.decontaminate import decontaminate
from dartmath.queries import Query, QuerySource, load
from dartmath.queries.query import make_query
from dartmath.queries.registry import datasets


def varied(sources: list[Query], count: int) -> Iterator[Query]:
    """`count` queries: first the real ones, then copies with other numbers."""
    draw = random.Random(0)
    for place in range(count):
        query = sources[place % len(sources)]
        if place < len(sources):
            yield query
        else:
            text = re.sub(r"\d", lambda _: str(draw.randint(0, 9)), query.text)
            yield make_query("varied", f"{text} ({place})", query.references)


def benchmarks() -> list[str]:
    """The test sets whose rows are at hand."""
    found = []
    for name, dataset in datasets().items():
        if dataset.use == "test":
            try:
                load(QuerySource(dataset=name))
                found.append(name)
            except MissingDependencyError:
                pass
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=600_000)
    parser.add_argument("--similar", choices=("ignore", "list", "remove"), default="ignore")
    given = parser.parse_args()
    wanted = given.queries
    names = benchmarks()
    real = [q for name in ("math/train", "gsm8k/train") for q in load(QuerySource(dataset=name))]
    rows = []
    for count in sorted({len(real), wanted}):
        queries = list(varied(real, count))
        before, started = _peak(), time.process_time()
        found = decontaminate(queries, names, similar=given.similar)
        seconds = time.process_time() - started
        rows.append(
            (f"{count:,}", len(names), len(found["removed"]), f"{seconds:.0f}", f"{_peak() - before:.0f}")
        )
    columns = ("queries", "benchmarks", "removed", "CPU s", "more memory, MiB")
    print_table("Decontamination in one process", columns, rows)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
