"""Number literals: the value of a `num` token."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from dartmath.verify.language.errors import NotationError
from dartmath.verify.tree.expression import Number, number

MAX_EXPONENT = 20_000
"""Largest decimal exponent of a literal such as 1e99."""


_PLAIN_DIGITS = 4_000
"""Digits that int() reads: Python refuses more than 4,300."""

SHORT = 20
"""Numbers of up to this many characters are remembered: the same few come again and again."""


def literal(text: str) -> Number:
    """The number of a `num` token, or of one with a minus sign in front.

    Raises `NotationError` for an exponent beyond `MAX_EXPONENT`.
    """
    return _remembered(text) if len(text) <= SHORT else _number(text)


@lru_cache(maxsize=4096)
def _remembered(text: str) -> Number:
    return _number(text)


def _number(text: str) -> Number:
    if text.isdigit():
        return number(int(text)) if len(text) < _PLAIN_DIGITS else Number(Fraction(_long_int(text)))
    if "~" in text:
        fixed, period = text.split("~")
        whole, decimals = fixed.split(".")
        base = Fraction(int(whole + decimals or "0"), 10 ** len(decimals))
        value = base + Fraction(int(period), (10 ** len(period) - 1) * 10 ** len(decimals))
        return Number(value, 0)
    mantissa, _, power = text.lower().partition("e")
    if power and abs(int(power)) > MAX_EXPONENT:
        raise NotationError(f"a decimal exponent beyond {MAX_EXPONENT}")
    whole, _, decimals = mantissa.partition(".")
    digits = whole + decimals
    value = Fraction(_long_int(digits), 10 ** len(decimals))
    if power:
        value *= Fraction(10) ** int(power)
    places = len(decimals) if "." in mantissa else None
    return Number(value, places, len(digits.lstrip("0")) if power else None)


def _long_int(digits: str) -> int:
    """int() without Python's limit on the number of digits; the tokenizer bounds their number."""
    if len(digits) < _PLAIN_DIGITS:
        return int(digits or "0")
    value = 0
    for start in range(0, len(digits), 4000):
        chunk = digits[start : start + 4000]
        value = value * 10 ** len(chunk) + int(chunk)
    return value
