"""Decimal numbers in the words of other languages: `삼점사`, `три целых пять сотых`."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.language.foreign_terms import SCALE_OF, SCALES_OF_EAST
from dartmath.verify.language.numerals import decimals_in_words, numeral
from dartmath.verify.language.unit_phrases import is_unit

_POINT = (
    "komma|punkt|punto|ponto|point|virgule|coma|vírgula|virgola|phẩy|chấm|فاصلة|दशमलव|koma|nokta|virgül|virgulă"
    "|przecinek|кома|zarez|zapeta|запета|celá|celé|celých|κόμμα|ممیز|נקודה|দশমিক|ነጥብ|nukta"
)
"""What stands between a number in words and its decimals."""

_DECIMAL_WORD = regex(
    rf"(?P<whole>[^\d\s点點점][^\d点點점]{{0,80}}?)(?:\s*(?:[点點점]|จุด)\s*|\s+(?:{_POINT})\s+)"
    r"(?P<decimals>[^\d]{1,40})\Z",
    re.IGNORECASE,
)


def decimal_number(text: str) -> str | None:
    """`삼점사` as 3.4: numbers in words on both sides of the word for a point, and a unit or none."""
    if "цел" in text:
        return _russian_decimal(text)
    if " من " in text:
        return _arabic_decimal(text)
    found = _DECIMAL_WORD.match(text)
    if found is None:
        return None
    before = found["whole"].strip()
    whole = numeral(before) or (None if " " in before else decimals_in_words(before))
    decimals = decimals_in_words(found["decimals"])
    if whole is None or whole[1] or decimals is None:
        return None
    scale, _, unit = decimals[1].partition(" ")
    if decimals[1][:1] in SCALES_OF_EAST:
        scale, unit = decimals[1][:1], decimals[1][1:]
    known = (
        not decimals[1] or is_unit(decimals[1]) or (scale.lower() in SCALE_OF and (not unit or is_unit(unit)))
    )
    return f"{whole[0]}.{decimals[0]} {decimals[1]}".strip() if known else None


_RUSSIAN_DECIMAL = regex(
    r"(?P<whole>.{1,80}?)\s+цел(?:ых|ая|ой|ую)\s+(?:и\s+)?(?P<parts>.{1,60}?)\s+"
    r"(?P<of>десят(?:ых|ая|ой)|сот(?:ых|ая|ой)|тысячн(?:ых|ая|ой)|десятитысячн(?:ых|ая))(?P<unit>(?:\s+[^\W\d]+){0,4})\Z",
    re.IGNORECASE,
)
_RUSSIAN_PLACES = {"десят": 1, "сот": 2, "тысячн": 3, "десятитысячн": 4}


def _russian_decimal(text: str) -> str | None:
    """`три целых пять сотых` as 3.05: how many tenths, hundredths or thousandths."""
    found = _RUSSIAN_DECIMAL.match(text)
    if found is None:
        return None
    whole, parts = numeral(found["whole"]), numeral(found["parts"])
    places = _RUSSIAN_PLACES[found["of"].lower()[:-2]]
    if whole is None or whole[1] or parts is None or parts[1] or parts[0] >= 10**places:
        return None
    unit = found["unit"].strip()
    scale, _, behind = unit.partition(" ")
    if unit and not is_unit(unit) and not (scale.lower() in SCALE_OF and (not behind or is_unit(behind))):
        return None
    return f"{whole[0]}.{parts[0]:0{places}d} {unit}".strip()


_ARABIC_DECIMAL = regex(
    r"(?P<whole>.{1,60}?)\s+و\s?(?P<parts>.{1,80}?)\s+من\s+"
    r"(?P<of>عشرة\s+[آاأ]لاف|عشرة|م[ئا][ةئ]ة?\s+ألف|مئة|مائة|ألف|مليون)(?P<unit>(?:\s+.{1,30})?)\Z"
)
_ARABIC_PLACES = {"عشرة": 1, "مئة": 2, "مائة": 2, "ألف": 3, "مليون": 6}
_ALEFS = regex("اَ|آ")
_AND_OF_ARABIC = regex(r"\A\s+و\s?")


def _arabic_decimal(text: str) -> str | None:
    """`ستة وثمانية من عشرة` as 6.8: how many of ten, of a hundred or of a thousand."""
    text = _ALEFS.sub("آ", text)
    for found in _ARABIC_DECIMAL.finditer(text):
        places = _ARABIC_PLACES.get(found["of"]) or (4 if found["of"].startswith("عشرة") else 5)
        unit = found["unit"].strip()
        # Ones stand before tens, so that the whole number may go on behind an "and".
        for cut in [place.start() for place in re.finditer(r"\s+و", found[0])]:
            whole, parts = (
                numeral(found[0][:cut]),
                numeral(_AND_OF_ARABIC.sub("", found[0][cut : found.start("of")])),
            )
            if whole and not whole[1] and parts and parts[1] == "من" and parts[0] < 10**places:
                return (
                    f"{whole[0]}.{parts[0]:0{places}d} {unit}".strip() if not unit or is_unit(unit) else None
                )
    return None
