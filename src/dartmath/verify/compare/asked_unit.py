"""The unit that a query asks for: "Find the work in kJ." gives a bare number its unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from dartmath.base.regex import regex
from dartmath.verify.language.dimensions import Unit
from dartmath.verify.language.latex import OPEN_TEXT
from dartmath.verify.language.names import listed
from dartmath.verify.language.unit_names import english_unit
from dartmath.verify.language.units import parse_unit

_UPRIGHT = regex(rf"{OPEN_TEXT}([^{{}}]{{0,60}})\}}")
_ASKED = regex(
    r"\b(?:in|units? of|[Hh]ow many|[Nn]umber of)\s[\s$~]{0,5}"
    r"(?P<unit>[A-Za-z]{1,20}(?:(?:[\s/*~·]|\\cdot|\\,){1,3}[A-Za-z]{1,20}|\s?\^\s?[-{}0-9]{1,5}){0,5})"
)
_ASKED_ELSEWHERE = regex(
    r"(?:(?:多少|几|幾|何|単位は|单位(?:是|为)?[:：]?|몇|단위는?)\s*"
    r"|\b(?:сколько|в|combien de|en|cuánt[oa]s|quant[oaie]s?|wie viele?|in|bao nhiêu|كم|कितने)\s+)"
    r"(?P<unit>[^\s\d,.;:?!，。、；：？！()（）]{1,20})",
    re.IGNORECASE,
)
"""The same in other languages: `多少厘米`, `combien de mètres`."""

_SIGNS = regex(r"\\cdot|\\,|[~$]")


def asked_unit(query: str, other: Unit) -> Unit | None:
    """The unit of the dimension of `other` that a query asks for; None where it asks for none, or two."""
    found = {unit for unit in _asked(query) if unit.dimensions == other.dimensions}
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=64)
def _asked(query: str) -> tuple[Unit, ...]:
    texts = (found["unit"] for found in _ASKED.finditer(_UPRIGHT.sub(r" \1 ", query)))
    units = (parse_unit(_SIGNS.sub(" ", text)) for text in (*texts, *_named_elsewhere(query)))
    return tuple(unit for unit in units if unit.known)


def _named_elsewhere(query: str) -> Iterator[str]:
    """Units that a query asks for in another language; where no space ends words, the longest name."""
    if query.isascii():
        return
    for found in _ASKED_ELSEWHERE.finditer(query):
        words = found["unit"]
        shortest = 1 if words[0] >= _FIRST_OF_EAST else len(words)
        named = (english_unit(words[:end]) for end in range(len(words), shortest - 1, -1))
        unit = next((name for name in named if name is not None), None)
        if unit is not None:
            yield unit


_GIVEN = regex(
    rf"\d(?:\}}|\\[,;: ]|[~$\s]){{0,4}}(?:{OPEN_TEXT})?~?\s?"
    r"(?P<unit>[A-Za-z]{1,4}(?:[/·*. ]{1,2}[A-Za-z]{1,4}){0,3})"
)
_LETTERS = regex(r"[A-Za-z]+")
_OF_PHYSICS = frozenset(listed("J eV Pa N W V Hz C F T H"))
"""Units that nobody gives in thousands where all data are in ones, as masses and lengths are."""

_THOUSANDS = {"G": 9, "M": 6, "k": 3, "m": -3, "u": -6, "n": -9}


def unsaid_prefix(query: str, unit: str) -> Fraction | None:
    """What a prefix makes of the unit of an answer, where the query has that unit, and only without one.

    `18.8 kJ/g` is no 18.8 then, although a unit on one side only is left out: a reference in kJ would say so.
    """
    first = _LETTERS.match(unit)
    if first is None or first[0][1:] not in _OF_PHYSICS or first[0][0] not in _THOUSANDS:
        return None
    given = _given(query)
    if first[0][1:] not in given or any(name[1:] == first[0][1:] for name in given):
        return None
    return Fraction(10) ** _THOUSANDS[first[0][0]]


@lru_cache(maxsize=64)
def _given(query: str) -> frozenset[str]:
    """The letters of units behind the numbers of a query."""
    found = (one["unit"] for one in _GIVEN.finditer(query))
    return frozenset(name for unit in found for name in _LETTERS.findall(unit))


_FIRST_OF_EAST = "\u3040"
"""Where the scripts begin that leave no space between words."""
