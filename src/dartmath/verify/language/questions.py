"""What a query asks for: its question, the kind of thing, and the words that an answer shares with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from dartmath.base.regex import regex
from dartmath.verify.language.names import listed
from dartmath.verify.language.options import before_options, options
from dartmath.verify.language.stems import AUXILIARIES, IDLE, PREPOSITIONS, WORD, stem
from dartmath.verify.language.vocabulary import EITHER

Kind = Literal[
    "verdict", "choice", "count", "amount", "year", "date", "day", "month", "place", "person", "thing"
]
"""A yes or no, one of several that are listed, a number of things, a quantity, a time, a name."""

MAX_QUERY = 8_000
"""Characters of a query that are read, counted from its end, where the question stands.

The longest query of the built-in benchmarks has 4,415. Every pattern over a query sees this much and
no less, so that two rules never disagree about what was asked; more would cost hostile queries time.
"""

_MAX_QUESTION = 600
"""Characters of a question; a longer sentence is none."""

_FIRST_OF_EAST = "\u2e80"
"""Where the scripts begin whose words no space parts."""

_MOST_NOUNS = 4
"""Words of what is asked for: "how many pairs of pencils", "which British actor"."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question.

    Attributes:
        kind: what it asks for.
        noun: stems of what it asks for, "bag" of "how many red bags"; () where it names nothing.
        words: stems of the words that say something, in their order, without those of `noun`.
        choices: what it lists to choose from: options of the query, or "A or B".
        lead: the beginning of a sentence that is to be completed, as it is written.
        preposition: what stands before the question word, or at the end: "in" of "in which city".
        negated: whether it says "not" itself.
        owner: whether it asks whose something is.
        of_object: whether it asks to what something is done: "who did Ann see".
        modal: whether it asks what could or might be.
    """

    kind: Kind
    noun: tuple[str, ...]
    words: tuple[str, ...]
    choices: tuple[str, ...] = ()
    lead: str = ""
    preposition: str = ""
    negated: bool = False
    owner: bool = False
    of_object: bool = False
    modal: bool = False

    @property
    def given(self) -> frozenset[str]:
        """The stems of all words that the question has."""
        return frozenset((*self.words, *self.noun))


_SENTENCE = regex(
    r"[^.?!\n]+(?:(?:[.?!](?!\s|\Z)|(?<=\bMr)\.|(?<=\bMs)\.|(?<=\bDr)\.|(?<=\bSt)\.|(?<=\bMrs)\.|(?<=\b[A-Z])\.(?=\s[A-Z]))"
    r"[^.?!\n]*)*[.?!]*"
)
_LABEL = regex(r"(?<!\w)(?:question|q|problem|task|query)\s*\d{0,3}\s*[:.]\s*", re.IGNORECASE)
_LISTING = regex(
    r"(?:\b(?:answer )?(?:choices|options)\s*:|\bWhich (?:choice|option|one) is (?:true|correct|right)\s*\?)"
    r"\s*\Z",
    re.IGNORECASE,
)
"""What leads in a list of options, and asks for nothing by itself."""

_WH = regex(
    r"\b(?P<many>how many|what(?: is| was)? the (?:total |exact )?number of)\b"
    r"|\b(?P<much>how (?:much|long|old|far|tall|high|fast|heavy|deep|wide|large|big|often))\b"
    r"|\b(?P<who>who(?:m|se|['’]s)?)\b|\b(?P<where>where(?:['’]s)?)\b|\b(?P<when>when)\b"
    r"|\b(?P<what>what(?:['’]s)?|which)\b",
    re.IGNORECASE,
)
_NEGATED = regex(r"\b(?:not|never|no|except)\b|n['’]t\b", re.IGNORECASE)
_STATES = frozenset(map(stem, (word for pair in EITHER for word in pair)))
"""Words such as "on", which say something where a question ends in them."""

_MODAL = regex(r"\b(?:could|might|may|possible|possibly)\b", re.IGNORECASE)
_OF_OWNER = regex(r"(?: [\w-]+){1,4}['’]s? [a-z]")
"""What belongs to what is asked for: "which singer's duets"."""

_DOES = regex(r"\s*(?:do|does|did|can|could|will|would|should)\b", re.IGNORECASE)
_KINDS: dict[str, Kind] = {
    "year": "year",
    "day": "day",
    "weekday": "day",
    "month": "month",
    "dat": "date",
    **dict.fromkeys(
        map(
            stem,
            listed("country city town village state county province continent island place location region"),
        ),
        "place",
    ),
    **dict.fromkeys(
        map(
            stem,
            listed("person man woman actor actress singer player president king queen monarch author writer"),
        ),
        "person",
    ),
}
"""What the stem of a noun behind "what" or "which" says of the kind."""


def end_of(query: str) -> str:
    """The part of a query that is read."""
    return query[-MAX_QUERY:]


@lru_cache(maxsize=512)
def asked(query: str) -> Inquiry | None:
    """What a query asks for in its last question; None where it has none that is understood.

    >>> question = asked("Ann has 3 red bags. How many red bags has Ben?")
    >>> question.kind, question.noun, question.words
    ('count', ('red', 'bag'), ('ben',))
    >>> asked("Who is older, Ann or Ben?").choices
    ('Ann', 'Ben')
    >>> asked("Let x be 5.") is None
    True
    """
    tail = end_of(query)
    texts = tuple(options(tail).values())
    stem_of_query = before_options(tail) if texts else tail
    listing = _LISTING.search(stem_of_query) if texts else None
    while listing is not None:
        stem_of_query = stem_of_query[: listing.start()].rstrip()
        listing = _LISTING.search(stem_of_query)
    question = _question(stem_of_query)
    if question is None:
        return _to_complete(stem_of_query, texts) if texts else None
    found = _understood(question)
    if found is None or not texts:
        return found
    if {text.lower().rstrip(".") for text in texts} == {"yes", "no"}:
        return found
    return Inquiry("choice", found.noun, found.words, texts, "", found.preposition, found.negated)


def _question(text: str) -> str | None:
    """The last sentence with a question mark; else the last one, if it begins as a question does."""
    sentences = [_LABEL.sub("", one.group()).strip() for one in _SENTENCE.finditer(text)]
    sentences = [one for one in sentences if any(map(str.isalpha, one))]
    marked = [one for one in sentences if one.rstrip("'\"”’) ").endswith("?")]
    found = marked[-1] if marked else (sentences[-1] if sentences else "")
    if not found or len(found) > _MAX_QUESTION:
        return None
    asks = marked or _opens(found) or (len(sentences) == 1 and _ASKS_INSIDE.search(found))
    return found if asks else None


_ASKS_INSIDE = regex(
    r"\b(?:of|in|on|at|from|by|for|to|with) (?:which|what)\b"
    r"(?! (?:is|are|was|were|has|have|do|does|the|it|we)\b)"
    r"|\b(?:which|what|who|where)[ .]*\Z|\b(?:tell|inform) me\b",
    re.IGNORECASE,
)
"""A question word inside a sentence that goes on about nothing: "a panda is an animal of which country"."""


def _opens(sentence: str) -> bool:
    """Whether a sentence without a question mark begins with a question word."""
    first = WORD.findall(sentence[:40])[:2]
    return bool(first) and any(_WH.match(word) or word.lower() == "how" for word in first)


def _to_complete(text: str, texts: tuple[str, ...]) -> Inquiry | None:
    """A query that ends in the middle of a sentence, which one of its options completes."""
    line = text.rstrip().rsplit("\n", 1)[-1].rstrip(" :_")
    start = max(line.rfind(sign) for sign in (". ", "? ", "! ")) + 1
    lead = _LABEL.sub("", line[start:].strip())
    if not lead or lead[-1] in ".?!" or len(lead) > _MAX_QUESTION or max(lead) >= _FIRST_OF_EAST:
        return None
    return Inquiry("choice", (), _content(lead), texts, lead)


def _understood(question: str) -> Inquiry | None:
    wh = _asking(question)
    if wh is None:
        return _without_wh(question)
    before, behind = question[: wh.start()], question[wh.end() :]
    nouns, rest = _noun(wh, behind)
    words = _content(f"{before} {rest}")
    alternatives = _alternatives(before, rest)
    preposition = _preposition(before, rest)
    negated = _NEGATED.search(question) is not None
    if alternatives and wh.lastgroup in ("what", "who"):
        listed_words = {one for text in alternatives for one in _content(text)}
        words = tuple(word for word in words if word not in listed_words)
        return Inquiry("choice", nouns, words, alternatives, "", preposition, negated)
    owner = wh.group().lower() == "whose" or _OF_OWNER.match(behind) is not None
    of_object = _DOES.match(rest) is not None
    modal = _MODAL.search(question) is not None
    return Inquiry(_kind(wh, nouns), nouns, words, (), "", preposition, negated, owner, of_object, modal)


def _asking(question: str) -> re.Match[str] | None:
    """The question word: the first, but for one that opens a clause of time or goes on about a noun."""
    found = list(_WH.finditer(question))
    asking = [one for one in found if not _is_relative(question, one)] or found[-1:]
    if not asking:
        return None
    first = asking[0]
    if first.lastgroup in ("when", "where") and not first.start():
        return next((one for one in asking[1:] if question[: one.start()].rstrip().endswith(",")), first)
    return first


def _is_relative(question: str, wh: re.Match[str]) -> bool:
    """Whether a question word inside a sentence goes on about the noun before it: "a river which has"."""
    before = question[: wh.start()].rstrip()
    words = WORD.findall(before)
    if len(words) <= 1 or wh.lastgroup in ("many", "much") or before.endswith(","):
        return False
    following = WORD.match(question, wh.end() + 1)
    verb = following is not None and following.group().lower() in AUXILIARIES
    return words[-1].lower() not in PREPOSITIONS and (verb or wh.lastgroup in ("when", "where"))


_MEASURED = regex(r"(?: \d[\w.,-]* \w+(?= \w))?")
"""What a thing measures or costs, in front of it: "4 dollar games"."""


def _noun(wh: re.Match[str], behind: str) -> tuple[tuple[str, ...], str]:
    """Stems of what is asked for, right behind the question word, and what follows it."""
    if wh.lastgroup not in ("many", "what"):
        return (), behind
    nouns: list[str] = []
    end = _MEASURED.match(behind).end()  # type: ignore[union-attr]
    for word in WORD.finditer(behind, end):
        low = word.group().lower()
        if len(nouns) >= _MOST_NOUNS or behind[end : word.start()].strip() or low in IDLE:
            break
        nouns.append(stem(low))
        end = word.end()
    return tuple(nouns), behind[end:]


def _kind(wh: re.Match[str], nouns: tuple[str, ...]) -> Kind:
    if wh.lastgroup == "many":
        return "count"
    if wh.lastgroup == "much":
        return "amount"
    if wh.lastgroup == "who":
        return "person"
    if wh.lastgroup == "where":
        return "place"
    if wh.lastgroup == "when":
        return "date"
    return next((_KINDS[noun] for noun in nouns if noun in _KINDS), "thing")


def _without_wh(question: str) -> Inquiry | None:
    """A question that begins with its verb: for a yes or no, or for one of two."""
    clause = question
    if "," in question and (first := WORD.match(question)) and first.group().lower() not in AUXILIARIES:
        clause = (
            question.rpartition(",")[2].strip()
            if _begins_with_verb(question.rpartition(",")[2])
            else question
        )
    if not _begins_with_verb(clause):
        return None
    negated, modal = (one.search(question) is not None for one in (_NEGATED, _MODAL))
    words, last = _content(question), stem(WORD.findall(question)[-1])
    words = (*words, last) if last in _STATES and last not in words else words
    return Inquiry("verdict", (), words, negated=negated, modal=modal)


def _begins_with_verb(clause: str) -> bool:
    first = WORD.search(clause)
    return first is not None and first.group().lower() in AUXILIARIES


def _content(text: str) -> tuple[str, ...]:
    return tuple(_stems(text))


def _stems(text: str) -> Iterator[str]:
    for word in WORD.findall(text):
        if word.lower() not in IDLE:
            yield stem(word)


def _preposition(before: str, rest: str) -> str:
    """What the question word depends on, before it or at the end of the question."""
    for part in (before, rest):
        words: list[str] = WORD.findall(part)
        if words and words[-1].lower() in PREPOSITIONS:
            return words[-1].lower()
    return ""


_LISTED = (
    r"(?P<list>[^,:;?]{1,100}(?:, (?!or\b)[^,:;?]{1,100}){0,6}),? or (?P<last>[^,:;?]{1,100})(?=[,?]|\s*\Z)"
)
_OR = regex(rf"(?:[,:;] |\bbetween |\bof (?!these |those |the )){_LISTED}")
_OR_FIRST = regex(_LISTED)
_TITLE = r"[A-Z][\w'’.&-]*(?: (?:[A-Z0-9][\w'’.&-]*|of|the|for|and|in|de))*"
_OR_NAMES = regex(rf"(?<=[a-z] )(?P<list>{_TITLE}) or (?P<last>{_TITLE})(?=\s*\?|\s*\Z)")
_BETWEEN = regex(r"\bbetween (?:the )?(?P<list>[^,?]{1,80}) and (?P<last>[^,?]{1,80})(?=,)")
_REMARK = regex(r"\s*,? (?:with|featuring|which|who|measuring)\b.*")
_BRACKETS, _ARTICLE = regex(r"\s*\([^()]*\)"), regex(r"(?:the|either) +", re.IGNORECASE)


def _alternatives(before: str, rest: str) -> tuple[str, ...]:
    """What a question lists behind or before its question word, with "or" before the last."""
    for part, listed_in in ((rest, _OR), (before, _OR_FIRST), (rest, _OR_NAMES)):
        found = _BETWEEN.search(part) or listed_in.search(_BRACKETS.sub("", part))
        if found is not None:
            items = [*found["list"].split(", "), found["last"]]
            items = [_ARTICLE.sub("", _REMARK.sub("", one).strip(" .'\"")) for one in items]
            if all(items):
                return tuple(items)
    return ()
