"""Stopping a run by Ctrl-C, SIGTERM or a closed terminal: after the step at hand, with a checkpoint.

A launcher gives its processes half a minute to end before it kills them, which is less than a step
of a large model may take. So the process that starts a launcher keeps signals from it, and asks
the trainers to stop by a file in the run folder, which those on other nodes see, too.
"""

from __future__ import annotations

import multiprocessing
import os
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from dartmath.base.errors import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_FILE = "stop-requested"
_NOTICE = b"\nstopping after this step, with a checkpoint; Ctrl-C again stops at once\n"


@contextmanager
def on_interrupt(ask: Callable[[], None], *, abort: bool = True) -> Iterator[None]:
    """Call `ask` at the first Ctrl-C, SIGTERM or SIGHUP; the second raises `KeyboardInterrupt` if `abort`.

    Signals are the main thread's: in any other one this does nothing. `nohup` is respected. Processes
    that are forked meanwhile (workers that load data) leave what a terminal sends to all to this one.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked, owner = False, os.getpid()

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if os.getpid() != owner:
            return
        if asked and abort:
            raise KeyboardInterrupt
        first, asked = not asked, True  # before the notice: the second may follow it at once
        if first:
            os.write(2, _NOTICE)  # a buffered stream may be in the middle of a write
        ask()

    before = {number: signal.getsignal(number) for number in SIGNALS}
    if before[signal.SIGHUP] is signal.SIG_IGN:
        del before[signal.SIGHUP]
    for number in before:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class StopRequest:
    """Whether the run in `out` is asked to stop: by a signal to this process, or by the file."""

    def __init__(self, out: Path) -> None:
        self._file, self._asked = out / _FILE, False

    def ask(self) -> None:
        """Ask this process."""
        self._asked = True

    def ask_all(self) -> None:
        """Ask every process of the run, wherever it is."""
        self._asked = True
        self._file.touch()

    def clear(self) -> None:
        """Remove the file, so that the next session is not asked."""
        self._file.unlink(missing_ok=True)

    def __bool__(self) -> bool:
        return self._asked or self._file.exists()


def is_launched() -> bool:
    """Whether this process is one of those that a launcher started."""
    return "WORLD_SIZE" in os.environ


def interrupted(step: int) -> Interrupted:
    """The error of a run that was stopped after `step`, whose checkpoint is saved."""
    # What started this process is no command of a person's where a launcher, or another process of ours, did.
    started = is_launched() or multiprocessing.parent_process() is not None
    way = "The same launch goes on." if started else f"Go on with:\n  {command_line()}"
    return Interrupted(f"stopped by the user after step {step}; its checkpoint is saved. {way}")


def command_line() -> str:
    """The command that started this process, as a person types it."""
    python, *rest = sys.orig_argv
    if rest and Path(rest[0]).name == "dartmath":
        return shlex.join(["dartmath", *rest[1:]])
    return shlex.join([Path(python).name, *rest])
