"""Looking at the disk at every moment at which a kill could find it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

# Events of `sys.addaudithook` before what is on the disk changes.
_CHANGES = {"os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate"}
# A hook stays for as long as the process: there is one, which calls whoever looks now.
_looking: list[Callable[[], None]] = []
_hooked: list[bool] = []


@contextmanager
def at_every_change(look: Callable[[], None]) -> Iterator[None]:
    """Call `look` before this process changes, or begins to write, a file anywhere."""
    if not _hooked:
        sys.addaudithook(_hook)
        _hooked.append(True)
    _looking.append(look)
    try:
        yield
    finally:
        _looking.clear()


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _looking or not (event in _CHANGES or (event == "open" and _writes(arguments[2]))):
        return
    # It reads files itself, and must not look at that.
    look = _looking.pop()
    try:
        look()
    finally:
        _looking.append(look)


def _writes(flags: Any) -> bool:
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))
