"""One grading process and both ends of the pipe to it: length-prefixed JSON, nothing executable."""

from __future__ import annotations

import contextlib
import json
import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from dartmath.verify.judge import Question
from dartmath.verify.outcome import Outcome, Verdict

MEMORY_LIMIT = 2 << 30
"""Address space of a worker in bytes, where the platform can limit it."""

_HEADER = struct.Struct("<I")
_MAIN = "from dartmath.verify.worker import main; main()"


class WorkerSlow(Exception):
    """The worker did not answer in time."""


class WorkerLost(Exception):
    """The worker process ended."""


class Worker:
    """A grading process; `grade` one batch at a time, `kill` it whenever it misbehaves.

    Raises `WorkerLost` when the system refuses to start it.
    """

    def __init__(self) -> None:
        root = str(Path(__file__).parents[2])
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

    def grade(self, payloads: list[list[Any]], timeout: float) -> list[Verdict]:
        """The verdicts of a batch. Raises `WorkerSlow` after `timeout` seconds, or `WorkerLost`."""
        if not self._ready:
            self._read(60.0)
            self._ready = True
        data = json.dumps(payloads).encode("ascii")
        try:
            _write(self._pipe(self._process.stdin), data)
        except (BrokenPipeError, OSError) as error:
            raise WorkerLost(f"exit code {self._process.poll()}") from error
        return [Verdict(Outcome(row[0]), *row[1:]) for row in json.loads(self._read(timeout))]

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
        """End the process at once."""
        self._process.kill()
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
        while size:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
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
    """The worker's loop: read a batch, grade it, answer; end when the parent closes the pipe."""
    from dartmath.verify.judge import grade

    _limit_memory()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    _write(answers, b"ready")
    while header := requests.read(_HEADER.size):
        batch = json.loads(requests.read(_HEADER.unpack(header)[0]))
        _write(answers, json.dumps([_row(grade, item) for item in batch]).encode("ascii"))


def _row(grade: Callable[..., Verdict], item: list[Any]) -> list[Any]:
    text, references, verifier, metadata, response, finish_reason = item
    query = Question(text, tuple(references), verifier, metadata)
    try:
        made = grade(query, response, finish_reason=finish_reason)
    except Exception as error:  # the parent must get an outcome for every item, whatever happened
        return [Outcome.ERROR, None, "error", f"{type(error).__name__}: {error}"[:200], None]
    return [made.outcome, made.answer, made.comparison, made.reason, made.precision]


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
