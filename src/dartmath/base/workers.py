"""A function over many texts in worker processes, with the results in the order of the texts.

What is computed does not depend on how many workers there are, nor on whether one dies: its batch is computed
in the calling process then. Batches are JSON in both directions, so nothing that a text says is executed.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import Any, BinaryIO, TypeVar

from dartmath.base.cpus import available_cpus

Item = TypeVar("Item")

# A worker takes a third of a second to start, as long as some thousand responses take to be looked at.
_ALONE = 2048
_BATCH = 256
_AHEAD = 2  # batches for each worker: one at work, one that waits for it
# Reading a journal and writing rows takes about an eighth of the time that looking at a response takes.
MOST = 8
_MAIN = "from dartmath.base.workers import main; main()"


def map_in_order(
    function: str, items: Iterable[Item], argument: Callable[[Item], Any], *, workers: int | None = None
) -> Iterator[tuple[Item, Any]]:
    """Each of `items` with what `function` makes of its `argument`, in their order; a few thousand are held.

    Args:
        function: `module:name` of a function of this package whose argument and result are JSON.
        items: what comes back beside the results; it stays in this process.
        argument: what the function gets; None for an item that needs no work, whose result is None.
        workers: processes; as many as processors, up to 8, where None. 0 computes in the calling process.
    """
    count = min(MOST, available_cpus()) if workers is None else workers
    left = iter(items)
    alone = left if count < 1 or (workers is None and count == 1) else islice(left, _ALONE)
    own = _loaded(function)
    for item in alone:
        yield item, _result(own, argument(item))
    if first := list(islice(left, _BATCH)):
        yield from _in_workers(function, first, left, argument, count)


def _result(own: Callable[[Any], Any], given: Any) -> Any:
    return None if given is None else own(given)


def _in_workers(
    function: str, first: list[Item], left: Iterator[Item], argument: Callable[[Item], Any], count: int
) -> Iterator[tuple[Item, Any]]:
    waiting: deque[tuple[list[Item], Future[list[Any]]]] = deque()
    with _Workers(function, count) as pool:
        batch = first
        while batch or waiting:
            if batch:
                waiting.append((batch, pool.submit([argument(item) for item in batch])))
                batch = list(islice(left, _BATCH))
            if not batch or len(waiting) >= _AHEAD * count:
                done, future = waiting.popleft()
                yield from zip(done, future.result(), strict=True)


class _Workers:
    """Processes that compute batches, one thread each to talk to it."""

    def __init__(self, function: str, count: int) -> None:
        self._function, self._own = function, _loaded(function)
        self._idle: SimpleQueue[subprocess.Popen[bytes] | None] = SimpleQueue()
        self._started: list[subprocess.Popen[bytes]] = []
        self._threads = ThreadPoolExecutor(count)
        for _ in range(count):
            self._idle.put(self._start())

    def __enter__(self) -> _Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(cancel_futures=True)
        for process in self._started:
            with contextlib.suppress(OSError):
                _pipe(process.stdin).close()
            process.kill()
            process.wait()
            _pipe(process.stdout).close()

    def submit(self, batch: list[Any]) -> Future[list[Any]]:
        """The results of a batch."""
        return self._threads.submit(self._compute, batch)

    def _compute(self, batch: list[Any]) -> list[Any]:
        process = self._idle.get()
        try:
            if process is not None:
                return _ask(process, batch)
        except (OSError, ValueError):  # it died, perhaps in the middle of an answer
            process = None
        finally:
            self._idle.put(process)
        return [_result(self._own, given) for given in batch]

    def _start(self) -> subprocess.Popen[bytes] | None:
        """A process; None where the system refuses one."""
        root = str(Path(__file__).parents[2])
        path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
        try:
            process = subprocess.Popen(
                [sys.executable, "-c", _MAIN, self._function],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": path},
                # Ctrl-C is for the caller, who ends the workers.
                start_new_session=True,
            )
        except OSError:
            return None
        self._started.append(process)
        return process


def _ask(process: subprocess.Popen[bytes], batch: list[Any]) -> list[Any]:
    requests, answers = _pipe(process.stdin), _pipe(process.stdout)
    requests.write(json.dumps(batch).encode("ascii") + b"\n")
    requests.flush()
    found = json.loads(answers.readline())
    if not isinstance(found, list) or len(found) != len(batch):
        raise ValueError("not the results of this batch")
    return found


def _pipe(pipe: Any) -> BinaryIO:
    assert pipe is not None
    return pipe  # type: ignore[no-any-return]


def _loaded(function: str) -> Callable[[Any], Any]:
    module, _, name = function.partition(":")
    return getattr(import_module(module), name)  # type: ignore[no-any-return]


def main() -> None:
    """A worker's loop: read a batch, answer; end when the caller closes the pipe."""
    own = _loaded(sys.argv[1])
    # What a function prints must not stand between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        answers.write(json.dumps([_result(own, given) for given in json.loads(line)]).encode("ascii") + b"\n")
        answers.flush()
