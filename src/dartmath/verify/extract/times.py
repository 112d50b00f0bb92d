"""The year, date, day or month that a sentence states where a question asks when."""

from __future__ import annotations

import re
from itertools import pairwise

from dartmath.base.regex import regex
from dartmath.verify.extract.said import AND, Found, Sentence, agrees, denies, main_clause, stems
from dartmath.verify.language.questions import Inquiry
from dartmath.verify.language.vocabulary import DAYS, MONTHS

_YEAR = r"(?<![\w$.,/-])(?:1\d{3}|20\d{2})(?![\w%/-]|[.,]\d)"
_DAY_OF_MONTH = r"\d{1,2}(?:st|nd|rd|th)?"
DATE = regex(
    rf"{_DAY_OF_MONTH}(?: of)? (?:{MONTHS})(?:,? {_YEAR})?|(?:{MONTHS}) {_DAY_OF_MONTH}\b(?:,? {_YEAR})?"
    rf"|(?:{MONTHS}),? {_YEAR}|\b\d{{1,2}}/\d{{1,2}}/\d{{4}}\b|\b\d{{4}}-\d{{2}}-\d{{2}}\b|{_YEAR}"
)
"""A day of the calendar, a month with its year, or a year."""

_KINDS = {"year": regex(_YEAR), "day": regex(rf"\b{DAYS}\b"), "month": regex(rf"\b(?:{MONTHS})\b")}


def time(sentence: Sentence, question: Inquiry) -> Found | None:
    """The one time of the kind that is asked for, or a list of them, that the question has not."""
    if denies(sentence.text, question) or not agrees(sentence, question):
        return None
    text, given = sentence.text, set(question.words)
    times = _KINDS.get(question.kind, DATE).finditer(text, 0, main_clause(text))
    found = [one for one in times if not set(stems(one.group())) <= given]
    if len({one.group() for one in found}) == 1:
        return found[0].group(), *found[0].span()
    if not found or not all(_are_listed(text, *pair) for pair in pairwise(found)):
        return None
    start, end = found[0].start(), found[-1].end()
    return text[start:end], start, end


def _are_listed(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether two times stand in one list: "1973, 1974 and 1977"."""
    return (
        text[one.end() : other.start()] == ", " or AND.fullmatch(text, one.end(), other.start()) is not None
    )
