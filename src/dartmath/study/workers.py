"""Processes that run cells, one after the other: torch and transformers are imported once in each."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from dartmath.base.cpus import available_cpus
from dartmath.base.errors import DartmathError, RunError
from dartmath.study.cell import run_cell
from dartmath.study.design import Cell

LOG = "log.txt"
_LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Done:
    """A cell that came to its end: `failure` says what went wrong, if anything did."""

    cell: Cell
    failure: str | None


def run_cells(cells: Sequence[Cell], parallel: int, devices: Sequence[str]) -> Iterator[Done]:
    """Run `cells` in `parallel` processes, each cell in the next one that is free; in the order they end.

    A cell that fails does not stop the others. Raises `RunError` when a process dies, and is stopped by
    Ctrl-C after what is at hand has saved its checkpoint.
    """
    with _pool(min(parallel, len(cells)), devices) as (pool, started, stopping):
        waiting: dict[Future[str | None], Cell] = {pool.submit(_run, cell): cell for cell in cells}
        try:
            while waiting:
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    yield Done(waiting.pop(future), future.result())
        except BrokenProcessPool as error:
            raise RunError(
                "a process of the study died, perhaps for want of memory; lower study.parallel, or run the "
                "same command again to go on"
            ) from error
        except BaseException:
            # Before the signal: a process has its next cell at hand, and would begin it.
            stopping.set()
            _interrupt(started)
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _interrupt(started: Any) -> None:
    """Ask every process to stop after the step at hand, with a checkpoint."""
    while not started.empty():
        with suppress(ProcessLookupError):
            os.kill(started.get(), signal.SIGINT)


@contextmanager
def _pool(parallel: int, devices: Sequence[str]) -> Iterator[tuple[ProcessPoolExecutor, Any, Any]]:
    """The processes, a queue of their numbers, and an event after which none begins a cell."""
    context = multiprocessing.get_context("spawn")
    free: Any = context.Queue()
    started: Any = context.Queue()
    stopping: Any = context.Event()
    for place in range(parallel):
        free.put(devices[place % len(devices)] if devices else None)
    threads = os.environ.get("OMP_NUM_THREADS") or str(max(1, available_cpus() // parallel))
    # Read by torch when it is imported, so it has to be there before a process starts.
    before, os.environ["OMP_NUM_THREADS"] = os.environ.get("OMP_NUM_THREADS"), threads
    try:
        with ProcessPoolExecutor(
            parallel, mp_context=context, initializer=_begin, initargs=(os.getpid(), free, started, stopping)
        ) as pool:
            yield pool, started, stopping
    finally:
        if before is None:
            del os.environ["OMP_NUM_THREADS"]


_stopping: list[Any] = []
"""Of a process that runs cells: the event that tells that the study was stopped."""


def _begin(parent: int, free: Any, started: Any, stopping: Any) -> None:
    """Choose this process's devices, and end it with its parent, which a kill gives no time to tell.

    A terminal sends Ctrl-C to its session: in one of its own, a process is told by its parent, once.
    """
    _stopping.append(stopping)
    os.setsid()
    started.put(os.getpid())
    device = free.get()
    if device is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = device
    threading.Thread(target=_end_with, args=(parent,), name="parent", daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)


def _run(cell: Cell) -> str | None:
    """Run a cell with all it prints in its own log; the message of what went wrong, or None."""
    if any(event.is_set() for event in _stopping):
        return "not begun: the study was stopped"
    cell.folder.mkdir(parents=True, exist_ok=True)
    with _standard_error_to(str(cell.folder / LOG)):
        try:
            run_cell(cell)
        except DartmathError as error:
            # As a text: exceptions do not all survive the way between processes.
            return str(error)
    return None


@contextmanager
def _standard_error_to(path: str) -> Iterator[None]:
    kept = os.dup(2)
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.dup2(log, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(log)
