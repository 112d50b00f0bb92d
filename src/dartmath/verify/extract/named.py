"""The name that a sentence adds to a question for a person, a place or a thing."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.extract.said import (
    AND,
    MOSTLY,
    SHARED,
    Found,
    Sentence,
    Term,
    denies,
    main_clause,
    restates,
    share,
    stems,
)
from dartmath.verify.language.names import listed
from dartmath.verify.language.questions import Inquiry
from dartmath.verify.language.stems import (
    AUXILIARIES,
    COPULAS,
    IDLE,
    IDLE_STEMS,
    PREPOSITIONS,
    WORD,
    stem,
)
from dartmath.verify.language.vocabulary import DAYS, MONTHS

_CAPITAL = r"[A-ZÀ-Þ][\w'’.&-]*"
_NAME = regex(
    r"(?<![\w'’])[\"“][^\"“”\n]{1,80}[\"”]"
    rf"|(?<![\w'’]){_CAPITAL}(?:(?: (?:of|de|la|le|van|von|der|du|del|di|da|al|bin))?(?: the)? {_CAPITAL}"
    rf"|, {_CAPITAL}| \d{{1,4}}(?![\w,]))*"
)
"""A name, or a title in quotes; a place with its country is one."""

_INTRO = regex(
    r"(?:In|When|While|On|At|During|According to|As of|After|Before|For|From|Based on|Since)\b[^,]{1,80}, "
)
"""How a sentence begins that says first when or where."""

_INSERTED = regex(r"\([^()]{1,80}\)|, (?:the|an?|also known as|known as|or|formerly|born) [^,]{1,60}(?=, )")
"""What is said of a name right behind it, and is no part of the sentence."""

_TITLES = 3
"""Words between a preposition and a name that say who it is: "by British actor Peter Finch"."""

_BEGINNERS = frozenset(
    listed(
        "The A An In On At It Its He She They There This That These Those According As So Therefore Thus "
        "Hence Yes No During After Before For From Based Since And But Also However Both One Another Your "
        "My Our We I You His Her Their Overall Finally"
    )
)
"""Words with a capital where a sentence begins."""

_PERSONS = frozenset(map(stem, listed("actor actress singer author writer director president")))
_CALENDAR = regex(rf"(?:{MONTHS}|{DAYS})\b(?: \d|\Z)")
_ARTICLES = frozenset(listed("the a an"))
_NAMING = frozenset(listed("named called"))
_OF_PLACE = frozenset(listed("in at on from near off to"))
_COUNTRIES = frozenset(map(stem, listed("country nation")))
_POSSESSIVE = ("'s", "’s")


def name(sentence: Sentence, question: Inquiry) -> Found | None:
    """The one name that a sentence adds to the question, where the answer stands in such a sentence.

    That is its subject, what follows "is", or what follows the preposition that is asked with.
    """
    if denies(sentence.text, question) or not restates(sentence, question):
        return None
    text = _INSERTED.sub(lambda one: " " * len(one.group()), sentence.text)
    intro = _INTRO.match(text)
    first = intro.end() if intro else 0
    limit = main_clause(text, first)
    tokens = tuple(token for token in sentence.tokens if token.start >= first and text[token.start] != " ")
    phrases = (_new(phrase, first, question) for phrase in _NAME.finditer(text, first, limit))
    names = _joined(text, [one for one in phrases if one is not None])
    found = [one for one in names if _stands_for_answer(Sentence(text, tokens), one, question)]
    found = [one for one in found if _last_stem(text, one[1]) in question.noun] or found
    if len({one[0].lower() for one in found}) == 1:
        return _part_of_place(found[0], question)
    return None if found else _complement(text, question, first, limit)


def _last_stem(text: str, place: int) -> str:
    """The stem of a word in small letters that stands right before a place of a text; "" for none."""
    before = re.search(r"([a-z][\w'-]*) [\"“]?\Z", text[max(0, place - 40) : place])
    return stem(before[1]) if before else ""


def _part_of_place(found: Found, question: Inquiry) -> Found:
    """Of a place with its country the one that is asked for; both where the question says "where"."""
    text, start, end = found
    first, comma, last = text.partition(", ")
    if not comma or question.kind != "place" or not question.noun or ", " in last or " and " in last:
        return found
    if _COUNTRIES & set(question.noun):
        return last, end - len(last), end
    return first, start, start + len(first)


def _joined(text: str, names: list[Found]) -> list[Found]:
    """Names, of which those with "and" between them are one list."""
    found: list[Found] = []
    for one in names:
        if found and AND.fullmatch(text, found[-1][2], one[1]):
            start = found[-1][1]
            found[-1] = (text[start : one[2]], start, one[2])
        else:
            found.append(one)
    return found


def _new(phrase: re.Match[str], first: int, question: Inquiry) -> Found | None:
    """A name that the question has not, without the words at its beginning that only lead to it."""
    text = phrase.group().rstrip(".,'’")
    if text[0] in '"“':
        quoted = text.strip('"“”.,')
        known = share(question.given | IDLE_STEMS, stems(quoted)) >= SHARED
        return None if known else (quoted, phrase.start(), phrase.end())
    text = text[:-2] if text.endswith(_POSSESSIVE) else text
    end = phrase.start() + len(text)
    text = _without_lead(text, question, begins=phrase.start() == first)
    words = WORD.findall(text)
    if not text[:1].isupper() or _CALENDAR.match(text):
        return None
    if set(map(stem, words)) <= question.given | IDLE_STEMS or stem("".join(words)) in question.given:
        return None
    return text, end - len(text), end


def _without_lead(text: str, question: Inquiry, *, begins: bool) -> str:
    """A name without what leads to it: "King" where a king is asked for, "The" of a sentence, "Duke of"."""
    while (word := WORD.match(text)) is not None:
        found, behind = stem(word.group()), text[word.end() :]
        leads = found in question.noun or found in _PERSONS or (begins and word.group() in _BEGINNERS)
        if not leads and not (found in question.given and behind.startswith(" of ")):
            return text
        text = behind.removeprefix(" of").removeprefix(" the").lstrip(" ,")
    return text


def _stands_for_answer(sentence: Sentence, found: Found, question: Inquiry) -> bool:
    """Whether a name stands where the answer does."""
    (text, start, end), whole = found, sentence.text
    if whole[end : end + 2] in _POSSESSIVE and not question.owner:
        return False
    before = [token for token in sentence.tokens if token.start < start]
    behind = next((token for token in sentence.tokens if token.start >= end), None)
    if not before and whole[end : end + 2] == ", " and not _has(sentence.tokens, AUXILIARIES):
        return True  # "Ann Lee, a teacher from Kent."
    if not before or (len(before) == 1 and before[0].low == "the"):
        return _is_subject(text, behind, question)
    if behind is not None and not whole[end : behind.start].strip() and behind.low not in IDLE:
        return False  # it says of which kind what follows is: "the British band"
    is_titled = len(before) <= _TITLES and not _has(before, AUXILIARIES | PREPOSITIONS)
    return _led_to(whole, before, start, question) or (is_titled and _is_subject(text, behind, question))


def _is_subject(text: str, behind: Term | None, question: Inquiry) -> bool:
    """Whether a name that shares no word with the question is the subject of its verb."""
    if behind is None or question.of_object or set(stems(text)) & set(question.words):
        return False
    return behind.low in AUXILIARIES or behind.stem in question.words


def _has(tokens: list[Term] | tuple[Term, ...], words: frozenset[str]) -> bool:
    return any(token.low in words for token in tokens)


def _led_to(text: str, before: list[Term], start: int, question: Inquiry) -> bool:
    """Whether what stands before a name leads to the answer, with a few words between that say who it is."""
    nearest, edge = True, start
    for place in range(len(before) - 1, max(-1, len(before) - _TITLES - 3), -1):
        token = before[place]
        between, edge = text[token.end : edge].strip(' "“'), token.start
        if nearest and between:
            lead = [one.stem for one in before if one.low not in IDLE]
            return between == ":" and share(question.given, lead) >= MOSTLY
        led = _leads(before, place, question, nearest=nearest)
        if led is not None:
            return led
        nearest = nearest and token.low in _ARTICLES
    return False


def _leads(before: list[Term], place: int, question: Inquiry, *, nearest: bool) -> bool | None:
    """Whether a word before a name leads to the answer, or to something else; None where it does neither."""
    token, previous = before[place], before[place - 1] if place else before[place]
    if token.low in COPULAS | _NAMING:
        return question.kind != "place" or bool({one.stem for one in before} & set(question.noun))
    if token.low in PREPOSITIONS:
        of_kind = token.low == "of" and previous.stem in question.noun
        done_by = token.low == "by" and previous.text.islower() and previous.stem in question.words
        return of_kind or done_by or token.low in _slots(question)
    if token.low in AUXILIARIES:
        return False
    is_given = token.text.islower() and token.low not in IDLE and token.stem in question.given
    return True if nearest and is_given else None


def _slots(question: Inquiry) -> frozenset[str]:
    """Prepositions behind which the answer may stand: the one that is asked with, else those of the kind."""
    if question.kind == "place":
        return _OF_PLACE | {question.preposition}
    if question.preposition or question.owner:
        return frozenset({question.preposition or "of"})
    return frozenset(("by", "to") if question.kind == "person" else ("as", "during"))


_COMPLEMENT = regex(
    r"(?P<lead>.{2,200}?)(?: (?:is|are|was|were)|:)"
    r"(?: (?:now|most likely|likely|called|named|known as|still|probably))?"
    r" (?P<place>(?:in|on|at) )?(?:an? |the )?"
    r"(?P<value>(?!(?:not|an?|the|in|on|at|to|of)\b)[a-z][\w'’-]*(?: (?:of (?:the )?)?[\w'’-]+){0,3})[.!*]*\Z"
)


def _complement(text: str, question: Inquiry, first: int, limit: int) -> Found | None:
    """What a sentence that repeats the question says behind "is": "The curve is an ellipse."."""
    found = _COMPLEMENT.match(text[first:limit].rstrip(" ."))
    if found is None or (found["place"] and question.kind != "place") or question.kind == "person":
        return None
    lead = {stem(word) for word in WORD.findall(found["lead"]) if word.lower() not in IDLE}
    value = WORD.findall(found["value"])
    says_where = any(word.lower() in PREPOSITIONS - {"of"} for word in value)
    if not lead or not lead <= question.given or says_where or set(map(stem, value)) <= question.given:
        return None
    if value[0].endswith(("ed", "ing")):
        return None
    return found["value"], first + found.start("value"), first + found.end("value")
