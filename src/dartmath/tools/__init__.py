"""Tool-integrated reasoning: the model writes Python, an isolated interpreter runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dartmath.base.lazy import lazily

if TYPE_CHECKING:
    from dartmath.tools.config import ToolsSection
    from dartmath.tools.engine import ToolEngine
    from dartmath.tools.isolation import Isolation
    from dartmath.tools.sandbox import BlockResult, Sandbox
    from dartmath.tools.walls import find_isolation

_HOMES = {
    "BlockResult": "dartmath.tools.sandbox",
    "Isolation": "dartmath.tools.isolation",
    "Sandbox": "dartmath.tools.sandbox",
    "ToolEngine": "dartmath.tools.engine",
    "ToolsSection": "dartmath.tools.config",
    "find_isolation": "dartmath.tools.walls",
}
__all__ = [
    "BlockResult",
    "Isolation",
    "Sandbox",
    "ToolEngine",
    "ToolsSection",
    "find_isolation",
]

__getattr__ = lazily(__name__, _HOMES)
