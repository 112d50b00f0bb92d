"""The `tools:` part of an evaluation or sampling section: tool-integrated reasoning."""

from __future__ import annotations

from pydantic import Field

from dartmath.base.section import Section


class ToolsSection(Section):
    """The model writes Python blocks; they run in a sandbox; their output goes into the response."""

    calls: int = Field(4, ge=1)
    """Most blocks that run in one response."""
    seconds: float = Field(5.0, gt=0)
    """CPU time of one block; the wall clock is allowed three times that and two seconds."""
    memory_mb: int = Field(512, ge=64)
    """Address space of each process in the sandbox; its scratch folder takes a quarter of that more."""
    processes: int = Field(1, ge=1, le=64)
    """Processes and threads a block may have at once, its own included."""
    output_chars: int = Field(2000, ge=64)
    """Characters of output given back; longer output keeps its head and tail."""
    allow_weak: bool = False
    """Run with resource limits alone where no isolation tool is here; unsafe against hostile code."""
