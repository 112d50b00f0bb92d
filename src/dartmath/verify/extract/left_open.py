"""Whether a sentence leaves its value open, denies it, or changes it."""

from __future__ import annotations

import re

from dartmath.base.regex import by_initials, regex
from dartmath.verify.extract.concluding import ENGLISH
from dartmath.verify.language.lexicon import LEXICONS
from dartmath.verify.language.money import SIGN_CLASS
from dartmath.verify.language.names import listed
from dartmath.verify.language.sentences import MAX_SENTENCE

_OPENING_WORDS = listed(
    "not no never nor cannot neither either or if unless except than least between about approximately "
    "nearly almost around roughly maybe perhaps could may might suppose assume try check doubt wonder"
)
_OPEN = regex(
    by_initials(
        *(rf"\b{word}\b" for word in _OPENING_WORDS),
        r"\bis (?:therefore |thus |hence )?(?:excluded|rejected|discarded|ruled out|invalid|extraneous)\b",
        r"\banswer (?:minus|plus|times|divided|multiplied|squared)\b",
        *(
            rf"\b{part} (?:the|our|my) answer\b"
            for part in ("twice", "half(?: of)?", "double", "square of", "root of")
        ),
        *(rf"\btoo {size}\b" for size in ("large", "small", "big", "high", "low", "many", "few")),
        r"\bmost\b(?! (?:likely|probable|common|recent))",
        *("n't", r"\?", *"不没约若", "或(?!者)", "至[少多]"),
    )
)
"""Words with which a sentence, in small letters, leaves its value open."""

_IN_QUOTES = regex(r"\"[^\"\d]{1,40}\"|“[^“”\d]{1,40}”")
"""Words that a sentence quotes, which leave nothing of its own open."""


def leaves_open(claim: str, *, abroad: bool = True) -> bool:
    """Whether a sentence, which may be in English alone or not, leaves its value open, or denies it."""
    low = claim.lower()
    if _OPEN.search(low) is None and not (abroad and _denies_abroad(low)):
        return False
    low = _about(low)
    own = _IN_QUOTES.sub("", low) if '"' in low or "“" in low else low
    return _OPEN.search(own) is not None or (abroad and _denies_abroad(low))


_NEGATIONS = "|".join(
    lexicon.negating for code, lexicon in LEXICONS.items() if code not in ("en", "zh")
).split("|")
_DENIED = regex(by_initials(*_NEGATIONS))
"""Words of other languages than English that deny, for a sentence in small letters."""

_DENIED_IN_ASCII = regex(by_initials(*(word for word in _NEGATIONS if word.isascii() or "[" in word)))
"""Those that a sentence in ASCII can have."""


def denied(sentence: str) -> bool:
    """Whether a concluding sentence in another language than English denies what it names."""
    return ENGLISH.match(sentence) is None and _denies_abroad(sentence.lower())


def _denies_abroad(low: str) -> bool:
    """Whether a text in small letters has a denying word of another language than English."""
    return (_DENIED_IN_ASCII if low.isascii() else _DENIED).search(low) is not None


_SAYS_WHAT_IS = regex(
    r"(?P<subject>(?:the|our|its|their|his|her|this) [^,;:=?!]{3,250}?)"
    r" (?:is|are|was|were|equals)(?= (?:(?:equal to|exactly|therefore|thus|then|simply) )?"
    rf"[-−*$\\({SIGN_CLASS}]{{0,4}}[\d\\][^,;:?!]{{0,60}}\Z)"
)
"""What a sentence is about, and that a value is all it says of it. For texts in small letters."""

_QUALIFIERS = regex(
    by_initials(
        *(
            rf"\b{word}\b"
            for word in listed(
                "not no nor never neither either or than least most between without except unless"
            )
        )
    )
)
_SAYS_MORE = regex(r"\bbut\b|\banswer\b|\b(?:is|are|was|were|be|equals?) (?:not )?[-−$\\]?\d")
"""What a subject has that is a sentence of its own, or an answer that another gives."""


def _about(low: str) -> str:
    """A sentence whose subject has no qualifiers, which leave nothing of what is said of it open.

    >>> _about("the number of primes less than 20 that are not odd is 1.")
    'the number of primes less  20 that are  odd is 1.'
    """
    found = _SAYS_WHAT_IS.search(low) if len(low) <= MAX_SENTENCE else None
    if found is None or _SAYS_MORE.search(found["subject"]):
        return low
    start, end = found.span("subject")
    return low[:start] + _QUALIFIERS.sub("", found["subject"]) + low[end:]


CHANGED = regex(
    r"\b(?:plus|minus|times|more|less|fewer|(?<!left )over|under|other|first|next|initially|squared|cubed"
    r"|divided|multiplied"
    r"|half|halves|thirds?|quarters?|fourths|tenths|base|dozen|pairs?|hundreds?|thousands?|millions?"
    r"|billions?"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty"
    r"|divide|multiply|subtract|add|adding|dividing|multiplying|subtracting|reject|twice|double|triple"
    r"|square|root"
    r"|reciprocal|inverse|opposite|factorial|logarithm|sum of|product of|difference|ratio of|factor of"
    r"|multiple|divisible|remainder|negative|on day"
    r"|step|let|(?<!will )need to|(?<!\bhe )(?<!she )(?<!they )must(?! be)"
    r"|should|consider|substitute|solve|suppose|assume|check|use)\b"
    r"|倍|除以|乘以|加上|减去|第",
    re.IGNORECASE,
)
"""Words beside the only number of a sentence that are a number too, change it, or say what is done to it."""

FALSE_FRIENDS = regex(r"\b(?:over|under|ten|one|six|may|most|or|nor|than|let|base|if)\b", re.IGNORECASE)
"""Words of `_OPEN` and `CHANGED` that other languages have too: in those, `most` is now, and `may` has."""
