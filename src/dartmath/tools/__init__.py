"""Tool-integrated reasoning: the model writes Python, an isolated interpreter runs it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dartmath.tools.config import ToolsSection
    from dartmath.tools.engine import ToolEngine
    from dartmath.tools.isolation import Isolation, find_isolation
    from dartmath.tools.sandbox import BlockResult, Sandbox

_HOMES = {
    "BlockResult": "sandbox",
    "Isolation": "isolation",
    "Sandbox": "sandbox",
    "ToolEngine": "engine",
    "ToolsSection": "config",
    "find_isolation": "isolation",
}
__all__ = ["BlockResult", "Isolation", "Sandbox", "ToolEngine", "ToolsSection", "find_isolation"]


def __getattr__(name: str) -> Any:
    # Recipes need the section alone: the rest is imported when it is used.
    if name not in _HOMES:
        raise AttributeError(f"module 'dartmath.tools' has no attribute {name!r}")
    return getattr(import_module(f"dartmath.tools.{_HOMES[name]}"), name)
