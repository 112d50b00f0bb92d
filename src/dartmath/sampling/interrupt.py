"""Ctrl-C, SIGTERM and a notebook's stop button while sampling: the first drains, the second aborts."""

from __future__ import annotations

import asyncio
import math
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from dartmath.base.terminal import info
from dartmath.base.text import counted
from dartmath.sampling.controller import Controller

INTERRUPTED = "interrupted"


class Stopper:
    """Passes a stop on to the stream that runs in another thread; deaf until there is one."""

    def __init__(self) -> None:
        self._press: Callable[[], object] | None = None

    def attach(self, loop: asyncio.AbstractEventLoop, controller: Controller) -> None:
        """From now on `press` stops `controller`, which runs on `loop`."""
        handle = _on_signal(controller)
        self._press = lambda: loop.call_soon_threadsafe(handle)

    def press(self) -> None:
        """As one Ctrl-C."""
        if self._press is None:
            info("the engine is still starting; stop again when it samples")
        else:
            self._press()


def run_to_end(work: Coroutine[Any, Any, None], stopper: Stopper) -> None:
    """Run `work`, also where an event loop is running already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(work)
        return
    with ThreadPoolExecutor(1) as thread:
        _wait(thread.submit(asyncio.run, work), stopper)


def _wait(future: Future[None], stopper: Stopper) -> None:
    while True:
        try:
            return future.result()
        except KeyboardInterrupt:
            stopper.press()


@contextmanager
def interruptible(controller: Controller, stopper: Stopper) -> Iterator[None]:
    """First Ctrl-C or SIGTERM: finish what is in flight in the time that is said; second: abort it."""
    loop = asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        stopper.attach(loop, controller)
        yield
        return
    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, _on_signal(controller))
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


def _on_signal(controller: Controller) -> Callable[[], None]:
    def handle() -> None:
        if controller.stopped is None:
            _finish(controller)
        else:
            controller.abort(INTERRUPTED)

    return handle


def _finish(controller: Controller) -> None:
    """Stop, and abort what takes longer than is said: its trials stay owed, with the same seeds."""
    seconds, count = controller.seconds_to_finish, controller.generating
    if math.isinf(seconds):
        info(f"leaving {count} requests where they are; the same command collects their responses")
        controller.abort(INTERRUPTED)
        return
    info(
        f"finishing {counted(count, 'response')} in flight, for at most {seconds:.0f} s; "
        "press Ctrl-C again to drop them"
    )
    controller.stop(INTERRUPTED)
    asyncio.get_running_loop().call_later(seconds, controller.abort, INTERRUPTED)
