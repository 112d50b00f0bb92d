"""Amounts in the words of other languages, or with a unit in front of its number, in digits."""

from __future__ import annotations

import re
from fractions import Fraction

from dartmath.base.regex import regex
from dartmath.verify.language.eastern_fractions import number, part_of_east
from dartmath.verify.language.foreign_terms import COUNTER, SCALE_OF, SCALES_OF_EAST
from dartmath.verify.language.numerals import LETTER, may_be_numeral, numeral
from dartmath.verify.language.unit_names import english_unit
from dartmath.verify.language.unit_phrases import is_unit
from dartmath.verify.language.word_amounts import compound_amount
from dartmath.verify.language.word_decimals import decimal_number
from dartmath.verify.language.word_fractions import fraction_in_words

_POLITE = regex(r"(?<=[^\s])\s?(?:입니다|이에요|예요|です|である)[.。]?\Z")
"""The verb that ends a sentence of an answer, `x=8입니다`."""

_REMAINDER = regex(r"^(?P<whole>\d{1,20})\s*(?:余|餘|……|⋯⋯|余り|あまり|나머지)\s*(?P<rest>\d{1,20})$")
"""`6余2` and `6……2`, a quotient with its remainder."""


def in_digits_of_all(text: str) -> str:
    """An answer in any script with its numbers in digits."""
    text = with_digits(_POLITE.sub("", text)) if "又" not in text else _mixed(text)
    return _REMAINDER.sub(r"\g<whole> R \g<rest>", text)


_MIXED = regex(r"\d+ (?:\d+/\d+|\\[dt]?frac\b.*)", re.DOTALL)


def _mixed(text: str) -> str:
    """`二又三分之一` as `2 1/3`."""
    mixed = " ".join(with_digits(part.strip()) for part in text.split("又", 1))
    return mixed if _MIXED.fullmatch(mixed) else text


_SCALED = regex(
    r"(?P<number>(?:\d[\d,]*(?:\.\d+)?\s*[百千万萬億亿백천만억조]{1,2}\s*)+(?:\d[\d,]*)?)(?=[^\d\s.,]|\Z)"
)
_OF_SCALE = regex(r"\A(?:de|di)\s+|\Ad['’]", re.IGNORECASE)
"""What stands between a million and what it counts: `um milhão de reais`."""

_BEHIND_NUMERAL = {"pie": "feet", "pies": "feet"}
"""Units whose names are English words too, and are read behind a number in Spanish words alone."""

_MINUS_WORDS = (
    r"(?:零下|负|負|氷点下|マイナス|영하|마이너스"
    r"|(?:minus|menos|moins|meno|минус|âm|trừ|ऋण|माइनस|سالب|ناقص|min|mínus|miinus|eksi|мінус|ลบ|منفی|מינוס|menys)(?=[\s\d]))"
)
_MINUS = regex(rf"\A{_MINUS_WORDS}\s*(?=\d)", re.IGNORECASE)
_BELOW_ZERO = regex(
    r"\A(?P<value>\d.*?)\s*(?:bajo cero|abaixo de zero|sous z[ée]ro|en dessous de z[ée]ro|sotto zero"
    r"|unter null|ниже нуля|dưới không|تحت الصفر|शून्य से नीचे)\Z",
    re.IGNORECASE,
)


def with_digits(text: str) -> str:
    """An answer that begins with a number in words, with that number in digits; fractions of the East too."""
    sign, text = (
        ("-", text[1:].strip())
        if text[:1] in ("-", "−") and not text[1:].strip()[:1].isdigit()
        else ("", text)
    )
    for amount in _AMOUNTS:
        if (found := amount(text)) is not None:
            return sign + found
    if (scaled := _SCALED.match(text)) is not None:
        text = _with_rest(_scaled(scaled["number"]), text[scaled.end() :])
    text = decimal_number(text) or text
    if (numbered := numeral(text)) is not None:
        value, rest = numbered
        rest = _OF_SCALE.sub("", _BEHIND_NUMERAL.get(rest.lower(), rest))
        if not rest or is_unit(rest) or rest.lower() in SCALE_OF or COUNTER.fullmatch(f"1{rest}", 1):
            text = f"{value} {rest}".strip()
    text = sign + text
    if below := _BELOW_ZERO.match(text):
        return f"-{below['value']}"
    return _MINUS.sub("-", text)


_SCALED_PART = regex(r"(?P<digits>\d[\d,]*(?:\.\d+)?)\s*(?P<scales>[百千万萬億亿백천만억조]*)")


def _scaled(text: str) -> str:
    """Digits with scales of the East between them, `29万1,890` and `9천억`, as one number."""
    total = Fraction(0)
    for part in _SCALED_PART.finditer(text):
        power = sum(SCALES_OF_EAST[sign] for sign in part["scales"])
        total += Fraction(part["digits"].replace(",", "")) * 10**power
    return str(total) if total.denominator == 1 else str(float(total))


def _with_rest(scaled: str, rest: str) -> str:
    """A number whose digits end in a scale, and the smaller one in words behind it: `100万三千`."""
    smaller = numeral(rest) if scaled.endswith("0") else None
    if smaller is None or smaller[0] >= 10 ** (len(scaled) - len(scaled.rstrip("0"))):
        return f"{scaled} {rest}".strip()
    return f"{int(scaled) + smaller[0]} {smaller[1]}".strip()


_PERCENT_BEFORE = regex(
    r"\A(?:yüzde|\\?%|ร้อยละ|phần trăm|asilimia)\s*(?P<value>[-−]?\d+(?:\.\d+)?)(?:,(?P<decimals>\d+))?\Z",
    re.IGNORECASE,
)
"""A percentage that is said before its number: `yüzde 75`, `%12,5`."""

_UNITS_BEFORE = {
    "saa": "hours", "masaa": "hours", "dakika": "minutes", "sekunde": "seconds", "siku": "days",
    "wiki": "weeks", "mwezi": "months", "miezi": "months", "mwaka": "years", "miaka": "years",
    "dola": "dollars", "senti": "cents", "maili": "miles", "kilomita": "km", "mita": "meters",
    "sentimita": "cm", "futi": "feet", "inchi": "inches", "yadi": "yards", "lita": "liters",
    "galoni": "gallons", "kilogramu": "kg", "gramu": "grams",
}  # fmt: skip
"""Units of Swahili, which stand in front of their number: `saa 3`."""

_UNIT_BEFORE = regex(
    rf"\A(?P<unit>{'|'.join(_UNITS_BEFORE)})\s+(?P<value>-?\d[\d,]*(?:\.\d+)?)\Z", re.IGNORECASE
)
_NAME_BEFORE = regex(rf"(?P<unit>{LETTER}+)\s+(?P<value>\d[\d,]*(?:\.\d+)?)")
"""A unit of any other language that stands there."""


def _said_in_front(text: str) -> str | None:
    """A percentage or a unit that is said before its number."""
    if percent := _PERCENT_BEFORE.match(text):
        return f"{percent['value']}{'.' if percent['decimals'] else ''}{percent['decimals'] or ''}\\%"
    if before := _UNIT_BEFORE.match(text):
        return f"{before['value']} {_UNITS_BEFORE[before['unit'].lower()]}"
    named = None if text.isascii() else _NAME_BEFORE.fullmatch(text)
    unit = english_unit(named["unit"]) if named else None
    return f"{named['value']} {unit}" if named and unit else None


_AND_A_HALF = regex(
    r"\A(?P<value>\d+|[一二两三四五六七八九十]+)(?:\s*个半\s*(?P<unit>[^\W\d_]+)"
    r"|\s*(?P<unit2>[^\W\d_]+)\s*(?:半|반|y medi[oa]|et demie?|e mei[oa]|e mezz[oa]|с половиной))\Z",
    re.IGNORECASE,
)
"""A unit and half of it more: `2小时半`, `2 horas y media`."""

_HALF_BEHIND = regex(
    r"\A(?P<amount>[^\d]{3,60}?)(?:[ëe]n-?half|\s+"
    r"(?:y medi[oa]|et demie?|e mei[oa]|e mezz[oa]|с половиной|und eine? halbe[rsn]?|i mig|și jumătate|i pół"
    r"|a půl|και μισ[όή]|і половиною|i pol|ja puoli|och en halv|buçuk|و نیم|וחצי|setengah|na nusu))\Z",
    re.IGNORECASE,
)
"""The same behind a number in words: `dos metros y medio`."""

_MEASURE_OF_EAST = regex("(?![点點时時时月])[\u3400-\u9fff]")
"""One sign of the East between a number and its half is a measure, but that of the clock: `3斤半`."""


def _and_a_half(text: str) -> str | None:
    """A unit and half of it more, behind digits or words."""
    if (more := _AND_A_HALF.match(text)) and (whole := number(more["value"])):
        unit = more["unit"] or more["unit2"]
        if is_unit(unit) or _MEASURE_OF_EAST.fullmatch(unit):
            return f"{whole[0]}.5 {unit}"
    if half := _HALF_BEHIND.match(text):
        value, _, unit = with_digits(half["amount"]).partition(" ")
        if value.isdigit() and (not unit or is_unit(unit)):
            return f"{value}.5 {unit}".strip()
    return None


_PARTS = (
    ("1.5", r"полтора|полторы|डेढ़"),
    (
        "0.5",
        r"medi[oa]|mei[oa]|une?\s+demie?|demie?|un\s+mezzo|mezz[oa]|(?:ein(?:en?)?\s+)?halbe[rsn]?"
        r"|половина|пол|半|반|nửa|نصف|نص|आधा|yarım|(?:een )?hal(?:f|ve?)|(?:ett )?halvt?"
        r"|pół|půl|pola|пів|setengah|fél|ครึ่ง|আধা|అర|nusu|חצי|نیم|آدھا",
    ),
    (
        "0.25",
        r"(?:un\s+)?cuarto de|(?:um\s+)?quarto de|(?:un\s+)?quart (?:de |d['’])|un quarto di"
        r"|(?:ein\s+)?viertel|четверть|ربع",
    ),
)
_PART = regex(
    "|".join(rf"\A(?P<p{value.replace('.', '_')}>{words})[\s-]*(?=\S)" for value, words in _PARTS),
    re.IGNORECASE,
)
"""A half, a quarter or one and a half of the unit behind it."""


def _part_of_unit(text: str) -> str | None:
    """`medio litro`."""
    part = _PART.match(text)
    if part is None or not _is_halved(text[part.end() :]):
        return None
    size = next(name for name, found in part.groupdict().items() if found is not None)
    return f"{size[1:].replace('_', '.')} {text[part.end() :]}"


def _is_halved(what: str) -> bool:
    """Whether there is a half of something: of a unit, a dozen, a measure of the East."""
    return is_unit(what) or SCALE_OF.get(what.lower()) == "12" or what == "斤"


_MINUS_BEFORE_WORDS = regex(rf"\A{_MINUS_WORDS}\s*(?=[^\s\d])", re.IGNORECASE)


def _below_zero(text: str) -> str | None:
    """A number in words behind the word for minus."""
    minus = _MINUS_BEFORE_WORDS.match(text)
    if minus is None:
        return None
    below = with_digits(text[minus.end() :])
    return f"-{below}" if below[:1].isdigit() else text


_OF_UNIT = regex(r"(?P<part>.{3,60}?)\s+(?:(?:de|di|von|of)\s+|d['’])(?P<unit>[^\d]{1,40})", re.IGNORECASE)


def _part_in_words(text: str) -> str | None:
    """`tres quintos de metro`: a fraction in words, of a unit or alone."""
    if not may_be_numeral(text):
        return None
    if (alone := fraction_in_words(text)) is not None:
        return alone
    found = _OF_UNIT.fullmatch(text)
    if found is None or not is_unit(found["unit"]):
        return None
    part = fraction_in_words(found["part"])
    return None if part is None else f"{part} {found['unit']}"


_AMOUNTS = (
    _said_in_front, part_of_east, _and_a_half, _part_of_unit, _below_zero, _part_in_words, compound_amount,
)  # fmt: skip
"""What a whole text can be that is more than a number before its unit; each gives it in digits, or None."""
