"""Fractions as the East says them, with what is divided first or last: `三分之二`, `3분의 2`."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.language.numerals import numeral
from dartmath.verify.language.unit_phrases import is_unit
from dartmath.verify.language.word_decimals import decimal_number


def part_of_east(text: str) -> str | None:
    """A fraction of the East as `2/3`, a percentage as `50\\%`; None for any other text."""
    return _fraction(text) if "分" in text or "분" in text else None


_PARTED = regex(
    r"\A(?P<below>[^\s分]{1,12})\s*分(?P<of>之|の|의)?\s*(?P<above>.{1,12})\Z"
    r"|\A(?P<under>.{1,12}?)분의\s*(?P<over>.{1,12})\Z"
)
_ROOT_OR_PI = regex(
    r"(?:√|\\sqrt|(?:二次|平方)?根[号號]下?)\s*(?:(?P<bare>\d+|[a-z])|[{(（](?P<inside>[^(){}（）]{1,10})[})）])|π|\\pi"
)
"""The numerator of `二分之根号3` and `三分之π`."""


def _fraction(text: str) -> str | None:
    """`三分之二` and `3분의 2` as 2/3, `百分之五十` as 50 %."""
    parts = _PARTED.match(text)
    if parts is None:
        return None
    below, above = number(parts["below"] or parts["under"]), number(parts["above"] or parts["over"])
    if below and not below[1] and (root := _ROOT_OR_PI.fullmatch((parts["above"] or "").strip())):
        inside = root["bare"] or root["inside"]
        numerator = rf"\sqrt{{{inside}}}" if inside else r"\pi"
        return rf"\frac{{{numerator}}}{{{below[0]}}}"
    if below is None or above is None or below[1] or (above[1] and not is_unit(above[1])):
        return None
    if above[1] and parts["below"] and not parts["of"]:  # minutes and seconds
        return None
    value = f"{above[0]}\\%" if below[0] == "100" else f"{above[0]}/{below[0]}"
    return f"{value} {above[1]}".strip()


def number(text: str) -> tuple[str, str] | None:
    """A number in words or digits, and what stands behind it."""
    if text[:1] in ("负", "負"):
        below = number(text[1:])
        return below and (f"-{below[0]}", below[1])
    if ("点" in text or "點" in text) and (decimal := decimal_number(text)) is not None:
        value, _, unit = decimal.partition(" ")
        return value, unit
    if digits := re.match(r"\d+(?:\.\d+)?", text := text.strip()):
        return digits[0], text[digits.end() :].strip()
    found = numeral(text)
    return (str(found[0]), found[1]) if found else None
