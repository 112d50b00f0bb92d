"""Numbers in the words of the other languages: `noventa y cinco`, `fünfundneunzig`, `七百二十`, `스물셋`.

A numeral is a row of atoms, each with its value. An atom below a hundred fills the ones or the tens that are
still empty, a hundred multiplies the ones, a thousand or more multiplies what stands since the last one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from dartmath.base.regex import regex

MAX_NUMERAL = 160
"""Characters of a numeral."""

_DIGITS_CJK = dict(zip("零一二三四五六七八九十", range(11), strict=True)) | {
    **dict(zip("零壹貳參肆伍陸柒捌玖拾", range(11), strict=True)), "ゼロ": 0, "佰": 100, "仟": 1000,
    **dict(zip("贰叁陆廿卅", (2, 3, 6, 20, 30), strict=True)),
    "〇": 0, "两": 2, "兩": 2, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "億": 10**8, "亿": 10**8,
}  # fmt: skip
_HINDI = (
    "शून्य एक दो तीन चार पाँच छह सात आठ नौ दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह "
    "अठारह उन्नीस बीस इक्कीस बाईस तेईस चौबीस  पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस तीस "
    "इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस चालीस इकतालीस "
    "बयालीस  तैंतालीस चौवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास पचास इक्यावन "
    "बावन तिरपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ साठ  इकसठ बासठ तिरसठ चौंसठ पैंसठ "
    "छियासठ सड़सठ अड़सठ उनहत्तर सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर "
    "सतहत्तर अठहत्तर  उन्यासी अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सत्तासी "
    "अट्ठासी नवासी नब्बे इक्यानवे बानवे तिरानवे चौरानवे पंचानवे छियानवे  सत्तानवे "
    "अट्ठानवे निन्यानवे"
)


_MYRIADS = (10**4, 10**8)
"""Scales of the East, below which there are thousands."""


class _Language(NamedTuple):
    """The atoms of a language, the words between them, and how they are put together."""

    atoms: Mapping[str, int]
    joiners: str
    glued: bool = False
    """Whether they are written without spaces."""
    times_ten: bool = False
    """Whether ones before a ten multiply it, as in 二十; else they are added."""


def _atoms(*rows: tuple[int, int, str]) -> dict[str, int]:
    """Rows of a first value, a step, and names in order, those of one value joined by a bar."""
    return {
        normalize("NFC", name.replace("_", " ")): first + step * place
        for first, step, names in rows
        for place, same in enumerate(names.split())
        for name in same.split("|")
    }


_LANGUAGES = (
    _Language(
        _atoms(
            (
                0,
                1,
                "cero un|uno|una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce",
            ),
            (15, 1, "quince dieciséis|dieciseis diecisiete dieciocho diecinueve veinte"),
            (21, 1, "veintiún|veintiuno|veintiuna veintidós|veintidos veintitrés|veintitres veinticuatro"),
            (25, 1, "veinticinco veintiséis|veintiseis veintisiete veintiocho veintinueve"),
            (30, 10, "treinta cuarenta cincuenta sesenta setenta ochenta noventa cien|ciento"),
            (200, 100, "doscientos|doscientas trescientos|trescientas cuatrocientos|cuatrocientas"),
            (500, 100, "quinientos|quinientas seiscientos|seiscientas setecientos|setecientas"),
            (800, 100, "ochocientos|ochocientas novecientos|novecientas mil"),
            (10**6, 1, "millón|millones|millon"),
            (10**12, 1, "billón|billones|billon"),
        ),
        "y",
    ),
    _Language(
        _atoms(
            (0, 1, "zero um|uma dois|duas três|tres quatro cinco seis sete oito nove dez onze doze treze"),
            (14, 1, "catorze|quatorze quinze dezesseis|dezasseis dezessete|dezassete dezoito"),
            (19, 1, "dezenove|dezanove vinte"),
            (30, 10, "trinta quarenta cinquenta sessenta setenta oitenta noventa cem|cento"),
            (200, 100, "duzentos|duzentas trezentos|trezentas quatrocentos|quatrocentas"),
            (500, 100, "quinhentos|quinhentas seiscentos|seiscentas setecentos|setecentas"),
            (800, 100, "oitocentos|oitocentas novecentos|novecentas mil"),
            (10**6, 1, "milhão|milhões"),
            (10**9, 1, "bilhão|bilhões"),
        ),
        "e",
    ),
    _Language(
        _atoms(
            (0, 1, "zéro un|une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze"),
            (15, 1, "quinze seize dix_sept|dix-sept dix_huit|dix-huit dix_neuf|dix-neuf vingt"),
            (30, 10, "trente quarante cinquante soixante septante"),
            (80, 10, "quatre_vingt|quatre-vingt|quatre_vingts|quatre-vingts|huitante|octante nonante"),
            (100, 1, "cent|cents"),
            (1000, 1, "mille|mil"),
            (10**6, 1, "million|millions"),
            (10**9, 1, "milliard|milliards"),
        ),
        "et",
    ),
    _Language(
        _atoms(
            (0, 1, "zero un|uno|una due tre|tré quattro cinque sei sette otto nove dieci undici dodici"),
            (13, 1, "tredici quattordici quindici sedici diciassette diciotto diciannove venti|vent"),
            (30, 10, "trenta|trent quaranta|quarant cinquanta|cinquant sessanta|sessant settanta|settant"),
            (80, 10, "ottanta|ottant novanta|novant cento|cent"),
            (1000, 1, "mille|mila"),
            (10**6, 1, "milione|milioni"),
            (10**9, 1, "miliardo|miliardi"),
        ),
        "e",
        glued=True,
    ),
    _Language(
        _atoms(
            (
                0,
                1,
                "null ein|eins|eine|einen|einem|einer zwei drei vier fünf sechs sieben acht neun zehn elf",
            ),
            (12, 1, "zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig"),
            (30, 10, "dreißig|dreissig vierzig fünfzig sechzig siebzig achtzig neunzig hundert"),
            (1000, 1, "tausend"),
            (10**6, 1, "million|millionen"),
            (10**9, 1, "milliarde|milliarden"),
        ),
        "und",
        glued=True,
    ),
    _Language(
        _atoms(
            (
                0,
                1,
                "ноль один|одна|одно|одного|одной два|две|двух три|трёх|трех четыре пять шесть семь восемь",
            ),
            (9, 1, "девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать"),
            (17, 1, "семнадцать восемнадцать девятнадцать двадцать"),
            (20, 10, "двадцати тридцати сорока пятидесяти шестидесяти семидесяти восьмидесяти девяноста"),
            (5, 1, "пяти шести семи восьми девяти десяти"),
            (30, 10, "тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто сто"),
            (200, 100, "двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"),
            (1000, 1, "тысяча|тысячи|тысяч"),
            (10**6, 1, "миллион|миллиона|миллионов"),
            (10**9, 1, "миллиард|миллиарда|миллиардов"),
        ),
        "",
    ),
    _Language(_DIGITS_CJK, "", glued=True, times_ten=True),
    _Language(
        _atoms(
            (0, 1, "영 일|하나|한 이|둘|두 삼|셋|세 사|넷|네 오|다섯 육|여섯 칠|일곱 팔|여덟 구|아홉 십|열"),
            (20, 10, "스물|스무 서른 마흔 쉰 예순 일흔 여든 아흔 백"),
            (1000, 1, "천"),
            (10**4, 1, "만"),
            (10**8, 1, "억"),
            (10**12, 1, "조"),
        ),
        "",
        glued=True,
        times_ten=True,
    ),
    _Language(
        _atoms(
            (0, 1, "không một|mốt hai ba bốn|tư năm|lăm sáu bảy|bẩy tám chín mười|mươi|chục"),
            (100, 1, "trăm"),
            (1000, 1, "nghìn|ngàn"),
            (10**6, 1, "triệu"),
            (10**9, 1, "tỷ|tỉ"),
        ),
        "lẻ|linh",
        times_ten=True,
    ),
    _Language(
        _atoms(
            (0, 1, "صفر واحد|واحدة|أحد اثنان|اثنين|اثنا|اثني ثلاثة|ثلاث أربعة|أربع خمسة|خمس ستة|ست سبعة|سبع"),
            (8, 1, "ثمانية|ثماني|ثمان تسعة|تسع عشرة|عشر"),
            (20, 10, "عشرون|عشرين ثلاثون|ثلاثين أربعون|أربعين خمسون|خمسين ستون|ستين سبعون|سبعين"),
            (80, 10, "ثمانون|ثمانين تسعون|تسعين مئة|مائة"),
            (200, 1, "مئتان|مئتين|مائتان|مائتين"),
            (300, 100, "ثلاثمائة|ثلاثمئة أربعمائة|أربعمئة خمسمائة|خمسمئة ستمائة|ستمئة سبعمائة|سبعمئة"),
            (800, 100, "ثمانمائة|ثمانمئة تسعمائة|تسعمئة"),
            (1000, 1, "ألف|آلاف|الف|ألفا|ألفاً|ألفًا"),
            (2000, 1, "ألفان|ألفين|الفان|الفين"),
            (10**6, 1, "مليون|ملايين|مليونا|مليوناً|مليونًا"),
            (10**9, 1, "مليار|مليارات"),
            (2 * 10**6, 1, "مليونان|مليونين"),
        ),
        "و",
    ),
    _Language(
        _atoms(
            (0, 1, _HINDI),
            (5, 1, "पांच"),
            (6, 1, "छः"),
            (15, 1, "पन्द्रह"),
            (100, 1, "सौ"),
            (1000, 1, "हज़ार|हजार"),
        )
        | {
            "अट्ठारह": 18,
            "इकत्तीस": 31,
            "तिरेपन": 53,
            "पचानवे": 95,
            "सतासी": 87,
            "लाख": 10**5,
            "करोड़": 10**7,
            "अरब": 10**9,
        },
        "",
    ),
)
_AMBIGUOUS = frozenset(
    ["once", "cent", "cents", "mil", "elf", "due", "otto", "un", "um", "không", "million", "millions"]
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


def _pattern(language: _Language) -> re.Pattern[str]:
    """One atom, behind a joiner or none; in languages with spaces a whole word."""
    names = "|".join(sorted(map(re.escape, language.atoms), key=len, reverse=True))
    between = rf"[\s-]*(?:(?:{language.joiners})[\s-]*)?" if language.joiners else r"[\s-]*"
    end = "" if language.glued else rf"(?!{LETTER})"
    return re.compile(rf"{between}(?P<atom>{names}){end}", re.IGNORECASE)


@lru_cache(maxsize=1)
def _readers() -> tuple[tuple[_Language, re.Pattern[str]], ...]:
    return tuple((language, _pattern(language)) for language in _LANGUAGES)


_FIRST_WORDS = frozenset(
    name.split()[0].split("-")[0] for language in _LANGUAGES for name in language.atoms if not language.glued
)
_GLUED_START = regex(
    "|".join(sorted({name for one in _LANGUAGES if one.glued for name in one.atoms}, key=len, reverse=True)),
    re.IGNORECASE,
)


def may_be_numeral(text: str) -> bool:
    """Whether a text begins with a word of a numeral at all."""
    first = _WORD.match(text)
    return first is not None and (first[0].lower() in _FIRST_WORDS or _GLUED_START.match(text) is not None)


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


def _read_digits(text: str, language: _Language, pattern: re.Pattern[str]) -> tuple[str, str] | None:
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
    if not parts or (language.glued and language.joiners and re.match(LETTER, rest)):
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


def _read(text: str, language: _Language, pattern: re.Pattern[str]) -> tuple[int, str] | None:
    if language.atoms is _DIGITS_CJK and (row := _ROW.match(text)) is not None:
        digits = "".join(str(_DIGITS_CJK[sign]) for sign in row.group())
        return int(digits), text[row.end() :].strip(" -")
    parts: list[int] = []
    value, end = None, 0
    while end < MAX_NUMERAL and (found := pattern.match(text, end)):
        parts.append(language.atoms[found["atom"].lower()])
        if (more := _value(parts, language.times_ten)) is None:
            break
        value, end = more, found.end()
    rest = text[end:]
    if value is None or (language.glued and language.joiners and re.match(LETTER, rest)):
        return None
    return value + _left_out(parts, language), rest.strip(" -")


def _left_out(parts: list[int], language: _Language) -> int:
    """What `三万五` says more than 30005: in Chinese a digit right behind a scale counts its tenths."""
    if language.atoms is not _DIGITS_CJK or len(parts) < 3:
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
