"""Products and quotients of quantities in running text: `0.2 mol / 0.05 L`, `9.1 × 10^-28 g × 6 × 10^23`."""

from __future__ import annotations

from dartmath.base.regex import regex
from dartmath.verify.language.unit_names import english_unit
from dartmath.verify.language.units import parse_unit

_POWER_OF_TEN = regex(r"(?:[x×*·]|\\times|\\cdot)\s*10\s*\^\s*\{?[-−]?\d+\}?")
_UPRIGHT = regex(r"\\(?:text|mathrm|mbox|rm)\s*\{([^{}]*)\}")
_DRESSING = regex(r"\\(?:text|mathrm|mbox|rm)\s*\{?|[{}~$]|\\[,;:! ]")
_QUANTITY = regex(r"\d[\d,.]*\s*(?P<unit>[A-Za-z°µμΩ%][A-Za-z°µμΩ%/^\d-]*)?")
_SIGNS = regex(
    r"[\s()\[\]{}/*×·^−-]|\\(?:[dt]?frac|times|cdot|left|right|[,;:! ])|(?<=\s)x(?=\s)|\^\{?-?\d+\}?"
)
"""What stands between the quantities of a product or a quotient."""


def is_unit(text: str) -> bool:
    """Whether a text with the commands of LaTeX in it is a unit, in any language."""
    return parse_unit(_DRESSING.sub(" ", text)).known or (
        not text.isascii() and english_unit(text) is not None
    )


def is_product(side: str) -> bool:
    """Whether a side of an equation multiplies or divides numbers, and all letters in it are units.

    >>> is_product("0.2 mol / 0.05 L"), is_product("2x"), is_product("5")
    (True, False, False)
    """
    plain = _POWER_OF_TEN.sub(" ", _UPRIGHT.sub(r" \1 ", side).replace("~", " "))
    found = list(_QUANTITY.finditer(plain))
    units = [quantity["unit"] for quantity in found if quantity["unit"]]
    return len(found) > 1 and not _SIGNS.sub("", _QUANTITY.sub(" ", plain)) and all(map(is_unit, units))
