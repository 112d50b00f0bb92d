"""Units of measure and money: what words and signs mean, and conversion by exact factors.

Factors are from the SI brochure (9th edition) and NIST Handbook 44, appendix C (exact definitions).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from dartmath.verify.language.money import CURRENCIES


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of base dimensions with a factor to the base units; `known` False for mere nouns."""

    dimensions: tuple[tuple[str, int], ...]
    factor: Fraction
    known: bool = True


def _money() -> list[tuple[str, int, str, str]]:
    """The rows of all currencies and their hundredths."""
    whole = [(one.code, 1, "1", " ".join((one.sign, *one.names, one.code))) for one in CURRENCIES]
    parts = [(one.code, 1, "1/100", " ".join(one.hundredths)) for one in CURRENCIES if one.hundredths]
    return whole + parts


def _table() -> dict[str, tuple[str, int, Fraction]]:
    """Spelling -> (dimension, power of it, factor)."""
    rows = [
        ("length", 1, "1", "m meter metre"),
        ("length", 1, "1/1000", "mm millimeter millimetre"),
        ("length", 1, "1/100", "cm centimeter centimetre"),
        ("length", 1, "1/10", "dm decimeter decimetre"),
        ("length", 1, "1000", "km kilometer kilometre"),
        ("length", 1, "1/1000000", "um micrometer micrometre"),
        ("length", 1, "1/1000000000", "nm nanometer nanometre"),
        ("length", 1, "0.0254", "in inch inches"),
        ("length", 1, "0.3048", "ft foot feet"),
        ("length", 1, "0.9144", "yd yard"),
        ("length", 1, "1609.344", "mi mile"),
        ("mass", 1, "1", "g gram gramme"),
        ("mass", 1, "1/1000", "mg milligram"),
        ("mass", 1, "1/1000000", "ug microgram"),
        ("mass", 1, "1/1000000000", "ng nanogram"),
        ("mass", 1, "1000", "kg kilogram"),
        ("mass", 1, "1000000", "t tonne ton tons"),
        ("mass", 1, "453.59237", "lb lbs pound"),
        ("mass", 1, "28.349523125", "oz ounce"),
        ("time", 1, "1", "s sec second secs"),
        ("time", 1, "1/1000", "ms millisecond"),
        ("time", 1, "1/1000000", "us microsecond"),
        ("time", 1, "1/1000000000", "ns nanosecond"),
        ("time", 1, "60", "min minute mins"),
        ("time", 1, "3600", "h hr hour hrs"),
        ("time", 1, "86400", "d day"),
        ("time", 1, "604800", "week wk"),
        ("month", 1, "1", "month"),
        ("month", 1, "12", "year yr yrs"),
        ("month", 1, "120", "decade"),
        ("month", 1, "1200", "century centuries"),
        ("length", 3, "1/1000", "l L liter litre"),
        ("length", 3, "1/1000000", "ml mL milliliter millilitre cc"),
        ("length", 3, "1/100000", "cl centiliter centilitre"),
        ("length", 3, "0.003785411784", "gal gallon"),
        ("length", 3, "0.000946352946", "qt quart"),
        ("length", 3, "0.000473176473", "pt pint"),
        ("length", 2, "10000", "ha hectare"),
        ("length", 2, "4046.8564224", "acre"),
        ("angle", 1, "1", "degree deg degrees °"),
        ("angle", 1, "1/60", "arcminute"),
        ("angle", 1, "1/3600", "arcsecond"),
        ("radian", 1, "1", "rad radian"),
        ("percent", 1, "1", "percent % pct"),
        *_money(),
        ("current", 1, "1", "A amp ampere"),
        ("force", 1, "1", "N newton"),
        ("energy", 1, "1", "J joule"),
        ("energy", 1, "1000", "kJ kilojoule"),
        ("power", 1, "1", "W watt"),
        ("power", 1, "1000", "kW kilowatt"),
        ("voltage", 1, "1", "V volt"),
        ("pressure", 1, "1", "Pa pascal"),
        ("frequency", 1, "1", "Hz hertz"),
        ("resistance", 1, "1", "ohm"),
        ("kelvin", 1, "1", "K kelvin"),
        ("celsius", 1, "1", "C celsius"),
        ("fahrenheit", 1, "1", "F fahrenheit"),
        ("amount", 1, "1", "mol mole"),
        ("speed", 1, "1", "knot kn"),
    ]
    table: dict[str, tuple[str, int, Fraction]] = {}
    for dimension, power, factor, names in rows:
        for name in names.split():
            table[name] = (dimension, power, Fraction(factor))
            if len(name) > 2 and not name.endswith("s"):
                table.setdefault(name + "s", table[name])
    return table


_UNITS = _table()
MAX_PHRASE = 200
_NOUNS = frozenset(["unit", "units"])
_SPEEDS = {"mph": "mile/hour", "kph": "km/hour", "kmph": "km/hour"}
_SPEED = re.compile(r"\b(?:mph|kph|kmph)\b")
_TEMPERATURE = re.compile(r"\b(?:degrees?|deg)\s+(?=(?:celsius|fahrenheit|kelvin|[CFK])\b)", re.IGNORECASE)
_SIGNS = "".join(re.escape(word) for row in _money() for word in row[3].split() if not word.isalnum())
"""Signs of money that may stand in a unit: those of whole currencies and of their hundredths."""

_METRE_SECOND = re.compile(r"\bms(?=\s*\^\s*\{?\s*-)")
"""`ms^{-1}`, metres per second written without a space; a millisecond has no negative power."""

_WORD = re.compile(rf"[A-Za-z{_SIGNS}%°]+|\^?\s*\{{?\s*-?\s*\d+\s*\}}?|[/*·]")
_POWER_WORDS = {"square": 2, "sq": 2, "squared": 2, "cubic": 3, "cu": 3, "cubed": 3}


def is_unit_word(word: str) -> bool:
    """Whether a bare word (two letters or more) names a unit."""
    return len(word) > 1 and (
        word in _UNITS or word.lower() in _UNITS or word in _POWER_WORDS or word in _NOUNS or word in _SPEEDS
    )


@lru_cache(maxsize=1024)
def parse_unit(text: str) -> Unit:
    """The unit that a phrase names: "km/h", "square feet", "cm^2", "miles per hour", "ways".

    A phrase with a word that is no unit is a noun: it counts things and is not converted.
    """
    if len(text) > MAX_PHRASE:
        return Unit((), Fraction(1), known=False)
    dimensions: dict[str, int] = {}
    factor = Fraction(1)
    sign, pending = 1, 1
    last: tuple[str, int, Fraction] | None = None
    text = _METRE_SECOND.sub("m s", _SPEED.sub(lambda name: _SPEEDS[name[0]], _TEMPERATURE.sub("", text)))
    for word in _WORD.findall(text):
        if word in ("/", "per"):
            sign = -1
        elif word in "*·" or word in _NOUNS or word == "of":
            continue
        elif word in _POWER_WORDS and not word.endswith("ed"):
            pending = _POWER_WORDS[word]
        elif word in ("squared", "cubed") or word.lstrip("^ {")[0] in "-0123456789":
            extra = (_POWER_WORDS.get(word) or int(word.strip("^ {}").replace(" ", ""))) - 1
            if last is None or abs(extra) > 8:
                return Unit((), Fraction(1), known=False)
            factor *= _apply(dimensions, last, sign * extra)
        else:
            last = _UNITS.get(word) or _UNITS.get(word.lower())
            if last is None:
                return Unit((), Fraction(1), known=False)
            factor *= _apply(dimensions, last, sign * pending)
            pending = 1
    left = tuple(sorted((name, power) for name, power in dimensions.items() if power))
    return Unit(left, factor, known=bool(left))


def _apply(dimensions: dict[str, int], unit: tuple[str, int, Fraction], power: int) -> Fraction:
    name, exponent, factor = unit
    dimensions[name] = dimensions.get(name, 0) + exponent * power
    return factor**power
