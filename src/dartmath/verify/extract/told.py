"""The value that a sentence ends in: behind its last verb, a label or "therefore"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dartmath.base.regex import by_initials, regex
from dartmath.verify.extract.beside import RELATIVE, without_rounding
from dartmath.verify.extract.claims import COPULA_BEFORE_NUMBER
from dartmath.verify.extract.concluding import CONDITIONS
from dartmath.verify.extract.left_open import leaves_open
from dartmath.verify.extract.mathematics import is_mathematics
from dartmath.verify.language.money import SIGN_CLASS
from dartmath.verify.language.vocabulary import APPROXIMATIONS

_VALUED = regex(r"\d|\\[a-z]|[=∞∅π√]")
_AS_ASKED = regex(
    r",? as (?:computed|required|desired|expected|shown|claimed|requested|needed)\s*\.?\s*\Z", re.I
)
_APPROXIMATELY = regex(by_initials(*(rf"\b{word}(?![A-Za-z0-9_])" for word in APPROXIMATIONS)))
"""For a sentence in small letters."""

_AT_TIME = regex(
    r"[^\d=?]{5,120} (?:is|at|was|by|(?:we|I) (?:get|find|obtain)|gives(?: us)?) (?P<value>(?:[01]?\d"
    r"|2[0-3]):[0-5]\d(?: ?[AaPp]\.?[Mm]\b\.?)?|1?\d ?[AaPp]\.?[Mm]\b\.?)[.*\s]*"
)
"""A sentence that ends in the time at which something is, and has no other number."""


def told(sentence: str) -> str | None:
    """The formula, tuple or number behind the last verb of a sentence, where nothing else follows.

    >>> told("the equilibrium is (1, 0).")
    '(1, 0)'
    >>> told("the change was approximately 21.46%.")
    '21.46%'
    """
    if not _VALUED.search(sentence):
        return None
    sentence = without_rounding(sentence)
    if " as " in sentence.lower():
        sentence = _AS_ASKED.sub("", sentence)
    if "which" in sentence:
        sentence = RELATIVE.sub("", sentence)
    low = sentence.lower()
    if (
        low.startswith(CONDITIONS)
        or leaves_open(_APPROXIMATELY.sub("", low))
        or len(COPULA_BEFORE_NUMBER.findall(low)) > 1
    ):
        return None
    if (time := _AT_TIME.fullmatch(sentence)) is not None:
        return time["value"]
    for found in _endings(sentence, low):
        value = found["value"].strip().rstrip(".").strip("*").strip()
        if is_mathematics(value) and _VALUED.search(value):
            return value
    return None


_IS_RIGHT = regex(
    r".*\b(?:and|but|so|while) (?P<value>[-−]?\d[\d,]*(?:\.\d+)?(?:/\d+)?) is (?:right|correct)[.*\s]*\Z",
    re.IGNORECASE | re.DOTALL,
)
"""Which of two values is right: "I think 10 is wrong and 42 is right"."""

_LAST_VERB = regex(
    r".*\b(?:is|are|was|were|equals?|be|becomes?|gives?|yields?|amounts? to|comes? (?:out )?to|totals?"
    r"|(?:we|i"
    r"|you) (?:get|have|obtain|find|got)|(?:is"
    r"|are) equal to|makes"
    r"|on (?:obtient|trouve)|nous (?:obtenons|trouvons)|(?:cela|ça|ce qui) (?:donne|fait)"
    r"|(?:man|wir) (?:erhält|erhalten|bekommt|bekommen)|(?:das|es) ergibt|se obtiene|obtenemos"
    r"|si ottiene)\b:?"
    r"\s*(?:(?:approximately|about|exactly|therefore|thus|simply|then|now|just|only"
    r"|at)\s+)?(?P<value>[^\s].{0,200})\Z",
    re.IGNORECASE | re.DOTALL,
)
_MAX_LABELLED = 31
"""Characters, of which the first is a digit, of a value behind a label that ends a sentence."""

_TAIL_LABEL = regex(
    r"(?:(?:\A|[\s,;(])(?:final(?: result| value| total| count)?|total|result|altogether|sum)\s*[:=]?"
    r"|[;,]\s*(?![^:]*\b(?:step|case|part|question|line|item|no)\b)[a-z][a-z \d]{2,30}(?<!\d):)"
    rf"\s*(?P<value>[-{SIGN_CLASS}]?\d[^\s,;]{{0,{_MAX_LABELLED - 1}}})\Z",
    re.IGNORECASE,
)
"""A label and its value that a sentence ends with: "in total 18", "...; share: 18%"."""

_NAMED_AS = regex(
    r"(?:so |thus,? |hence,? |therefore,? )?(?:i|we) (?:calculate|compute|find|found|get|got|obtain)d?"
    rf" (?P<value>[-−]?\\?[{SIGN_CLASS}]?\d[\d,]*(?:\.\d+)?(?:/\d+)?\\?%?(?: [a-z]+)?)"
    r" (?:as|for|to be) (?:the|my|our) (?:final )?(?:answer|result|value|total|sum|probability|solution|area"
    r"|volume|length|number)\b[^\d=]{0,60}",
    re.IGNORECASE,
)
"""A value and what it is: "We calculate 3/16 as the probability"."""

_ENDS_IN = regex(
    r".*\b(?:(?:drop|fall|rise|grow|increase|decrease|climb|shrink|sink)s? to"
    r"|(?:dropped|fell|rose|grew|increased|decreased|climbed|reduced) to"
    r"|(?:total|change|probability|average|mean|profit|loss|balance|sum|difference|cost|price|value"
    r"|speed|area|volume|ratio|product|remainder|length|distance) of) "
    rf"(?P<value>[-−]?\\?[{SIGN_CLASS}]? ?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:/\d+)? ?\\?%?)"
    r"(?: (?:degrees?|percent|points?|dollars?|cents|people|units?)(?: [A-Z][a-z]+)?)?[.*\s]*\Z",
    re.IGNORECASE | re.DOTALL,
)
"""A number at the end of a sentence that says of what it is one: "a net change of -$40"."""

_SO_AT_END = regex(
    r".*(?:[,;] (?:and )?(?:therefore|hence|thus|so|giving|leaving|making|yielding)"
    r"|\bthen\b.*(?:,|\band) finally) "
    rf"(?P<value>[-−]?\\?[{SIGN_CLASS}]?\d[\d,]*(?:\.\d+)?(?:/\d+)?\\?%?)"
    r"(?: (?:in )?total| altogether| in all)?[.*\s]*\Z",
    re.IGNORECASE | re.DOTALL,
)
"""A bare number at the end of a sentence, behind "therefore" or last of a sequence ("finally 8")."""


def _endings(sentence: str, low: str) -> Iterator[re.Match[str]]:
    """The ways in which a sentence, given in small letters too, ends in a value: most have words of few."""
    if "right" in low or "correct" in low:
        yield from filter(None, (_IS_RIGHT.match(sentence),))
    yield from filter(None, (_LAST_VERB.match(sentence),))
    if any(map(str.isdigit, sentence[-_MAX_LABELLED:])):
        yield from filter(None, (_TAIL_LABEL.search(sentence),))
    if " as " in low or " for " in low or " to be " in low:
        yield from filter(None, (_NAMED_AS.fullmatch(sentence),))
    if " to " in low or " of " in low:
        found = _ENDS_IN.match(sentence)
        if found and not any(map(str.isdigit, sentence[: found.start("value")])):
            yield found
    if "," in sentence or ";" in sentence or "finally" in low:
        yield from filter(None, (_SO_AT_END.match(sentence),))
