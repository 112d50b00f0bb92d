"""The values that a sentence gives to letters or computations, and the equations that are answers."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.extract.concluding import opened
from dartmath.verify.language.lexicon import LANGUAGES
from dartmath.verify.language.units import parse_unit

_LETTER = r"[a-zA-Z](?:_\{?\w{1,8}\}?|\d|[₀-₉])?"
_NUMBER = r"[-−]?\d(?:[\d,]*\d)?(?:\.\d+)?(?:/\d+)?"
GIVEN = regex(rf"(?<![\w=] )\b{_LETTER} ?= ?{_NUMBER}(?=[\s,.;]|\Z)")
"""A letter and the value that it is given."""

FACTOR_BEHIND = regex(r" (?![aI]\b)[a-zA-Z](?![\w.])(?! of [a-z])")
"""A lone letter right behind a number, which is a factor of it: "So x = 4 y"."""

_OPEN_LIST = regex(
    r"\b(?:not|if|when|where|let|suppose|try|check|substitut\w+|plug\w*|for|at|given|recall"
    r"|need(?! [a-zA-Z]\w? ?=))\b|n't\b",
    re.IGNORECASE,
)
_EACH = regex(
    rf"(?:[^=\d]{{0,80}}(?:\b(?:is|are|get|gives?|have|find|obtain|need|either|to|by|yields?|that)|:) )?"
    rf"(?P<all>(?P<first>{_LETTER}) ?= ?{_NUMBER}(?:,? (?:and|or) |, )"
    rf"(?:{_LETTER} ?= ?{_NUMBER}(?:,? (?:and|or) |, ))*"
    rf"(?P<last>{_LETTER}) ?= ?{_NUMBER})(?:,? respectively)?"
)


def assignments(sentence: str) -> str | None:
    """The values that a sentence gives to letters, one letter or several, all of them.

    >>> assignments("So x = 4 and x = 5."), assignments("So a = 4 and b = 5.")
    ('x = 4 and x = 5', 'a = 4 and b = 5')
    >>> assignments("So n = 4, S = 16.")
    """
    if sentence.count("=") <= 1 or _OPEN_LIST.search(sentence):
        return None
    start = opened(sentence, LANGUAGES)
    found = _EACH.fullmatch(sentence[start.end() if start else 0 :].strip().rstrip("."))
    if found is None:
        return None
    joined = " and " in found["all"] or " or " in found["all"]
    return found["all"] if joined or found["first"][0] == found["last"][0] else None


_EQUALS = regex(
    rf"(?:{_LETTER}|-?\d[\d ()+*/^.·×-]{{0,40}}?) ?="
    r" ?(?P<value>[-−]?\d[\d,]*(?:\.\d+)?(?:/\d+)?(?: ?[×x*] ?10\^\{?-?\d{1,3}\}?)?)"
    r"(?P<unit> [A-Za-zμΩ°%][A-Za-z\d/^·*²³⁻μΩ-]{0,15}(?: [A-Za-z]{1,5})?)?(?:, not [-−]?[\w.]+)?\.?"
)


def equated(sentence: str, languages: tuple[str, ...] = LANGUAGES) -> str | None:
    """The value, with its unit, that a concluding sentence gives to a letter or a computation.

    >>> equated("So v_0 = 5 m/s."), equated("So 2^10 = 1024."), equated("So x = 4, not 5.")
    ('5 m/s', '1024', '4')
    >>> equated("So x = 4 apples and y = 5.")
    """
    start = opened(sentence, languages)
    clause = sentence[start.end() :].strip() if start else ""
    found = _EQUALS.fullmatch(clause)
    if found is None:
        return _identity(clause)
    unit = found["unit"] or ""
    is_factor = len(unit.strip()) == 1 and unit.strip().isalpha()  # or the symbol of a unit: both stay
    return found["value"] + unit if not unit or is_factor or parse_unit(unit.strip()).known else None


_PLAIN_ALGEBRA = r"(?:(?<![A-Za-z])[a-zA-Z](?![A-Za-z])|[\d\s+\-−*/^().·×√²³])"
_IDENTITY = regex(
    rf"{_PLAIN_ALGEBRA}{{0,80}}[+\-−*/^(]{_PLAIN_ALGEBRA}{{1,80}} = {_PLAIN_ALGEBRA}{{0,80}}[a-zA-Z].*"
)
"""Two sides of plain algebra: "(x+3)(x-3) = x^2 - 9"."""


def _identity(clause: str) -> str | None:
    """The whole of an equation between two expressions, which is an answer if one comes to the other."""
    clause = clause.rstrip(" .")
    right = clause.rpartition(" = ")[2]
    algebra = _IDENTITY.fullmatch(clause) and re.fullmatch(rf"{_PLAIN_ALGEBRA}+", right)
    return clause if algebra else None
