"""The words of numerals in each language: tables, and how their words are put together.

A numeral is a row of atoms, each with its value; `numerals` says what a row means.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from unicodedata import normalize

DIGITS_CJK = dict(zip("零一二三四五六七八九十", range(11), strict=True)) | {
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


class NumeralTable(NamedTuple):
    """The atoms of a language, the words between them, and how they are put together."""

    atoms: Mapping[str, int]
    joiners: str
    glued: bool = False
    """Whether they are written without spaces."""
    times_ten: bool = False
    """Whether ones before a ten multiply it, as in 二十; else they are added."""
    by_words: bool = False
    """Whether, where they are glued, all of a first word is a numeral where its beginning is one."""


def atoms(*rows: tuple[int, int, str]) -> dict[str, int]:
    """Rows of a first value, a step, and names in order, those of one value joined by a bar."""
    return {
        normalize("NFC", name.replace("_", " ")): first + step * place
        for first, step, names in rows
        for place, same in enumerate(names.split())
        for name in same.split("|")
    }


COMMON = (
    NumeralTable(
        atoms(
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
    NumeralTable(
        atoms(
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
    NumeralTable(
        atoms(
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
    NumeralTable(
        atoms(
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
    NumeralTable(
        atoms(
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
    NumeralTable(
        atoms(
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
    NumeralTable(DIGITS_CJK, "", glued=True, times_ten=True),
    NumeralTable(
        atoms(
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
    NumeralTable(
        atoms(
            (0, 1, "không một|mốt hai ba bốn|tư năm|lăm sáu bảy|bẩy tám chín mười|mươi|chục"),
            (100, 1, "trăm"),
            (1000, 1, "nghìn|ngàn"),
            (10**6, 1, "triệu"),
            (10**9, 1, "tỷ|tỉ"),
        ),
        "lẻ|linh",
        times_ten=True,
    ),
    NumeralTable(
        atoms(
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
    NumeralTable(
        atoms(
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
