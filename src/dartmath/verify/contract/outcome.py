"""What became of one response: the seven outcomes, the extraction and the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How one response ended. Only `CORRECT` and `WRONG` are judgements of the answer."""

    CORRECT = "correct"
    WRONG = "wrong"
    NO_ANSWER = "no_answer"
    TRUNCATED = "truncated"
    UNPARSABLE = "unparsable"
    TIMEOUT = "timeout"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Extraction:
    """The final answer found in a response.

    `answer` is None when there is none; `method` names the rule that found it (such as
    "boxed", "hash", "answer_is", "last_number"); `span` is its (start, end) in characters.
    """

    answer: str | None
    method: str
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one answer and the comparison that decided it.

    `reason` is a short sentence for people; `comparison` a stable word for machines (such as
    "text", "rational", "ball", "structure"); `precision` the bits used by ball arithmetic;
    `reading` names what the notation was taken for where its plain reading did not do.
    """

    outcome: Outcome
    answer: str | None = None
    comparison: str = ""
    reason: str = ""
    precision: int | None = None
    reading: str = ""

    @property
    def correct(self) -> bool:
        """Whether the outcome is `CORRECT`."""
        return self.outcome is _CORRECT


_CORRECT = Outcome.CORRECT  # in CPython 3.11 looking a member up in its class takes as long as all else here
