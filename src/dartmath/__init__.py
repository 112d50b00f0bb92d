"""dartmath: difficulty-aware rejection tuning for LLMs, end to end."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from dartmath.base.lazy import lazily

if TYPE_CHECKING:
    from dartmath.base.errors import DartmathError
    from dartmath.queries.query import Query
    from dartmath.verify import extract_answer, grade, verify
    from dartmath.verify.contract.outcome import Outcome, Verdict

__version__ = "0.1.0"

_HOMES = {
    "DartmathError": "dartmath.base.errors",
    "Query": "dartmath.queries.query",
    "Outcome": "dartmath.verify.contract.outcome",
    "Verdict": "dartmath.verify.contract.outcome",
    "extract_answer": "dartmath.verify",
    "grade": "dartmath.verify",
    "verify": "dartmath.verify",
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


# Importing a subpackage sets an attribute of its name, once. Here `verify` is to be the function, so the
# subpackage (which imports nothing yet) comes first, and its attribute goes.
import_module("dartmath.verify")
globals().pop("verify", None)


__getattr__ = lazily(__name__, _HOMES)
