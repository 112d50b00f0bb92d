"""Fractions in the words of other languages: `fünf Achtel`, `tres vigésimos`, `ba phần tư`, `दो बटा तीन`.

Above stands a numeral, below an ordinal or, between words that part them, a numeral again. The ordinals of a
language are a short table and an ending, before which its numerals stand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from dartmath.base.regex import regex
from dartmath.verify.language.numerals import numeral

MAX_FRACTION = 80
"""Characters of a fraction in words."""


class _Ordinals(NamedTuple):
    """Names of parts that no rule makes, and the ending of all others with what it may have cut off."""

    names: Mapping[str, int]
    ending: re.Pattern[str] | None
    cut: tuple[str, ...] = ("",)


def _names(table: str) -> dict[str, int]:
    """`3 tercio tercios, 4 cuarto`: each name with its number."""
    return {
        name: int(row.split()[0]) for row in table.replace("\n", " ").split(", ") for name in row.split()[1:]
    }


_LANGUAGES = (
    _Ordinals(
        _names(
            "2 medio medios, 3 tercio tercios, 4 cuarto cuartos, 5 quinto quintos, 6 sexto sextos, "
            "7 séptimo séptimos, 8 octavo octavos, 9 noveno novenos, 10 décimo décimos, "
            "20 vigésimo vigésimos, 100 centésimo centésimos, 1000 milésimo milésimos"
        ),
        regex(r"avos?"),
        ("", "a", "e", "o"),
    ),
    _Ordinals(
        _names(
            "2 meio meios, 3 terço terços, 4 quarto quartos, 5 quinto quintos, 6 sexto sextos, "
            "7 sétimo sétimos, 8 oitavo oitavos, 9 nono nonos, 10 décimo décimos, "
            "100 centésimo centésimos, 1000 milésimo milésimos"
        ),
        regex(r"\s+avos?"),
    ),
    _Ordinals(
        _names("2 demi demis, 3 tiers, 4 quart quarts, 5 cinquième cinquièmes, 9 neuvième neuvièmes"),
        regex(r"ièmes?"),
        ("", "e"),
    ),
    _Ordinals(
        _names(
            "2 mezzo mezzi, 3 terzo terzi, 4 quarto quarti, 5 quinto quinti, 6 sesto sesti, "
            "7 settimo settimi, 8 ottavo ottavi, 9 nono noni, 10 decimo decimi, 100 centesimo centesimi, "
            "1000 millesimo millesimi"
        ),
        regex(r"esim[oi]"),
        ("", "e", "i", "o", "a"),
    ),
    _Ordinals(
        _names("2 halb halbe, 3 drittel, 7 siebtel, 8 achtel"),
        regex(r"s?tel"),
    ),
    _Ordinals(
        _names(
            "2 вторая вторых, 3 треть трети третья третьих, 4 четверть четверти четвёртая четвертая "
            "четвёртых четвертых, 5 пятая пятых, 6 шестая шестых, 7 седьмая седьмых, 8 восьмая восьмых, "
            "9 девятая девятых, 10 десятая десятых, 100 сотая сотых, 1000 тысячная тысячных"
        ),
        None,
    ),
    _Ordinals(
        _names(
            "2 نصف أنصاف, 3 ثلث ثلثين ثلثان أثلاث, 4 ربع ربعين أرباع, 5 خمس أخماس, 6 سدس أسداس, "
            "7 سبع أسباع, 8 ثمن أثمان, 9 تسع أتساع, 10 عشر أعشار"
        ),
        None,
    ),
)
_DUALS = frozenset(["ثلثين", "ثلثان", "ربعين"])
"""Arabic says two of a part with its ending, and no number."""

_PARTED = regex(r"(?P<above>.+?)\s+(?:phần|trên|chia(?:\s+cho)?|बटा|على)\s+(?P<below>.+)", re.IGNORECASE)
"""A numeral over a numeral, in Vietnamese, Hindi and Arabic."""

_LAST_WORD = regex(r"(?:(?P<above>.+?)[\s-]+)?(?P<below>[^\s]+(?:\s+avos?)?)", re.IGNORECASE)
_WHOLE_BEFORE = regex(
    r"(?P<whole>.+?)\s+(?:(?:y|e|et|und|и|và|और|सही)\s+|و\s*)(?P<rest>\S.*)",
    re.IGNORECASE,
)
"""A whole number before a fraction, as in `tres y dos quintos`."""


def fraction_in_words(text: str) -> str | None:
    """A fraction or a mixed number in words as `5/8` or `3 2/5`; None for any other words.

    >>> fraction_in_words("fünf Achtel"), fraction_in_words("tres y dos quintos")
    ('5/8', '3 2/5')
    """
    text = " ".join(text.split())
    if not text or len(text) > MAX_FRACTION or any(map(str.isdigit, text)):
        return None
    readings = (_mixed, _fraction) if _ARABIC.match(text) else (_fraction, _mixed)
    return next((found for reading in readings if (found := reading(text)) is not None), None)


_ARABIC = regex("[\u0600-\u06ff]")
"""In Arabic ones stand before tens, so that tens before ones are a whole number and its part."""


def _mixed(text: str) -> str | None:
    found = _WHOLE_BEFORE.fullmatch(text)
    whole, part = (_whole(found["whole"]), _fraction(found["rest"])) if found else (None, None)
    return None if whole is None or part is None else f"{whole} {part}"


def _fraction(text: str) -> str | None:
    if (found := _PARTED.fullmatch(text)) is not None:
        above, below = _whole(found["above"]), _whole(found["below"])
        return f"{above}/{below}" if above is not None and below else None
    found = _LAST_WORD.fullmatch(text)
    if found is None:
        return None
    for language in _LANGUAGES:
        if (below := _part(found["below"].lower(), language)) is None:
            continue
        above = _above(found["above"], found["below"])
        return None if above is None else f"{above}/{below}"
    return None


def _above(words: str | None, below: str) -> int | None:
    """The number of parts; a part alone is one in Arabic, and two where it ends so."""
    if words is None:
        return (2 if below in _DUALS else 1) if _ARABIC.match(below) else None
    return _whole(words)


def _part(word: str, language: _Ordinals) -> int | None:
    if (known := language.names.get(word)) is not None:
        return known
    ending = language.ending
    if ending is None or (found := re.fullmatch(rf"(?P<stem>.+?)(?:{ending.pattern})", word)) is None:
        return None
    values = (_whole(found["stem"] + cut) for cut in language.cut)
    return next((value for value in values if value is not None and value > 1), None)


def _whole(words: str) -> int | None:
    """The number that a text is, all of it; beside a part a short word is one too."""
    found = numeral(f"{words} {_BEHIND}")
    return found[0] if found is not None and found[1] == _BEHIND else None


_BEHIND = "#"
"""What stands behind a numeral that is not alone."""
