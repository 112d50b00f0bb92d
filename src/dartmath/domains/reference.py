"""Reading what a reference of these verifiers holds: JSON in one cell."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from dartmath.verify.contract.outcome import Outcome, Verdict
from dartmath.verify.contract.question import Gradable

# Bounded: a response may be a million characters.
_FENCE = re.compile(
    r"^[ \t]*```[ \t]*([\w+#.-]{0,20})[^\n]{0,80}\n(.*?)(?:^[ \t]*```|\Z)", re.MULTILINE | re.DOTALL
)


def reference_of(query: Gradable) -> Any:
    """The reference as JSON; `ValueError` for one that is none."""
    try:
        return json.loads(query.references[0])
    except (IndexError, ValueError, RecursionError):
        shown = (query.references or ("",))[0][:80]
        raise ValueError(f"the reference is not JSON: {shown!r}") from None


def only(found: Mapping[str, Any], keys: set[str], what: str) -> None:
    """Raise `ValueError` for a key of a reference that means nothing here."""
    if unknown := sorted(found.keys() - keys):
        raise ValueError(f"{what} has no {unknown[0]!r}; its keys are {', '.join(sorted(keys))}")


def fenced(response: str, languages: set[str]) -> list[str]:
    """The fenced blocks of a response in one of these languages, or in none that is named."""
    return [m[2] for m in _FENCE.finditer(response) if m[1].lower() in {"", *languages}]


def verdict(right: bool, comparison: str, reason: str, answer: str | None = None) -> Verdict:
    """A verdict that says by what it was come to."""
    outcome = Outcome.CORRECT if right else Outcome.WRONG
    return Verdict(outcome, None if answer is None else answer[:200], comparison, reason[:200])


def nothing(comparison: str, what: str) -> Verdict:
    """The verdict on a response that does not hold what is asked for."""
    return Verdict(Outcome.NO_ANSWER, None, comparison, f"no {what} in the response")
