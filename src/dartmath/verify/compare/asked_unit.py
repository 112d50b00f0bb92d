"""The unit that a query asks for: "Find the work in kJ." gives a bare number its unit."""

from __future__ import annotations

from functools import lru_cache

from dartmath.base.regex import regex
from dartmath.verify.language.dimensions import Unit
from dartmath.verify.language.latex import OPEN_TEXT
from dartmath.verify.language.units import parse_unit

_UPRIGHT = regex(rf"{OPEN_TEXT}([^{{}}]{{0,60}})\}}")
_ASKED = regex(
    r"\b(?:in|units? of)\s[\s$~]{0,5}"
    r"(?P<unit>[A-Za-z]{1,20}(?:(?:[\s/*~·]|\\cdot|\\,){1,3}[A-Za-z]{1,20}|\s?\^\s?[-{}0-9]{1,5}){0,5})"
)
_SIGNS = regex(r"\\cdot|\\,|[~$]")


def asked_unit(query: str, other: Unit) -> Unit | None:
    """The unit of the dimension of `other` that a query asks for; None where it asks for none, or two."""
    found = {unit for unit in _asked(query) if unit.dimensions == other.dimensions}
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=64)
def _asked(query: str) -> tuple[Unit, ...]:
    texts = (found["unit"] for found in _ASKED.finditer(_UPRIGHT.sub(r" \1 ", query)))
    units = (parse_unit(_SIGNS.sub(" ", text)) for text in texts)
    return tuple(unit for unit in units if unit.known)
