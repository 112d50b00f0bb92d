"""The calculation that a sentence shows in brackets, and the number that it comes to."""

from __future__ import annotations

from dartmath.base.regex import regex
from dartmath.verify.extract.amounts import VALUE
from dartmath.verify.extract.concluding import CONDITIONS
from dartmath.verify.extract.left_open import leaves_open
from dartmath.verify.extract.numbers import bare_value
from dartmath.verify.language.search import small_letters

_SHOWN = regex(
    r"\s+\((?=[^()]*(?:\s[-−+*/x×·÷:]\s|\d[-−+*/x×·÷]\d|\d ?% [^\W\d_]+ \d))(?P<steps>[^()]{3,120})\)"
)
"""The calculation of its value that a sentence has in brackets: "She has 6 eggs left (14 - 8 = 6)."."""

_AMOUNTS = regex(r"\d[\d,]*(?:\.\d+)?(?:/\d+)?")


def without_calculation(claim: str) -> str:
    """A sentence without a calculation in brackets that comes to one of its numbers, or has no result.

    >>> without_calculation("She has 6 eggs left (14 - 8 = 6)."), without_calculation("It is 7 (2 + 3 = 5).")
    ('She has 6 eggs left.', 'It is 7 (2 + 3 = 5).')
    """
    shown = _SHOWN.search(claim) if " (" in claim else None
    if shown is None:
        return claim
    rest = claim[: shown.start()] + claim[shown.end() :]
    _, sign, result = shown["steps"].rpartition("=")
    amount = _AMOUNTS.search(result) if sign else None
    if sign and (amount is None or bare_value(amount[0]) not in map(bare_value, _AMOUNTS.findall(rest))):
        return claim
    return rest


_AMOUNT = regex(VALUE)


def shown(sentence: str) -> str | None:
    """The one number of a sentence, in any language, that a calculation in brackets behind it comes to.

    >>> shown("Jo har 24 päron i 3 korgar (4 x 6 = 24)."), shown("Jo har 24 päron (4 x 5 = 20).")
    ('24', None)
    """
    calculation = _SHOWN.search(sentence) if " (" in sentence else None
    _, sign, result = calculation["steps"].rpartition("=") if calculation else ("", "", "")
    amount = _AMOUNTS.search(result) if sign else None
    rest = without_calculation(sentence)
    if amount is None or "=" in rest or leaves_open(rest) or small_letters(rest).startswith(CONDITIONS):
        return None
    same = [
        found["value"]
        for found in _AMOUNT.finditer(rest)
        if bare_value(found["value"]) == bare_value(amount[0])
    ]
    return same[0] if len(same) == 1 else None
