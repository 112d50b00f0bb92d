"""Currencies: the one table of their signs and words. Everything that knows money is built from it."""

from __future__ import annotations

import re
from dataclasses import dataclass


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
    Currency("inr", "₹", ("rs", "rupee"), prefixes=("Rs",)),
    Currency("cny", "¥", ("yuan",), command="yen"),
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

PREFIXES = (*(p for currency in CURRENCIES for p in currency.prefixes), *(code.upper() for code in CODES))
"""Words before an amount that say its currency: `Rs. 500`, `USD 500`."""
