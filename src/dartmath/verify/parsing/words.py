"""Answers in words: folding, and words with a fixed meaning (yes, Monday, none, 4:30 p.m., 2 May)."""

from __future__ import annotations

import re
from functools import lru_cache

from dartmath.base.regex import regex
from dartmath.verify.language.latex import TEXT
from dartmath.verify.language.names import listed
from dartmath.verify.tree.expression import Apply, Constant, Expression, Named, Number, Symbol, Text, number

MAX_NAMED = 120
"""Characters of an answer that is one of the names here, with what may stand around it."""

_ABBREVIATED = range(3, 5)
"""Letters of a short day or month: Sep and Sept, Tue and Tues."""

_MOST_WORDS = 20
"""Words of a number: up to the trillions, with all that stands between."""

HOURS = 12
"""On the face of a clock."""

_SIXTY = 60
"""Minutes, and seconds."""

MAX_TEXT = 4_000
"""Characters of a text that are folded."""

_BOOLEANS = {
    "true": "true", "yes": "true", "correct": "true", "t": "t", "false": "false", "no": "false",
    "incorrect": "false",
}  # fmt: skip
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = listed("january february march april may june july august september october november december")
_NONE = frozenset(
    listed(
        "none|no solution|no solution oslash|no solution emptyset|undefined|not defined|no solutions|"
        "no real solution|no real solutions|does not exist|dne|"
        "doesnt exist|no such|no answer exists|empty set|emptyset|null set|nothing|no such number|"
        "no such numbers|no solution exists|no solutions exist|there are no solutions|"
        "there is no solution|there are no real solutions|there is no real solution|"
        "there are no real roots|equation has no solution|equation has no solutions|"
        "equation has no real solution|equation has no real solutions|system has no solution|"
        "never|there is no such number|no root|no roots|no real root|"
        "no real roots",
        "|",
    )
)
_REALS = frozenset(
    listed(
        "all real numbers|all reals|every real number|any real number|all real|real numbers|"
        "the reals|set of all real numbers|all real values|all real x",
        "|",
    )
)
_NUMBER_SETS = {
    **dict.fromkeys(
        listed("all integers|integers|every integer|any integer|set of all integers", "|"), "\\mathbb{Z}"
    ),
    **dict.fromkeys(
        listed("all rational numbers|rational numbers|set of all rational numbers", "|"), "\\mathbb{Q}"
    ),
}
_INFINITE = frozenset(
    [
        "infinitely many",
        "infinite",
        "infinitely many solutions",
        "infinite solutions",
        "infinite number of solutions",
        "there are infinitely many solutions",
        "infinite number",
        "infinitely many zeros",
        "unbounded",
    ]
)
_SIGNED_INFINITY = frozenset(listed("positive infinity|plus infinity|negative infinity|minus infinity", "|"))
_UNITS = listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
SCALES = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
"""Words that multiply the number before them, with their power of ten."""

_TENS = dict(
    zip(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
        range(20, 100, 10),
        strict=True,
    )
)
NUMBER_WORDS = frozenset([*_UNITS, *_TENS])
"""Words for the numbers below twenty and for the tens."""

FRACTIONS = {
    "half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10,
}  # fmt: skip
"""Words for parts of one, with how many of them make one."""

_FRACTION_WORDS = regex(
    rf"(?:(?P<whole>[a-z]+) and )?(?:(?:(?P<count>one) )?(?P<one>{'|'.join(FRACTIONS)})"
    rf"|(?P<counted>[a-z]+(?: [a-z]+)?) (?P<many>{'|'.join(FRACTIONS)})s)"
)
_PREPOSITION = regex(r"^(?:(?:on|in|at(?! most| least)) )?(?:the )?", re.IGNORECASE)
_ARTICLES = regex(r"\b(?:a|an|the)\b ?")
_PUNCTUATION = regex(r"[.,;:!?\"`()\[\]{}]+|(?<=[a-z])-(?=[a-z])")
_MATH_PUNCTUATION = regex(r"[;!?\"`{}]+|[.,:](?=\s|$)|(?<=[a-z])-(?=[a-z])")
_MATHEMATICAL = regex(r"[\d<>=+/^|&∧∨¬→↔]|\b(?:land|lor|wedge|vee)\b")
_COMMANDS = regex(rf"{TEXT}|\\(?:left|right|ldots|dots)(?![a-zA-Z])")
_CLOCK = regex(
    r"(\d{1,2})(?:\s*:\s*|\.|\s*h\s*)(\d{2})(?::(\d{2}))?\s*(?:([ap])\.?\s*m\.?)?|(\d{1,2})\s*([ap])\.?\s*m\.?"
    r"|(noon|midnight)",
    re.IGNORECASE,
)
_DATE = regex(
    r"(?:(?P<month>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?"
    r"|(?P<day2>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month2>[a-z]{3,9})\.?)(?:,?\s+(?P<year>\d{4}))?"
    r"|(?P<iso>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def fold(text: str) -> str:
    """Words compared: lower case, no LaTeX dressing, punctuation or articles, single spaces.

    Beside digits and relation signs, brackets and points inside numbers mean something and stay.

    >>> fold(r"\\text{The Ellipse.}")
    'ellipse'
    """
    plain = _COMMANDS.sub(" ", text[:MAX_TEXT]).replace("\\", " ").replace("'", "").replace("~", " ")
    marks = _MATH_PUNCTUATION if _MATHEMATICAL.search(plain) else _PUNCTUATION
    plain = marks.sub(" ", plain.lower().replace("_", " ").replace("$", " "))
    return " ".join(_ARTICLES.sub("", " ".join(plain.split())).split())


def named(text: str) -> Expression | None:
    """The meaning of a whole answer in words, or None when it has no fixed one."""
    if len(text) > MAX_NAMED:
        return None
    words = _PREPOSITION.sub("", fold(text))
    if not words:
        return None
    found = _simple(words) or clock(text) or _date(unadorned(text))
    return None if isinstance(found, Named) and found.value.endswith("?") and found.kind == "clock" else found


def _simple(words: str) -> Expression | None:
    if words in _BOOLEANS and len(words) > 1:
        return Named("boolean", _BOOLEANS[words])
    if words in _NONE:
        return Named("set", "empty")
    if words in _REALS:
        return Named("set", "reals")
    if words in _NUMBER_SETS:
        return Symbol(_NUMBER_SETS[words])
    if words in _INFINITE:
        return Named("word", "infinitely many")
    if words in _SIGNED_INFINITY:
        return Constant("infinity") if words[0] == "p" else Apply("neg", (Constant("infinity"),))
    day = _prefix(words, _DAYS)
    if day:
        return Named("weekday", day)
    month = _prefix(words, _MONTHS)
    if month:
        return Named("month", month)
    return number_word(words) or _fraction_words(words)


def _fraction_words(words: str) -> Number | None:
    """`three quarters`, `one and a half`; "third" without a number, and "twenty fifth", are none."""
    found = _FRACTION_WORDS.fullmatch(words.replace("-", " "))
    if found is None:
        return None
    whole = number_word(found["whole"]) if found["whole"] else number(0)
    written = found["count"] or found["counted"]
    count = number_word(written) if written else number(1)
    if whole is None or count is None or not (found["whole"] or written or found["one"] == "half"):
        return None
    return Number(whole.value + count.value / FRACTIONS[found["one"] or found["many"]])


def _prefix(word: str, names: tuple[str, ...] | list[str]) -> str | None:
    """A full name, or an abbreviation of three letters (four for Sept, Thur, Tues)."""
    short = len(word) in _ABBREVIATED
    return next((name for name in names if word == name or (short and name.startswith(word))), None)


def number_word(words: str) -> Number | None:
    """`two hundred and five thousand` as 205000: tens, then hundreds, then thousands and millions."""
    total, group, last = 0, 0, 1000
    parts = [part for part in words.replace("-", " ").split() if part != "and"]
    if not parts or len(parts) > _MOST_WORDS:
        return None
    for part in parts:
        if part in SCALES:
            if not group and len(parts) > 1:
                return None
            total, group, last = total + max(group, 1) * 10 ** SCALES[part], 0, 1000
        elif part == "hundred":
            if group not in range(1, 10) and len(parts) > 1:
                return None
            group, last = max(group, 1) * 100, 100
        else:
            value = _TENS.get(part) or (_UNITS.index(part) if part in _UNITS else None)
            if value is None or value >= last or (not value and len(parts) > 1):
                return None
            group, last = group + value, (10 if part in _TENS else 1)
    return number(total + group)


def unadorned(text: str) -> str:
    """Words without LaTeX commands for text, braces, a leading preposition or article, and a full stop."""
    plain = " ".join(re.sub(r"[\\{}$~]|\s+", " ", _COMMANDS.sub(" ", text)).split())
    return _PREPOSITION.sub("", plain.strip(".").strip())


def clock(text: str) -> Named | None:
    """A time of day as "HH:MM:SS" and "a", "p", or "?" when a.m. or p.m. is not said."""
    text = unadorned(text)
    match = _CLOCK.fullmatch(text)
    if match is None or (match[1] and not match[4] and "." in text):
        return None
    if match[7]:
        return Named("clock", "12:00:00 p" if match[7].lower() == "noon" else "12:00:00 a")
    hour, minute, second = int(match[1] or match[5]), int(match[2] or 0), int(match[3] or 0)
    half = (match[4] or match[6] or "").lower()
    if hour > 2 * HOURS or max(minute, second) >= _SIXTY or (half and not 1 <= hour <= HOURS):
        return None
    if not half and hour > HOURS:
        hour, half = hour - HOURS, "p"
    return Named("clock", f"{hour:02}:{minute:02}:{second:02} {half or '?'}")


def _date(text: str) -> Named | None:
    """A day of the year as "MM-DD" with the year behind it when it is said."""
    match = _DATE.fullmatch(" ".join(text.split()))
    if match is None:
        return None
    if match["iso"]:
        return Named("date", f"{int(match['m']):02}-{int(match['d']):02} {match['iso']}")
    month = _prefix((match["month"] or match["month2"]).lower(), _MONTHS)
    if month is None:
        return None
    day = int(match["day"] or match["day2"])
    return Named("date", f"{_MONTHS.index(month) + 1:02}-{day:02} {match['year'] or '?'}")


def same_words(left: Text, right: Text) -> bool:
    """Whether two texts are the same words; beyond `MAX_TEXT` characters they must be identical."""
    if max(len(left.words), len(right.words)) > MAX_TEXT:
        return left.words == right.words
    return fold(left.words) == fold(right.words) != ""
