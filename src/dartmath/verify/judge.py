"""`verify` one answer against its reference, and `grade` one response against its query."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Protocol

from dartmath.errors import UnknownNameError
from dartmath.verify.extract import extract_answer
from dartmath.verify.outcome import Outcome, Verdict

VERIFIERS = ("math", "theoremqa")


class Gradable(Protocol):
    """What `grade` needs of a query."""

    @property
    def text(self) -> str:
        """The problem as asked."""
        ...

    @property
    def references(self) -> tuple[str, ...]:
        """Acceptable answers."""
        ...

    @property
    def verifier(self) -> str:
        """The verification mode: "math" or "theoremqa"."""
        ...

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Optional keys: "tolerance" (absolute), "ordered", "answer_type"."""
        ...


def verify(
    reference: str,
    answer: str,
    *,
    query: str | None = None,
    tolerance: float | None = None,
    ordered: bool | None = None,
) -> Verdict:
    """Whether `answer` means the same as `reference`, and which comparison decided it."""
    if reference.strip() == answer.strip():
        return Verdict(Outcome.CORRECT, answer, "text", "the same text")
    ours, theirs = _rational(reference), _rational(answer)
    if ours is not None and theirs is not None:
        outcome = Outcome.CORRECT if ours == theirs else Outcome.WRONG
        return Verdict(outcome, answer, "rational", f"{theirs} against {ours}")
    return Verdict(Outcome.WRONG, answer, "text", "different texts")


def _rational(text: str) -> Fraction | None:
    try:
        return Fraction(text.strip().strip("$").replace(",", "")) if len(text) < 100 else None
    except (ValueError, ZeroDivisionError):
        return None


def grade(query: Gradable, response: str, *, finish_reason: str = "stop") -> Verdict:
    """The verdict on a whole response: extract its final answer and compare it.

    A response cut off (`finish_reason="length"`) counts only explicit final answers; without one
    it is `Outcome.TRUNCATED`. Any of `query.references` is acceptable.
    """
    if query.verifier not in VERIFIERS:
        raise UnknownNameError("verifier", query.verifier, VERIFIERS)
    cut = finish_reason == "length"
    found = extract_answer(response, strict=cut)
    if found.answer is None:
        outcome = Outcome.TRUNCATED if cut else Outcome.NO_ANSWER
        return Verdict(outcome, None, "none", "no final answer in the response")
    verdicts = [verify(reference, found.answer, query=query.text) for reference in query.references]
    return next((verdict for verdict in verdicts if verdict.correct), verdicts[0])
