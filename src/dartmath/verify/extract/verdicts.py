"""The yes or no that a sentence says which repeats the question, or denies it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.extract.said import Found, Sentence, stems
from dartmath.verify.language.names import listed
from dartmath.verify.language.questions import Inquiry
from dartmath.verify.language.stems import AUXILIARIES, IDLE_STEMS, stem
from dartmath.verify.language.vocabulary import EITHER, NEGATIONS

_DENYING = frozenset((*NEGATIONS, *listed("nothing unlikely impossible hardly rarely without"))) | frozenset(
    word for word in AUXILIARIES if word.endswith("n't")
)
_OPENED = regex(
    r"(?:[\s*_]*(?:so|therefore|thus|hence|in conclusion|overall)[,:]?\s+)?"
    r"(?P<verdict>yes|no)\b[,.:;]\s*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
"""A sentence that begins with its verdict."""

_NO_EVIDENCE = regex(
    r"\bno (?:\w+ )?(?:information|evidence|record|indication|proof|way|reason)|\bin order\b"
    r"|\b(?:chance|believe|claim|think|said to)\b",
    re.IGNORECASE,
)
"""How a sentence speaks of knowing it, or of a purpose, and does not say it."""

_CHANGING = frozenset(
    map(
        stem,
        listed(
            "only less few fewer some rather instead but although however refused failed stopped possible "
            "opposite other"
        ),
    )
)
"""Words that make what a sentence says another thing than what is asked."""

_POSSIBLE = stem("possible")
_MOST_BETWEEN = 1
"""New words between those of the question."""

_OPPOSITE = {stem(one): stem(other) for pair in EITHER for one, other in (pair, pair[::-1])}


def yes_or_no(sentence: Sentence, question: Inquiry) -> Found | None:
    """Whether a sentence says what the question asks, word by word, or denies it.

    "So the coin is still heads up." is a yes where that is asked, and with "not", "unlikely" or "tails" a no.
    """
    if question.negated:
        return None
    opened = _OPENED.match(sentence.text)
    text = opened["rest"] if opened else sentence.text
    denials = sum(word.lower().replace("’", "'") in _DENYING for word in _WORD.findall(text))
    if opened is not None:
        agrees = denials == (opened["verdict"].lower() == "no")
        return (opened["verdict"], *opened.span("verdict")) if agrees else None
    words = [word for word in stems(text) if word not in _DENYING_STEMS]
    if denials > 1 or _NO_EVIDENCE.search(text) or not _says_enough(words, question):
        return None
    if any(_in_order(words, other) for other in _with_opposite(question.words)):
        return None if denials else ("no", 0, len(sentence.text))
    allowed = {_POSSIBLE} if question.modal else set()
    if not _in_order(words, question.words) or (set(words) & _CHANGING) - {*question.words} - allowed:
        return None
    return ("no" if denials else "yes"), 0, len(sentence.text)


def _says_enough(words: list[str], question: Inquiry) -> bool:
    """Whether a question has two words that say something, or a sentence none but its one."""
    own = {*words} - IDLE_STEMS
    return len(question.words) > 1 or (len(question.words) == 1 and own == {*question.words})


_WORD = regex(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_DENYING_STEMS = frozenset(map(stem, _DENYING))


def _with_opposite(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The words with the opposite of one in its place: "tails" for "heads"."""
    for place, word in enumerate(words):
        if word in _OPPOSITE:
            yield (*words[:place], _OPPOSITE[word], *words[place + 1 :])


def _in_order(words: list[str], given: tuple[str, ...]) -> bool:
    """Whether the words of the question stand in a sentence in their order, with few between them."""
    place, between = -1, 0
    for word in given:
        if word not in words[place + 1 :]:
            return False
        following = words.index(word, place + 1)
        if place >= 0:
            between += sum(one not in IDLE_STEMS for one in words[place + 1 : following])
        place = following
    return between <= _MOST_BETWEEN
