"""Ctrl-C and SIGTERM while sampling: the first drains, the second aborts."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dartmath.sampling.controller import Controller
from dartmath.terminal import info

INTERRUPTED = "interrupted"


@contextmanager
def interruptible(controller: Controller) -> Iterator[None]:
    """First Ctrl-C or SIGTERM: finish what is in flight; second: abort it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
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
            info(
                f"finishing the {controller.generating} responses in flight; press Ctrl-C again to drop them"
            )
            controller.stop(INTERRUPTED)
        else:
            controller.abort(INTERRUPTED)

    return handle
