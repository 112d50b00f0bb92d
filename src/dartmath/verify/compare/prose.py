"""Answers that are short sentences: their subject, an inequality in words, a class of numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dartmath.base.regex import regex
from dartmath.verify.language.degrees import degrees
from dartmath.verify.language.questions import asked
from dartmath.verify.language.stems import WORD, stem
from dartmath.verify.language.vocabulary import NEGATION
from dartmath.verify.numeric.equality import Decision, scalar_equal
from dartmath.verify.parsing.parser import parse
from dartmath.verify.parsing.words import fold
from dartmath.verify.tree.expression import Expression, Group, Relation, Text

if TYPE_CHECKING:
    from dartmath.verify.compare.comparison import Comparison


MAX_SENTENCE = 300
"""Characters of words that are looked into; a text beyond them is a solution, and no answer."""

MIN_WRITTEN_TOGETHER = 8
"""Letters of words that are the same however they are parted: `NOTGIVEN`, but not `no where`."""

_WHO = regex(r"\b(?:who|whom|whose|which)\b", re.IGNORECASE)
_SENTENCE = regex(
    r"(?:The answer is )?(?P<subject>[A-Z][\w'-]*(?:\s[A-Z][\w'-]*){0,3})\s"
    r"(?:is|was|are|were|will|has|had|have|can|could|must|should|[a-z]+ed|[a-z]+s)\s\S.*"
)
_COMPARED = (
    (
        regex(
            r"(?:is|are|be)?\s*(?:strictly )?(?:less|smaller|fewer) than or equal to|(?:is|are)?\s*at most"
        ),
        "<=",
    ),
    (regex(r"(?:is|are|be)?\s*(?:greater|larger|more) than or equal to|(?:is|are)?\s*at least"), ">="),
    (regex(r"(?:is|are|be)?\s*(?:strictly )?(?:less|smaller|fewer) than"), "<"),
    (regex(r"(?:is|are|be)?\s*(?:strictly )?(?:greater|larger|more) than"), ">"),
)
_KIND = regex(
    r"(?:[a-z] is |any |all |every )?(odd|even|prime|composite|positive|negative|natural|rational|irrational)"
    r"(?: positive)?(?: (?:numbers?|integers?|functions?|[a-z]))?(?: of [a-z]+| [a-z])?"
)
_LIMIT = regex(
    r"(?:(?:it|series|sequence|integral|limit|(?:improper|given) (?:integral|series)) )?(?:is )?"
    r"(?P<before>absolutely |conditionally |uniformly )?(?P<stem>converg|diverg)(?:es?|ent)"
    r"(?P<behind> absolutely| conditionally| uniformly)?"
)
_REWORDED = (
    (regex(r"^all (?=\w)"), ""),
    (regex(r"\bone to one\b"), "injective"),
    (regex(r"\bonto\b"), "surjective"),
    (regex(r"\b(?:does not|doesnt|is not|isnt|do not) (?:be )?converge?(?:nt)?\b"), "diverges"),
    (regex(r"\bh ?0\b"), "null hypothesis"),
    (regex(r"^we (?=(?:fail|reject|accept|do not reject|cannot reject)\b)"), ""),
    (regex(r"\b(?:do not|dont|cannot|can not) reject\b"), "fail to reject"),
)
"""What a folded text says in other words, and how it is said here."""


_SUBJECT = "the subject of a sentence that says it in full"
_SAID_OF_IT = "what a sentence says of what is asked for"
OF_SENTENCES = frozenset((_SUBJECT, _SAID_OF_IT))
"""Reasons for which a whole sentence is its reference, because the query asks for what it says."""


def same_prose(reference: Expression, answer: Expression, comparison: Comparison) -> Decision | None:
    """A verdict on two answers of which at least one is words; None when no rule applies."""
    if isinstance(reference, Text) and isinstance(answer, Text):
        ours, theirs = (_reworded(fold(_without_it_is(side.words))) for side in (reference, answer))
        if ours == theirs:
            return Decision(True, "text", "the same words behind 'it is'")
        if len(ours) >= MIN_WRITTEN_TOGETHER and ours.replace(" ", "") == theirs.replace(" ", ""):
            return Decision(True, "text", "the same words written together")
        return (
            _same_subject(reference.words, answer.words, comparison)
            or _same_of_asked(reference.words, answer.words, comparison)
            or _same_kind(reference.words, answer.words)
            or _same_predicate(ours, theirs)
        )
    words, other = (reference, answer) if isinstance(reference, Text) else (answer, reference)
    if isinstance(words, Text) and isinstance(other, Relation):
        return _same_comparison(words.words, other)
    if isinstance(words, Text) and isinstance(other, Group) and not other.brackets:
        return _same_without_commas(words.words, other)
    return None


_ADJECTIVE = "(?:al|ic|[ae]nt|ive|ing|ed|ous|ary?|[ai]ble|les|ute|use|ight|odd|even|ite|ete|ean|ian)"
"""How a word ends that says of what kind something is: a work function is no work."""
_OF_KIND = regex(
    rf"(?P<said>[a-z-]*{_ADJECTIVE}(?: [a-z-]*{_ADJECTIVE}){{0,2}})"
    r" (?:triangle|quadrilateral|polygon|function|matrix|series|sequence"
    r"|group|graph|curve|distribution|reaction|bond|equilibrium)"
)
_OF_SUBJECT = regex(r"(?:[a-z]+ )?[a-z]+ (?:is|are) (?P<said>[a-z -]+)")


def _same_predicate(ours: str, theirs: str) -> Decision | None:
    """`an isosceles triangle` and `the vectors are dependent` for what they say; both sides are folded."""
    if len(ours) > MAX_SENTENCE or len(theirs) > MAX_SENTENCE or NEGATION.search(theirs):
        return None
    for pattern in (_OF_KIND, _OF_SUBJECT):
        found = pattern.fullmatch(theirs)
        if found is not None and found["said"] == ours and not pattern.fullmatch(ours):
            return Decision(True, "text", "what an answer says of its subject")
    return None


def _same_without_commas(words: str, items: Group) -> Decision | None:
    """`Austin Texas` for `Austin, Texas`."""
    named = [item.words for item in items.items if isinstance(item, Text)]
    if len(named) == len(items.items) and fold(words) == fold(" ".join(named)):
        return Decision(True, "text", "the same words without commas")
    return None


def _same_subject(reference: str, answer: str, comparison: Comparison) -> Decision | None:
    """`Petya will get it` for `Petya`, where the query asks who."""
    if not _WHO.search(comparison.query):
        return None
    for sentence, name in ((reference, answer), (answer, reference)):
        match = _SENTENCE.fullmatch(sentence.strip()) if len(sentence) <= MAX_SENTENCE else None
        if match is None or NEGATION.search(sentence) or fold(match["subject"]) != fold(name):
            continue
        if not _says_otherwise(sentence[match.end("subject") :], comparison.query):
            return Decision(True, "text", _SUBJECT)
    return None


_CAPITAL = regex(r"(?<![\w'’])[A-Z][\w'’-]+")


def _says_otherwise(said: str, query: str) -> bool:
    """Whether what is said of a subject answers another question.

    It has none of its words, names somebody else ("beat Ben"), or compares otherwise ("younger" for "older").
    """
    question = asked(query)
    if question is None:
        return _CAPITAL.search(said) is not None
    words = WORD.findall(said)
    given = question.given | set(map(stem, WORD.findall(" ".join(question.choices))))
    asks, says = degrees(question.given), degrees(words)
    otherwise = (bool(asks and says) and not asks & says) or not question.given & set(map(stem, words))
    return otherwise or any(stem(word) not in given for word in _CAPITAL.findall(said))


_OF_ASKED = regex(
    r"(?P<asked>(?:the|its|his|her|their) [^,;:.?!]{3,120}?) (?:is|was|are|were) (?:the )?"
    r"(?P<said>[^,;:?!]{1,80}?)\.?",
    re.IGNORECASE,
)
_WORD = regex(r"\w+")


def _same_of_asked(reference: str, answer: str, comparison: Comparison) -> Decision | None:
    """`The capital of Peru is Lima.` for `Lima`, where the query has every word of what it is said of."""
    asked = set(_WORD.findall(comparison.query.lower()))
    for sentence, name in ((reference, answer), (answer, reference)):
        found = _OF_ASKED.fullmatch(sentence.strip()) if len(sentence) <= MAX_SENTENCE else None
        if found is None or NEGATION.search(sentence) or fold(found["said"]) != fold(name):
            continue
        if asked.issuperset(_WORD.findall(found["asked"].lower())):
            return Decision(True, "text", _SAID_OF_IT)
    return None


def _reworded(words: str) -> str:
    for pattern, plain in _REWORDED:
        words = pattern.sub(plain, words)
    return words


_IT_IS = regex(r"(?:it|this|that)(?:'s| is| was)(?: an?| the)? (?P<rest>.+)", re.IGNORECASE)


def _without_it_is(words: str) -> str:
    """`forest` of "It is a forest", but not of "It is not a forest"."""
    found = _IT_IS.fullmatch(words.strip()) if len(words) <= MAX_SENTENCE else None
    return found["rest"] if found and not NEGATION.search(words) else words


def _same_kind(reference: str, answer: str) -> Decision | None:
    """`any odd number of players` for `odd`, `convergent` for `converges`."""
    ours, theirs = (_reworded(fold(words)) for words in (reference, answer))
    kinds = _KIND.fullmatch(ours), _KIND.fullmatch(theirs)
    if kinds[0] and kinds[1] and kinds[0].groups() == kinds[1].groups():
        return Decision(True, "text", "the same kind in other words")
    limits = _LIMIT.fullmatch(ours), _LIMIT.fullmatch(theirs)
    if limits[0] and limits[1] and _said(limits[0]) == _said(limits[1]):
        return Decision(True, "text", "the same of a limit in other words")
    return None


def _said(found: re.Match[str]) -> tuple[str, str]:
    """Whether something converges, and how."""
    return found["stem"], (found["before"] or found["behind"] or "").strip()


def _same_comparison(words: str, relation: Relation) -> Decision | None:
    """`The sum is less than zero` for `a + b < 0`: the same sign and the same bound."""

    if len(relation.operators) != 1 or len(words) > MAX_SENTENCE or NEGATION.search(words):
        return None
    plain = words.strip().rstrip(".").lower()
    for pattern, sign in _COMPARED:
        match = pattern.search(plain)
        if match is None:
            continue
        bound = parse(plain[match.end() :].strip())
        subject = plain[: match.start()].strip()
        equal = relation.operators[0] == sign and subject.startswith(("the ", "it ", "its ", "their "))
        if equal and scalar_equal(bound, relation.sides[1]):
            return Decision(True, "text", "the same comparison in words")
        return None
    return None
