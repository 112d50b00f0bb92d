"""Currencies: the one table of their signs and words. Everything that knows money is built from it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dartmath.base.regex import regex


@dataclass(frozen=True, slots=True)
class Currency:
    """One currency: its sign, the words for it and for its hundredth, and what may stand before an amount.

    `code` is its name as a dimension of units, and in capitals a prefix like those in `prefixes`;
    `command` is the LaTeX command that prints the sign.
    """

    code: str
    sign: str
    names: tuple[str, ...] = ()
    hundredths: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    command: str | None = None


CURRENCIES = (
    Currency("usd", "$", ("dollar",), ("cent", "¢"), ("US",)),
    Currency("gbp", "£", (), ("pence", "penny"), command="pound"),
    Currency("eur", "€", ("euro",), command="euro"),
    Currency("inr", "₹", ("rs", "rupee"), ("paisa", "paise"), ("Rs",)),
    Currency("cny", "¥", ("yuan",), command="yen"),
    Currency("krw", "₩", ("won",)),
    Currency("rub", "₽", ("ruble", "rouble"), ("kopek", "kopeck")),
    Currency("tl", "₺", ("lira",)),
    Currency("ngn", "₦", ("naira",)),
    Currency("vnd", "₫", ("dong",)),
    Currency("thb", "฿", ("baht",)),
)
"""To add a currency, add its row; nothing else names one. "Pounds" alone are a mass (see `units`)."""

CODES = frozenset(currency.code for currency in CURRENCIES)
"""Dimensions of units that are money."""

SIGNS = {currency.sign: currency.code for currency in CURRENCIES}
"""Sign -> code."""

COMMANDS = {currency.command: currency.code for currency in CURRENCIES if currency.command}
"""LaTeX command without its backslash -> code; `\\pounds` is the same as `\\pound`."""

SIGN_CLASS = "".join(map(re.escape, SIGNS))
"""The signs, as they stand between the brackets of a pattern."""

SIGN = rf"(?:\\?[{SIGN_CLASS}]|\\(?:{'|'.join(map(re.escape, COMMANDS))})s?(?![a-zA-Z]))"
"""Pattern of one sign, the dollar with or without the backslash that LaTeX wants."""

_LETTERS_ONLY = ("Rp", "KSh", "CHF", "kr")
"""Currencies that no sign stands for: rupiahs, shillings, francs, crowns."""

PREFIXES = (
    *(prefix for currency in CURRENCIES for prefix in currency.prefixes),
    *(code.upper() for code in CODES),
    *_LETTERS_ONLY,
)
"""Words before an amount that say its currency: `Rs. 500`, `USD 500`."""

SIGN_OF_PREFIX = {
    prefix.lower(): r"\$" if currency.sign == "$" else currency.sign
    for currency in CURRENCIES
    for prefix in (*currency.prefixes, currency.code)
}
"""What such a word means, in small letters: the sign of the currency, where it has one."""

_MARK = (
    rf"(?:(?-i:[A-Z]{{0,2}})\\?[{SIGN_CLASS}₤₶₴₪]|kr\b\.?|Rp\b|zł|Kč|грн\.?|руб\.?|جنيه|درهم|(?:{'|'.join(CODES)}"
    r"|aed|ars|aud|bgn|brl|cad|chf|clp|cop|czk|dkk|egp|idr|ils|jpy|mxn|nok|nzd|pln|pte|ron|sar|sek|uah|zar)\b)"
)
"""A sign, an abbreviation or a code of three letters."""

_NAMES = "zlotys|won|yen|riyals|dirhams|rubles|euros|dollars|baht|dong|taka|rupees|yuan"
"""As translations of other languages have them."""

_AMOUNT = regex(
    rf"(?P<before>{_MARK})?\s?(?P<sign>-?)(?P<whole>\d{{1,3}}(?:[.,' \u00a0\u202f]\d{{3}})+|\d{{1,12}})"
    rf"(?:[.,](?P<hundredths>\d\d)|,-)?\s?(?P<after>{_MARK}|\\text\{{ (?:{_NAMES})\}})?\.?",
    re.IGNORECASE,
)
_DIGITS = frozenset("-0123456789")
_BARE = regex(r"-?\d[\d,]*(?:\.\d+)?|\$-?\d[\d,]*(?:\.\d+)?\$")
"""A number, or one between dollars of LaTeX; a lone dollar is a currency."""

_PRICED = regex(r"[^\d]{0,8}\d[\d,]{0,20}(?:\.\d{1,4})?[^\d]{0,20}")


_THOUSANDTHS = regex(r"\d{1,3}\.\d{3}")
"""A point before three digits, which beside a dollar or a pound is that of a decimal."""


_SIGN_OF_CODE = {currency.code: currency.sign for currency in CURRENCIES} | {"jpy": "¥", "try": "₺"}
"""Code of three letters -> the sign of the same currency; `¥` is that of two."""


def with_money_in_digits(reference: str, answer: str) -> str | None:
    """`34,50 €`, `CHF 1'049,95` and `A$190.00` as a number with a decimal point; None for no amount of money.

    Where the reference is a bare number the currency is left out, as any unit is. With a currency beside
    the number and two digits behind its comma, no list is written so.
    """
    amount = answer.strip()
    if amount[:1] in _DIGITS and amount.rstrip(".")[-1:].isdigit():
        return None  # nothing stands before or behind the number
    found = _AMOUNT.fullmatch(amount)
    mark = _SIGN_OF_CODE.get(_mark(found).lower(), _mark(found))
    if found is None or not mark or not _PRICED.fullmatch(reference.strip()):
        return None
    if found["before"] and found["after"]:  # `$5A$` is a formula
        return None
    asked = _mark(_AMOUNT.fullmatch(reference.strip()))
    asked = _SIGN_OF_CODE.get(asked.lower(), asked)
    # The letters of a currency are left out where a text is read, and are not those of another.
    if asked and asked[-1] != mark[-1] and asked.lower() != mark.lower():
        return None
    if mark[-1] in "$£" and not found["hundredths"] and _THOUSANDTHS.fullmatch(found["whole"]):
        return None
    whole = "".join(filter(str.isdigit, found["whole"]))
    value = f"{found['sign']}{whole}" + (f".{found['hundredths']}" if found["hundredths"] else "")
    if _BARE.fullmatch(reference.strip()):
        return value
    return f"{mark[-1]}{value}" if mark[-1] in SIGNS else f"{value} {mark}"


def _mark(amount: re.Match[str] | None) -> str:
    """What says the currency of an amount; "" where nothing does."""
    return (amount["before"] or amount["after"] or "") if amount else ""
