"""Sandboxes of other packages, such as containers and remote machines, behind the interface of our own.

    [project.entry-points."dartmath.sandboxes"]      # pyproject.toml of the other package
    acme = "acme_boxes:create"

`tools: {backend: acme}` calls `create(section)` for every response that runs code.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from dartmath.base.plugins import load_plugin
from dartmath.base.text import printable, shorten
from dartmath.tools.config import CONTAINER, LOCAL, ToolsSection
from dartmath.tools.isolation import Isolation
from dartmath.tools.sandbox import MOST_CODE_BYTES, BlockResult, Sandbox
from dartmath.tools.walls import find_container, find_isolation
from dartmath.tools.worker import OUTCOMES, BlockOutcome


class Interpreter(Protocol):
    """One interpreter that keeps its variables between the blocks of one response; for one thread at a time.

    It is made when a response begins, so that making it should cost nothing until the first block.
    """

    def run(self, code: str) -> tuple[str, str]:
        """Run one block; its outcome ("ok", "error" or "timeout") and what it printed."""
        ...

    def kill(self) -> None:
        """End what runs, from another thread."""
        ...

    def close(self) -> None:
        """Give everything back."""
        ...


class CodeRunner(Protocol):
    """What the loop and the ledger need of a sandbox: `Sandbox`, or `PackageSandbox` around another's."""

    killed: bool

    @property
    def started(self) -> bool:
        """Whether there is an interpreter now."""
        ...

    def run(self, code: str) -> BlockResult:
        """Run one block."""
        ...

    def kill(self) -> None:
        """End the interpreter; safe from another thread."""
        ...

    def park(self, most: int) -> int:
        """Stop it between blocks; the bytes of this machine that it holds."""
        ...

    def evict(self) -> None:
        """End it to free memory."""
        ...

    def close(self) -> None:
        """End it."""
        ...


class PackageSandbox:
    """Another package's interpreter: what it says is bounded and escaped, what it raises is an outcome."""

    def __init__(self, interpreter: Interpreter, section: ToolsSection) -> None:
        self._interpreter, self._section = interpreter, section
        self.started = False
        self.killed = False

    def run(self, code: str) -> BlockResult:
        """Run one block; never raises for what the package does."""
        began = time.monotonic()
        if len(code.encode("utf-8", "surrogatepass")) > MOST_CODE_BYTES:
            return BlockResult("refused", f"the block is longer than {MOST_CODE_BYTES} bytes")
        self.started = True
        try:
            said, output = self._interpreter.run(code)
        except Exception as error:  # another package may raise whatever it likes
            said, output = "error", f"the sandbox failed ({type(error).__name__}: {error})"
        outcome: BlockOutcome = next((known for known in OUTCOMES if known == said), "error")
        shown = shorten(printable(output), self._section.output_chars)
        return BlockResult(outcome, shown, time.monotonic() - began)

    def kill(self) -> None:
        """End what runs, now; safe from another thread."""
        self.killed = True
        self._interpreter.kill()

    def park(self, most: int) -> int:
        """Nothing to stop here: its memory is elsewhere."""
        return 0

    def evict(self) -> None:
        """Nothing to free here."""

    def close(self) -> None:
        """Give everything back."""
        self._interpreter.close()


def find_backend(section: ToolsSection) -> tuple[Callable[[], CodeRunner], Isolation | None]:
    """What makes the sandbox of a response, and our own isolation where that is used.

    Raises `SandboxError` where code cannot be isolated here, `UnknownNameError` for a backend that no
    installed package has.
    """
    if section.backend == CONTAINER:
        container = find_container(section)
        return lambda: Sandbox(container, section), container
    if section.backend != LOCAL:
        create = load_plugin("sandboxes", section.backend)
        return lambda: PackageSandbox(create(section), section), None
    isolation = find_isolation(allow_weak=section.allow_weak)
    return lambda: Sandbox(isolation, section), isolation
