"""Rule-based verification of math answers, usable alone.

>>> from dartmath.verify import verify
>>> verify(r"\\frac12", "0.5").correct
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dartmath.verify.extract.answer import extract_answer
    from dartmath.verify.judge import grade, verify
    from dartmath.verify.outcome import Extraction, Outcome, Verdict
    from dartmath.verify.parsing.parser import parse
    from dartmath.verify.serve.batch import grade_many
    from dartmath.verify.serve.pool import GradingPool
    from dartmath.verify.tree.expression import Expression

_HOMES = {
    "Expression": "tree.expression",
    "Extraction": "outcome",
    "GradingPool": "serve.pool",
    "Outcome": "outcome",
    "Verdict": "outcome",
    "extract_answer": "extract.answer",
    "grade": "judge",
    "grade_many": "serve.batch",
    "parse": "parsing.parser",
    "verify": "judge",
}
__all__ = [
    "Expression",
    "Extraction",
    "GradingPool",
    "Outcome",
    "Verdict",
    "extract_answer",
    "grade",
    "grade_many",
    "parse",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'dartmath.verify' has no attribute {name!r}")
    value = getattr(import_module(f"dartmath.verify.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
