"""The answer behind the mark `####`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.extract.found import MAX_WORDS, Statement
from dartmath.verify.extract.mathematics import is_mathematics
from dartmath.verify.extract.polarity import asserted
from dartmath.verify.extract.structured import MOST
from dartmath.verify.extract.values import value_at
from dartmath.verify.language.money import SIGN_CLASS

_HASH = regex(r"####[ \t]*(?:[:=][ \t]+)?((?:(?!####)[^\n]){1,4000})")
_REFERS = regex(r"\((?:see|as) [a-z ]{2,30}\)\.?", re.IGNORECASE)
"""What stands where an answer would and says where it is."""

_FIRST = (
    rf"[-−]?(?:\\?[{SIGN_CLASS}] ?)?\d[\d,]*(?:\.\d+)?(?:/\d+)?"
    r"(?: ?\\?[%°]| (?:thousand|million|billion|trillion|dozen)s?\b)?"
)
_LEADING = regex(
    rf"(?P<value>{_FIRST})"
    r"(?= [a-zA-Z]| \d+[- ][a-z])(?! (?:and|or|to|out of|over|times|plus|minus|by(?! [a-z]+ing)"
    r"|in(?! [a-zA-Z])|x|unless|hundred|half|halves|thirds?|quarters?|squared|cubed|a\.?m|p\.?m)\b)"
    r"(?=[^\d=]*(?:\d[^=]*)?\Z)"
)
"""The number that begins a sentence behind the mark, as in "there are #### 8 more trees here than there"."""

_LEADING_RATE = regex(
    rf"(?P<value>{_FIRST}) (?:(?:an?|each|every) [a-z]+\.?\Z"
    r"|(?:in (?:the|total|one|two|three|four|five|six|seven|[A-Z][a-z])|by [a-z]+ing|if|when|after|during"
    r"|for)\b[^=]*\Z)"
)
"""A number, and the time or the condition that it is for: `480 a week`, `30 in two days`."""


def hashed(text: str) -> Iterator[Statement]:
    """What stands behind each mark that reads as an answer, the last one first."""
    for line in reversed(list(_HASH.finditer(text))[-MOST:]):
        answer = line.group(1).strip().strip("*").strip()
        if (
            not answer
            or answer.startswith("#")
            or _REFERS.fullmatch(answer)
            or _heads(answer, text[line.end() :])
        ):
            continue
        if not asserted(text, line.start(), line.end()):
            continue
        if rate := _LEADING_RATE.match(answer):
            yield _leading(rate, line)
        elif is_mathematics(answer):
            yield Statement(answer, "hash", line.start(1), line.end(1))
        elif (value := value_at(text, line.start(1))) is not None and value[2]:
            yield Statement(value[0], "hash", line.start(1), line.end(1))
        elif leading := _LEADING.match(answer):
            yield _leading(leading, line)
        elif not text[line.end() :].strip() and len(answer.split()) <= MAX_WORDS and not answer.endswith(":"):
            yield Statement(answer, "hash", line.start(1), line.end(1), firm=False)


_HEADING = regex(r"\d{1,2}[.)]\s+(?!dozen\b)[A-Z][a-z]+(?: [a-z]+){0,8}[:.]?")
_NUMBERED_LABEL = regex(r"\d{1,2}[.)]\s+(?:final )?answer\b", re.IGNORECASE)


def _heads(answer: str, rest: str) -> bool:
    """Whether what stands behind the mark is a numbered heading: `#### 1. Understand the problem`."""
    return _NUMBERED_LABEL.match(answer) is not None or (
        _HEADING.fullmatch(answer) is not None and any(map(str.isalnum, rest))
    )


def _leading(number: re.Match[str], line: re.Match[str]) -> Statement:
    """The number that begins what stands behind the mark, at its place."""
    start = line.start(1) + line[1].index(number["value"])
    return Statement(number["value"], "hash", start, start + len(number["value"]))
