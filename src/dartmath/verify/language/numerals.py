"""Numbers in the words of the other languages: `noventa y cinco`, `fünfundneunzig`, `七百二十`, `스물셋`.

A numeral is a row of atoms, each with its value. An atom below a hundred fills the ones or the tens that are
still empty, a hundred multiplies the ones, a thousand or more multiplies what stands since the last one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import normalize

from dartmath.base.regex import regex
from dartmath.verify.language.names import listed
from dartmath.verify.language.numeral_table import DIGITS_CJK, NumeralTable
from dartmath.verify.language.numeral_tables import NUMERALS

MAX_NUMERAL = 160
"""Characters of a numeral."""

_MYRIADS = (10**4, 10**8)
"""Scales of the East, below which there are thousands."""


_AMBIGUOUS = frozenset(
    listed("once cent cents mil elf due otto un um không million millions lima null atten mia sata moja nine")
)
"""Numerals that are words of another language too: alone they say nothing, as `ba`, a product, does not."""

LETTER = (
    r"(?:[^\W\d_]|(?![^\W\d_])[\u0900-\u0963\u0971-\u097f\u0980-\u09e3\u0c00-\u0c63"
    r"\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u064b-\u065f])"
)
"""A letter; signs of vowels, which in Hindi, Bengali, Telugu, Thai and Arabic are none, go with theirs.

Most letters of these scripts are in both classes: were each taken in two ways, a pattern that fails behind
ten of them would have tried a thousand."""

_WORD = regex(rf"{LETTER}+")


def _pattern(language: NumeralTable) -> re.Pattern[str]:
    """One atom, behind a joiner or none; in languages with spaces a whole word."""
    names = _longest_first(language.atoms)
    between = rf"[\s-]*(?:(?:{language.joiners})[\s-]*)?" if language.joiners else r"[\s-]*"
    end = "" if language.glued else rf"(?!{LETTER})"
    return re.compile(rf"{between}(?P<atom>{names}){end}", re.IGNORECASE)


@lru_cache(maxsize=1)
def _readers() -> tuple[tuple[NumeralTable, re.Pattern[str]], ...]:
    return tuple((language, _pattern(language)) for language in NUMERALS)


_FIRST_WORDS = frozenset(
    re.split("[ '’-]", name)[0] for language in NUMERALS for name in language.atoms if not language.glued
)


def _longest_first(names: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


_GLUED_START = regex(
    _longest_first({name for one in NUMERALS if one.glued and not one.by_words for name in one.atoms}),
    re.IGNORECASE,
)
_GLUED_WORD = regex(
    "|".join(
        rf"(?:(?:{one.joiners or '-'})?+(?:{_longest_first(one.atoms)}))++(?!{LETTER})"
        for one in NUMERALS
        if one.by_words
    ),
    re.IGNORECASE,
)
"""A whole word of atoms: their first letters alone are those of too many words."""


def may_be_numeral(text: str) -> bool:
    """Whether a text begins with a word of a numeral at all."""
    text = text if text.isascii() else normalize("NFC", text)
    first = _WORD.match(text)
    return first is not None and (
        first[0].lower() in _FIRST_WORDS
        or _GLUED_START.match(text) is not None
        or _GLUED_WORD.match(text) is not None
    )


_ELIDED = regex(r"(cent)(ott)", re.IGNORECASE)
"""Italian leaves out the vowel between two numerals: `novecentottanta`."""

_AFTER_THOUSANDS = regex(
    r"(?:(?<=\bmil)|(?<=milhões)|(?<=milhão)),"
    r"(?= (?:cento|cem|(?:du|tre)zent[oa]s|quinhent[oa]s|(?:quatro|seis|sete|oito|nove)cent[oa]s)\b)"
)
"""The comma that Portuguese may have between thousands and hundreds: `três mil, duzentos e seis`."""

_SHORT = 3
"""Letters of a word that, alone, may be a symbol or a word of another language: `due`, `sei`."""


def decimals_in_words(text: str) -> tuple[str, str] | None:
    """The digits that a text behind a decimal point begins with, and what stands behind them.

    >>> decimals_in_words("zéro cinq"), decimals_in_words("四一"), decimals_in_words("noventa y nueve kg")
    (('05', ''), ('41', ''), ('99', 'kg'))
    """
    text = normalize("NFC", text)
    found = [read for reader in _readers() if (read := _read_digits(text, *reader)) is not None]
    return min(found, key=lambda read: len(read[1])) if found else None


def _read_digits(text: str, language: NumeralTable, pattern: re.Pattern[str]) -> tuple[str, str] | None:
    """Digits one by one, or numbers side by side: `cero cinco`, `catorce ciento cincuenta y nueve`."""
    parts, end = [], 0
    while end < MAX_NUMERAL and (found := pattern.match(text, end)):
        part = language.atoms[found["atom"].lower()]
        # `千` behind a point begins a unit, `二点五千克`, and a million is the scale of the whole.
        if part >= _LEAST_SCALE or (language.times_ten and part > 10):
            break
        parts.append(part)
        end = found.end()
    rest = text[end:]
    if not parts or (_ends_in_words(language) and re.match(LETTER, rest)):
        return None
    if all(part < 10 for part in parts):
        return "".join(map(str, parts)), rest.strip(" -")
    return "".join(map(str, _side_by_side(parts, language.times_ten))), rest.strip(" -")


_LEAST_SCALE = 10**6


def _side_by_side(parts: list[int], times_ten: bool) -> list[int]:
    """The numbers that a row of atoms holds, each as long as it can be; a zero stands for itself."""
    found: list[int] = []
    group: list[int] = []
    for part in parts:
        starts = not (part and group and group[-1]) or (part == 100 and found[-1] > 9)
        longer = None if starts else _value([*group, part], times_ten)
        if longer is None:
            group, longer = [], part
            found.append(longer)
        else:
            found[-1] = longer
        group.append(part)
    return found


def numeral(text: str) -> tuple[int, str] | None:
    """The number that a text begins with, and what stands behind it; None where there is none.

    >>> numeral("noventa y cinco años"), numeral("fünfundneunzig"), numeral("二十三米")
    ((95, 'años'), (95, ''), (23, '米'))
    """
    if not may_be_numeral(text):
        return None
    text = _AFTER_THOUSANDS.sub(" ", _ELIDED.sub(r"\1o\2", normalize("NFC", text)))
    found = [read for reader in _readers() if (read := _read(text, *reader)) is not None]
    if not found:
        return None
    value, rest = min(found, key=lambda read: len(read[1]))
    alone = text.strip().lower()
    if not rest and (alone in _AMBIGUOUS or (alone.isascii() and len(alone) <= _SHORT)):
        return None
    return value, rest


_ROW = regex("[零〇一二三四五六七八九]{3,20}(?![十百千万萬亿億])")
"""`一七二零` as 1720: digits of the East without any scale; two are rather "two or three"."""


def _read(text: str, language: NumeralTable, pattern: re.Pattern[str]) -> tuple[int, str] | None:
    if language.atoms is DIGITS_CJK and (row := _ROW.match(text)) is not None:
        digits = "".join(str(DIGITS_CJK[sign]) for sign in row.group())
        return int(digits), text[row.end() :].strip(" -")
    parts: list[int] = []
    value, end = None, 0
    while end < MAX_NUMERAL and (found := pattern.match(text, end)):
        atom = language.atoms.get(found["atom"].lower())
        if atom is None:  # a pattern that ignores case takes i for the dotless one of Turkish: "Kirk"
            break
        parts.append(atom)
        if (more := _value(parts, language.times_ten)) is None:
            break
        value, end = more, found.end()
    rest = text[end:]
    if value is None or (_ends_in_words(language) and re.match(LETTER, rest)):
        return None
    return value + _left_out(parts, language), rest.strip(" -")


def _ends_in_words(language: NumeralTable) -> bool:
    """Whether numerals of a language that are written together end where a word does."""
    return language.glued and (bool(language.joiners) or language.by_words)


def _left_out(parts: list[int], language: NumeralTable) -> int:
    """What `三万五` says more than 30005: in Chinese a digit right behind a scale counts its tenths."""
    if language.atoms is not DIGITS_CJK or len(parts) < 3:
        return 0
    before, scale, last = parts[-3:]
    tenths = 0 < before <= 10 and scale in (100, 1000, 10**4, 10**8) and 0 < last < 10
    return last * (scale // 10 - 1) if tenths else 0


def _value(parts: list[int], times_ten: bool) -> int | None:
    """What a row of atoms means; None where two of them fill the same place.

    Where ones multiply tens, a thousand multiplies them too, and numbers are grouped by ten thousands.
    """
    total, group, larger = 0, 0, 10**18
    myriads = times_ten and any(part in _MYRIADS for part in parts)
    for place, part in enumerate(parts):
        if part == 1000 and myriads:
            ones = group % 1000
            if ones > 9:
                return None
            group += ones * 999 if ones else 1000
        elif part >= 1000:
            if larger == 1000 and part == 10**6:  # `dos mil millones`
                total, group, larger = (total + group) * part, 0, part
                continue
            if part >= larger:
                return None
            total, group, larger = total + max(group, 1) * part, 0, part if part % 1000 == 0 else larger
        elif part >= 100:
            ones = group % 100
            if 10 < group < 20 and part == 100:  # `neunzehnhundert`
                group *= part
                continue
            if ones > 9 or (ones and part > 100) or (group % 1000 >= 100 and not ones):
                return None
            if place and parts[place - 1] == 0:
                continue
            group += part if part > 100 or not ones else ones * 99
        elif (group := _filled(group, part, times_ten)) < 0:
            return None
    return total + group if parts else None


def _filled(group: int, part: int, times_ten: bool) -> int:
    """A group below a thousand with one more part below a hundred; -1 where its place is taken.

    Ones may stand before their tens (German, Arabic), and teens behind 60 and 80 (French).
    """
    if part == 0:
        return group if times_ten or not group else -1
    ones, tens = group % 10, group % 100 - group % 10
    if part == 10 and ones and not tens:
        return group + (ones * 9 if times_ten else 10)
    if part >= 20:
        return group + part if not tens else -1
    if part >= 10:
        return group + part if not ones and tens in (0, 60, 80) else -1
    return group + part if not ones else -1
