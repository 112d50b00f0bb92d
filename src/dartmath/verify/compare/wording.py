"""Whether two answers say different things in the words and numbers that a reading of them leaves out.

A rule that compares amounts drops the words behind them: `4 mm inside the tube` and `4 mm outside the tube`.
What only such a rule found equal is looked at again here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

from dartmath.base.regex import regex
from dartmath.verify.compare.notations import written_otherwise
from dartmath.verify.language.names import FUNCTIONS, GREEK, listed
from dartmath.verify.language.units import is_unit_word
from dartmath.verify.language.vocabulary import APPROXIMATIONS, NEGATION
from dartmath.verify.parsing.words import number_word

MAX_WORDING = 1_000
"""Characters of texts that are compared word by word; longer ones are solutions, and no answers."""

_FEWEST = 3
"""Different words of both sides, from which on they are more than two names for what is counted."""

_COMMON = 5
"""Letters that two forms of one word begin with, as `converges` and `convergent` do."""

_MOST_FOREIGN = 0.02
"""Share of letters that are not in ASCII up to which a text is English with a misread sign in it."""

_COMMAND = regex(r"\\(?:begin|end)\s*\{[a-z*]+\}(?:\s*\{[lcr|]+\})?|\\[A-Za-z]+")
_WORD = regex(r"[A-Za-z][a-z]+")
_IDLE = frozenset(
    listed(
        "the an is are was were be been being has have had of in on at to for from with by as and or that "
        "this these those it its their his her there which who so then than will would must can may per each "
        "all both total altogether left remaining about answer equal equals respectively because since when "
        "if square cubic every only also just thus therefore hence percentage points pp they we he she you "
        "where any some value result overall conclusion summary finally number amount"
    )
) | frozenset(APPROXIMATIONS)
"""Words that say nothing by themselves."""

_OF_FUNCTIONS = frozenset(FUNCTIONS) - {"cis"} | GREEK
"""Names of mathematics; `cis` is a word of chemistry as well."""

_NUMBER = regex(r"\d[\d,]*(?:\.\d+)?(?:/\d+)?")
_NAMED_NUMBER = regex(
    rf"(?<![\w\\^_{{])(?P<name>[A-Za-z]) ?(?:=|:|is) ?(?P<value>-?{_NUMBER.pattern})"
    r"(?=[,;.]?(?:\s*$|\s(?:and|or)\b|[,;]\s))"
)
_ASKS_FOR_NUMBER = regex(r"\bhow (?:many|much|old|long|far|often)\b|\bnumber\b|\btotal\b|\d")
"""For a query in small letters."""


def says_otherwise(reference: str, answer: str, query: str, *, named: bool = False) -> str:
    """Why two texts that were found equal say different things all the same; "" where they do not.

    `named` says that values were paired by names, of which one may be another word for the same.

    >>> says_otherwise("4 mm inside the tube", "4 mm outside the tube", "")
    'other words'
    """
    if len(reference) + len(answer) > MAX_WORDING:
        return ""
    if _names_differ(reference, answer):
        return "other values of the same letters"
    if _conditions_differ(reference, answer):
        return "the same values under other conditions"
    if notation := written_otherwise(reference, answer, query):
        return notation
    if " " not in reference or " " not in answer or not _are_english(reference + answer):
        return ""
    return _other_words(reference, answer, query, named=named)


def _are_english(text: str) -> bool:
    if text.isascii():
        return True
    letters = [sign.isascii() for sign in text if sign.isalpha()]
    return letters.count(False) <= _MOST_FOREIGN * len(letters)


def _other_words(reference: str, answer: str, query: str, *, named: bool) -> str:
    if named and not any(map(is_unit_word, _WORD.findall(reference))):
        return ""  # `60 hard sweets` for `60 lollipops`, among other sweets in the same numbers
    ours, theirs = Counter(_content(reference)), Counter(_content(answer))
    if not ours or not theirs:
        return ""
    left, right = _unpaired((ours - theirs).elements(), (theirs - ours).elements())
    if left and right:
        names_one = _begins_with_number_word(reference) and bool(query)
        if len(ours | theirs) >= _FEWEST or (names_one and not _ASKS_FOR_NUMBER.search(query.lower())):
            return "other words"
        return ""
    shared = ours.total() - len(left)
    if shared > _FEWEST and _negations(reference) != _negations(answer):
        return "a negation on one side"
    are_sentences = reference[:1].isalpha() and answer[:1].isalpha()
    if shared >= (_FEWEST - 1 if are_sentences else _FEWEST + 1) and "\\" not in reference + answer:
        one, two = _numbers(reference), _numbers(answer)
        if len(one) == len(two) and Counter(one) != Counter(two):
            return "other numbers in the same words"
    return ""


def _begins_with_number_word(text: str) -> bool:
    return number_word(text.split(maxsplit=1)[0].lower()) is not None


def _negations(text: str) -> int:
    return len(NEGATION.findall(text))


@lru_cache(maxsize=512)
def _content(text: str) -> tuple[str, ...]:
    """The words of a text that say something: no units, numbers, names of functions or idle words."""
    words = (word for word in _WORD.findall(_COMMAND.sub(" ", text)) if not _are_factors(word))
    return tuple(word.lower() for word in words if not _is_idle(word.lower()))


def _are_factors(word: str) -> bool:
    """Whether a word is two small letters, which are factors, but for a few that turn what follows."""
    return len(word) == _PAIR and word.islower() and word not in _SHORT


_PAIR = 2
_SHORT = frozenset(listed("no up"))


def _is_idle(word: str) -> bool:
    return word in _IDLE or word in _OF_FUNCTIONS or is_unit_word(word) or number_word(word) is not None


def _unpaired(ours: Iterable[str], theirs: Iterable[str]) -> tuple[list[str], list[str]]:
    """The words of each side without another form of them on the other."""
    left, right = sorted(ours), sorted(theirs)
    for word in list(left):
        for other in right:
            shared = _shared(word, other)
            if shared >= _COMMON or shared >= max(_COMMON - 2, min(len(word), len(other)) - 1):
                left.remove(word)
                right.remove(other)
                break
    return left, right


def _shared(one: str, two: str) -> int:
    """Letters that two words begin with alike."""
    pairs = enumerate(zip(one, two, strict=False))
    return next((place for place, pair in pairs if pair[0] != pair[1]), min(len(one), len(two)))


def _numbers(text: str) -> list[Fraction]:
    """All numbers of a text, in digits and in words."""
    found = (_value(number) for number in _NUMBER.findall(text))
    words = (number_word(word.lower()) for word in _WORD.findall(text))
    return [*filter(None, found), *(word.value for word in words if word is not None)]


def _value(digits: str) -> Fraction | None:
    try:
        return Fraction(digits.replace(",", ""))
    except (ValueError, ZeroDivisionError):
        return None


def _names_differ(reference: str, answer: str) -> bool:
    """Whether the same letters, `R` and `r`, have other numbers, whatever words stand around them."""
    one = _named_numbers(reference)
    two = _named_numbers(answer) if one else {}
    return one.keys() == two.keys() and one != two


def _named_numbers(text: str) -> dict[str, Fraction | None]:
    """The numbers that a text gives to letters; none where a letter has two, or stands for a class."""
    if text.count("=") + text.count(":") + text.count("is") <= 1 or "\\" in text or "mod" in text:
        return {}
    found = list(_NAMED_NUMBER.finditer(text))
    named = {number["name"]: _value(number["value"]) for number in found}
    return named if len(named) == len(found) > 1 else {}


_OF_WHAT = (
    regex(
        r"(?P<value>\d[\d,]*(?:\.\d+)?)[^\d,;]{0,30}? (?:for|in|at|on|after) (?:the )?(?P<what>[\w.]{1,30})"
    ),
    regex(r"(?P<value>\d[\d,]*(?:\.\d+)?)[ -](?P<what>[A-Za-z][A-Za-z -]{0,40}[A-Za-z])"),
)
"""Numbers with the condition or the thing that they are said of."""


def _conditions_differ(reference: str, answer: str) -> bool:
    """Whether the same values are said of other things: `3 m for A and 5 m for B`, the other way round."""
    if " " not in reference and "-" not in reference:
        return False
    for pattern in _OF_WHAT:
        ours = pattern.findall(reference)
        theirs = pattern.findall(answer) if len(ours) > 1 else []
        if 1 < len(ours) == len(theirs) and sorted(ours) != sorted(theirs):
            sides = (zip(*pairs, strict=True) for pairs in (ours, theirs))
            if all(sorted(one) == sorted(two) for one, two in zip(*sides, strict=True)):
                return True
    return False


_ENDS = regex(
    r"\s*(?:\(?[A-J][).:]\s*)?(?P<low>\d[\d,]*(?:\.\d+)?)\s*\\?(?P<unit>%|°|(?!e ?-)[a-z]{1,12})?\s*[-–—]"
    r"\s*(?P<high>\d[\d,]*(?:\.\d+)?)"
    r"(?:\s*\\?[%°]|\s+[A-Za-z][^\d=+*^()]*)?\s*"
)
"""Two numbers with a dash between them: `3-5 minutes`, `70%–75%`, `(A) 3-5`; `4e-7` is one number."""


def ranges_differ(reference: str, answer: str) -> bool:
    """Whether both are ranges from one number up to another, which as differences may be equal.

    >>> ranges_differ("3-5 minutes", "(B) 4-6 minutes"), ranges_differ("3-5 minutes", "3 - 5 min")
    (True, False)
    """
    one = _ends(reference)
    two = _ends(answer) if one is not None else None
    return one is not None and two is not None and one != two


def _ends(text: str) -> tuple[Fraction, Fraction] | None:
    found = _ENDS.fullmatch(text)
    low, high = (_value(found["low"]), _value(found["high"])) if found else (None, None)
    return (low, high) if low is not None and high is not None and low < high else None
