"""What a response of one sentence says of what its query asks for: "The capital of Peru is Lima."."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.language.names import listed
from dartmath.verify.language.search import Literals
from dartmath.verify.language.sentences import MAX_SENTENCE
from dartmath.verify.language.vocabulary import NEGATION

_WORD = regex(r"[^\W_]+(?:['’.,:/-][^\W_]+)*")
_IDLE = frozenset(
    listed(
        "a an the is are was were be been do does did has have had will would of in on at to for by with and"
    )
)
"""Words that may stand anywhere in a sentence, wherever they stand in its query."""

_CLAUSE = regex(
    r"(?:.*(?:,|;|\band) )?(?P<asked>(?:the|its|his|her|their|[A-Z][a-z]+'s) [^,;:.?!]{3,80}?)"
    r" (?:is|was|are|were) (?P<said>[^,;:?!]{1,80}?)\.?",
    re.DOTALL,
)
_POSSESSIVES = frozenset(listed("its his her their"))
_WORDS_OF_CONCLUSIONS = ("Therefore", "Thus", "Hence", "So", "In conclusion")
_CONCLUSIONS = Literals(*_WORDS_OF_CONCLUSIONS)
_CONCLUDES = regex(
    rf"(?:.*[.!?…\n] *)?(?:{'|'.join(_WORDS_OF_CONCLUSIONS)}),? (?P<said>[^\n.!?]{{2,120}})[.!]?", re.DOTALL
)
_UNSURE = regex(r"\b(?:or|maybe|perhaps|might|may|could|either|if|unless|between|except)\b|\?", re.IGNORECASE)


def said_of_asked(response: str, query: str) -> str | None:
    """What a sentence says that its query does not, where all its other words are the query's in their order.

    >>> said_of_asked("Ann and Ben both had a Ph.D.", "Ann and Ben both had what type of degree?")
    'Ph.D'
    >>> said_of_asked("Ben beat Ann.", "Who did Ann beat?")
    """
    whole = response.strip()
    if (
        not query
        or len(whole) > MAX_SENTENCE
        or "\n" in whole
        or NEGATION.search(whole)
        or _UNSURE.search(whole)
    ):
        return None
    asked = [word.group().lower() for word in _WORD.finditer(_question(query))]
    known = set(asked)
    new: list[re.Match[str]] = []
    old: list[str] = []
    words = list(_WORD.finditer(whole))
    for word in words:
        low = word.group().lower()
        if low in known and low not in _IDLE:
            old.append(low)
        elif low not in _IDLE:
            new.append(word)
    if new and old and _in_order(old, asked):
        start, end = new[0].start(), new[-1].end()
        inside = [word for word in words if start <= word.start() < end]
        if len(inside) == len(new):
            return whole[start:end]
    clause = _CLAUSE.fullmatch(whole)
    if clause is not None:
        subject = {word.lower() for word in _WORD.findall(clause["asked"])} - _POSSESSIVES
        if subject <= known | _IDLE:
            return clause["said"]
    return None


_QUESTION = regex(r"(?:.*(?<=\w\w)[.!?]\s+|.*\n\s*)?(?P<question>[^!?\n]*\?)\W*", re.DOTALL)


def _question(query: str) -> str:
    """The question that a query ends with; all of one that asks none."""
    if "?" not in query:
        return query
    # Without empty lines and blanks around lines, whose runs the pattern would try to part in every way.
    found = _QUESTION.fullmatch("\n".join(filter(None, map(str.strip, query.splitlines()))))
    return found["question"] if found else query


def _in_order(words: list[str], asked: list[str]) -> bool:
    """Whether words come in a query in this order."""
    place = iter(asked)
    return all(word in place for word in words)


def concluded_words(response: str) -> str | None:
    """What a response concludes with in words: "... Therefore all of them are red."."""
    ending = response.strip()[-MAX_SENTENCE:]
    found = _CONCLUDES.fullmatch(ending) if _CONCLUSIONS.all_in(ending) else None
    return found["said"] if found else None
