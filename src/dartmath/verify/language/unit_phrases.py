"""Whether words of any language name a unit, with what it measures or without."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.language.unit_names import english_unit
from dartmath.verify.language.units import parse_unit

OF_NOUN = regex(r"\s+(?:de|d['’]|du|di|von|من)\s*[^\W\d_]{2,30}\.?\Z", re.IGNORECASE)
"""What a unit measures: `libras de carne`."""


def is_unit(words: str) -> bool:
    """Whether words name a unit, in English or not, with what it measures or without."""
    words = OF_NOUN.sub("", words)
    if english_unit(words) is not None:
        return True
    unit = parse_unit(words)
    return unit.known and not unit.noun
