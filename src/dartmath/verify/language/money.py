"""Currencies: the one table of their signs and words. Everything that knows money is built from it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dartmath.base.regex import regex


@dataclass(frozen=True, slots=True)
class Currency:
    """One currency: its sign, the words for it and for its hundredth, and what may stand before an amount.

    `code` is its name as a dimension of units, and in capitals a prefix like those in `prefixes`; `sign` is
    "" where only letters stand for it; `command` is the LaTeX command that prints the sign.
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
    Currency("chf", "", ("franc",)),
    Currency("ksh", "", ("shilling",)),
    Currency("rp", "", ("rupiah",)),
    Currency("kr", ""),
)
"""To add a currency, add its row; nothing else names one. "Pounds" alone are a mass (see `units`)."""

CODES = frozenset(currency.code for currency in CURRENCIES)
"""Dimensions of units that are money."""

SIGNS = {currency.sign: currency.code for currency in CURRENCIES if currency.sign}
"""Sign -> code."""

COMMANDS = {currency.command: currency.code for currency in CURRENCIES if currency.command}
"""LaTeX command without its backslash -> code; `\\pounds` is the same as `\\pound`."""

SIGN_CLASS = "".join(map(re.escape, SIGNS))
"""The signs, as they stand between the brackets of a pattern."""

SIGN = rf"(?:\\?[{SIGN_CLASS}]|\\(?:{'|'.join(map(re.escape, COMMANDS))})s?(?![a-zA-Z]))"
"""Pattern of one sign, the dollar with or without the backslash that LaTeX wants."""

PREFIXES = {
    prefix: currency for currency in CURRENCIES for prefix in (*currency.prefixes, currency.code.upper())
}
"""Words before an amount that say its currency, `Rs. 500`, `USD 500` -> the currency."""

_BY_LETTERS = {letters.lower(): currency for letters, currency in PREFIXES.items()}


def currency_of(letters: str) -> Currency | None:
    """The currency for which a sign, or letters before an amount, stand.

    >>> currency_of("Rs").code, currency_of("US$").code, currency_of("€").code
    ('inr', 'usd', 'eur')
    """
    code = SIGNS.get(letters[-1:])
    found = (currency for currency in CURRENCIES if currency.code == code)
    return next(found, None) if code else _BY_LETTERS.get(letters.rstrip(".").lower())


_ALSO = {"jpy": "¥"}
"""Codes of currencies whose sign is that of another one of the table."""

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


def with_money_in_digits(reference: str, answer: str) -> tuple[str, str] | None:
    """`34,50 €`, `CHF 1'049,95` and `A$190.00` as numbers with a decimal point; None for no amount of money.

    Where one side is a bare number the currency of the other is left out, as any unit is. With a currency
    beside the number and two digits behind its comma, no list is written so.
    """
    asked, priced = reference.strip(), answer.strip()
    if "=" in priced or ("{" in priced and "\\text" not in priced):
        return None
    if _is_bare(asked) and _is_bare(priced):
        return None
    wanted, found = _AMOUNT.fullmatch(asked), _AMOUNT.fullmatch(priced)
    ours, theirs = _mark(wanted), _mark(found)
    if ours[-1:] in SIGNS or theirs[-1:] in SIGNS:
        ours, theirs = _ALSO.get(ours.lower(), ours), _ALSO.get(theirs.lower(), theirs)
    if found is None or not (ours or theirs) or not _PRICED.fullmatch(asked):
        return None
    if any(side and side["before"] and side["after"] for side in (wanted, found)):  # `$5A$` is a formula
        return None
    if ours and theirs and ours.lower() != theirs.lower() and not _same_currency(ours, theirs):
        return None
    if theirs[-1:] in ("$", "£") and not found["hundredths"] and _THOUSANDTHS.fullmatch(found["whole"]):
        return None
    if _BARE.fullmatch(reference.strip()):
        return reference, _in_digits(found)
    if wanted and wanted["hundredths"] and ours:
        reference = _priced(_in_digits(wanted), ours)
    return reference, _priced(_in_digits(found), theirs)


def _is_bare(text: str) -> bool:
    """Whether nothing stands before or behind a number."""
    return text[:1] in _DIGITS and text.rstrip(".")[-1:].isdigit()


def _in_digits(amount: re.Match[str]) -> str:
    """The number of an amount, with a decimal point."""
    whole = "".join(filter(str.isdigit, amount["whole"]))
    return f"{amount['sign']}{whole}" + (f".{amount['hundredths']}" if amount["hundredths"] else "")


def _priced(value: str, mark: str) -> str:
    """An amount with its sign before it, or the code of its currency behind it."""
    if mark[-1:] in SIGNS:
        return f"{mark[-1]}{value}"
    currency = currency_of(mark)
    return f"{value} {currency.code if currency else mark}".rstrip()


def _same_currency(one: str, two: str) -> bool:
    ours, theirs = currency_of(one), currency_of(two)
    return ours is not None and ours is theirs


def _mark(amount: re.Match[str] | None) -> str:
    """What says the currency of an amount; "" where nothing does."""
    return (amount["before"] or amount["after"] or "") if amount else ""
