"""What a sentence says beside its value, with numbers of its own: why, when, how long, how rounded."""

from __future__ import annotations

import re

from dartmath.base.regex import by_initials, regex
from dartmath.verify.extract.days import MONTH
from dartmath.verify.extract.shown import without_calculation
from dartmath.verify.language.money import SIGN_CLASS
from dartmath.verify.language.vocabulary import MONTHS

_WHY = regex(
    r",? (?:because|since|given that|as(?= (?:there|it|we|they|each|all|both|this|that|he|she|only|every)\b))"
    r" [^;!?]{3,160}\Z"
)
"""Why a value is what it is, with numbers of its own: "it measures 30 degrees, as there are 5 parts"."""

_LEAD_IN = regex(
    r"\A(?:After|By|Before|Upon|Having|Once|Rather than|Instead of|Regardless of"
    r"|Without) [^,=?!]{1,120}, (?=(?:she|he|they|it|we|I|I'll|I'd|you|there|the|her"
    r"|his|their) )"
)
"""What was done before a sentence says what is then: "After giving 3 away, she has 9"."""

_CONDITION = regex(r"\A(?:If|When) [^,=]{1,100}, (?:then )?(?=[^,=]*=)")
"""What a computed value holds under: "If they have 24 slices, they can last 24 / 6 = 4 days."."""

_FORMULA = regex(r"\$[^$]*\\[^$]*\$")
_ASSIGNED = regex(r"\$[^$=]{1,20}=[^$=]{1,40}\$(?=[^$=]*\b(?:is|are|was|equals) [-−]?\d[^$=]*\Z)")
"""A value given to a letter in a sentence that goes on to say what is then: "at $r = 2$ it is 5 N"."""

_MORE_THAN = regex(
    r"(\d) (?:more|fewer|less) (?!than\b)((?:[a-z][\w'-]* ){1,4}?)than [^\d=$]{1,80}\Z", re.IGNORECASE
)
"""A difference and what it is beside: "she has 14 more red cards than blue cards"."""

_OR_RESULT = regex(
    rf"\\?[{SIGN_CLASS}]?\d[\d,]*(?:\.\d+)?(?: [a-z]+)?"
    rf"(?: (?:[-−+*/x×÷]|times|plus|minus|divided by)"
    rf" \\?[{SIGN_CLASS}]?\d[\d,]*(?:\.\d+)?(?: [a-z]+)?)+,? or "
    rf"(?=\\?[{SIGN_CLASS}]?\d[\d,]*(?:\.\d+)?\b[^\d=]*\Z)"
)
"""A calculation in front of what it comes to, with which a sentence ends: "44 times 5, or 220 pounds"."""

RELATIVE = regex(
    r", which (?:is|was|are|were) (?:for|in|from|at|of|during) [^,=$]{1,60}(?<![.\s])\.?\s*\Z", re.IGNORECASE
)
"""What a sentence adds of the value that it has stated: "..., which is for the year 2011"."""

_ORDINAL = regex(r"(?<![\d.,])\d{1,4}(?:st|nd|rd|th)\b")
"""A rank, which is no value: "the 8th grade has 10"."""


def bare_claim(clause: str) -> str:
    """A clause without what is beside its value: formulas, ranks, dates, the condition of a computation."""
    claim = without_calculation(_plain_numbers(clause.replace("**", "  ").strip()))
    if (why := _WHY.search(claim)) is not None and any(map(str.isdigit, claim[: why.start()])):
        claim = claim[: why.start()]
    if "," in claim:
        claim = _LEAD_IN.sub("", claim)
    if "=" in claim:
        claim = _CONDITION.sub("", claim)
    if "\\" in claim:
        claim = _FORMULA.sub(" ", claim)
    if "$" in claim and "=" in claim:
        claim = _ASSIGNED.sub(" ", claim)
    if " than " in claim:
        claim = _MORE_THAN.sub(r"\1 \2", claim)
    if " or " in claim:
        claim = _OR_RESULT.sub("", claim)
    if ", which" in claim:
        claim = RELATIVE.sub("", claim)
    if "th" in claim or "st" in claim or "nd" in claim or "rd" in claim:
        claim = _ORDINAL.sub("nth", claim)
    return claim


_COMPOUND = regex(r"[A-Z](?<=\b[A-Z])(?=[A-Za-z]*\d)[a-z]?\d{0,3}(?:[A-Z][a-z]?\d{0,3}){1,11}(?![\w+-])")
"""A formula of chemistry such as C8H10O2, whose digits are no numbers."""

_REJECTED = regex(
    r"(?<=[\w%)])(?:,? (?:and )?not|,? rather than|,? instead of| \((?:and )?not)"
    rf" (?:the )?[-−]?\\?[{SIGN_CLASS}]?\d[\d,]*(?:\.\d+)?(?:/\d+)?\\?%?(?![\d/:]|\.\d)(?: (?!(?:or|and"
    rf"|to)\b)[a-z]+){{0,6}}\)?(?=[.,;!\s]*\Z)",
    re.IGNORECASE,
)
"""A value that a sentence rejects at its end, which is none of it: "So the result is 9 (not 12)."."""

_DATE = regex(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)? (?:{MONTHS})\b(?:(?:,| of)? \d{{4}}\b)?"
    rf"|\b(?:{MONTHS}) \d{{1,2}}(?:st|nd|rd|th)?\b(?:(?:,| of)? \d{{4}}\b)?|\b(?:{MONTHS}),? \d{{4}}\b"
)
"""When something is, which is said beside a value: "the shift on 30 June 2006 is 5"."""

_CLOCK = regex(r"\b(?:[01]?\d|2[0-3]):[0-5]\d(?: ?[AaPp]\.?[Mm]\b\.?)?")
"""A time of day beside a value: "8 cm shorter from 1:00 PM to 5:00 PM"."""

_TIME = (
    r"(?:the )?(?:next |first |last |past )?"
    r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)[ -]"
    r"(?:second|minute|hour|day|week|month|year)s?\b(?! (?:and|or|old|more|less|longer))"
)
_DURATION = regex(
    by_initials(
        *(rf"\b{word} {_TIME}" for word in ("in", "during", "within", "for", "after", "every", "over"))
    )
)
"""How long something goes on, which is said beside a value: "she walks 18 miles in six hours"."""


def _plain_numbers(claim: str) -> str:
    """A sentence without numbers that are none of it: of roundings, compounds, dates, durations."""
    claim = _COMPOUND.sub("compound", without_rounding(claim))
    if " not " in claim or "(not" in claim or " than " in claim or " instead " in claim:
        claim = _REJECTED.sub("", claim)
    if MONTH.search(claim):
        claim = _unless_last(_DATE.sub("then", claim), claim)
    if ":" in claim:
        claim = _unless_last(_CLOCK.sub("then", claim), claim)
    return _unless_last(_DURATION.sub("", claim), claim)


def _unless_last(without: str, claim: str) -> str:
    """A sentence without a number, as long as there are others in it."""
    return without if without == claim or any(map(str.isdigit, without)) else claim


_ROUNDED = regex(
    r"\s*[(,]\s*(?:correct(?:ed)?(?: up)? to|rounded(?: off| up| down)? to|accurate to|to the nearest"
    r"|to \w+ (?:decimal|significant))\b[^()=]{0,60}\)?(?=\.?\s*\Z)",
    re.IGNORECASE,
)
"""A remark on how a value is rounded, whose numbers are none of the sentence."""


def without_rounding(sentence: str) -> str:
    """A sentence without a remark at its end on how its value is rounded, which a comma or bracket opens."""
    return _ROUNDED.sub("", sentence) if "," in sentence or "(" in sentence else sentence
