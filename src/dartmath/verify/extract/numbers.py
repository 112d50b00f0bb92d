"""The number that a sentence says: its only one, or the one that the calculation before it has come to."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.language.money import SIGN_CLASS

_COMPARED = regex(
    r"\s(?:[a-z]+\s){0,2}(?:more|less|fewer|greater|older|younger|longer|shorter|higher|lower)\b[^.]{0,60}"
)


def only_number(sentence: str) -> tuple[str, int, int] | None:
    """The one number of a sentence, with the words that make it a difference."""
    numbers = list(_NUMBER.finditer(sentence))
    if len(numbers) != 1 or "=" in sentence:
        return None
    (number,) = numbers
    compared = _COMPARED.match(sentence, number.end())
    end = compared.end() if compared else number.end()
    return sentence[number.start() : end].strip(), number.start(), end


_LAST_RESULT = regex(
    rf"=\s*(?P<value>[-−]?(?:\\?[{SIGN_CLASS}] {{0,80}})?\d[\d,]*(?:\.\d+)?(?:/\d+)?\\?%?)"
    r"(?:\s+[^\W\d_][\w/ -]{0,60})?[\s.*$\\\])]*\Z"
)
_LAST_LINES = 400
"""Characters before a sentence in which the last calculation before it stands."""

_NUMBER = regex(
    rf"(?<![\w.,/^:-])(?P<value>[-−]?(?:\\?[{SIGN_CLASS}] ?)?\d(?:[\d,]*\d)?(?:\.\d+)?(?:/\d+)?(?: ?\\?%)?)"
    r"(?![\w/:^]|[.,]\d|-[a-z]| ?[-+*/×=] ?\d)"
)
"""A number in a sentence that is no part of a calculation or of a word."""


def recalled(tail: str, start: int, stop: int) -> tuple[str, int, int] | None:
    """The number of a sentence that the calculation right before it has come to, once and beside no other.

    "60 * 7 = 420. Therefore, she drives 420 miles in one week with 2 days off."
    """
    computed = _LAST_RESULT.search(tail, max(0, start - _LAST_LINES), len(tail[:start].rstrip()))
    sentence = tail[start:stop]
    if computed is None or "=" in sentence or not any(map(str.isdigit, sentence)):
        return None
    value = bare_value(computed["value"])
    numbers = list(_NUMBER.finditer(sentence))
    same = [number for number in numbers if bare_value(number["value"]) == value]
    if len(same) != 1 or _OTHERWISE_SAID.search(sentence):
        return None
    (number,) = same
    between = (
        sentence[min(number.end(), other.end()) : max(number.start(), other.start())]
        for other in numbers
        if other is not number
    )
    if any(map(_BESIDE.search, between)):
        return None
    compared = _COMPARED.match(sentence, number.end())
    end = compared.end() if compared else number.end("value")
    return sentence[number.start("value") : end].strip(), start + number.start("value"), start + end


_BESIDE = regex(r"\b(?:and|or|but|minus|plus|times|than)\b|[,;]|\A\s*to\s*\Z")
"""What stands between two values of one sentence."""

_OTHERWISE_SAID = regex(
    r"\b(?:not|never|no|cannot|neither|nor|maybe|perhaps|might|assume|suppose)\b|n't\b|\?", re.IGNORECASE
)


def bare_value(value: str) -> str:
    """Digits as they are compared: without currency, separators, and zeros behind the point."""
    plain = value.strip("\\%$ ").replace("−", "-").replace(",", "").replace(" ", "")
    plain = "".join(sign for sign in plain if sign in "-./" or sign.isdigit())
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
