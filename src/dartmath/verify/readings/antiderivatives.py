"""Antiderivatives, which are meant up to a constant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from dartmath.base.regex import regex
from dartmath.verify.compare.relations import assigned
from dartmath.verify.numeric.agreement import Apart, Pair
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.readings.reading import Sides
from dartmath.verify.tree.expression import Apply, Expression, Symbol, number, symbols

_CONSTANT = regex(r"(?:[Cc]|K|k)(?:_\d)?|const")
_INTEGRATES = regex(
    r"\\int(?![a-z_]|\s*_|\s*\\limits)|∫(?!\s*_|[₀-₉])"
    r"|\bindefinite integral|\bantiderivative|\bprimitive of|\bintegrate\b",
    re.IGNORECASE,
)


def antiderivatives(sides: Sides) -> Iterator[Decision]:
    """`\\frac12 \\sin^2 x + C` and `-\\frac12 \\cos^2 x + C`, which differ by a constant.

    Both have a constant of that name. If the query asks for an antiderivative, names are free, and the
    reference may have no constant; if it has one, the answer must have one too.
    """
    ours, theirs = (assigned(side) or side for side in (sides.ours, sides.theirs))
    one, two = _without_constant(ours), _without_constant(theirs)
    if one is not None and two is None:
        return
    if not (one and two and one[1].lower() == two[1].lower()) and not _asks_for_integral(sides.query):
        return
    left, right = one[0] if one else ours, two[0] if two else theirs
    names = symbols(left) | symbols(right)
    if names and Pair(left, right, names).over_the_reals(Apart()).holds:
        yield Decision(True, "antiderivative", "the same but for a constant")


@lru_cache(maxsize=64)
def _asks_for_integral(query: str) -> bool:
    return _INTEGRATES.search(query) is not None


def _without_constant(node: Expression) -> tuple[Expression, str] | None:
    """A sum without its constant of integration, and the name of that; None for any other tree."""
    if not isinstance(node, Apply) or node.name != "add":
        return None
    constants = [part for part in node.args if isinstance(part, Symbol) and _CONSTANT.fullmatch(part.name)]
    rest = tuple(part for part in node.args if part not in constants)
    if len(constants) != 1 or any(constants[0].name in symbols(part) for part in rest):
        return None
    return Apply("add", (number(0), *rest)), constants[0].name
