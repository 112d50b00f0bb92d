"""dartmath: difficulty-aware rejection tuning for LLMs, end to end."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# The one eager import: it binds `verify` to the function for good. Importing the subpackage first
# sets that attribute to the module, and Python does so only once, before this line ends.
from dartmath.verify.judge import verify

if TYPE_CHECKING:
    from dartmath.errors import DartmathError
    from dartmath.queries.query import Query
    from dartmath.verify import extract_answer, grade
    from dartmath.verify.outcome import Outcome, Verdict

__version__ = "0.1.0"

_HOMES = {
    "DartmathError": "dartmath.errors",
    "Query": "dartmath.queries.query",
    "Outcome": "dartmath.verify.outcome",
    "Verdict": "dartmath.verify.outcome",
    "extract_answer": "dartmath.verify",
    "grade": "dartmath.verify",
}
__all__ = [
    "DartmathError",
    "Outcome",
    "Query",
    "Verdict",
    "extract_answer",
    "grade",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'dartmath' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
