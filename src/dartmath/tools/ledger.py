"""Ledger: a bound on the memory of all sandboxes of a run together.

A block that runs is counted with all that it may take. Between blocks an interpreter is stopped, so that it
cannot grow, and is counted with what it holds. Where there is no room for the next block, idle interpreters
are closed, those first that hold most; where that is not enough, the block waits for one that runs.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from dartmath.tools.backend import CodeRunner
from dartmath.tools.config import CONTAINER, LOCAL, ToolsSection
from dartmath.tools.sandbox import BlockResult

_ALIKE = 16 * 2**20  # interpreters whose memory differs by less are about equal
_LOOK_SECONDS = 1.0  # from one look whether a waiting block is still wanted to the next


class Ledger:
    """Runs the blocks of many sandboxes within `total_memory_mb`; for several threads at once."""

    def __init__(self, section: ToolsSection) -> None:
        self._total = section.total_memory_mb * 2**20
        # What runs elsewhere takes no memory of this machine.
        self._each = section.most_memory_mb * 2**20 if section.backend in (LOCAL, CONTAINER) else 0
        self._running = 0
        self._idle: OrderedDict[CodeRunner, int] = OrderedDict()
        self._changed = threading.Condition()
        self.closed = 0
        """Interpreters that were closed for room."""

    @property
    def held(self) -> int:
        """Bytes that are counted now: all that running blocks may take, and what idle interpreters hold."""
        with self._changed:
            return self._running * self._each + sum(self._idle.values())

    def run(self, sandbox: CodeRunner, code: str) -> BlockResult:
        """Run one block once there is room for it (see `Sandbox.run`)."""
        if not self._enter(sandbox):
            return BlockResult("error", "the response ended before its block could run")
        try:
            return sandbox.run(code)
        finally:
            held = sandbox.park(self._each)
            with self._changed:
                self._running -= 1
                if sandbox.started:
                    self._idle[sandbox] = held
                self._changed.notify_all()

    def close(self, sandbox: CodeRunner) -> None:
        """End a sandbox that runs no block any more."""
        sandbox.close()
        with self._changed:
            self._idle.pop(sandbox, None)
            self._changed.notify_all()

    def _enter(self, sandbox: CodeRunner) -> bool:
        """Take the room of a running block; False where the sandbox was killed while it waited."""
        with self._changed:
            while not sandbox.killed:
                own = self._idle.pop(sandbox, None)
                if self._make_room():
                    self._running += 1
                    return True
                if own is not None:
                    self._idle[sandbox] = own
                self._changed.wait(_LOOK_SECONDS)
        return False

    def _make_room(self) -> bool:
        """Close idle interpreters until one more block can run; none where that would not be enough."""
        room = self._total - (self._running + 1) * self._each
        while room >= 0 and sum(self._idle.values()) > room:
            self._victim().evict()
            self.closed += 1
        return room >= 0

    def _victim(self) -> CodeRunner:
        """The idle sandbox that holds most, of about equal ones that which stopped last.

        Responses come back for their next block about in the order in which they left, so that the one that
        has been idle longest is the next to be wanted.
        """
        chosen = max(reversed(self._idle), key=lambda sandbox: self._idle[sandbox] // _ALIKE)
        del self._idle[chosen]
        return chosen
