"""How many of something a sentence says that there are, in words or with a list of them."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.extract.left_open import CHANGED, leaves_open
from dartmath.verify.language.vocabulary import COUNT_WORDS

_COUNTED_WORDS = regex(
    rf"[^\d=]*\bthere (?:are|is) (?:exactly |only |thus |therefore )?(?P<value>{'|'.join(COUNT_WORDS)})"
    r" (?:such |possible |different |distinct |real |positive |integer |whole |more |valid )*(?:[\w-]+ )?"
    r"(?:values?|solutions?|ways?|integers?|numbers?|points?|roots?|choices|possibilities|pairs?|triples?|divisors?"
    r"|primes?|digits?|factors?|sets?|intercepts?|asymptotes?|triangles?|terms?)\b[^\d=]*",
    re.IGNORECASE,
)
"""How many of something there are, in words: "So there are two such values."."""

_COUNT_FIRST = regex(
    rf"(?P<value>{'|'.join(COUNT_WORDS[1:])}) (?:(?!of\b)[a-z-]+ ){{0,2}}"
    r"(?:(?!(?:is|was|has|does|this|as|us)\b)[a-z]+s|people|men|women|children) [a-z ]{2,60}\.?",
    re.IGNORECASE,
)
"""A sentence that begins with how many there are: "Two people accept the position."."""


def count_in_words(claim: str) -> str | None:
    """How many of something a sentence without digits says there are."""
    if counted := _COUNTED_WORDS.fullmatch(claim):
        return counted["value"].lower()
    first = _COUNT_FIRST.fullmatch(claim)
    is_only = first is not None and not CHANGED.search(claim, first.end("value"))
    return first["value"].lower() if first is not None and is_only else None


_COUNTED_LIST = regex(
    rf"(?:[^\d=:$]*\bthere are|[^=:?]{{1,60}} (?:has|have)) (?:exactly |only )?(?P<value>(?:\d{{1,3}}"
    rf"|{'|'.join(COUNT_WORDS)})"
    r" (?:[a-z-]+ ){0,3}[a-z]+(?::|, namely"
    r"|, i\.e\.,?)\s+(?:[-$\d({\\]|[a-zA-Z] ?=)[^.]*(?:\.\d[^.]*)*?)\.?\s*",
    re.IGNORECASE,
)
"""How many there are, and which: "There are 3 such numbers: 2, 5 and 8."."""

_COUNTED_SUBJECT = regex(
    rf"(?:(?:so|thus|hence|therefore),? )?the (?P<value>(?:\d{{1,3}}"
    rf"|{'|'.join(COUNT_WORDS)}) (?:[a-z-]+ ){{0,3}}"
    r"(?:solutions|roots|zeros|integers|numbers|values|pairs|triples|points"
    r"|primes) are:?\s+(?:[-−$\d(\\]|[a-zA-Z] ?=)"
    r"[^.]*(?:\.\d[^.]*)*?)\.?\s*",
    re.IGNORECASE,
)
"""A list behind how many there are: "The three roots are 2, 5 and 8."."""


def counted_list(sentence: str) -> str | None:
    """How many of something a sentence says there are, with the list of them.

    >>> counted_list("So there are 3 such numbers: 2, 5 and 8.")
    '3 such numbers: 2, 5 and 8'
    """
    if " are" not in sentence and " ha" not in sentence:
        return None
    found = (
        _COUNTED_LIST.fullmatch(sentence) if ":" in sentence or ", " in sentence else None
    ) or _COUNTED_SUBJECT.fullmatch(sentence)
    return found["value"].rstrip() if found and not leaves_open(sentence) else None
