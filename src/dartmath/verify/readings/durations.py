"""How long something takes, in several units written together: `2h32m`, `5hr34m56s`, `4:13:02`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from dartmath.base.regex import regex
from dartmath.verify.compare.measures import measure
from dartmath.verify.parsing.parser import parse
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Expression, Number, Quantity

_VALUE = r"(\d{1,9}(?:\.\d{1,9})?)"
_PARTS = (
    (604_800, r"w(?:eeks?|ks?)?"),
    (86_400, r"d(?:ays?)?"),
    (3_600, r"h(?:ours?|rs?)?"),
    (60, r"m(?:in(?:ute)?s?)?"),
    (1, r"s(?:ec(?:ond)?s?)?"),
)
"""Seconds of a unit, and how it is written."""

_SEPARATED = r"(?:\s*,?\s*(?:and\s+)?)"
_TOGETHER = regex(
    r"(?P<sign>[-+]?)\s*" + _SEPARATED.join(rf"(?:{_VALUE}\s*{name})?" for _, name in _PARTS), re.IGNORECASE
)
_CLOCK = regex(
    rf"(?:{_VALUE}\s*{_PARTS[1][1]}\s*,?\s*)?(\d{{1,4}}):([0-5]\d):([0-5]\d(?:\.\d{{1,9}})?)", re.IGNORECASE
)
LEAST_PARTS = 2
"""Units that make a duration: one alone is any quantity, and `5 m` is five metres."""


_LAST_LETTERS = "wdhmsWDHMS"
"""How such a duration ends."""


def may_be_duration(sides: Sides) -> bool:
    """Whether a side ends like a duration that is written together."""
    one, two = sides.reference, sides.answer
    return one[-1:] in _LAST_LETTERS or two[-1:] in _LAST_LETTERS or ":" in one or ":" in two


def durations(sides: Sides) -> Iterator[Pair]:
    """Both sides in seconds, where one is a duration and the other is one too or an amount of time."""
    ours, theirs = _seconds(sides.reference), _seconds(sides.answer)
    if ours is None and theirs is None:
        return
    left = ours if ours is not None else parse(sides.reference, units=True)
    right = theirs if theirs is not None else parse(sides.answer, units=True)
    if _is_time(left) and _is_time(right):
        yield left, right


def _seconds(text: str) -> Quantity | None:
    """The duration that a whole text is; None for any other text."""
    plain = text.strip(" .$")
    if (clock := _CLOCK.fullmatch(plain)) is not None:
        days, *parts = clock.groups()
        total = Fraction(days or 0) * 86_400 + sum(
            Fraction(part) * size for part, size in zip(parts, (3_600, 60, 1), strict=True)
        )
        return Quantity(Number(total), "s")
    found = _TOGETHER.fullmatch(plain)
    if found is None:
        return None
    values = [(value, size) for value, (size, _) in zip(found.groups()[1:], _PARTS, strict=True) if value]
    if len(values) < LEAST_PARTS:
        return None
    total = sum((Fraction(value) * size for value, size in values), Fraction(0))
    return Quantity(Number(-total if found["sign"] == "-" else total), "s")


def _is_time(node: Expression) -> bool:
    return isinstance(node, Quantity) and measure(node).unit.dimensions == (("time", 1),)
