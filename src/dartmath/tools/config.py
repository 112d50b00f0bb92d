"""The `tools:` part of an evaluation or sampling section: tool-integrated reasoning."""

from __future__ import annotations

from pydantic import Field

from dartmath.config import Section


class ToolsSection(Section):
    """The model writes Python blocks; they run in a sandbox; their output goes into the response."""

    calls: int = Field(4, ge=1)
    """Most blocks that run in one response."""
    seconds: float = Field(5.0, gt=0)
    """CPU time of one block."""
    memory_mb: int = Field(512, ge=64)
    """Memory of the sandbox."""
    output_chars: int = Field(2000, ge=64)
    """Characters of output given back; longer output keeps its head and tail."""
    allow_weak: bool = False
    """Run with resource limits alone where no isolation tool is here; unsafe against hostile code."""
