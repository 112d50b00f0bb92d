"""A sentence with several numbers, of which the query asks for one: how many there are of what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from dartmath.base.regex import regex
from dartmath.verify.language.vocabulary import COUNT_WORDS
from dartmath.verify.parsing.parser import parse
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Group, Named, Number, Text

MAX_SENTENCE = 200
"""Characters of a sentence that states a number."""

_HOW_MANY = regex(
    r"\bhow many (?!more|less|fewer|other|total|of|times|different|distinct)(?P<noun>[a-z]{3,})\b", re.I
)
_NUMBER = regex(r"(?<![\w.,/^-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w/^%]|[.,]\d)")
_OPEN = regex(
    r"\b(?:not|no|never|if|unless|except|than|least|most|about|around|nearly|almost|or|either|neither|maybe|first"
    r"|another|other|more|less|fewer|remaining|per|every)\b|n't|[?=<>\\$]",
    re.IGNORECASE,
)
"""Words and signs with which a sentence leaves its numbers open, or counts something else too."""


_EACH = regex(r"\beach\b", re.IGNORECASE)


def _leaves_open(sentence: str, query: str) -> bool:
    """Whether a sentence says more of its numbers than that there are so many, or speaks of each unasked."""
    return _OPEN.search(sentence) is not None or (
        _EACH.search(sentence) is not None and _EACH.search(query) is None
    )


_CLAUSES = regex(r"\s*(?:[,;]|\band\b)\s*")


def _stated_count(sentence: str, noun: str) -> str | None:
    """The number that one clause alone states: "the number of pears is 18 and they cost 90 dollars"."""
    says = rf".*\bnumber of (?:\w+ ){{0,2}}{noun}\b[^\d=]* (?:is|are|was|were|will be) ({_NUMBER.pattern})\.?"
    clauses = (re.fullmatch(says, clause.strip(), re.IGNORECASE) for clause in _CLAUSES.split(sentence))
    found = [clause[1] for clause in clauses if clause]
    return found[0] if len(found) == 1 else None


def number_of_what_is_asked(sides: Sides) -> Iterator[Pair]:
    """`50 men need 6 days` and `9 pears and 6 nuts` for 6, where the query asks how many days, or nuts."""
    if not isinstance(sides.ours, Number) or not isinstance(sides.theirs, Text | Group):
        return
    sentence = sides.answer
    if len(sentence) > MAX_SENTENCE or _leaves_open(sentence, sides.query):
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
    if (stated := _stated_count(sentence, rf"(?:{noun}|{one})")) is not None:
        yield sides.ours, parse(stated)
    mentioned = len(re.findall(rf"\b(?:{noun}|{one})\b", sentence, re.IGNORECASE))
    if len(counted) == mentioned == 1:
        yield sides.ours, parse(counted[0])


_ASKS_COUNT = regex(r"\b(?:how many|(?:what is|find|determine|compute) the number of)\b", re.IGNORECASE)


def none_counted(sides: Sides) -> Iterator[Pair]:
    """No solution for 0, where the query asks how many there are."""
    nothing = sides.theirs == Named("set", "empty")
    if nothing and isinstance(sides.ours, Number) and _ASKS_COUNT.search(sides.query):
        yield sides.ours, Number(Fraction(0))


_COUNTED_LIST = regex(
    rf"(?P<count>\d{{1,3}}|{'|'.join(COUNT_WORDS)}) (?:[a-z-]+ ){{0,3}}"
    r"(?:[a-z]+(?:: |, namely |, i\.e\.,? )|(?:solutions|roots|zeros|integers|numbers|values|pairs"
    r"|triples|points|primes) are:?)\s*"
    r"(?P<items>.+)",
    re.IGNORECASE | re.DOTALL,
)


def has_counted_list(sides: Sides) -> bool:
    """Whether an answer may say how many there are and which."""
    answer = sides.answer
    listed = ":" in answer or " are" in answer or ", " in answer
    return listed and _COUNTED_LIST.fullmatch(answer) is not None


def count_of_list(sides: Sides) -> Iterator[Pair]:
    """`3 roots: x = 1, x = 2 and x = 5` for 3, and for the list."""
    found = _COUNTED_LIST.fullmatch(sides.answer)
    if found is not None:
        yield sides.ours, parse(found["count" if isinstance(sides.ours, Number) else "items"])
