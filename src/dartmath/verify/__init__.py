"""Rule-based verification of math answers, usable alone.

>>> from dartmath.verify import verify
>>> verify(r"\\frac12", "0.5").correct
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dartmath.verify.contract.outcome import Extraction, Outcome, Verdict
    from dartmath.verify.contract.question import Question
    from dartmath.verify.contract.settings import GradingSettings, Tolerance
    from dartmath.verify.extract.answer import extract_answer
    from dartmath.verify.golds import read_reference
    from dartmath.verify.judge import grade, verify
    from dartmath.verify.parsing.parser import parse
    from dartmath.verify.serve.batch import grade_many
    from dartmath.verify.serve.grading_pool import GradingPool
    from dartmath.verify.theoremqa import verify_theoremqa
    from dartmath.verify.tree.expression import Expression

_HOMES = {
    "Expression": "tree.expression",
    "Extraction": "contract.outcome",
    "GradingPool": "serve.grading_pool",
    "GradingSettings": "contract.settings",
    "Outcome": "contract.outcome",
    "Question": "contract.question",
    "Tolerance": "contract.settings",
    "Verdict": "contract.outcome",
    "extract_answer": "extract.answer",
    "grade": "judge",
    "grade_many": "serve.batch",
    "parse": "parsing.parser",
    "read_reference": "golds",
    "verify": "judge",
    "verify_theoremqa": "theoremqa",
}
__all__ = [
    "Expression",
    "Extraction",
    "GradingPool",
    "GradingSettings",
    "Outcome",
    "Question",
    "Tolerance",
    "Verdict",
    "extract_answer",
    "grade",
    "grade_many",
    "parse",
    "read_reference",
    "verify",
    "verify_theoremqa",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'dartmath.verify' has no attribute {name!r}")
    value = getattr(import_module(f"dartmath.verify.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
