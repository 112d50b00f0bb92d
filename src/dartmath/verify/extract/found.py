"""Statement: what a response may state as its final answer, and how plainly."""

from __future__ import annotations

from typing import NamedTuple

MAX_ANSWER = 4_000
"""A candidate longer than this many characters is no final answer."""

MAX_LINE = 200
"""A response that is one line of at most this many characters can be its own answer."""

MAX_WORDS = 5
"""Such a line, or the content of a tag, is an answer in words if it has at most this many."""


class Statement(NamedTuple):
    """A statement of the final answer.

    Attributes:
        answer: the answer as written.
        rule: how it was found, one of `dartmath.verify.contract.settings.RULES` or "last_number".
        start, end: its place in the text.
        firm: whether it reads as an answer by itself (a formula, a number, an option), and not as prose.
    """

    answer: str
    rule: str
    start: int
    end: int
    firm: bool = True
