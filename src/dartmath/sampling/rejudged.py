"""rejudged_pool: a copy of a run directory whose samples were judged again.

The responses, their seeds and what they cost stay; verdicts and all that follows from them (pass
rates, what is still owed, suspects) are new. The copy is a run like any other: curated, reported, and
sampled on.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dartmath.manifest import write_manifest
from dartmath.queries.query import Query
from dartmath.sampling import policy
from dartmath.sampling.journal import JournalReader
from dartmath.sampling.journal_manifest import write_queries
from dartmath.sampling.journal_writer import JournalWriter
from dartmath.sampling.progress import PROGRESS
from dartmath.sampling.sample import Sample
from dartmath.sampling.schedule import Schedule
from dartmath.sampling.summary import conclude
from dartmath.sampling.tally import Tally

_FLUSH = 4096


@contextmanager
def rejudged_pool(
    source: JournalReader, queries: Sequence[Query], folder: Path, changes: Mapping[str, Any]
) -> Iterator[Callable[[Sample], None]]:
    """A function that adds a sample of `source` with its new verdict to the new run in `folder`.

    `queries` are those of the source, with the verifiers that judge them now; `changes` go into the
    manifest. The folder, which must not be there yet, appears when all is written.
    """
    part = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    write_queries(part, queries)
    write_manifest(part, {**source.manifest, **changes, "queries": len(queries), "finished": False})
    if (source.folder / PROGRESS).is_file():
        shutil.copyfile(source.folder / PROGRESS, part / PROGRESS)
    section = source.section
    tally = Tally(len(queries), policy.pilot(section.policy))
    with JournalWriter(part, tally) as journal:
        yield _adder(journal, tally, queries)
        journal.finish()
    part.rename(folder)
    schedule = Schedule.of(section, tally)
    seconds = float(source.manifest.get("summary", {}).get("seconds", 0.0))
    stopped = None if schedule.done else "judged again"
    conclude(folder, queries, tally, schedule, seconds=seconds, stopped=stopped)


def _adder(journal: JournalWriter, tally: Tally, queries: Sequence[Query]) -> Callable[[Sample], None]:
    positions = {query.id: index for index, query in enumerate(queries)}

    def add(sample: Sample) -> None:
        tally.add(positions[sample.query_id], sample)
        journal.append(sample)
        if tally.total % _FLUSH == 0:
            journal.flush()

    return add
