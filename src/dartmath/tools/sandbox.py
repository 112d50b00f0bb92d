"""Sandbox: one isolated interpreter that keeps its state between the blocks of one response."""

from __future__ import annotations

import time
from dataclasses import dataclass

from dartmath.base.text import printable, shorten
from dartmath.tools.config import ToolsSection
from dartmath.tools.isolation import Isolation
from dartmath.tools.walls import find_isolation
from dartmath.tools.worker import BlockOutcome, SandboxWorker

_EVICTED = "note: the interpreter was closed to save memory; variables of earlier blocks are lost"
MOST_CODE_BYTES = 60_000  # fits into an empty pipe of the usual size, so that sending seldom waits


@dataclass(frozen=True, slots=True)
class BlockResult:
    """What came of one block.

    Attributes:
        outcome: "ok"; "error" (an exception, or the interpreter died); "timeout" (CPU or wall
            time); "refused" (not run at all).
        output: what it printed, the value of its last expression and its traceback.
        seconds: wall time.
    """

    outcome: BlockOutcome
    output: str
    seconds: float = 0.0


class Sandbox:
    """Runs blocks of untrusted Python one after the other in one interpreter.

    The interpreter starts with the first block. Where a block ends it (a limit, `os._exit`), the
    next one finds a fresh interpreter without the variables of earlier blocks.

        with Sandbox() as sandbox:
            sandbox.run("x = 2")
            print(sandbox.run("x ** 10").output)

    Not for several threads at once, except `kill`. Raises `SandboxError` on creation where code
    cannot be isolated.
    """

    def __init__(self, isolation: Isolation | None = None, section: ToolsSection | None = None) -> None:
        self._section = section or ToolsSection()
        self._isolation = isolation or find_isolation(allow_weak=self._section.allow_weak)
        self._worker: SandboxWorker | None = None
        self._evicted = False
        self.killed = False

    @property
    def started(self) -> bool:
        """Whether there is an interpreter now."""
        return self._worker is not None

    def run(self, code: str) -> BlockResult:
        """Run one block; never raises for what the code does."""
        started = time.monotonic()
        if len(code.encode("utf-8", "surrogatepass")) > MOST_CODE_BYTES:
            return BlockResult("refused", f"the block is longer than {MOST_CODE_BYTES} bytes")
        if self._worker is None:
            self._worker = SandboxWorker(self._isolation, self._section)
            if self.killed:
                self._worker.kill()
        self._worker.resume()
        outcome, output = self._worker.run(code)
        if self._evicted:
            output, self._evicted = f"{_EVICTED}\n{output}", False
        if self._worker.dead:
            self._discard()
        shown = shorten(printable(output), self._section.output_chars)
        return BlockResult(outcome, shown, time.monotonic() - started)

    def kill(self) -> None:
        """End the interpreter and whatever it started, now; safe from another thread."""
        self.killed = True
        if self._worker is not None:
            self._worker.kill()

    def park(self, most: int) -> int:
        """Stop the interpreter until its next block; the bytes it holds, or `most` where nobody can tell."""
        if self._worker is None:
            return 0
        return min(most, self._worker.park(most))

    def evict(self) -> None:
        """End the interpreter to free its memory; the next block is told that variables are lost."""
        self._evicted = self._worker is not None
        self._discard()

    def close(self) -> None:
        """End the interpreter; its scratch folder is gone with it."""
        self._discard()

    def _discard(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
