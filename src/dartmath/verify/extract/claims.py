"""The value that a sentence claims in words: "So Ann has 2 * 7 = 14 apples left.", "因此一共有99颗"."""

from __future__ import annotations

import re

from dartmath.base.regex import by_initials, regex
from dartmath.verify.extract.abroad import told_elsewhere
from dartmath.verify.extract.amounts import VALUE, WORDS, with_unit
from dartmath.verify.extract.beside import bare_claim
from dartmath.verify.extract.concluding import ENGLISH, opened
from dartmath.verify.extract.days import day_or_rank
from dartmath.verify.extract.equations import FACTOR_BEHIND, GIVEN
from dartmath.verify.extract.how_many import count_in_words
from dartmath.verify.extract.left_open import CHANGED, FALSE_FRIENDS, leaves_open
from dartmath.verify.language.lexicon import LANGUAGES
from dartmath.verify.language.money import SIGN_CLASS
from dartmath.verify.language.sentences import MAX_SENTENCE, QUALIFIED
from dartmath.verify.language.vocabulary import COUNT_WORDS

_HAS_COUNT = regex(
    r"(?:[A-Z][a-z]+(?: and [A-Z][a-z]+)?|[Hh]e|[Ss]he|[Tt]hey) (?:(?:will|would|now|still|only) )*"
    r"(?:has|have|had|needs?|gets?|got|eats?|ate|sells?|sold|makes?|made|buys?|bought|reads?)"
    r"(?: to [a-z]+| now| only| exactly)? "
    rf"(?P<value>{'|'.join(COUNT_WORDS)}) (?:(?!(?:and|or|of)\b)[a-z-]+ ){{0,2}}"
    r"(?!(?:times|dozens|hundreds)\b)[a-z]+s(?: (?:left|remaining|in total|total|altogether|now))*\.?"
)
"""How many of something somebody has, in words, and nothing else: "Matt has to eat four carrot sticks."."""


def concluded(sentence: str, languages: tuple[str, ...] = LANGUAGES) -> str | None:
    """The value that a concluding sentence states, with its unit; None where there is none or more than one.

    That is what a calculation comes to, what follows "is" or "are" at the end, or the only number.

    >>> concluded("So Maria has 14 apples left.")
    '14'
    >>> concluded("Therefore, she pays $5 x 50 = $250 in all.")
    '$250'
    >>> concluded("Thus the drive takes 2 hours.")
    '2 hours'
    >>> concluded("So Maria has 14 apples and 3 pears.")
    """
    start = opened(sentence, languages)
    if start is None:
        return None
    clause = sentence[start.end() :]
    if (counted := _HAS_COUNT.fullmatch(clause.strip())) and not leaves_open(clause):
        return counted["value"].lower()
    return claimed(clause, abroad=ENGLISH.match(sentence) is None)


_DIGITS, _COUNTS = regex(r"[\d\\]"), regex("|".join(COUNT_WORDS))
"""What every claim has one of: a digit, a command of LaTeX, or a number in words."""

_OF_NUMBER = regex(
    r"\s*(?:the|this) (?:number|value|digit) [-−]?\d[\d,.]* (?:is|was|appears?|occurs?|stands?"
    r"|comes?) (?:in|on|at|from|mentioned|given)\b",
    re.IGNORECASE,
)
"""A sentence on where a number stands, which is not what it states: "The number 6 is in the table."."""

_SENTENCES = regex(r"(?<!\bsq)(?<!\bcu)[.!?]\s+\S|。.")
_ALGEBRA = regex(r"\d[a-zA-Z]\b|\b[a-wyzA-Z] ?[-+*/^]|[-+*/^] ?[a-zA-Z] *=|\^")
_COMPUTED = regex(rf"[^=]*(?:=[^=]*)*= ?{VALUE}{WORDS}")
_ONLY = regex(rf"[^\d=]*{VALUE}[^\d=]*")
_SAID = regex(
    r"\b(?:is|are|was|were|equals?|has|have|had|answer(?:s|ed)|eats?|gets?|gives?|makes?|made|costs?|takes?|needs?|earns?"
    r"|pays?|spends?|sells?|buys?"
    r"|receive[sd]?|weighs?|measures?|remains?|there|total|totals|yields?|will|would|works?|reads?|eats?"
    r"|drinks?|left|leaves(?! (?:at|on|for|from|in)\b)|sold|bought"
    r"|spent|used|saved|saves|owes|gave|collected|scored|ran|walked|drove|ate|did|does|can|contains?"
    r"|includes?|end(?:s|ed)? up|estimate[sd]?"
    r"|shows?|displays?|lists?|comprises?"
    r"|produces?|lost|gained|went|travel\w*)\b",
    re.IGNORECASE,
)
"""A verb of a sentence that states what there is, for one that no concluding word opens."""

_COPULA = regex(
    rf"[^=]*\b(?:is|are|was|were|equals?|costs?|be|(?:is|are) equal to) {VALUE}{WORDS}", re.IGNORECASE
)
COPULA_BEFORE_NUMBER = regex(
    by_initials(
        *(
            rf"\b{copula} -?\\?[{SIGN_CLASS}]?\d"
            for copula in ("is", "are", "was", "were", "equals?", "costs?", "be", "equal to")
        )
    )
)
"""A copula and the number behind it, for a sentence in small letters: one with two of them claims neither."""


def claimed(clause: str, *, plain: bool = False, abroad: bool | None = None) -> str | None:
    """The value that a clause states, as in `concluded`; where `plain`, only with a verb that says so.

    Where `abroad`, it is in another language than English; None says that it may be.

    >>> claimed("She has 42 apples.", plain=True)
    '42'
    """
    if not (_DIGITS.search(clause) or _COUNTS.search(clause.lower())):
        return None
    if (day := day_or_rank(clause)) is not None:
        return day
    if plain and _OF_NUMBER.match(clause):
        return None
    claim = bare_claim(clause)
    own = FALSE_FRIENDS.sub("", claim) if abroad else claim
    if len(claim) > MAX_SENTENCE or leaves_open(own, abroad=abroad is not False) or _SENTENCES.search(claim):
        return None
    if "=" in claim:
        several = len(GIVEN.findall(claim)) > 1
        found = None if several or _ALGEBRA.search(claim) else _COMPUTED.fullmatch(claim)
        return with_unit(claim, found) if found and not FACTOR_BEHIND.match(found["words"]) else None
    if (found := _ONLY.fullmatch(claim)) is not None:
        found = None if CHANGED.search(own) or (plain and not _SAID.search(claim)) else found
    elif len(COPULA_BEFORE_NUMBER.findall(claim.lower())) == 1:
        found = _COPULA.fullmatch(claim)
        found = None if found is None or QUALIFIED.search(found["words"]) else found
    found = found or _object(claim)
    if found and "," in found["value"] and claim[: found.start("value")].endswith(("(", "[", "{", "<")):
        return None  # a part of an interval, a point or a set
    return with_unit(claim, found) if found else count_in_words(claim) or told_elsewhere(claim)


_RESULT_VERBS = (
    r"(?:takes?|took|needs?|needed|requires?|required|costs?|earns?|earned|makes?|made|spends?|spent|saves?|saved"
    r"|gets?|got|pays?|paid|receives?|received|loses?|lost|gains?|gained|(?:profit|total|sum) of)"
)
_OBJECT = regex(
    rf"[^\d=]*\b{_RESULT_VERBS}(?: (?!(?:not|no|up|than)\b)[A-Za-z]+){{0,2}}? {VALUE}"
    r"(?P<words>(?: (?!(?:and|or|to|more|less|fewer|times|of|than|out)\b)[a-z]+){0,3})"
    r",? (?P<beside>(?:(?:in order )?to (?!\d)|for (?!each|every)|selling |working |using |making |buying )"
    r"[^=;!?\d]*\d[^=;!?]*)",
    re.IGNORECASE,
)
"""What a verb of the result has for its object, and what for: "it takes 12 days to grow to 60 cm"."""

_VERB_AGAIN = regex(r"\b(?:is|are|was|were|will|has|have|had|so|but|then|which)\b", re.IGNORECASE)
"""What shows that more is said than for what."""


def _object(claim: str) -> re.Match[str] | None:
    """The amount that is the object of a sentence which goes on to say what for, with numbers of its own."""
    found = _OBJECT.fullmatch(claim)
    if found is None or _VERB_AGAIN.search(found["beside"]) or CHANGED.search(claim[: found.start("beside")]):
        return None
    return found
