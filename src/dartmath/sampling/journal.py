"""Journal: the run directory of sampling, and all there is to know of a run.

    manifest.json     what it is a run of: configuration, model, template, seed, versions
    queries.jsonl     the queries, in the order of the counters
    segments/         the samples (see `journal_segments`)
    progress.json     a heartbeat: rate, tokens, time spent
    lock              held by the one writer
    slurm-starts.json of a Slurm job: the newest start, and whether starts bring anything

Reading takes no lock and changes nothing, so it works beside a running writer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from dartmath.base.errors import JournalError
from dartmath.base.manifest import read_manifest
from dartmath.base.round_folders import round_folders
from dartmath.base.section import validate
from dartmath.queries.query import Query
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.journal_manifest import check_version, read_queries
from dartmath.sampling.journal_segments import (
    correct_hashes,
    count_rows,
    read_counters,
    read_rows,
    read_samples,
    segment_numbers,
    segment_path,
    snapshot_numbers,
)
from dartmath.sampling.pilot import PilotRecords
from dartmath.sampling.sample import PRICED, Sample
from dartmath.sampling.tally import QueryCounts, Tally, Windows
from dartmath.verify.contract.outcome import Outcome


def open_journal(folder: Path | str) -> JournalReader:
    """The journal in `folder`, for reading.

    Raises `DataError` when `folder` is no output of `dartmath sample`, `JournalError` when a
    newer dartmath wrote it.
    """
    return JournalReader(Path(folder))


def journal_folder(run: Path) -> Path:
    """The journal of a run: `sample` in the folder of a whole recipe or of its newest round, or else the
    folder itself."""
    for one in (run, *reversed(round_folders(run))):
        if (one / "sample" / "manifest.json").is_file():
            return one / "sample"
    return run


class JournalReader:
    """A read-only view of a run directory, finished or running."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest: dict[str, Any] = read_manifest(folder, stage="sample")
        check_version(folder, self.manifest)

    @property
    def finished(self) -> bool:
        """Whether nothing is owed any more."""
        return bool(self.manifest.get("finished"))

    def queries(self) -> list[Query]:
        """The queries of the run."""
        return list(self._queries)

    def samples(self, outcomes: Collection[Outcome] | None = None) -> Iterator[Sample]:
        """All samples, or those of some outcomes, in no particular order; one batch in memory."""
        for number in segment_numbers(self.folder):
            for sample in read_samples(self.folder, number, outcomes):
                if sample.query_id not in self._ids:
                    raise _stray(self.folder, sample.query_id)
                yield sample

    def counts(self) -> dict[str, QueryCounts]:
        """The counters of every query by id, without reading any text."""
        tally = self.tally()
        return {query.id: tally.counts(index) for index, query in enumerate(self._queries)}

    def tally(self) -> Tally:
        """The counters of every query by position, for the policy and the teachers of this run."""
        return load_tally(self.folder, self._queries, self.section)

    @cached_property
    def section(self) -> SamplingSection:
        """The run's configuration; `ConfigError` for one that this dartmath does not know."""
        return validate(SamplingSection, self.manifest["config"], where=str(self.folder / "manifest.json"))

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(query.id for query in self._queries)

    @cached_property
    def _queries(self) -> list[Query]:
        return list(read_queries(self.folder))


def load_tally(
    folder: Path, queries: Sequence[Query], section: SamplingSection, *, texts: bool = False
) -> Tally:
    """The counters of a run: the newest snapshot plus the segments after it.

    `section` says how many first trials of a query count as its pilot, and where others take over. With
    `texts` the hashes of correct responses are read too, which a writer needs to tell duplicates.
    """
    tally = empty_tally(queries, section)
    positions = {query.id: index for index, query in enumerate(queries)}
    # Counters do not tell one response of a pilot from another.
    snapshot, known = (-1, tally.windows) if tally.pilots else _restore(folder, tally)
    numbers = segment_numbers(folder)
    if texts:
        _check_complete(folder, [n for n in numbers if n <= snapshot], tally.total)
    for number in numbers:
        if number > snapshot:
            _replay(folder, number, tally, positions)
        elif texts or known != tally.windows:
            _revisit(folder, number, tally, positions, recount=known != tally.windows)
    return tally


def empty_tally(queries: Sequence[Query], section: SamplingSection) -> Tally:
    """Counters of a run that has no trials yet, with what its policy looks at."""
    tally = Tally(len(queries), section.policy.pilot_trials, section.bounds)
    if section.policy.reads_pilot:
        tally.pilots = PilotRecords(queries)
    return tally


def _check_complete(folder: Path, numbers: Sequence[int], counted: int) -> None:
    """Raise `JournalError` when closed segments do not hold what the counters say."""
    held = sum(count_rows(folder, number) for number in numbers)
    if held != counted:
        raise JournalError(
            f"{folder / 'segments'} holds {held} samples where its counters say {counted}; restore what is "
            f"missing, or, to sample it again: rm {folder / 'segments' / '*.counters.parquet'}"
        )


def _restore(folder: Path, tally: Tally) -> tuple[int, Windows]:
    """(number, windows) of the newest usable snapshot, put into the tally; -1 and its own if none."""
    for number in reversed(snapshot_numbers(folder)):
        found = read_counters(folder, number)
        if found is not None and len(found[0]["trials"]) <= tally.size:
            columns, windows = found
            tally.restore(columns)
            if windows != tally.windows:
                tally.forget_windows()
            return number, windows
    return -1, tally.windows


_COUNTED = [
    "query_id",
    "trial",
    "outcome",
    "prompt_tokens",
    "completion_tokens",
    "text_hash",
    "teacher",
    "logprob",
    *PRICED,
]


def _replay(folder: Path, number: int, tally: Tally, positions: dict[str, int]) -> None:
    """Count every sample of a segment."""
    for row in read_rows(folder, number, _COUNTED):
        tally.record(
            _position(folder, row["query_id"], positions),
            row["trial"],
            Outcome(row["outcome"]),
            prompt_tokens=row["prompt_tokens"],
            tokens=row["completion_tokens"],
            text_hash=row["text_hash"],
            # Absent in segments of before they were counted.
            cached=row.get("cached_tokens") or 0,
            reasoning=row.get("reasoning_tokens") or 0,
            teacher=row.get("teacher"),
            logprob=row.get("logprob"),
        )


def _revisit(folder: Path, number: int, tally: Tally, positions: dict[str, int], *, recount: bool) -> None:
    """Collect what a snapshot lacks: hashes of correct responses, and counts of other windows."""
    if recount or not segment_path(folder, number, "parquet").is_file():
        for row in read_rows(folder, number, ["query_id", "trial", "outcome", "text_hash"]):
            index, outcome = _position(folder, row["query_id"], positions), Outcome(row["outcome"])
            if recount:
                tally.count_windows(index, row["trial"], outcome)
            if outcome is Outcome.CORRECT:
                tally.remember(index, row["text_hash"])
        return
    for query_id, hashes in correct_hashes(folder, number):
        tally.remember_all(_position(folder, query_id, positions), hashes)


def _position(folder: Path, query_id: str, positions: dict[str, int]) -> int:
    try:
        return positions[query_id]
    except KeyError:
        raise _stray(folder, query_id) from None


def _stray(folder: Path, query_id: str) -> JournalError:
    return JournalError(
        f"{folder} has a sample of query {query_id!r}, which is not among its queries; "
        "restore its queries.jsonl"
    )
