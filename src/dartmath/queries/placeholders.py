"""Problems with names in place of their numbers, as sets for equation templates hold them."""

from __future__ import annotations

import re

# `number0`, `num_1`, `<num>`, `[NUM1]`, `temp_a`: what public sets of word problems write. Not `N_0`, which
# physics has.
_PLACEHOLDER = re.compile(r"\bnum(?:ber)?_?\d+\b|[<\[]num(?:ber)?_?\d*[>\]]|\btemp_[a-z]\b", re.IGNORECASE)


def placeholder_of(text: str) -> str:
    """The first placeholder of a problem; empty where it holds its numbers.

    >>> placeholder_of("Ann has number0 apples and eats number1 of them.")
    'number0'
    """
    found = _PLACEHOLDER.search(text)
    return found[0] if found else ""
