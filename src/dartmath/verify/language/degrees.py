"""Words that compare things, or say which is the most: `more`, `older`, `highest`."""

from __future__ import annotations

from collections.abc import Iterable

from dartmath.base.regex import regex
from dartmath.verify.language.names import listed
from dartmath.verify.language.stems import stem
from dartmath.verify.language.units import is_unit_word

_COMPARATIVES = frozenset(map(stem, listed("more less fewer most least fewest")))
_FORM = regex(r"[a-z]{2,}(?:er|est)")
_NONE = frozenset(
    map(
        stem,
        listed(
            "other another over under after never ever whether either rather together number member water "
            "winter summer river paper player writer singer teacher her order letter power later latest "
            "rest test west per quarter father mother brother sister computer center corner former "
            "september october november december"
        ),
    )
)
"""Words that only look so."""


def degree(word: str) -> str:
    """The stem of a word in small letters that compares; "" for any other.

    >>> [degree(word) for word in ("older", "most", "river", "tall")]
    ['older', 'most', '', '']
    """
    found = stem(word)
    looks_so = found in _COMPARATIVES or _FORM.fullmatch(word) is not None
    return found if looks_so and found not in _NONE and not is_unit_word(word) else ""


def degrees(words: Iterable[str]) -> set[str]:
    """The stems of those words that compare."""
    return {found for word in words if (found := degree(word))}
