"""Points between the digits of whole numbers, as most languages but English group them: `11.000 t`."""

from __future__ import annotations

import re

from dartmath.base.regex import regex

_POINTED = regex(r"-?\d{1,3}(?:\.\d{3})+(?![\d.,]|\s*(?:[×x*^]|\\times|\\cdot))")
"""A number of thousands with points between its groups, or one with three decimals."""

_THOUSANDS = regex(r"-?\d{1,3}(?:,?\d{3})+(?![\d.,])")
_ASKS_FOR_NUMBER = regex(
    r"\b(?:bao nhiêu|wie ?viele?|hoeveel|cuánt[oa]s?|quant(?:[oaie]|[oa]s)|kaç|berapa|c[âa][tț][ei]?|πόσ\w+"
    r"|hvor (?:man\w+|meget|mye)|koliko|zenbat)\b",
    re.IGNORECASE,
)
"""How a query asks for a number in a language that groups digits by points, and never by commas."""

_IN_ENGLISH = regex(r"\b(?:the|how|what)\b", re.IGNORECASE)


def with_points_as_groups(reference: str, answer: str, query: str | None) -> str:
    """An answer without the points between its groups; as it is where they are decimal points.

    The reference is a whole number of thousands, and the query asks in a language that writes it so:
    `2.500 kg` for `2500 kg` elsewhere are two kilograms and a half.

    >>> with_points_as_groups("11000 t", "11.000 t", "Wie viele Tonnen sind das?")
    '11000 t'
    >>> with_points_as_groups("11000 t", "11.000 t", "How many tonnes are these?")
    '11.000 t'
    """
    if "." not in answer or not query:
        return answer
    found = _POINTED.match(answer)
    if found is None or _THOUSANDS.match(reference) is None:
        return answer
    if _ASKS_FOR_NUMBER.search(query) is None or _IN_ENGLISH.search(query) is not None:
        return answer
    return found.group().replace(".", "") + answer[found.end() :]
