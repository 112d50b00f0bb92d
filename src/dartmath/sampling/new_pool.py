"""new_pool: a run directory whose samples are there already, from another run or from elsewhere.

What follows from the samples (pass rates, what is still owed, suspects) is counted as they come in.
The result is a run like any other: curated, reported, and sampled on.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, get_args

from dartmath.base.manifest import write_manifest
from dartmath.queries.query import Query
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.journal import empty_tally
from dartmath.sampling.journal_manifest import write_queries
from dartmath.sampling.journal_writer import JournalWriter
from dartmath.sampling.progress import PROGRESS
from dartmath.sampling.sample import Sample
from dartmath.sampling.schedule import Schedule
from dartmath.sampling.summary import conclude
from dartmath.sampling.tally import Tally

Origin = Literal["imported", "judged again"]
ORIGINS: tuple[Origin, ...] = get_args(Origin)
_FLUSH = 4096


def part_of(folder: Path) -> Path:
    """Where the new run is until all of it is written; what else is put there moves with it."""
    return folder.with_name(f".{folder.name}.partial")


@contextmanager
def new_pool(
    folder: Path,
    queries: Sequence[Query],
    manifest: Mapping[str, Any],
    section: SamplingSection,
    *,
    origin: Origin,
    source: Path | None = None,
) -> Iterator[Callable[[Sample], None]]:
    """A function that adds a sample to the new run in `folder`.

    `origin` says, where something is still owed, why nothing was sampled. `source` is the run whose
    samples these were, if it is one: the time it took counts. The folder, which must not be there
    yet, appears when all is written.
    """
    part = part_of(folder)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        write_queries(part, queries)
        write_manifest(part, {**manifest, "queries": len(queries), "finished": False})
        if source is not None and (source / PROGRESS).is_file():
            shutil.copyfile(source / PROGRESS, part / PROGRESS)
        tally = empty_tally(queries, section)
        with JournalWriter(part, tally) as journal:
            yield _adder(journal, tally, queries)
            journal.finish()
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    schedule = Schedule.of(section, tally)
    seconds = float(manifest.get("summary", {}).get("seconds", 0.0))
    stopped = None if schedule.done else origin
    conclude(folder, queries, tally, schedule, seconds=seconds, stopped=stopped)


def _adder(journal: JournalWriter, tally: Tally, queries: Sequence[Query]) -> Callable[[Sample], None]:
    positions = {query.id: index for index, query in enumerate(queries)}

    def add(sample: Sample) -> None:
        tally.add(positions[sample.query_id], sample)
        journal.append(sample)
        if tally.total % _FLUSH == 0:
            journal.flush()

    return add
