"""Which of several listed things a sentence states: of the options of a query, or of "Ann or Ben"."""

from __future__ import annotations

import re
from functools import lru_cache

from dartmath.base.regex import regex
from dartmath.verify.extract.concluding import opens
from dartmath.verify.extract.said import SHARED, Found, Sentence, denies, share
from dartmath.verify.extract.times import DATE, time
from dartmath.verify.language.degrees import degrees
from dartmath.verify.language.lexicon import LANGUAGES
from dartmath.verify.language.questions import Inquiry
from dartmath.verify.language.stems import WORD

Span = tuple[int, int]

_A_THIRD = 1 / 3
"""Share of the question's words that a concluding sentence has."""

_LONGEST_SUBJECT = 25
"""Characters up to which the subject of a sentence begins."""

_SHORT_LEAD = 3
"""Words at the end of a sentence to complete that an answer repeats."""

_PLAIN_NUMBER = regex(r"[^\w/]*\d[\d.,]*[^\w/]*(?:[a-zA-Z]{1,3}\W*)?")
"""An option that is a number, which other rules find."""

_LETTERED = regex(r"\b(?:is|are|was|be) (?:the |an? )?\([A-J]\) (?:the |an? )?\Z")
"""The letter of an option, in front of its text."""

_ELIMINATED = regex(r"\b(?:eliminat|rul(?:e|es|ed|ing) out|exclud)\w*\b", re.IGNORECASE)
_BRACKETS = regex(r"\s*\([^()]*\)")


def one_listed(sentence: Sentence, question: Inquiry) -> Found | None:
    """The one of the listed things that a sentence mentions, or that it puts above the others."""
    if all(map(_PLAIN_NUMBER.fullmatch, question.choices)):
        return None
    if question.lead and (found := _completed(sentence, question)) is not None:
        return found
    places = mentioned(sentence.text, question)
    if not places:
        return time(sentence, question) if all(map(DATE.fullmatch, question.choices)) else None
    if denies(_without(sentence.text, places), question) or _ELIMINATED.search(sentence.text):
        return None
    lettered = len(places) == 1 and _LETTERED.search(sentence.text, 0, places[0][0]) is not None
    if not (lettered or _answers(sentence, question)) or _compares_otherwise(sentence, question):
        return None
    if len(places) > 1 and not _is_above(sentence, places, question):
        return None
    start, end = places[0]
    return sentence.text[start:end], start, end


def mentioned(text: str, question: Inquiry) -> list[Span]:
    """Where a text first mentions each of the listed things, in its order."""
    low = text.lower()
    return sorted(place for one in question.choices if (place := _mention(low, one, question.choices)))


def _mention(low: str, option: str, options: tuple[str, ...]) -> Span | None:
    """Where a text in small letters mentions an option, and no longer one that contains it."""
    text = _plain(option)
    longer = [one for one in map(_plain, options) if text in one and text != one]
    for found in re.finditer(rf"(?<!\w){re.escape(text)}(?!\w)", low) if text else ():
        around = low[max(0, found.start() - max(map(len, longer), default=0)) : found.end()]
        if not any(one in low and (one in around or low.startswith(one, found.start())) for one in longer):
            return found.span()
    return None


@lru_cache(maxsize=1024)
def _plain(option: str) -> str:
    """An option as a sentence mentions it, in small letters."""
    return _BRACKETS.sub("", option).strip(" .,'\"").lower().removeprefix("the ")


def _completed(sentence: Sentence, question: Inquiry) -> Found | None:
    """The option behind the repeated beginning of the sentence that it completes."""
    lead = [word.lower() for word in WORD.findall(question.lead)]
    words = [token.low for token in sentence.tokens]
    for repeated in (lead, lead[-_SHORT_LEAD:]):
        size = len(repeated)
        places = (at for at in range(len(words) - size) if size > 1 and words[at : at + size] == repeated)
        if (place := next(places, None)) is not None:
            return _option_at(sentence.text, sentence.tokens[place + size].start, question)
    return None


def _option_at(text: str, place: int, question: Inquiry) -> Found | None:
    """The longest option that begins at a place of a sentence, behind an article or "now"."""
    behind = text[place:].lower()
    for option in sorted(map(_plain, question.choices), key=len, reverse=True):
        begun = re.match(rf"(?:(?:the|an?|now|then|with|is) )*(?P<option>{re.escape(option)})\b", behind)
        if begun is not None and option:
            start, end = (place + at for at in begun.span("option"))
            return text[start:end], start, end
    return None


def _without(text: str, places: list[Span]) -> str:
    """A text with blanks at some places."""
    for start, end in places:
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def _answers(sentence: Sentence, question: Inquiry) -> bool:
    """Whether a sentence shares its words with the question, or a third of them where it concludes."""
    given = sentence.stems()
    shared = max(share(given, question.words), share(given, (*question.noun, *question.words)))
    return shared >= (_A_THIRD if opens(sentence.text, LANGUAGES) else SHARED)


def _compares_otherwise(sentence: Sentence, question: Inquiry) -> bool:
    """Whether a sentence compares by another word than the question: "Ben is younger" for "who is older"."""
    asks, says = degrees(question.given), _degrees(sentence)
    return bool(asks and says) and not asks & says


def _is_above(sentence: Sentence, places: list[Span], question: Inquiry) -> bool:
    """Whether a sentence puts its subject above the other by the question's word: "Ann is older than"."""
    compares = " than " in sentence.text[places[0][1] : places[1][0]]
    return compares and places[0][0] <= _LONGEST_SUBJECT and _degrees(sentence) <= question.given


def _degrees(sentence: Sentence) -> set[str]:
    return degrees(token.text for token in sentence.tokens if token.text.islower())
