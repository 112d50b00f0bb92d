"""The value that a sentence of another language than English tells behind a copula: "El total es 24."."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.extract.amounts import VALUE, WORDS
from dartmath.verify.extract.concluding import CONDITIONS
from dartmath.verify.language.lexicon import LEXICONS
from dartmath.verify.language.search import small_letters

_COPULAS = "|".join(lexicon.copula for code, lexicon in LEXICONS.items() if code != "en" and lexicon.tells)
_TEX = r"(?:\\[dt]?frac\{[^{}]+\}\{[^{}]+\}|\\sqrt\{[^{}]+\})"
_TOLD = regex(
    rf"[^=]{{0,150}}(?:{_COPULAS})(?: de| von| di)?[ :：]*[(]?(?:{VALUE}|(?P<tex>{_TEX}))[)]?{WORDS}",
    re.IGNORECASE,
)
"""A copula of another language, and the only value behind it."""

_TOLD_BEFORE = regex(rf"(?:{_COPULAS})(?: de| von| di)?[ :：]*[(]?[-−$\\]*\d", re.IGNORECASE)
"""A copula with a value: a sentence with two of them states none."""

_PLAIN_WORDS = regex("[a-z]{2,}")
_COPULAS_IN_ASCII = frozenset(re.findall("[a-z]{2,}", _COPULAS))
"""Words one of which stands in a sentence in ASCII with a copula of another language than English."""


def told_elsewhere(claim: str) -> str | None:
    """The one value behind a copula of another language than English."""
    if (
        claim.isascii()
        and "e'" not in claim
        and _COPULAS_IN_ASCII.isdisjoint(_PLAIN_WORDS.findall(claim.lower()))
    ):
        return None
    told = None if small_letters(claim).startswith(CONDITIONS) else _TOLD.fullmatch(claim)
    if told is None or len(_TOLD_BEFORE.findall(claim)) > 1:
        return None
    return told["tex"] or told["value"]
