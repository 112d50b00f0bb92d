"""The value that a concluding sentence claims in words: "So Ann has 2 * 7 = 14 apples left."."""

from __future__ import annotations

import re

from dartmath.verify.language.money import SIGN
from dartmath.verify.language.names import listed
from dartmath.verify.language.sentences import MAX_SENTENCE, QUALIFIED
from dartmath.verify.language.units import parse_unit
from dartmath.verify.language.vocabulary import (
    ALTERNATIVES,
    APPROXIMATIONS,
    BOUNDS,
    CHANGES,
    CONCLUDING,
    EXCEPTIONS,
    NEGATIONS,
    ORDERINGS,
    one_of,
)

OPENING = rf"(?:{CONCLUDING}|we (?:get|have|find|obtain|conclude)\b)"
"""How a sentence begins that says what a response arrives at."""

_VALUE = (
    r"(?<![A-Za-z0-9.,:/^*+-])"
    rf"(?P<value>-?(?:{SIGN} ?)?\d[\d,]*(?:\.\d+)?(?:/\d+)?(?: ?\\?%)?)"
    r"(?![A-Za-z0-9/:^*+(=-]|[.,]\d)"
)
"""An amount that stands by itself."""

_WORDS = r"(?P<words>[A-Za-z' ,-]{0,100})[.!。]?"
_OPENING = re.compile(rf"[\s*#_]*{OPENING}(?: that)?[,:，*_]*\s*", re.IGNORECASE)
_COMPUTED = re.compile(rf"[^=]*(?:=[^=]*)*= ?{_VALUE}{_WORDS}")
_ALGEBRA = re.compile(r"\d[a-zA-Z]\b|\b[a-wyzA-Z] ?[-+*/^]|[-+*/^] ?[a-zA-Z] *=|\^")
_COPULA = re.compile(
    rf"[^=]*\b(?:is|are|was|were|equals?|costs?|be|(?:is|are) equal to) {_VALUE}{_WORDS}", re.IGNORECASE
)
_ONLY = re.compile(rf"[^\d=]*{_VALUE}[^\d=]*")
_COPULA_BEFORE_NUMBER = re.compile(
    rf"\b(?:is|are|was|were|equals?|costs?|be|equal to) -?(?:{SIGN})?\d", re.IGNORECASE
)
_NUMERALS = listed(
    "thousands? millions? billions? one two three four five six seven eight nine ten eleven twelve "
    "twenty thirty forty fifty"
)
_CHANGED = re.compile(one_of(*CHANGES, *ORDERINGS, *_NUMERALS), re.IGNORECASE)
"""Words beside the only number of a sentence that are a number too, or change it."""

_SENTENCES = re.compile(r"[.!?]\s+\S|。.")
_DOUBTS = listed("maybe perhaps could may might suppose assume try check")
_OPEN = re.compile(
    one_of(*NEGATIONS, *ALTERNATIVES, *EXCEPTIONS, *BOUNDS, *APPROXIMATIONS, *_DOUBTS)
    + r"|n't|\?|[不没或约若]|至[少多]",
    re.IGNORECASE,
)
"""Words with which a sentence leaves its value open."""


def concluded(sentence: str) -> str | None:
    """The value that a concluding sentence states, with its unit; None where there is none or more than one.

    That is what a calculation comes to, what follows "is" or "are" at the end, or the only number.

    >>> concluded("So Maria has 14 apples left.")
    '14'
    >>> concluded("Therefore, she pays $5 x 50 = $250 in all.")
    '$250'
    >>> concluded("Thus the drive takes 2 hours.")
    '2 hours'
    >>> concluded("So Maria has 14 apples and 3 pears.")
    """
    start = _OPENING.match(sentence)
    claim = sentence[start.end() :].replace("**", "  ").strip() if start else ""
    if len(claim) > MAX_SENTENCE or _OPEN.search(claim) or _SENTENCES.search(claim):
        return None
    if "=" in claim:
        found = None if _ALGEBRA.search(claim) else _COMPUTED.fullmatch(claim)
    elif (found := _ONLY.fullmatch(claim)) is not None:
        found = None if _CHANGED.search(claim) else found
    elif len(_COPULA_BEFORE_NUMBER.findall(claim)) == 1:
        found = _COPULA.fullmatch(claim)
        found = None if found is None or QUALIFIED.search(found["words"]) else found
    return _with_unit(claim, found) if found else None


def _with_unit(claim: str, found: re.Match[str]) -> str:
    """The value with the words behind it that are a unit."""
    words = re.findall(r" [a-z]{1,20}\b", claim[found.end("value") :][:60])[:3]
    for count in range(len(words), 0, -1):
        unit = "".join(words[:count])
        is_unit = words[count - 1] != " in" and parse_unit(unit.strip()).known
        if is_unit and claim.startswith(unit, found.end("value")):
            return found["value"] + unit
    return found["value"]
