"""The number that a sentence states of what a question counts or measures."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.extract.amounts import with_unit
from dartmath.verify.extract.said import Found, Sentence, agrees, denies
from dartmath.verify.language.degrees import degree, degrees
from dartmath.verify.language.money import SIGN_CLASS
from dartmath.verify.language.questions import Inquiry
from dartmath.verify.language.stems import IDLE, stem
from dartmath.verify.language.units import is_unit_word
from dartmath.verify.language.vocabulary import COUNT_WORDS

_DIGITS = rf"(?:\\?[{SIGN_CLASS}] ?)?[-−]?\d(?:[\d,]*\d)?(?:\.\d+)?(?:/\d+)?(?: ?\\?%)?"
_WORDS = rf"\b(?:no|zero|one|{'|'.join(COUNT_WORDS[1:])}|twenty|thirty|forty|fifty|sixty|a hundred)\b"
_NUMBER = regex(
    rf"(?<![\w.,/^:$%-])(?<!\$ )(?<![-+*/×=] )(?P<value>{_DIGITS}|{_WORDS})(?![\w/:^]|[.,]\d|-\d)",
    re.IGNORECASE,
)
"""A number in digits or words that is no part of a formula, a price, a date or a word."""

_BOUND = regex(
    r"\b(?:least|most|over|under|than|about|around|approximately|nearly|almost|roughly|up to|between|from"
    r"|another|other|every|each|per|first|(?<!total )(?<!number )(?<!consists )of(?: the)?)\s*\Z",
    re.IGNORECASE,
)
"""With one of these in front a number is a bound, an approximation, or another thing's."""

_WIDEST_BOUND = 20
"""Characters in front of a number in which such a word stands."""

_GOES_ON = regex(r" (?:or|to|and|times|out of|percent|dozen|and a half)\b")
"""What makes a number another one, or one of two."""

_STEP = regex(
    r"\b(?:to (?:find|get|determine|calculate|compute)|we (?:can|need|must|have to|add|multiply|subtract"
    r"|divide|know)|each|every|since|because|when)\b",
    re.IGNORECASE,
)
"""What a sentence says on the way to a number: what is given, and what is to be done with it."""

_DEGREE_BEHIND = regex(r"(?: [a-z]+){0,3}? (?P<degree>more|less|fewer|[a-z]+er)\b")
_MOST_BETWEEN = 3
"""Words from a number to what it counts: "2 mean old dogs"."""


def count(sentence: Sentence, question: Inquiry) -> Found | None:
    """The one number right before what is counted: "3 bags with at least 60 buttons" for "how many bags"."""
    if denies(sentence.text, question) or not question.noun or "=" in sentence.text:
        return None
    counted = [one for one in _NUMBER.finditer(sentence.text) if _counts(sentence, one.end(), question)]
    if len({one["value"].lower() for one in counted}) != 1:
        return None
    one = counted[0]
    if not (agrees(sentence, question) and _is_exact(sentence, one, question)):
        return None
    return one["value"], *one.span("value")


def amount(sentence: Sentence, question: Inquiry) -> Found | None:
    """The one amount of a sentence, with its unit, that the question has not: "It takes 12 days to ..."."""
    if denies(sentence.text, question) or "=" in sentence.text or not agrees(sentence, question):
        return None
    numbers = (one for one in _NUMBER.finditer(sentence.text) if one["value"][-1].isdigit())
    found = [one for one in numbers if one["value"].lower() not in question.words]
    if len(found) != 1 or not _is_exact(sentence, found[0], question):
        return None
    value, start = with_unit(sentence.text, found[0]), found[0].start("value")
    return value, start, start + len(value)


def _counts(sentence: Sentence, place: int, question: Inquiry) -> bool:
    """Whether what is asked for stands right behind a number, with two words between them at most."""
    end = place
    for token in [token for token in sentence.tokens if token.start >= place][:_MOST_BETWEEN]:
        apart = sentence.text[end : token.start].strip() or token.low in IDLE or token.text[0].isdigit()
        if apart or (is_unit_word(token.text) and token.stem not in question.noun):
            return False
        if token.stem in (question.noun[0], question.noun[-1]):
            return True
        end = token.end
    return False


def _is_exact(sentence: Sentence, number: re.Match[str], question: Inquiry) -> bool:
    """Whether a number is the amount that is asked for: no bound, no step, and not "$5 less"."""
    text, place = sentence.text, number.end()
    if _BOUND.search(text, max(0, number.start() - _WIDEST_BOUND), number.start()) or _GOES_ON.match(
        text, place
    ):
        return False
    if any(step.group().lower() not in question.words for step in _STEP.finditer(text)):
        return False
    behind = _DEGREE_BEHIND.match(text, place)
    if behind is None or not degree(behind["degree"]):
        return " than " not in text[place:] or bool(degrees(question.given))
    return stem(behind["degree"]) in question.given
