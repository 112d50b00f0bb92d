"""Amounts of several units in other languages: `doce dólares y cinco centavos`, `sechs Euro zwanzig`.

Each number, in words or digits, stands before its unit, and each unit is smaller than the one before; the
last number of an amount of money may leave out that it counts hundredths.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from dartmath.base.regex import regex
from dartmath.verify.language.money import CODES
from dartmath.verify.language.numerals import may_be_numeral, numeral
from dartmath.verify.language.unit_names import english_unit
from dartmath.verify.language.units import parse_unit

MAX_COMPOUND = 90
"""Characters of such an amount."""

_FEWEST, _MOST = 2, 4
"""Units of one amount."""

_BETWEEN = regex(r"[\s,;]*(?:(?:y|e|et|und|и|và|और|con|com|mit|avec|and)\s+|و\s*)?", re.IGNORECASE)
_DIGITS = regex(r"\d+(?:\.\d+)?")
_WORDS, _LETTERS = regex(r"[^\s\d,]+"), regex("[A-Za-z]+")
_MOST_WORDS = 3
"""Words of the name of a unit."""

_YUAN = regex(
    r"(?P<yuan>[^元圆圓块\d]{1,30})(?:元|圆|圓|块)(?:(?P<jiao>[^元角毛\d])[角毛])?(?:(?P<fen>[^角毛\d])分)?[整正]?"
)
"""Yuan with tenths and hundredths, as cheques have them."""


class _Part(NamedTuple):
    number: str
    unit: str
    """In English; "" where the text leaves it out."""


def compound_amount(text: str) -> str | None:
    """An amount of at least two units in English, money as a decimal; None for any other text.

    >>> compound_amount("doce dólares y cinco centavos"), compound_amount("dos horas y diez minutos")
    ('12.05 dollars', '2 hours and 10 minutes')
    """
    if len(text) > MAX_COMPOUND or "\\" in text or text.count("$") > 1:
        return None  # `10 $\\mathrm{cm}^3$` is a formula, and no 10 dollars and 3 cents
    if (yuan := _YUAN.fullmatch(text)) is not None and (yuan["jiao"] or yuan["fen"] or text[-1] in "整正"):
        return _in_yuan(yuan)
    parts = _parts(text) if _may_be_compound(text) else None
    if parts is None or len(parts) < _FEWEST or not all(map(_is_smaller, parts, parts[1:])):
        return None
    if _is_money(parts[0]) and len(parts) == _FEWEST:
        return f"{parts[0].number}.{parts[1].number:0>2} {parts[0].unit}"
    return " and ".join(f"{number} {unit}" for number, unit in parts)


def _may_be_compound(text: str) -> bool:
    """Whether a second number, in digits or in words, can stand in a text: in most amounts none does."""
    digits = _DIGITS.match(text.strip(" ."))
    if digits is None or not text.isascii():
        return True
    rest = text.strip(" .")[digits.end() :]
    return any(map(str.isdigit, rest)) or any(map(may_be_numeral, _LETTERS.findall(rest)))


def _parts(text: str) -> list[_Part] | None:
    """Numbers with their units, to the end of the text; None where something else stands between them."""
    parts: list[_Part] = []
    rest = text.strip(" .")
    while rest and len(parts) < _MOST:
        rest = rest[_BETWEEN.match(rest).end() :] if parts else rest  # type: ignore[union-attr]
        found = _number(rest)
        if found is None:
            return None
        number, rest = found
        unit, rest = _unit(rest)
        if not unit and rest:
            return None
        parts.append(_Part(number, unit))
    return None if rest else parts


def _number(text: str) -> tuple[str, str] | None:
    if (digits := _DIGITS.match(text)) is not None:
        return digits.group(), text[digits.end() :].strip()
    found = numeral(text)
    return None if found is None else (str(found[0]), found[1])


def _unit(text: str) -> tuple[str, str]:
    """The longest name of a unit that a text begins with, in English, and what stands behind it."""
    words = [word.end() for word, _ in zip(_WORDS.finditer(text), range(_MOST_WORDS), strict=False)]
    for end in reversed(words):
        name = text[:end]
        unit = english_unit(name) or (
            name if name.isascii() and parse_unit(name).known and " " not in name else None
        )
        if unit is not None:
            return unit, text[end:].strip()
    return "", text


def _is_smaller(one: _Part, two: _Part) -> bool:
    """Whether a unit follows that divides the one before; cents, or no unit, are hundredths of money."""
    larger, smaller = parse_unit(one.unit), parse_unit(two.unit)
    if _is_money(one) and (
        not two.unit or two.unit.lower() in _CENTS or larger.dimensions == smaller.dimensions
    ):
        return two.number.isdigit() and int(two.number) < 100  # noqa: PLR2004
    return bool(two.unit) and larger.dimensions == smaller.dimensions and larger.factor > smaller.factor


_CENTS = ("cent", "cents")
"""Hundredths of more than one currency."""


def _is_money(part: _Part) -> bool:
    unit = parse_unit(part.unit)
    return unit.factor == 1 and any(name in CODES for name, _ in unit.dimensions)


def _in_yuan(found: re.Match[str]) -> str | None:
    values = [numeral(found[name]) if found[name] else (0, "") for name in ("yuan", "jiao", "fen")]
    if any(value is None or value[1] for value in values):
        return None
    yuan, jiao, fen = (value[0] for value in values if value is not None)
    return f"{yuan}.{jiao}{fen} yuan" if jiao or fen else f"{yuan} yuan"
