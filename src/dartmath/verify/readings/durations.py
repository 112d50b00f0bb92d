"""How long something takes, in several units: `2h32m`, `5 min + 4 s`, `4:13:02`, `PT1H30M`."""

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
    (Fraction(31_557_600), r"y(?:ears?|rs?)?"),
    (Fraction(2_629_800), r"mo(?:nth|n)?s?"),
    (Fraction(604_800), r"w(?:eeks?|ks?)?"),
    (Fraction(86_400), r"d(?:ays?)?"),
    (Fraction(3_600), r"h(?:ours?|rs?)?"),
    (Fraction(60), r"m(?:in(?:ute)?s?)?"),
    (Fraction(1), r"s(?:ec(?:ond)?s?)?"),
    (Fraction(1, 1_000), r"(?:ms(?:ecs?)?|milliseconds?)"),
    (Fraction(1, 1_000_000), r"(?:[uµμ]s(?:ecs?)?|microseconds?)"),
)
"""Seconds of a unit, and how it is written. A year has 365.25 days, as it has beside days and seconds."""

_DAYS, _CALENDAR = 3, slice(0, 2)
_SEPARATED = r"(?:\s*[,;]?\s*(?:(?:and|plus|with)\b[\s,]*|\+\s*)?)"
_TOGETHER = regex(
    r"(?P<sign>[-+]?)\s*" + _SEPARATED.join(rf"(?:{_VALUE}\s*{name})?" for _, name in _PARTS), re.IGNORECASE
)
_CLOCK = regex(
    rf"(?:{_VALUE}\s*{_PARTS[_DAYS][1]}\s*,?\s*)?(\d{{1,4}}):([0-5]\d):([0-5]\d(?:\.\d{{1,9}})?)",
    re.IGNORECASE,
)
_ISO = regex(r"P(?:(\d+)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?")
"""`PT1H30M`, a duration in days, hours, minutes and seconds by ISO 8601."""

_DRESSED = regex(r"\\(?:text|mathrm|mbox)\s*\{([^{}]*)\}")

_SEVERAL_PARTS = regex(r"\d[^\d]*?[A-Za-z][^\d]*\d")
"""Two numbers and letters between them, which every duration has but those of a clock and of the standard."""

LEAST_PARTS = 2
"""Units that make a duration: one alone is any quantity, and `5 m` is five metres."""


_LAST_LETTERS = "wdhmsyonrckWDHMSY}"
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
    if ":" not in text and "P" not in text and not _SEVERAL_PARTS.search(text):
        return None
    plain = _DRESSED.sub(r" \1 ", text).strip(" .$")
    if (clock := _CLOCK.fullmatch(plain)) is not None:
        days, *parts = clock.groups()
        total = Fraction(days or 0) * 86_400 + sum(
            Fraction(part) * size for part, size in zip(parts, (3_600, 60, 1), strict=True)
        )
        return Quantity(Number(total), "s")
    if (iso := _ISO.fullmatch(plain)) is not None and any(iso.groups()):
        sizes = (86_400, 3_600, 60, 1)
        total = sum(
            (Fraction(part or 0) * size for part, size in zip(iso.groups(), sizes, strict=True)), Fraction(0)
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
    return isinstance(node, Quantity) and measure(node).unit.dimensions in _TIMES


_TIMES = ((("time", 1),), (("month", 1),))
"""Months are no seconds exactly, and are compared as `compare/conversion.py` has it."""
