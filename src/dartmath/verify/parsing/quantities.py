"""Letters behind a number as a unit: `264g`, `300 K`, `5\\,\\Omega`, `3857 \\mathrm{J}`, `9.8*m/s^2`.

`parse(text, units=True)` reads an answer so. It is a second reading: `5m` is a product in algebra, and only
the query and the other side say which is meant (see `readings/quantities.py`).
"""

from __future__ import annotations

import re
from functools import lru_cache

from dartmath.base.regex import regex
from dartmath.verify.language.latex import OPEN_TEXT
from dartmath.verify.language.names import CONSTANTS
from dartmath.verify.language.units import MAX_PHRASE, is_unit_letters, parse_unit
from dartmath.verify.parsing.tokens import Token

MAX_TOKENS = 40
"""A unit of more tokens is none."""

_COMMANDS = regex(r"\\[A-Za-z]+")
_SIGNS_OF_UNITS = regex(
    r"\\(?:(?:up)?mu|Omega|AA|mathring)(?![a-zA-Z])|\\mu[a-zA-Z]{1,3}(?![a-zA-Z])|\{\s*\}|\d-[a-z]{3}|10[\s$\\(\[]*\^|10[\s$]*-[\s$]*\d"
)
"""What the patterns of `upright` need beside letters of a unit, with delimiters that become spaces."""

_MICRO = regex(rf"\\(?:up)?mu(?![a-zA-Z])\s*(?:{OPEN_TEXT}~?\s*)?([a-zA-Z]{{1,3}})\}}?")
_GLUED_MICRO = regex(r"\\mu(?=(?:m|g|s|F|A|C|V|W|L|H|N|J|T|M|Ci|mol)(?![a-zA-Z]))")
"""`\\mug`, whose letter is one of the command."""

_OHM = regex(rf"(?:{OPEN_TEXT})?~?\s{{0,9}}([kMG]?)\s{{0,9}}\}}?\s{{0,9}}\\Omega(?![a-zA-Z])\s*\}}?")
"""Nobody writes more blanks, and every way to part a long run of them would be tried."""
_ANGSTROM = regex(
    rf"(?:{OPEN_TEXT})?\s*(?:\\AA(?![a-zA-Z])|\\mathring\s*\{{\s*(?:{OPEN_TEXT})?A\s*\}}+|Å)\s*\}}?"
)
_DEGREE = regex(
    rf"(?<=[\s/*t(.)-])\^?\s*\{{?\s*(?:\\circ|°)\s*\}}?\s*(?:{OPEN_TEXT})?\s*([CFKR])(?![A-Za-z])\s*\}}?"
)
_SCALES = {"C": "celsius", "F": "fahrenheit", "K": "K", "R": "rankine"}
"""Degrees of a temperature, in a unit such as `W/m^2-°C` too."""

_UPRIGHT = regex(rf"{OPEN_TEXT}([^{{}}\\]{{1,60}})\}}")
_SUN = regex(rf"M\s*_\s*\{{?\s*(?:\\odot|(?:{OPEN_TEXT})?sun\}}?)\s*\}}?(?![a-z])")
_EMPTY = regex(r"\{\s*\}")
_LETTERS = regex(r"[A-Za-z]+")
_MANTISSA = regex(r"(?<=\d)\s+(?=10\s*\^)")
_HYPHEN = regex(r"(?<=\d)-(?=[a-z]{3})")
_LOST_POWER = regex(r"^(-?\d(?:\.\d+)?\s*(?:\\times|\\cdot|\*|[xX])\s*10)\s*-\s*(\d{1,2})(?!\d)")
_PHRASE_SIGNS = frozenset(["/", "*", "^", "-", "{", "}", "(", ")", "."])


@lru_cache(maxsize=512)
def may_name_unit(text: str) -> bool:
    """Whether letters of a unit, or signs that only units have, can stand in an answer at all.

    Where they cannot, `upright` and `collapsed` change nothing, and the plain reading is the only one.
    """
    words = _words(text)
    return words is None or any(map(is_unit_letters, words))


def unit_letters(text: str) -> list[str] | None:
    """The words of an answer that can be a unit, sorted; None where it has signs that only units have.

    >>> unit_letters("5 m/s x"), unit_letters("20 °C")
    (['m', 's'], None)
    """
    words = _words(text)
    return None if words is None else sorted(filter(is_unit_letters, words))


def _words(text: str) -> set[str] | None:
    """The runs of letters in an answer, each once; None where it has signs that only units have."""
    if not text.isascii() or _SIGNS_OF_UNITS.search(text):
        return None
    return set(_LETTERS.findall(_COMMANDS.sub(" ", text) if "\\" in text else text))


def upright(text: str) -> str:
    """Units in the letters of their symbols: without commands for upright type, and micro, ohm, angstrom."""
    text = _HYPHEN.sub(" ", text)
    text = _MANTISSA.sub(r"\\cdot ", _LOST_POWER.sub(r"\1^{-\2}", text))
    if "M" in text:
        text = _SUN.sub(" Msun ", text)
    if "\\" not in text and "Å" not in text:
        return text
    if "circ" in text:
        text = _DEGREE.sub(lambda found: f" {_SCALES[found[1]]} ", text)
    if "mu" in text:
        text = _GLUED_MICRO.sub(" u", text)
        text = _MICRO.sub(r" u\1 ", text)
    if "Omega" in text:
        text = _OHM.sub(r" \1ohm ", text)
    if "AA" in text or "mathring" in text or "Å" in text:
        text = _ANGSTROM.sub(" angstrom ", text)
    return _EMPTY.sub("", _UPRIGHT.sub(_bare, text))


def _bare(command: re.Match[str]) -> str:
    words = _LETTERS.findall(command[1])
    is_unit = bool(words) and all(is_unit_letters(word) for word in words)
    return f" {command[1].replace('~', ' ')} " if is_unit else command[0]


def collapsed(tokens: list[Token]) -> list[Token]:
    """The tokens of one value with those of the unit at their end as one; as they are where there is none."""
    for start in range(max(1, len(tokens) - MAX_TOKENS), len(tokens)):
        before = start - 1 if tokens[start - 1][:2] in (("op", "*"), ("op", "/")) else start
        if before < 1 or not _ends_value(tokens[before - 1]) or not _begins(tokens[start]):
            continue
        begin = start if before == start or tokens[before][1] == "*" else before
        phrase = _phrase(tokens[begin:])
        if phrase is not None and parse_unit(phrase).known:
            return [*tokens[:before], Token("text", phrase, tokens[start].start, tokens[-1].end)]
    return tokens


def _ends_value(token: Token) -> bool:
    kind, text, _, _ = token
    return kind in ("num", "close") or (kind in ("word", "cmd") and text in CONSTANTS)


def _begins(token: Token) -> bool:
    kind, text, _, _ = token
    return (kind in ("word", "text") and is_unit_letters(text.split()[0])) or text == "("


def _phrase(tokens: list[Token]) -> str | None:
    """The words of a unit, or None where a token is no part of one."""
    parts: list[str] = []
    for place, (kind, text, _, _) in enumerate(tokens):
        if kind == "num" and not (text.isdigit() and parts and _takes_power(tokens[place - 1])):
            return None
        if kind not in ("word", "text", "num") and text not in _PHRASE_SIGNS:
            return None
        parts.append(text)
    phrase = " ".join(parts)
    return phrase if len(phrase) <= MAX_PHRASE else None


def _takes_power(before: Token) -> bool:
    return before[0] in ("word", "text") or before[1] in ("^", "-", "{")
