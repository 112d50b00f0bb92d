"""The day on which a sentence says that something is, or the rank that it says something has."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.extract.left_open import leaves_open
from dartmath.verify.language.vocabulary import MONTHS

MONTH = regex(MONTHS)
_ON_DATE = regex(
    r"[^\d=?]{5,120} (?:is|was|be|falls|fell|on)(?: on)? (?P<value>"
    rf"(?:(?:{MONTHS}) \d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{MONTHS}))"
    r"(?:,? \d{4})?)[.*\s]*"
)
"""A sentence that ends in the day on which something is, and has no other number."""

_AT_RANK = regex(
    r"(?!(?:step|in)\b|(?:the|my|our) (?:final |correct )?answer\b)[^\d=?]{0,100}"
    r"\b(?:finish(?:es|ed)?|came|comes|is|was|are|were|ends? up|ranks|placed)"
    r" (?:in |on |at )?(?:the )?(?P<value>\d{1,4}(?:st|nd|rd|th))"
    r"(?: (?:place|position|floor|row|day|grade))?[.*\s]*",
    re.IGNORECASE,
)
"""A sentence that ends in the rank that something has, and has no other number."""


def day_or_rank(sentence: str) -> str | None:
    """The day on which a sentence says that something is, or its rank. Of a month, May is no "may"."""
    found = _ON_DATE.fullmatch(sentence) if MONTH.search(sentence) else _AT_RANK.fullmatch(sentence)
    return found["value"] if found and not leaves_open(sentence[: found.start("value")]) else None
