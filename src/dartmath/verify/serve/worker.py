"""One grading process and both ends of the pipe to it: length-prefixed JSON, nothing executable."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from dartmath.verify.contract.outcome import Outcome, Verdict
from dartmath.verify.contract.question import Question
from dartmath.verify.custom import is_own
from dartmath.verify.judge import grade

if TYPE_CHECKING:
    from dartmath.verify.contract.settings import GradingSettings

MEMORY_LIMIT = 2 << 30
"""Address space of a worker in bytes, where the platform can limit it."""
OWN_MEMORY_LIMIT = 16 << 30
"""The same from the first verifier of the user's own on, which may import what it likes."""
_SILENCE = 0.1  # seconds after which a worker sends the verdicts that it has

_HEADER = struct.Struct("<I")
_MAIN = "from dartmath.verify.serve.worker import main; main()"


class WorkerSlow(Exception):
    """The worker did not answer in time."""


class WorkerLost(Exception):
    """The worker process ended."""


class GradingWorker:
    """A grading process; `grade` one batch at a time, `kill` it whenever it misbehaves.

    Raises `WorkerLost` when the system refuses to start it.
    """

    def __init__(self) -> None:
        root = str(Path(__file__).parents[3])
        path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
        self._ready = False
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _MAIN],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": path},
                start_new_session=True,
            )
        except OSError as error:
            raise WorkerLost(f"no process could be started: {error}") from error

    def grade(self, payloads: list[list[Any]], timeout: float) -> Iterator[Verdict]:
        """The verdicts of a batch as they come.

        Raises `WorkerSlow` after `timeout` seconds without one, or `WorkerLost`.
        """
        if not self._ready:
            self._read(60.0)
            self._ready = True
        data = json.dumps(payloads, default=str).encode("ascii")
        try:
            _write(self._pipe(self._process.stdin), data)
        except (BrokenPipeError, OSError) as error:
            raise WorkerLost(f"exit code {self._process.poll()}") from error
        left = len(payloads)
        while left:
            rows = json.loads(self._read(timeout))
            left -= len(rows)
            yield from (Verdict(Outcome(row[0]), *row[1:]) for row in rows)

    def close(self) -> None:
        """Let the process end by itself, or kill it."""
        with contextlib.suppress(OSError):
            self._pipe(self._process.stdin).close()
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self.kill()
        self._pipe(self._process.stdout).close()

    def kill(self) -> None:
        """End the process at once, and whatever a verifier of the user's own started in it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                self._pipe(pipe).close()

    def _pipe(self, pipe: Any) -> BinaryIO:
        assert pipe is not None
        return pipe  # type: ignore[no-any-return]

    def _read(self, timeout: float) -> bytes:
        deadline = time.monotonic() + timeout
        (size,) = _HEADER.unpack(self._read_exactly(_HEADER.size, deadline))
        return self._read_exactly(size, deadline)

    def _read_exactly(self, size: int, deadline: float) -> bytes:
        descriptor = self._pipe(self._process.stdout).fileno()
        chunks: list[bytes] = []
        # Not select(), which knows no descriptor above 1023: a run with many servers has more connections.
        readable = select.poll()
        readable.register(descriptor, select.POLLIN)
        while size:
            left = deadline - time.monotonic()
            if left <= 0 or not readable.poll(1000 * left):
                raise WorkerSlow
            chunk = os.read(descriptor, min(size, 1 << 16))
            if not chunk:
                raise WorkerLost(f"exit code {self._process.wait()}")
            chunks.append(chunk)
            size -= len(chunk)
        return b"".join(chunks)


def _write(pipe: BinaryIO, data: bytes) -> None:
    pipe.write(_HEADER.pack(len(data)) + data)
    pipe.flush()


def main() -> None:
    """The worker's loop: read a batch, grade it, answer; end with the parent, which closes the pipe."""
    try:
        _serve()
    except BrokenPipeError:
        # Nobody reads any more, and what waits in the pipe's buffer would be tried again.
        os._exit(0)


def _serve() -> None:
    _limit_memory(MEMORY_LIMIT)
    requests, answers = _take_streams()
    _write(answers, b"ready")
    while (header := requests.read(_HEADER.size)) and len(header) == _HEADER.size:
        (size,) = _HEADER.unpack(header)
        if len(batch := requests.read(size)) < size:
            return
        rows, since = [], time.monotonic()
        for item in json.loads(batch):
            rows.append(_row(item))
            if time.monotonic() - since > _SILENCE:
                _write(answers, json.dumps(rows).encode("ascii"))
                rows, since = [], time.monotonic()
        if rows:
            _write(answers, json.dumps(rows).encode("ascii"))


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output, out of the reach of a verifier of the user's own, which may print."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return requests, answers


def _row(item: list[Any]) -> list[Any]:
    text, references, verifier, metadata, response, finish_reason, in_thought, record = item
    query = Question(text, tuple(references), verifier, metadata)
    if is_own(verifier):
        _limit_memory(OWN_MEMORY_LIMIT)
    try:
        made = grade(
            query, response, finish_reason=finish_reason, in_thought=in_thought, settings=_settings(record)
        )
    except Exception as error:  # the parent must get an outcome for every item, whatever happened
        return [Outcome.ERROR, None, "error", f"{type(error).__name__}: {error}"[:200], None]
    return [made.outcome, made.answer, made.comparison, made.reason, made.precision, made.reading]


def _settings(record: str | None) -> GradingSettings | None:
    if record is None:
        return None
    from dartmath.verify.contract.settings import settings_from_json

    return settings_from_json(record)


@cache
def _limit_memory(limit: int) -> None:
    try:
        import resource
    except ImportError:
        return
    with contextlib.suppress(ValueError, OSError):
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
