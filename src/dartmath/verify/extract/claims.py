"""The value that a sentence claims in words: "So Ann has 2 * 7 = 14 apples left.", "因此一共有99颗"."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import takewhile

from dartmath.base.regex import regex
from dartmath.verify.extract.mathematics import is_mathematics
from dartmath.verify.language.lexicon import LANGUAGES, LEXICONS
from dartmath.verify.language.money import SIGN_CLASS
from dartmath.verify.language.sentences import MAX_SENTENCE, QUALIFIED
from dartmath.verify.language.units import parse_unit
from dartmath.verify.language.vocabulary import APPROXIMATIONS, CONCLUDING, one_of

_VALUE = (
    r"(?<![A-Za-z0-9.,:/^*+\-−])(?<!\\\{)(?<![-–−] )(?<![A-Za-z0-9)] [-−])"
    rf"(?P<value>[-−]?(?:\\?[{SIGN_CLASS}] ?)?\d(?:[\d,]*\d)?(?:\.\d+)?(?:/\d+)?"
    rf"(?: ?\\?%| ?(?!\$)[{SIGN_CLASS}]| ?\$(?=[\s.,]"
    r"|$)|°)?)"
    r"(?![A-Za-z0-9/:^*+(=-]|[.,]\d)"
)
"""An amount that stands by itself."""

_WORDS = r"(?P<words>[^\d=.!?。()\\$*/^+<>]{0,100})[.!。।]?"
_COMPUTED = regex(rf"[^=]*(?:=[^=]*)*= ?{_VALUE}{_WORDS}")
_ALGEBRA = regex(r"\d[a-zA-Z]\b|\b[a-wyzA-Z] ?[-+*/^]|[-+*/^] ?[a-zA-Z] *=|\^")
_COPULA = regex(
    rf"[^=]*\b(?:is|are|was|were|equals?|costs?|be|(?:is|are) equal to) {_VALUE}{_WORDS}", re.IGNORECASE
)
_COPULAS = "|".join(lexicon.copula for code, lexicon in LEXICONS.items() if code != "en")
_TEX = r"(?:\\[dt]?frac\{[^{}]+\}\{[^{}]+\}|\\sqrt\{[^{}]+\})"
_TOLD = regex(
    rf"[^=]{{0,150}}(?:{_COPULAS})(?: de| von| di)?[ :：]*[(]?(?:{_VALUE}|(?P<tex>{_TEX}))[)]?{_WORDS}",
    re.IGNORECASE,
)
"""A copula of another language, and the only value behind it."""

_ONLY = regex(rf"[^\d=]*{_VALUE}[^\d=]*")
_COPULA_BEFORE_NUMBER = regex(
    rf"\b(?:is|are|was|were|equals?|costs?|be|equal to) -?\\?[{SIGN_CLASS}]?\d", re.IGNORECASE
)
_CHANGED = regex(
    r"\b(?:plus|minus|times|more|less|fewer|over|under|other|first|next|initially|squared|cubed"
    r"|divided|multiplied"
    r"|half|halves|thirds?|quarters?|fourths|tenths|base|dozen|pairs?|hundreds?|thousands?|millions?"
    r"|billions?"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty"
    r"|divide|multiply|subtract|add|adding|dividing|multiplying|subtracting|reject|twice|double|triple"
    r"|square|root"
    r"|sum of|product of|difference|ratio of|factor of|multiple|divisible|remainder|negative|on day"
    r"|step|let|need to|must(?! be)"
    r"|should|consider|substitute|solve|suppose|assume|check|use)\b"
    r"|倍|除以|乘以|加上|减去|第",
    re.IGNORECASE,
)
"""Words beside the only number of a sentence that are a number too, change it, or say what is done to it."""

_APPROXIMATELY = regex(one_of(*APPROXIMATIONS), re.IGNORECASE)
_LAST_VERB = regex(
    r".*\b(?:is|are|was|were|equals?|be|becomes?|gives?|yields?|amounts? to|comes? to|totals?|(?:we|i"
    r"|you) (?:get|have|obtain|find|got)|(?:is"
    r"|are) equal to|makes)\b:?"
    r"\s*(?:(?:approximately|about|exactly|therefore|thus|simply|then|now|just|only"
    r"|at)\s+)?(?P<value>[^\s].{0,200})\Z",
    re.IGNORECASE | re.DOTALL,
)
_TAIL_LABEL = regex(
    r"(?:\A|[\s,;(])(?:final(?: result| value| total| count)?|total|result|altogether"
    rf"|sum)\s*[:=]?\s*(?P<value>[-{SIGN_CLASS}]?\d[^\s,;]{{0,30}})\Z",
    re.IGNORECASE,
)
_FORMULA = regex(r"\$[^$]*\\[^$]*\$")
_ASSIGNED = regex(r"\$[^$=]{1,20}=[^$=]{1,40}\$(?=[^$=]*\b(?:is|are|was|equals) [-−]?\d[^$=]*\Z)")
"""A value given to a letter in a sentence that goes on to say what is then: "at $r = 2$ it is 5 N"."""

_ORDINAL = regex(r"(?<![\d.,])\d{1,4}(?:st|nd|rd|th)\b")
"""A rank, which is no value: "the 8th grade has 10"."""

_ROUNDED = regex(
    r"\s*[(,]\s*(?:correct(?:ed)?(?: up)? to|rounded(?: off| up| down)? to|accurate to|to the nearest"
    r"|to \w+ (?:decimal|significant))\b[^()=]{0,60}\)?(?=\.?\s*\Z)",
    re.IGNORECASE,
)
"""A remark on how a value is rounded, whose numbers are none of the sentence."""

_COMPOUND = regex(r"\b(?=[A-Za-z]*\d)(?:[A-Z][a-z]?\d{0,3}){2,12}(?![\w+-])")
"""A formula of chemistry such as C8H10O2, whose digits are no numbers."""

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = regex(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)? (?:{_MONTHS})\b(?:,? \d{{4}}\b)?"
    rf"|\b(?:{_MONTHS}) \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? \d{{4}}\b)?|\b(?:{_MONTHS}),? \d{{4}}\b"
)
"""When something is, which is said beside a value: "the shift on 30 June 2006 is 5"."""

_NO_UNIT = frozenset(
    ("all", "total", "left", "of", "and", "the", "to", "for", "de", "du", "di", "e", "y", "et", "und")
)
_VALUED = regex(r"\d|\\[a-z]|[=∞∅π√]")
_SENTENCES = regex(r"[.!?]\s+\S|。.")
_NEGATIONS = "|".join(lexicon.negating for code, lexicon in LEXICONS.items() if code not in ("en", "zh"))
_OPEN = regex(
    r"\b(?:not|no|never|nor|cannot|neither|either|or|if|unless|except|than|least"
    r"|most(?! (?:likely|probable|common|recent))|between|about"
    r"|approximately"
    r"|nearly|almost|around|roughly|maybe|perhaps|could|may|might|suppose|assume|try|check)\b|n't|\?"
    r"|[不没约若]|或(?!者)|至[少多]",
    re.IGNORECASE,
)
"""Words with which a sentence leaves its value open."""

_DENIED = regex(_NEGATIONS, re.IGNORECASE)
_ENGLISH = regex(rf"[\s*#_>-]*(?:{LEXICONS['en'].concluding}|{CONCLUDING})", re.IGNORECASE)
_SAID = regex(
    r"\b(?:is|are|was|were|equals?|has|have|had|answer(?:s|ed)|eats?|gets?|gives?|makes?|made|costs?|takes?|needs?|earns?"
    r"|pays?|spends?|sells?|buys?"
    r"|receives?|weighs?|measures?|remains?|there|total|totals|yields?|will|would|works?|reads?|eats?"
    r"|drinks?|left|sold|bought"
    r"|spent|used|saved|saves|owes|gave|collected|scored|ran|walked|drove|ate|did|does|can|contains?"
    r"|produces?|lost|gained|went|travel\w*)\b",
    re.IGNORECASE,
)
"""A verb of a sentence that states what there is, for one that no concluding word opens."""


@lru_cache(maxsize=32)
def _opening(languages: tuple[str, ...]) -> re.Pattern[str]:
    """How a sentence begins that says what a response arrives at."""
    words = "|".join(LEXICONS[language].concluding for language in languages)
    ours = rf"{CONCLUDING}|(?:now )?we (?:get|have|find|obtain|conclude|see|arrive at)\b"
    return re.compile(rf"[\s*#_>-]*(?:{ours}|{words})(?: that)?[,:，：*_]*\s*", re.IGNORECASE)


def opens(sentence: str, languages: tuple[str, ...] = LANGUAGES) -> bool:
    """Whether a sentence begins as a conclusion does in one of the languages."""
    return _opening(languages).match(sentence) is not None


def denied(sentence: str) -> bool:
    """Whether a concluding sentence in another language than English denies what it names."""
    return _ENGLISH.match(sentence) is None and _DENIED.search(sentence) is not None


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
    start = _opening(languages).match(sentence)
    return claimed(sentence[start.end() :]) if start else None


def claimed(clause: str, *, plain: bool = False) -> str | None:
    """The value that a clause states, as in `concluded`; where `plain`, only with a verb that says so.

    >>> claimed("She has 42 apples.", plain=True)
    '42'
    """
    claim = _plain_numbers(clause.replace("**", "  ").strip())
    if "\\" in claim:
        claim = _FORMULA.sub(" ", claim)
    if "$" in claim and "=" in claim:
        claim = _ASSIGNED.sub(" ", claim)
    if "th" in claim or "st" in claim or "nd" in claim or "rd" in claim:
        claim = _ORDINAL.sub("nth", claim)
    if len(claim) > MAX_SENTENCE or _OPEN.search(claim) or _DENIED.search(claim) or _SENTENCES.search(claim):
        return None
    if "=" in claim:
        found = None if _ALGEBRA.search(claim) else _COMPUTED.fullmatch(claim)
    elif (found := _ONLY.fullmatch(claim)) is not None:
        found = None if _CHANGED.search(claim) or (plain and not _SAID.search(claim)) else found
    elif len(_COPULA_BEFORE_NUMBER.findall(claim)) == 1:
        found = _COPULA.fullmatch(claim)
        found = None if found is None or QUALIFIED.search(found["words"]) else found
    if found is None and "=" not in claim and (told := _TOLD.fullmatch(claim)):
        return told["tex"] or told["value"]
    return _with_unit(claim, found) if found else None


def _plain_numbers(claim: str) -> str:
    """A sentence without the digits that are no numbers of it: in remarks on rounding, compounds, dates."""
    claim = _COMPOUND.sub("compound", _ROUNDED.sub("", claim))
    undated = _DATE.sub("then", claim)
    return undated if any(map(str.isdigit, undated)) else claim


def told(sentence: str) -> str | None:
    """The formula, tuple or number behind the last verb of a sentence, where nothing else follows.

    >>> told("the equilibrium is (1, 0).")
    '(1, 0)'
    >>> told("the change was approximately 21.46%.")
    '21.46%'
    """
    sentence = _ROUNDED.sub("", sentence)
    if _OPEN.search(_APPROXIMATELY.sub("", sentence)) or _DENIED.search(sentence):
        return None
    if len(_COPULA_BEFORE_NUMBER.findall(sentence)) > 1:
        return None
    for found in filter(None, (_LAST_VERB.match(sentence), _TAIL_LABEL.search(sentence))):
        value = found["value"].strip().rstrip(".").strip("*").strip()
        if is_mathematics(value) and _VALUED.search(value):
            return value
    return None


def _is_of_unit(word: str) -> bool:
    return word.strip() not in _NO_UNIT


def _with_unit(claim: str, found: re.Match[str]) -> str:
    """The value with the words behind it that are a unit."""
    words = list(takewhile(_is_of_unit, re.findall(r" [a-z]{1,20}\b", claim[found.end("value") :][:60])[:3]))
    for count in range(len(words), 0, -1):
        unit = "".join(words[:count])
        is_unit = words[count - 1] != " in" and parse_unit(unit.strip()).known
        if is_unit and claim.startswith(unit, found.end("value")):
            return found["value"] + unit
    return found["value"]
