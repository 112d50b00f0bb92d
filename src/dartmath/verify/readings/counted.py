"""A sentence with several numbers, of which the query asks for one: how many there are of what."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.parsing.parser import parse
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Number, Text

MAX_SENTENCE = 200
"""Characters of a sentence that states a number."""

_HOW_MANY = regex(
    r"\bhow many (?!more|less|fewer|other|total|of|times|different|distinct)(?P<noun>[a-z]{3,})\b", re.I
)
_NUMBER = regex(r"(?<![\w.,/^-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w/^%]|[.,]\d)")
_OPEN = regex(
    r"\b(?:not|no|never|if|unless|except|than|least|most|about|around|nearly|almost|or|either|neither|maybe|first"
    r"|another|other|more|less|fewer|remaining|per|every|each)\b|n't|[?=<>\\$]",
    re.IGNORECASE,
)
"""Words and signs with which a sentence leaves its numbers open, or counts something else too."""


def number_of_what_is_asked(sides: Sides) -> Iterator[Pair]:
    """`50 workers need 6 days` for 6, where the query asks how many days."""
    if not isinstance(sides.ours, Number) or not isinstance(sides.theirs, Text):
        return
    sentence = sides.answer
    if len(sentence) > MAX_SENTENCE or _OPEN.search(sentence):
        return
    nouns = {found["noun"].lower() for found in _HOW_MANY.finditer(sides.query)}
    if len(nouns) != 1:
        return
    noun = nouns.pop()
    one = noun.removesuffix("s")
    counted = [
        found.group()
        for found in _NUMBER.finditer(sentence)
        if re.match(rf" (?:{noun}|{one})(?![a-z])", sentence[found.end() :], re.IGNORECASE)
    ]
    mentioned = len(re.findall(rf"\b(?:{noun}|{one})\b", sentence, re.IGNORECASE))
    if len(counted) == mentioned == 1:
        yield sides.ours, parse(counted[0])
