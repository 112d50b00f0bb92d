"""Quantities whose unit is a letter, where the query or the other side shows that no variable is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.compare.physics import is_physical
from dartmath.verify.language.latex import OPEN_TEXT
from dartmath.verify.language.units import parse_unit
from dartmath.verify.parsing.parser import parse
from dartmath.verify.parsing.quantities import unit_letters
from dartmath.verify.readings.reading import Pair, Sides, may_hold_unit
from dartmath.verify.tree.expression import Apply, Expression, Group, Quantity, Relation, symbols

_APART = r"(?:\s|~|\\[,;: ]|\$|\\times|\\cdot|\*|\})"
_SET_APART = regex(rf"\d{_APART}+[a-zA-Z\\(]|{OPEN_TEXT}")
"""A number and letters with something between them, or letters in upright type: the way of units."""

_GLUED = frozenset("gJKW")
"""Letters that are units right behind a number too, where there is no query to tell them from variables."""

_OF_LIGHT = "c"
_BEFORE_UNIT = ("}", "/", " in", "per", "N-", "°", "circ")
_RATE = regex(r"/[smhK](?![A-Za-z])")
_UPRIGHT = regex(rf"{OPEN_TEXT}[^{{}}]{{0,60}}\}}")


def quantities(sides: Sides) -> Iterator[Pair]:
    """`264 g` and `3857 \\mathrm{J}` with units; for algebra such as `3x` and `5m` nothing."""
    if not (sides.query and _is_algebra(sides)):
        yield from _measured(sides)


def _is_algebra(sides: Sides) -> bool:
    """Whether all that could be units are variables, of the query too: neither side is read again then.

    In `m = 3m` it says so of an m that the reading below would take for a variable and a unit at once.
    """
    for text, plain in ((sides.reference, sides.ours), (sides.answer, sides.theirs)):
        words = None if _UPRIGHT.search(text) else unit_letters(text)
        if words is None or not symbols(plain).issuperset(words):
            return False
        if not all(len(word) == 1 and is_variable(word, sides.query) for word in words):
            return False
    # For a number a variable would be wrong, and where physics is spoken of, a letter is a unit then.
    return bool(symbols(sides.ours)) or not is_physical(sides.query)


def _measured(sides: Sides) -> Iterator[Pair]:
    ours, theirs = sides.ours, sides.theirs
    one, two = _with_unit(sides.reference, ours), _with_unit(sides.answer, theirs)
    if one == ours and two == theirs:
        return
    if not (_is_closed(one) and _is_closed(two)):
        return
    units = [unit for side in (one, two) for unit in _units(side)]
    both = bool(_units(one)) and bool(_units(two))
    if not both and _OF_LIGHT in units:
        return  # 0.9 is no speed: what it is a share of belongs to the answer
    clear = any(len(word) > 1 for unit in units for word in unit.split() if word.isalpha())
    same = len({parse_unit(unit).dimensions for unit in units}) == 1
    if both and (clear or same or _OF_LIGHT in units):
        yield one, two
        return
    if (
        ours == one
        and not symbols(ours)
        and _is_apart(sides.answer, theirs, two)
        and is_physical(sides.query)
    ):
        yield one, two  # a variable would be wrong for a number
        return
    letters = (symbols(ours) - symbols(one)) | (symbols(theirs) - symbols(two))
    if sides.query:
        if not any(is_variable(letter, sides.query) for letter in letters):
            yield one, two
    elif letters <= _GLUED or (
        _is_apart(sides.reference, ours, one) and _is_apart(sides.answer, theirs, two)
    ):
        yield one, two


def _with_unit(text: str, plain: Expression) -> Expression:
    """The tree of a text whose letters may be a unit; where none can be, that of its plain reading."""
    return parse(text, units=True) if may_hold_unit(text, plain) else plain


def _is_apart(text: str, plain: Expression, read: Expression) -> bool:
    return plain == read or _SET_APART.search(text) is not None


def is_variable(letter: str, query: str) -> bool:
    """Whether a letter of a query is a variable: by itself, and neither behind a number nor in a unit.

    >>> is_variable("m", "A body of mass $m$ falls.")
    True
    >>> is_variable("m", "It falls 5 m, then at 3 m/s. How far, in m?")
    False
    """
    if len(letter) > 1 or not letter.isalpha():
        return False
    query = _UPRIGHT.sub(" ", query)
    for found in re.finditer(rf"(?<![A-Za-z\\]){letter}(?![A-Za-z])", query):
        before, behind = query[: found.start()].rstrip(" ~$\\,;"), query[found.end() :]
        is_article = letter == "A" and behind[:1] == " " and behind[1:2].isalpha()
        in_unit = before.rstrip("-")[-1:].isdigit() or before.endswith(_BEFORE_UNIT) or _RATE.match(behind)
        if not (is_article or in_unit):
            return True
    return False


def _units(node: Expression) -> list[str]:
    """The known units in an answer: of itself, of its items, of what it says of a name."""
    match node:
        case Quantity(unit=unit):
            return [unit] if parse_unit(unit).known else []
        case Group(items=parts) | Relation(sides=parts):
            return [unit for part in parts for unit in _units(part)]
        case Apply(name="neg", args=(inner,)):
            return _units(inner)
    return []


def _is_closed(node: Expression) -> bool:
    """Whether no quantity has a variable in its value: `2 x m` is a product."""
    match node:
        case Quantity(value=value):
            return not symbols(value)
        case Group(items=parts) | Relation(sides=parts):
            return all(_is_closed(part) for part in parts)
    return True
