"""An amount that stands by itself in a sentence, and the words behind it that are its unit."""

from __future__ import annotations

import re
from itertools import takewhile

from dartmath.base.regex import regex
from dartmath.verify.language.money import SIGN_CLASS
from dartmath.verify.language.units import parse_unit

VALUE = (
    r"(?<![A-Za-z0-9.,:/^*+\-−])(?<!\\\{)(?<![-–−] )(?<![A-Za-z0-9)] [-−])"
    rf"(?<![-–−]\\)(?<![-–−][{SIGN_CLASS}])(?<![-–−]\\[{SIGN_CLASS}])(?<![-–−][{SIGN_CLASS}] )"
    rf"(?P<value>[-−]?(?:\\?[{SIGN_CLASS}] ?)?\d(?:[\d,]*\d)?(?:\.\d+)?(?:/\d+)?"
    rf"(?: ?\\?%| ?(?!\$)[{SIGN_CLASS}]| ?\$(?=[\s.,]"
    r"|$)|°)?)"
    r"(?![A-Za-z0-9/:^*+(=-]|[.,]\d|[√∛²³⁰-₉∞Α-ω])"
)
"""An amount that stands by itself."""

WORDS = r"(?P<words>[^\d=.!?。()\\$*/^+<>]{0,100})[.!。।]?"
"""What may stand from an amount to the end of its sentence."""

_NO_UNIT = frozenset(
    (
        "all",
        "total",
        "left",
        "of",
        "and",
        "the",
        "to",
        "for",
        "from",
        "than",
        "then",
        "with",
        "when",
        "de",
        "du",
        "di",
        "e",
        "y",
        "et",
        "und",
    )
)


def _is_of_unit(word: str) -> bool:
    return word.strip() not in _NO_UNIT


_SCALE_BEHIND = regex(r" (?:thousand|million|billion|trillion)\b(?: (?:dollars|euros|pounds)\b)?")


def with_unit(claim: str, found: re.Match[str]) -> str:
    """The value with the scale and the words behind it that are a unit."""
    if scale := _SCALE_BEHIND.match(claim, found.end("value")):
        return found["value"] + scale.group()
    words = list(
        takewhile(
            _is_of_unit, re.findall(r" [a-z]{1,20}(?:/[a-z]{1,6})?\b", claim[found.end("value") :][:60])[:3]
        )
    )
    for count in range(len(words), 0, -1):
        unit = "".join(words[:count])
        is_unit = words[count - 1] != " in" and parse_unit(unit.strip()).known
        if is_unit and claim.startswith(unit, found.end("value")):
            return found["value"] + unit
    return found["value"]
