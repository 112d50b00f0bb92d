"""Whether a text reads as mathematics: a formula, a number with what it counts, an option."""

from __future__ import annotations

import re
from functools import lru_cache

from dartmath.base.regex import regex
from dartmath.verify.language.dimensions import NOUN
from dartmath.verify.language.money import SIGN_CLASS
from dartmath.verify.language.names import ENGLISH, MAX_PRODUCT, listed
from dartmath.verify.language.numerals import LETTER
from dartmath.verify.language.units import parse_unit

_WORD = regex(r"(?<![\\A-Za-z])[^\W\d_]{2,}")
_COMMANDS = regex(
    r"\\(?:begin|end)\s*\{[a-z]+\*?\}|\\(?:text|mathrm|mbox|textbf|mathbf|operatorname)\s*\{[^{}]*\}|\\[a-zA-Z]+"
)
_MATH_WORDS = frozenset(
    listed(
        "and or pi sqrt sin cos tan cot sec csc log ln exp max min gcd lcm mod arctan arcsin arccos "
        "infinity inf theta alpha beta gamma lambda phi cm mm km kg ft in mi lb lbs oz hr hrs min mins "
        "sec am pm mph ml gal sq cu dx dy dt xy ab bc abc th st nd rd times frac units unit dollars "
        "dollar cents cent percent degrees degree hours hour minutes minute seconds second days day "
        "weeks week months month years year meters meter metres feet foot inches inch miles mile pounds "
        "pound grams gram liters ounces yards square cubic per people students million billion thousand "
        "hundred trillion"
    )
)
_VALUE_SIGN = regex(r"\d|\\(?:frac|sqrt|pi|infty|emptyset)|[=<>≤≥∞∅π√]")
_MEASURED = regex(
    r"[-+~≈−\s]*\d[\d.,]*(?:e[-+]?\d+|\s*(?:[×xX*·]|\\times|\\cdot)\s*10\s*\^?\s*[-−⁻{\d⁰¹²³⁴-⁹}]+)?"
    r"[\s~]*(?P<unit>[A-Za-zµμΩ°].{0,40})",
    re.DOTALL,
)
_COUNTED = regex(rf"[-+~≈{SIGN_CLASS}\s\\]*[\d.,/]+\s*{LETTER}+(?:[ -]{LETTER}+){{0,2}}\Z")


@lru_cache(maxsize=2048)
def is_mathematics(text: str) -> bool:
    """Whether a text is a formula, a number or an option, with a unit at most, and no prose.

    >>> is_mathematics("x = 5"), is_mathematics("12 square feet"), is_mathematics("the sum of both")
    (True, True, False)
    """
    plain = _COMMANDS.sub(" ", text)
    words = [word for word in _WORD.findall(plain) if word.lower() not in _MATH_WORDS]
    if not words:
        return any(sign.isalnum() for sign in text) or any(sign in text for sign in "∅∞")
    letters = all(
        len(word) <= MAX_PRODUCT and word.isascii() and word.lower() not in ENGLISH for word in words
    )
    if letters and (_VALUE_SIGN.search(text) or not re.search(r"[a-z]\s+[a-z]|:", plain)):
        return True
    # A number with what it counts: "12 apples", "42 个", "8 Äpfel".
    return _COUNTED.match(plain) is not None or _is_measured(text)


def _is_measured(text: str) -> bool:
    """Whether a text is a number with a unit and nothing more: `2.98 mol/L`."""
    found = _MEASURED.fullmatch(text)
    unit = parse_unit(found["unit"]) if found else NOUN
    return unit.known and not unit.noun
