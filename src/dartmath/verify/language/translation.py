"""Answers in other languages, in the words that the parser knows: where each term, unit and scale may stand.

Only what can be nothing else is replaced: a word that is the whole answer, a unit or scale behind a number,
and what joins two values. A letter is never taken for a word.
"""

from __future__ import annotations

import re
from functools import cache

from dartmath.base.regex import regex
from dartmath.verify.language.amounts_in_digits import in_digits_of_all, with_digits
from dartmath.verify.language.clock_words import clock_in_digits
from dartmath.verify.language.foreign_terms import (
    AND,
    COUNTER,
    OR,
    SCALE_OF,
    SCALES,
    TERM_OF,
    WHOLE,
    by_length,
)
from dartmath.verify.language.numerals import LETTER
from dartmath.verify.language.unit_names import english_unit, first_words
from dartmath.verify.language.unit_phrases import OF_NOUN
from dartmath.verify.language.units import parse_unit

_VALUE_BEFORE = r"(?<=[\d})\]$°⁰¹²³⁴-⁹])"
_SCALE = regex(
    rf"{_VALUE_BEFORE}[\s-]*(?:\\(?:text|mathrm|mbox)\s*\{{\s*(?P<inside>{by_length('|'.join(SCALE_OF))})\s*\}}"
    rf"|(?P<bare>{by_length('|'.join(SCALE_OF))})(?:(?<=[\u3400-\u9fff])|(?!{LETTER})))(?:\s+(?:de|di|d['’]))?(?![^\s\w])",
    re.IGNORECASE,
)
_PHRASE = (
    rf"(?![⁰¹²³⁴-⁹]){LETTER}+[²³]?(?:(?:[ .'’/·⋅∙-]|, )+{LETTER}+[²³]?){{0,4}}"
    rf"(?:/\({LETTER}+[·⋅∙*]{LETTER}+\))?|[℃℉]"
)
_UNIT = regex(
    rf"{_VALUE_BEFORE}[\s-]*(?:\\(?:text|mathrm|mbox)\s*\{{\s*(?P<inside>{_PHRASE})\.?\s*\}}|(?P<bare>{_PHRASE}))"
)
_BEFORE_VALUE = regex(
    r"(?P<scale>(?P<c>[摄攝摂]氏|섭씨)|[华華]氏|화씨"
    r"|(?P<hour>[时時]速|[每毎](?:小[时時]|時間?)|시속)|(?P<second>秒速|[每毎]秒|초속)|(?P<minute>分速|[每毎]分[钟鐘]?|분속))"
    r"(?:温度|溫度)?\s*(?P<minus>マイナス|마이너스|零下|영하|负|負)?\s*(?P<value>-?\d[\d.,]*)\s*(?P<unit>.*)\Z"
)
"""A scale of temperature, or a speed's time, in front of its number."""

_NOUN_BEHIND_COUNTER = regex(
    rf"(?<=\d) (?:cái|con|quả|chiếc|viên|quyển|cuốn|tờ|bông|cây|hộp|túi|gói) "
    rf"(?P<noun>{LETTER}+(?: {LETTER}+){{0,3}})(?=\Z| và )"
)
"""What Vietnamese counts behind its counter, which is no product of letters: `12 quả cam`."""

_JOINED_IN_TEXT = regex(
    rf"\\(?:text|mathrm|mbox)\s*\{{\s*(?:(?P<or>{by_length(OR)})|(?:{by_length(AND)}))\s*\}}"
)
_JOINED = regex(
    rf"{_VALUE_BEFORE}\s*(?:(?P<or>或者|或|または|또는|أو|या|(?<=\s)(?:или|hoặc|oder|ou)(?=\s))"
    r"|(?:以及|和|与|與|及|且|と|그리고|और|(?<=\s)(?:и|và|und|et)(?=\s)))\s*(?=[-−+\d(\\$a-z{])"
)
_WRAPPED = regex(r"\A(?:\\(?:text|mathrm|mbox|textbf)\s*\{\s*)?(?P<term>[^{}\\]*?)\s*\}?[.。!]?\Z")
_VERDICTS = "|".join(WHOLE[term] for term in ("yes", "no"))
_VERDICT = regex(rf"(?P<term>{by_length(_VERDICTS)})\s*[،,，、。](?=[^\d=\\$]+\Z)", re.IGNORECASE)
"""A yes or no, and behind it nothing but words: `نعم، النتيجة تتبع`."""

MAX_TERM = 200
"""Characters of a term or an amount in words. The patterns for them try every end of a run of spaces."""

_IN_WORDS = regex(r"-?\s*[a-z](?:[a-z -]|(?<=mil),){1,120}[.!]?", re.IGNORECASE)
_WORD_BEHIND = regex(r"\\(?:text|mathrm|mbox)|[\d})\]$][ ~]+[a-z]", re.IGNORECASE)
"""Without one of these an answer in ASCII has no word of another language."""

_LEADING_WORD = regex(r"\\?%\s?\d|\d{1,2}h\d\d\Z|[a-z]{3,9} \d", re.IGNORECASE)
"""What such an answer begins with where a sign or a unit stands in front: `%75`, `15h30`, `saa 3`."""

_MAY_HAVE_WORDS = regex(r" |~|%|h|H|\\[tTmM]")
"""What the three patterns above need behind an answer's first sign; `-0.5` and `\\frac{1}{2}` have none."""

_WORD = regex(r"[a-z]+")


@cache
def _names_in_ascii() -> frozenset[str]:
    """First words of the names that a text in ASCII can hold: most texts hold none."""
    names = "|".join((*SCALES.values(), AND, OR)).split("|")
    return first_words() | {name.split()[0] for name in names if name.isascii()}


def _has_words(text: str) -> bool:
    """Whether a text in ASCII can have a word of another language."""
    if not (text.lstrip("-")[:1].isalpha() or _MAY_HAVE_WORDS.search(text)):
        return False
    return bool(_IN_WORDS.fullmatch(text) or _WORD_BEHIND.search(text) or _LEADING_WORD.match(text))


def in_english(text: str) -> str:
    r"""An answer with the terms, numbers, units, scales and connectives of other languages in English.

    >>> print(in_english("无解"), in_english(r"1 \text{ ou } 2"), in_english("5厘米"), sep="; ")
    no solution; 1  \text{ or }  2; 5 \text{ cm}
    >>> print(in_english("noventa y cinco años"), in_english("摄氏20度"), in_english("三分之二"), sep="; ")
    95 \text{ years}; 20 \text{ celsius}; 2/3
    """
    if text.isascii() and not _has_words(text):
        return text
    if not text.isascii():
        text = _MICRO.sub(_with_micro, text[:-1] if _ABBREVIATED.search(text) else text)
    if len(text) <= MAX_TERM:
        if (clock := clock_in_digits(text)) is not None:
            return clock
        whole = _WRAPPED.match(text)
        if whole and (term := TERM_OF.get(whole["term"].strip().lower())):
            return term
        if not text.isascii() and (verdict := _VERDICT.match(text)):
            return TERM_OF[verdict["term"].lower()]
        text = with_digits(text) if text.isascii() else in_digits_of_all(text)
    if text.isascii():
        low = text.lower()
        named = any(
            word in low for word in ("quadrat", "kubik", " pro ")
        ) or not _names_in_ascii().isdisjoint(_WORD.findall(low))
        return _translated(text) if named else text
    if "根" in text:
        text = _RADICAL.sub(lambda found: f"\\sqrt{{{found['bare'] or found['inside']}}}", text)
    if found := _BEFORE_VALUE.search(text):
        text = _behind_value(found)
    text = _NOUN_BEHIND_COUNTER.sub(r" \\text{ \g<noun>}", text)
    text = COUNTER.sub("", text)
    return _translated(text)


_MICRO = regex(r"(?<=[\d\s}])[µμ](?P<unit>[A-Za-z]{3,12})(?![A-Za-z])")


def _with_micro(found: re.Match[str]) -> str:
    """`1.5 µsecs` with the letter for the prefix, which is no factor before a unit."""
    return f"u{found['unit']}" if parse_unit(f"u{found['unit']}").known else found[0]


_ABBREVIATED = regex(rf"{_VALUE_BEFORE} ?{LETTER}(?:{LETTER}|[ .]){{0,40}}\.\Z")
"""A point behind the last word of an answer that begins with a number: `35 руб.`, `мм рт. ст.`."""

_RADICAL = regex(
    r"(?<![次三四])(?:二次|平方)?根[号號]下?\s*(?:(?P<bare>\d+(?:\.\d+)?|[a-zA-Z])|[(（](?P<inside>[^()（）]{1,40})[)）])"
)
"""`根号2` and `根号(x+1)`, square roots in words."""

_COMMA_BEFORE_SCALE = regex(
    rf"(?<![\d.,])(?P<whole>\d{{1,3}}),(?P<decimals>\d{{1,3}})(?=\s+(?:{by_length('|'.join(SCALE_OF))})(?!{LETTER}))",
    re.IGNORECASE,
)
"""A decimal comma before a scale of another language: `2,5 millionen` is no list."""


def _translated(text: str) -> str:
    """Scales, units and connectives behind values in English."""
    text = _COMMA_BEFORE_SCALE.sub(r"\g<whole>.\g<decimals>", text)
    text = _SCALE.sub(lambda found: rf" \times {SCALE_OF[(found['inside'] or found['bare']).lower()]}", text)
    text = _UNIT.sub(_unit, text)
    text = _JOINED_IN_TEXT.sub(_joined, text)
    return _JOINED.sub(_joined, text)


def _behind_value(found: re.Match[str]) -> str:
    """`摄氏20度` as 20 °C, `時速188マイル` as 188 miles an hour."""
    period = next((name for name in ("hour", "minute", "second") if found[name]), None)
    if period is None:
        sign = "-" if found["minus"] else ""
        return rf"{sign}{found['value']} \text{{ {'celsius' if found['c'] else 'fahrenheit'}}}"
    words = found["unit"].strip()
    unit = english_unit(words) or (words if parse_unit(words).known else None)
    return rf"{found['value']} \text{{ {unit}/{period}}}" if unit else found[0]


_VIETNAMESE = regex("[\u0103\u0111\u01a1\u01b0\u1ea0-\u1ef9]")
"""Letters of Vietnamese, where what a unit measures stands right behind it: `30 tấn gạo`."""


def _unit(found: re.Match[str]) -> str:
    """The longest phrase behind a value that names a unit, in English; what names none stays."""
    words = found["inside"] or found["bare"]
    ends = [len(words), *(place.start() for place in reversed([*re.finditer(r"[ .,'’/-]+", words)]))]
    for end in ends[:1] if found["inside"] else ends:
        if (unit := english_unit(words[:end])) is not None:
            behind = "" if _VIETNAMESE.search(words[:end]) else OF_NOUN.sub("", words[end:])
            return rf" \text{{ {unit}}}{behind}"
    return found[0]


def _joined(found: re.Match[str]) -> str:
    """The connective in English; one letter without spaces around it, as in `\\mathrm{e}^x`, is a name."""
    word = found[0].rstrip("}").rpartition("{")[2]
    if "{" in found[0] and len(word) == 1 and word.isascii():
        return found[0]
    return r" \text{ or } " if found["or"] else r" \text{ and } "
