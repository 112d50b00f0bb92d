"""Answers in other languages, in the words that the parser knows: tables of terms, and where each may stand.

Only what can be nothing else is replaced: a word that is the whole answer, a unit or scale behind a number,
and what joins two values. A letter is never taken for a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from dartmath.base.regex import regex

_WHOLE: Mapping[str, str] = {
    "no solution": (
        "无解|無解|没有解|方程无解|無解である|解なし|解はない|해가 없다|해가 없음|해 없음"
        "|vô nghiệm|không có nghiệm"
        "|aucune solution|pas de solution|keine lösung|keine lösungen|keine loesung|sin solución|sin solucion"
        "|no hay solución|no tiene solución|no existe solución|sem solução|não há solução|não tem solução"
        "|nessuna soluzione|non ha soluzioni|нет решений|решений нет|нет решения|لا يوجد حل|لا حل|कोई हल नहीं"
    ),
    "no real solution": (
        "无实数解|无实根|無實數解|実数解なし|aucune solution réelle|keine reelle lösung"
        "|keine reellen lösungen"
        "|sin solución real|sin soluciones reales|nessuna soluzione reale|нет действительных решений"
        "|sem solução real"
    ),
    "yes": "是|是的|對|对|はい|예|네|có|نعم|हाँ|हां|oui|sí|ja|да|sim|sì",
    "no": "否|不是|いいえ|아니오|아니요|لا|नहीं|nein|нет|não",
    "true": "正确|正確|真|vrai|verdadero|wahr|richtig|vero|верно|истина|verdadeiro|正しい|참|đúng|صحيح|सत्य",
    "false": "错误|錯誤|假|faux|falso|falsch|неверно|ложь|誤り|거짓|sai|خطأ|असत्य",
    "infinitely many": (
        "无穷多|无数个|无穷多个|無限|無数|무한히 많다|무수히 많다|vô số|une infinité"
        "|infinitas|unendlich viele"
        "|бесконечно много|infinite soluzioni|infinitas soluciones|infinitas soluções"
    ),
}
"""English term -> the answers that mean it."""

_UNITS: Mapping[str, str] = {
    "cm": "厘米|公分|センチメートル|センチ|센티미터|сантиметров|сантиметра|см",
    "mm": "毫米|миллиметров|мм",
    "dm": "分米",
    "km": "千米|公里|キロメートル|キロ|킬로미터|километров|километра|км|kilómetros|quilômetros|kilomètres",
    "m": "米|メートル|미터|метров|метра|м|mètres|mètre|metros|metri|mét",
    "cm^2": "平方厘米|см²",
    "m^2": "平方米|平方メートル|제곱미터|м²",
    "cm^3": "立方厘米",
    "m^3": "立方米",
    "kg": "千克|公斤|キログラム|킬로그램|килограммов|килограмма|кг",
    "g": "克|グラム|그램|граммов|грамма|г",
    "tonnes": "吨|噸|тонн",
    "liters": "升|リットル|리터|литров|литра|litres|litros|litri",
    "mL": "毫升|ミリリットル",
    "seconds": "秒|초|секунд|секунды|segundos|secondes|sekunden|secondi|giây",
    "minutes": "分钟|分鐘|분|минут|минуты|minutos|minuten|minuti|phút",
    "hours": (
        "小时|小時|時間|시간|часов|часа|час|horas|heures|heure|stunden|stunde|ore|ora|giờ|ساعة|ساعات|घंटे"
    ),
    "days": "天|日|일|дней|дня|день|días|dias|jours|jour|tage|tag|giorni|giorno|ngày|दिन|أيام",
    "weeks": "周|週間|недель|semanas|semaines|wochen|settimane|tuần",
    "months": "个月|か月|месяцев|meses|monate|mesi|tháng",
    "years": "年|岁|歳|лет|года|años|anos|ans|jahre|anni|năm|साल|वर्ष|سنوات",
    "yuan": "元|块|人民币",
    "dollars": "美元|ドル|달러|долларов|dólares|dollari|दॉलर|đô la|دولار|डॉलर",
    "yen": "円",
    "won": "원",
    "euros": "欧元|евро",
    "degrees": "度|градусов|grados|degrés|graus|gradi|độ",
    "percent": "パーセント|퍼센트|процентов|por ciento|pour cent|prozent|por cento|per cento",
}
"""Unit that the parser knows -> its names behind a number."""

_COUNTERS = (
    "个|個|只|隻|本|页|頁|人|名|位|次|件|颗|顆|支|条|條|张|張|辆|朵|棵|种|種|组|袋|盒|瓶"
    "|枚|匹|本の|つ|개|명|마리|권|번|가지"
    "|штук|штуки|người|cái|con|cách|quả"
)
"""What only says what is counted."""

_SCALES: Mapping[str, str] = {
    "10^{2}": "百", "10^{3}": "千|천|тысяч|тысячи|mil|tausend|mille|nghìn|ngàn|हज़ार|हजार|ألف",
    "10^{4}": "万|萬|만", "10^{5}": "लाख", "10^{6}": "百万|миллионов|миллиона|millones|millionen|milioni"
    "|milhões|triệu|مليون",
    "10^{7}": "千万|करोड़", "10^{8}": "亿|億|억", "10^{9}": "миллиардов|milliarden|miliardi|tỷ",
}  # fmt: skip
"""Power of ten -> its names behind a number."""

_OR = "或者|或|または|もしくは|또는|hoặc|أو|या|или|oder|ou|o"
_AND = "以及|和|与|與|及|且|と|および|그리고|과|와|và|और|и|und|et|y|e"
_NUMERALS = dict(zip("零一二三四五六七八九十", (*range(11),), strict=True))


def _by_length(names: str) -> str:
    """Alternatives, longest first, so that none hides a longer one."""
    return "|".join(sorted(map(re.escape, names.split("|")), key=len, reverse=True))


def _inverse(table: Mapping[str, str]) -> dict[str, str]:
    return {name: term for term, names in table.items() for name in names.split("|")}


_TERM_OF, _UNIT_OF, _SCALE_OF = _inverse(_WHOLE), _inverse(_UNITS), _inverse(_SCALES)
_VALUE_BEFORE = r"(?<=[\d})\]$°])"


def _behind(table: Mapping[str, str]) -> re.Pattern[str]:
    """A name of `table` behind a value, bare or in a command for text."""
    names = _by_length("|".join(table))
    inside = rf"\\(?:text|mathrm|mbox)\s*\{{\s*(?P<inside>{names})\s*\}}"
    return re.compile(rf"{_VALUE_BEFORE}\s*(?:{inside}|(?P<bare>{names})(?![^\W\d_]))", re.IGNORECASE)


_UNIT, _SCALE = _behind(_UNIT_OF), _behind(_SCALE_OF)
_COUNTER = regex(
    rf"(?<=\d)\s*(?:\\text\s*\{{\s*(?:{_by_length(_COUNTERS)})\s*\}}|(?:{_by_length(_COUNTERS)})(?![^\W\d_]))"
)
_JOINED_IN_TEXT = regex(
    rf"\\(?:text|mathrm|mbox)\s*\{{\s*(?:(?P<or>{_by_length(_OR)})|(?:{_by_length(_AND)}))\s*\}}"
)
_JOINED = regex(
    rf"{_VALUE_BEFORE}\s*(?:(?P<or>或者|或|または|또는|أو|या|(?<=\s)(?:или|hoặc|oder|ou)(?=\s))"
    r"|(?:以及|和|与|與|及|且|と|그리고|और|(?<=\s)(?:и|và|und|et)(?=\s)))\s*(?=[-−\d(\\$a-z{])"
)
_WRAPPED = regex(r"\A(?:\\(?:text|mathrm|mbox|textbf)\s*\{\s*)?(?P<term>[^{}\\]*?)\s*\}?[.。!]?\Z")
_MAY_BE = regex(r"\\(?:text|mathrm|mbox)|[\d})\]$][ ~]+[a-z]{1,12}|\A[a-z][a-z ]{1,30}[.!]?\Z", re.IGNORECASE)


_WORD = regex(r"[a-z]+")
_NAMES_IN_ASCII = frozenset(
    name.split()[0]
    for names in (*_UNITS.values(), *_SCALES.values(), _AND, _OR)
    for name in names.split("|")
    if name.isascii()
)
"""First words of the names below that a text in ASCII can hold: most texts hold none."""


def in_english(text: str) -> str:
    """An answer with the terms, units, scales and connectives of other languages in English.

    >>> in_english("无解"), in_english("1 \\\\text{ ou } 2"), in_english("3万"), in_english("5厘米")
    ('no solution', '1 \\\\text{ or } 2', '3 \\\\times 10^{4}', '5 \\\\text{ cm}')
    """
    if text.isascii() and not _MAY_BE.search(text):
        return text
    whole = _WRAPPED.match(text)
    if whole and (term := _TERM_OF.get(whole["term"].strip().lower())):
        return term
    if text in _NUMERALS:
        return str(_NUMERALS[text])
    if not text.isascii():
        text = _COUNTER.sub("", text)
    elif _NAMES_IN_ASCII.isdisjoint(_WORD.findall(text.lower())):
        return text
    if "\\" in text or not text.isascii() or " " in text:
        text = _SCALE.sub(lambda found: rf" \times {_SCALE_OF[_name(found)]}", text)
        text = _UNIT.sub(lambda found: rf" \text{{ {_UNIT_OF[_name(found)]}}}", text)
        text = _JOINED_IN_TEXT.sub(_joined, text)
        text = _JOINED.sub(_joined, text)
    return text


def _name(found: re.Match[str]) -> str:
    return (found["inside"] or found["bare"]).lower()


def _joined(found: re.Match[str]) -> str:
    """The connective in English; one letter without spaces around it, as in `\\mathrm{e}^x`, is a name."""
    word = found[0].rstrip("}").rpartition("{")[2]
    if "{" in found[0] and len(word) == 1 and word.isascii():
        return found[0]
    return r" \text{ or } " if found["or"] else r" \text{ and } "


_COMMA = regex(r"(?<![\d,])(?P<whole>-?\d+(?:[. \u00a0\u202f]\d{3})*)(?:,|\{,\})(?P<decimals>\d+)(?![\d,])")
_POINT_GROUPS = regex(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+(?![\d.,])")


def with_decimal_point(text: str) -> str:
    """A text whose commas are decimal commas, with decimal points; points between three digits group them.

    >>> with_decimal_point("2,5"), with_decimal_point("1.234,5"), with_decimal_point("(2,5; 3)")
    ('2.5', '1234.5', '(2.5; 3)')
    """
    text = _POINT_GROUPS.sub(lambda number: number.group().replace(".", ""), text)
    return _COMMA.sub(lambda found: re.sub(r"[^\d-]", "", found["whole"]) + "." + found["decimals"], text)


_COMMAED, _POINTED = regex(r"\d,\d"), regex(r"\d\.\d")
_CAN_BE_DECIMAL = regex(r"-?\d+(?:,|\{,\})(?:\d{1,2}|\d{4,})(?=\D|\Z)")
_DECIMAL = regex(r"\A\$?-?\d+\.\d+\$?\Z")


def read_with_decimal_comma(reference: str, answer: str) -> str | None:
    """An answer such as `2,5` with a decimal point, where the reference is one decimal number; else None."""
    found = _CAN_BE_DECIMAL.match(answer.strip().lstrip("$"))
    return with_decimal_point(answer) if found and _DECIMAL.match(reference.strip()) else None


def uses_decimal_comma(references: Iterable[str]) -> bool:
    """Whether all references of a set say that a comma is a decimal point in it.

    At least three have a comma between digits, one of them as in `0,5`; none has a decimal point, none
    two numbers with such a comma, and none a blank behind a comma, as lists have.
    """
    with_comma: list[str] = []
    for reference in references:
        if _POINTED.search(reference):
            return False
        if _COMMAED.search(reference):
            with_comma.append(reference)
    lists = any(len(_COMMAED.findall(reference)) > 1 or ", " in reference for reference in references)
    grouped = all(re.search(r"\d,\d{3}(?!\d)", reference) for reference in with_comma)
    return (
        len(with_comma) > 2
        and not lists
        and not grouped
        and any(re.search(r"(?<!\d)0,\d", reference) for reference in with_comma)
    )
