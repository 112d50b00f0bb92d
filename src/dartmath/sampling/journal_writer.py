"""JournalWriter: appends samples to the open segment, and closes segments in the background.

What is durable when: a sample counts only after its line was handed to the operating system, so
kill -9 loses nothing that was counted. The file is synced to disk about every five seconds, and
when a segment closes: a power failure loses at most the samples since then, and those are owed
again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import orjson

from dartmath.base.errors import JournalError
from dartmath.sampling.journal_segments import (
    FOLDER,
    close_segment,
    read_lines,
    segment_numbers,
    segment_path,
    write_counters,
)
from dartmath.sampling.sample import Sample
from dartmath.sampling.tally import Tally

ROWS = 50_000
BYTES = 64 << 20
_SYNC_SECONDS = 5.0


class JournalWriter:
    """Appends to the journal in `folder`, whose lock the caller holds.

    `tally` is snapshot beside each segment that closes; record a sample there before `append`.
    Segments close at `rows` samples or `size` bytes; `ROWS` and `BYTES` when None.
    """

    def __init__(
        self, folder: Path, tally: Tally, *, rows: int | None = None, size: int | None = None
    ) -> None:
        self._folder, self._tally = folder, tally
        self._row_limit, self._byte_limit = rows or ROWS, size or BYTES
        self._background = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._jobs: list[Future[None]] = []
        self._lines: list[bytes] = []
        self._synced = time.monotonic()
        (folder / FOLDER).mkdir(exist_ok=True)
        self._number, self._rows, self._bytes = _recover(folder)
        self._file = segment_path(folder, self._number, "jsonl").open("ab", buffering=0)
        for number in segment_numbers(folder):
            if number < self._number and segment_path(folder, number, "jsonl").is_file():
                self._submit(close_segment, folder, number)

    def __enter__(self) -> JournalWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if not isinstance(error, JournalError):
                self.flush()
        finally:
            self._shut()
        if error is None:
            self._check_background()

    def append(self, sample: Sample) -> None:
        """Take one sample; `flush` writes it."""
        self._lines.append(orjson.dumps(sample.to_json(), option=orjson.OPT_APPEND_NEWLINE))

    def flush(self) -> None:
        """Hand all taken samples to the operating system; close the segment if it is full.

        Raises `JournalError` when the disk is full or fails; the file then ends at a whole line.
        """
        self._check_background()
        if not self._lines:
            return
        data = b"".join(self._lines)
        self._write(data)
        self._rows += len(self._lines)
        self._bytes += len(data)
        self._lines.clear()
        if self._rows >= self._row_limit or self._bytes >= self._byte_limit:
            self.rotate()
        elif time.monotonic() - self._synced > _SYNC_SECONDS:
            self._synced = time.monotonic()
            self._submit(os.fsync, self._file.fileno())

    def rotate(self) -> None:
        """Close the open segment in the background and open the next."""
        if not self._rows:
            return
        number, file = self._number, self._file
        columns, windows = self._tally.snapshot(), self._tally.windows
        self._number, self._rows, self._bytes = number + 1, 0, 0
        try:
            self._file = segment_path(self._folder, self._number, "jsonl").open("ab", buffering=0)
        except OSError as error:
            raise JournalError(_failure(self._folder, error)) from error

        def finish() -> None:
            os.fsync(file.fileno())
            file.close()
            close_segment(self._folder, number)
            write_counters(self._folder, number, columns, windows)

        self._submit(finish)

    def finish(self) -> None:
        """Write everything and close the open segment, so that a finished run is all Parquet."""
        self.flush()
        self.rotate()
        self._background.shutdown(wait=True)
        self._check_background()

    def _submit(self, job: Callable[..., None], *arguments: object) -> None:
        self._jobs.append(self._background.submit(job, *arguments))

    def _check_background(self) -> None:
        finished = [job for job in self._jobs if job.done()]
        self._jobs = [job for job in self._jobs if not job.done()]
        for job in finished:
            error = job.exception()
            if isinstance(error, OSError):
                raise JournalError(_failure(self._folder, error)) from error
            if error is not None:
                raise JournalError(f"cannot close a segment of {self._folder}: {error}") from error

    def _write(self, data: bytes) -> None:
        written = 0
        try:
            while written < len(data):
                written += self._file.write(memoryview(data)[written:])
        except OSError as error:
            self._lines.clear()
            whole = data.rfind(b"\n", 0, written) + 1
            self._rows += data.count(b"\n", 0, whole)
            os.ftruncate(self._file.fileno(), self._bytes + whole)
            raise JournalError(_failure(self._folder, error)) from error

    def _shut(self) -> None:
        """Wait for the background, then sync and close the open segment."""
        self._background.shutdown(wait=True)
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise JournalError(_failure(self._folder, error)) from error
        finally:
            self._file.close()
            if not self._rows:
                segment_path(self._folder, self._number, "jsonl").unlink(missing_ok=True)


def _recover(folder: Path) -> tuple[int, int, int]:
    """(number, rows, bytes) of the segment to append to, after cleaning up what a crash left."""
    for leftover in (folder / FOLDER).glob(".*.tmp"):
        leftover.unlink()
    numbers = segment_numbers(folder)
    for number in numbers:
        # Both forms: killed between writing the Parquet file and removing its source.
        if segment_path(folder, number, "parquet").is_file():
            segment_path(folder, number, "jsonl").unlink(missing_ok=True)
    if not numbers:
        return 0, 0, 0
    last = [_without_tail(segment_path(folder, number, "jsonl")) for number in numbers][-1]
    if last is None:
        return numbers[-1] + 1, 0, 0
    return numbers[-1], *last


def _without_tail(path: Path) -> tuple[int, int] | None:
    """(rows, bytes) of the JSONL of a segment, its torn tail cut off; None where no row is there.

    Not only the last one may be torn: one that is full is synced while the next is written already.
    """
    if not path.is_file():
        return None
    rows, good = read_lines(path)
    if not rows:
        path.unlink()
        return None
    if good < path.stat().st_size:
        os.truncate(path, good)
    return len(rows), good


def _failure(folder: Path, error: OSError) -> str:
    return (
        f"cannot write the journal in {folder}: {error.strerror or error}; free space there and run the "
        "same command again: all recorded samples are kept, and only what is missing is sampled"
    )
