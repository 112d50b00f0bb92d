"""The `tools:` part of an evaluation or sampling section: tool-integrated reasoning."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from dartmath.base.section import Section

LOCAL = "bubblewrap"
"""The sandbox of this package, on this machine."""
CONTAINER = "container"
"""The same runner in a container of Podman or Docker."""


class ToolsSection(Section):
    """The model writes Python blocks; they run in a sandbox; their output goes into the response."""

    backend: str = LOCAL
    """What runs the blocks: `bubblewrap` (here), `container` (Podman or Docker), or the name that an
    installed package gives its own, such as remote machines. The limits below are handed on to it."""
    image: str = ""
    """Of `backend: container`: one that is here, with Python 3.11 or later as `python3`."""
    form: Literal["fenced", "calls"] = "fenced"
    """How the model asks for a run: `fenced` Python blocks in its text, or `calls` of a tool in chat format,
    which need a server's chat endpoint."""
    calls: int = Field(4, ge=1)
    """Most blocks that run in one response."""
    seconds: float = Field(5.0, gt=0)
    """CPU time of one block; the wall clock is allowed three times that and two seconds."""
    memory_mb: int = Field(512, ge=64)
    """Address space of each process in the sandbox; its scratch folder takes a quarter of that more."""
    total_memory_mb: int = Field(4096, ge=64)
    """Memory of all sandboxes of a run together: a block counts with all it may take while it runs, an idle
    interpreter with what it holds; those that hold most are closed for room."""
    processes: int = Field(1, ge=1, le=64)
    """Processes and threads a block may have at once, its own included."""
    output_chars: int = Field(2000, ge=64)
    """Characters of output given back; longer output keeps its head and tail."""
    allow_weak: bool = False
    """Run with resource limits alone where no isolation tool is here; unsafe against hostile code."""

    @property
    def most_memory_mb(self) -> int:
        """All that one sandbox may take: its processes and its scratch folder."""
        return self.memory_mb * self.processes + self.memory_mb // 4

    @model_validator(mode="after")
    def _room_for_one(self) -> ToolsSection:
        if self.total_memory_mb < self.most_memory_mb:
            raise ValueError(
                f"total_memory_mb is {self.total_memory_mb}, and one sandbox may take {self.most_memory_mb}; "
                "raise it, or lower memory_mb or processes"
            )
        return self
