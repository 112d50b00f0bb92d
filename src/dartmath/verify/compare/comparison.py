"""One comparison of two answers: what it may depend on beside them, and how their parts are compared."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from dartmath.base.regex import by_initials, regex
from dartmath.verify.compare.rounding import Margin
from dartmath.verify.language.plain_numbers import SAME
from dartmath.verify.language.questions import end_of
from dartmath.verify.language.search import holds
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.tree.expression import Expression

_MONOTONIC = regex(
    r"\bintervals?\b.{0,80}\b(?:increas|decreas|monoton)|\b(?:increas|decreas|monoton)\w*\b.{0,60}\bintervals?\b"
    r"|\bintervals?\b.{0,40}\bof (?:increase|decrease|monotonicity)"
    r"|\b(?:confidence|credible|prediction) intervals?\b",
    re.IGNORECASE | re.DOTALL,
)
_FIRST = (
    r"(?:least|smallest|lowest|greatest|largest|highest|shortest|longest|lightest|heaviest|slowest|fastest"
    r"|youngest|oldest|earliest|latest|first|beginning|fewest|most|weakest|strongest|north|south|east|west|left|right|top|bottom"
    r"|\d+)"
)
_ORDERED = ("sort", "arrange", "order", "rank")
_TOLD_TO_ORDER = regex(rf"\s*(?:{'|'.join(_ORDERED)}|put)\b.{{0,300}}\border\b", re.DOTALL)
_IN_ORDER = regex(
    by_initials(
        r"\brespectively\b",
        *(
            rf"\b{word} (?:them|these|those|each|the (?:\w+ ){{1,4}})"
            r"[^.?]{0,60}\b(?:in|by|from|according)\b"
            for word in _ORDERED
        ),
        *(rf"\b{word}\w*\b[^.?]{{0,120}}\bfrom (?:the )?{_FIRST}(?: \w+)? to\b" for word in _ORDERED),
        rf"\bfrom (?:the )?{_FIRST}(?: \w+)? to\b[^.?]{{0,60}}\border\b",
        *(
            rf"\b{word} (?:order|sequence)\b"
            for word in ("correct", "proper", "right", "possible", "logical", "chronological")
        ),
        *(rf"\b{word}\b[^.?]{{0,80}}\b(?:order|sequence|path|succession)\b" for word in ("which", "what")),
        *("依次", "分[别別]", "按顺序", "的顺序"),
    )
)
"""A query, in small letters, whose answer is an order, and not only to be written in one."""

_BLANK = regex(r"_{3,}|(?:\\_){2,}|\\underline\s*\{(?:\s|~|\\q?quad|\\hspace\{[^{}]*\})+\}")
_LISTED_AT_END = regex(
    r"\b(?:at|for|of) (?P<items>(?:[^,.?:;]{1,40}, ){1,8}[^,.?:;]{1,40}?)(?P<comma>,)?"
    r" and (?:[^,?:;]|,(?=\d{3})){1,60}\?\s*\Z"
)
"""Three things or more at the end of a question: "What is its value at 1, 2 and 5?"."""

_PART = regex(r"\((?<![A-Za-z0-9\\]\()(?P<mark>[a-f]|i{1,3}|iv|v|[1-9])\)\s+(?=\S)")
MAX_COMPARISONS = 5_000
"""Comparisons of parts in one verdict; more make it undecided.

Two flat lists of the longest kind that is compared pairwise (`collections.MAX_UNMATCHED`) need 1,600;
nested lists multiply.
"""


@lru_cache(maxsize=64)
def _asks_for_order(query: str) -> bool:
    low = query.lower()
    return _TOLD_TO_ORDER.match(low) is not None or _IN_ORDER.search(low) is not None


@lru_cache(maxsize=64)
def _counts_asked(query: str) -> frozenset[int]:
    """How many questions, parts, blanks and things in its last list a query has, where there are several."""
    listed = _LISTED_AT_END.search(query) if query.rstrip().endswith("?") else None
    items = listed["items"].count(",") + (2 if listed["comma"] is None else 1) if listed else 0
    parts = [found["mark"] for found in _PART.finditer(query)]
    is_series = len(set(parts)) == len(parts)
    blanks = len(_BLANK.findall(query)) if "_" in query or "underline" in query else 0
    counts = (query.count("?"), blanks, len(parts) if is_series else 0, items)
    return frozenset(count for count in counts if count > 1)


UNDECIDED = Decision(None, "undecided", f"more than {MAX_COMPARISONS} comparisons")


@dataclass(slots=True)
class Comparison:
    """Everything that the rules of one verdict share; `rule` compares two trees that are not identical.

    `margin` is how far an answer may be from its reference, None for exact; `order` None leaves the order
    of a bare list to the query, which is cut to its last characters (see `end_of`). `science` takes
    every decimal reference for a measured one, `approximate` says that this reference calls itself one.
    """

    rule: Callable[[Expression, Expression, Comparison], Decision]
    query: str = ""
    margin: Margin | None = None
    order: bool | None = None
    science: bool = False
    approximate: bool = False
    count: int = 0

    def __post_init__(self) -> None:
        """Cut the query once, here and nowhere else."""
        self.query = end_of(self.query)

    @property
    def ordered(self) -> bool:
        """Whether a bare list must come in its order."""
        return _asks_for_order(self.query) if self.order is None else self.order

    def asks_for(self, count: int) -> bool:
        """Whether the query asks for so many things one after the other: questions, parts or blanks."""
        return self.order is not False and count in _counts_asked(self.query)

    @property
    def ignore_ends(self) -> bool:
        """Whether open and closed ends are alike: where a function increases, and of confidence."""
        return holds(self.query.lower(), "interval") and _MONOTONIC.search(self.query) is not None

    @property
    def exhausted(self) -> bool:
        """Whether there were too many comparisons: what looks different may only not have been compared."""
        return self.count > MAX_COMPARISONS

    def same(self, reference: Expression, answer: Expression) -> Decision:
        """Whether an answer, or a part of one, means the same as its reference."""
        self.count += 1
        if self.exhausted:
            return UNDECIDED
        if reference == answer:
            return Decision(True, "structure", SAME)
        return self.rule(reference, answer, self)
