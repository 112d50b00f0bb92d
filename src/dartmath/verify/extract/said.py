"""A sentence beside the question that it may answer: its words, and how many of them the question has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dartmath.base.regex import regex
from dartmath.verify.extract.concluding import opens
from dartmath.verify.language.lexicon import LANGUAGES
from dartmath.verify.language.questions import Inquiry
from dartmath.verify.language.stems import IDLE, WORD, stem
from dartmath.verify.language.vocabulary import NEGATIONS

SHARED = 0.5
"""Share of a question's words that a sentence has which answers it."""

MOSTLY = 0.6
"""Share of a sentence's own words that the question has, where it has few of the question's."""

Found = tuple[str, int, int]
"""An answer as written, and its place in a sentence."""

DENIAL = regex(rf"\b(?:{'|'.join(NEGATIONS)}|except|without)\b|n['’]t\b")
AND = regex(r"[\"”]?,? (?:and|or|&) (?:the )?[\"“]?")
"""What joins the last item of a list to those before it."""

_RANKS = frozenset(map(stem, ("first", "second", "third", "last", "only")))
"""Words that a sentence cannot leave out which answers a question with one."""

_ASIDE = regex(
    r", (?:which|who|whose|when|making|having|an?|the|known|born|named|played|based|located|is|was|with|in|by"
    r"|from|and (?:was|is))\b"
    r"|,? \b(?:although|while|whereas|but|because|since|as well as|along with)\b|;|\s[–—-]\s"
)
"""How begins what a sentence adds behind what it says."""

_MIN_CLAUSE = 12
"""Characters of a clause that an aside follows."""


class Term(NamedTuple):
    """A word of a sentence, and where it stands."""

    text: str
    stem: str
    start: int
    end: int

    @property
    def low(self) -> str:
        """The word in small letters."""
        return self.text.lower()


class Sentence(NamedTuple):
    """A sentence with its words."""

    text: str
    tokens: tuple[Term, ...]

    def stems(self) -> set[str]:
        """The stems of its words."""
        return {token.stem for token in self.tokens}


def said(text: str) -> Sentence:
    """A sentence with its words found."""
    words = WORD.finditer(text)
    return Sentence(text, tuple(Term(word.group(), stem(word.group()), *word.span()) for word in words))


def stems(text: str) -> list[str]:
    """The stems of all words of a text, in their order."""
    return list(map(stem, WORD.findall(text)))


def share(given: set[str] | frozenset[str], words: Iterable[str]) -> float:
    """How much of some words is given, from 0 to 1; 0 where there are none."""
    found = [word in given for word in words]
    return sum(found) / len(found) if found else 0.0


def relates(text: str, question: Inquiry) -> bool:
    """Whether a text has half of the question's words."""
    return share(set(stems(text)), question.words) >= SHARED


def agrees(sentence: Sentence, question: Inquiry) -> bool:
    """Whether a sentence answers the question: it has half of its words, or begins as a conclusion does."""
    return share(sentence.stems(), question.words) >= SHARED or opens(sentence.text, LANGUAGES)


def restates(sentence: Sentence, question: Inquiry) -> bool:
    """Whether a sentence has half of the question's words, or most of its own from there."""
    if (_RANKS & {*question.words}) - sentence.stems():
        return False
    if share(sentence.stems(), question.words) >= SHARED:
        return True
    own = [token.stem for token in sentence.tokens if token.text.islower() and token.text not in IDLE]
    return len(sentence.stems() & question.given) > 1 and share(question.given, own) >= MOSTLY


def denies(text: str, question: Inquiry) -> bool:
    """Whether a sentence denies something that the question does not, or the other way round."""
    return (DENIAL.search(text.lower()) is not None) != question.negated


def main_clause(text: str, start: int = 0) -> int:
    """Where a sentence from `start` on has said what it says, and adds something to it."""
    aside = _ASIDE.search(text, start + _MIN_CLAUSE)
    return aside.start() if aside else len(text)
