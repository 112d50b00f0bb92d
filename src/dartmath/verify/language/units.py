"""What phrases of units mean: "km/h", "square feet", "kJ mol^{-1}", "pounds per square inch", "g of water".

phrase  :=  factor ([* / per] factor)*          everything behind "/" or "per" divides
factor  :=  [square | cubic] (unit | "(" phrase ")") [power | squared | cubed]
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from dartmath.base.regex import regex
from dartmath.verify.language.dimensions import MAX_POWER, NOUN, Unit, unit_of
from dartmath.verify.language.money import CURRENCIES
from dartmath.verify.language.names import MAX_PRODUCT, listed

MAX_PHRASE = 200
"""A longer phrase is a noun."""

_NOUNS = frozenset(["unit", "units"])
_IDLE = frozenset(["*", "·", "-", "{", "}", ".", *_NOUNS])
_PER = frozenset(["/", "per", "a", "an", "each", "every"])
_BEFORE = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}
_AFTER = {"squared": 2, "cubed": 3}
_EVERYDAY = frozenset(
    listed(
        "mm cm dm km um nm in ft yd mi mg kg ug ng lb oz ms us ns hr yr wk ml mL cl cc pt qt ha kn kJ kW Pa "
        "Hz rs kt °C °F"
    )
)
"""Symbols of two letters that are units wherever they stand behind a value; `cd` may be a product."""

_IMPERIAL = r"\b(?:imperial|imp\.?|UK)[\s-]+"
"""In front of a measure of capacity; without it those of the United States are meant."""

_FEET, _POUNDS = r"(?:ft|foot|feet)", r"(?:lb[sf]?|pounds?)"
_SEVERAL_WORDS: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...] = (
    (("celcius",), regex(r"\bcelcius\b", re.IGNORECASE), "celsius"),
    (("eit",), regex(r"\bfar?h?r?enh?eit\b", re.IGNORECASE), "fahrenheit"),
    (
        ("deg", "°"),
        regex(
            r"(?:\b(?:degrees?|deg)\.?\s+|°\s*)(?=(?:celsius|centigrade|fahrenheit|kelvin|K)\b)",
            re.IGNORECASE,
        ),
        "",
    ),
    (("deg", "°"), regex(r"(?:\b(?:degrees?|deg)\.?\s+C|°\s?c)\b", re.IGNORECASE), "celsius"),
    (("deg", "°"), regex(r"(?:\b(?:degrees?|deg)\.?\s+F|°\s?f)\b", re.IGNORECASE), "fahrenheit"),
    (("lb", "pound"), regex(r"\b(?:lbs?|pounds?)[\s_-]*\{?(?:force|f)\}?(?![a-z])", re.IGNORECASE), "lbf"),
    (("lb", "pound"), regex(r"\b(?:lbs?|pounds?)[\s_-]*\{?(?:mass|m)\}?(?![a-z])", re.IGNORECASE), "lb"),
    (
        ("kg", "kilogram"),
        regex(r"\b(?:kg|kilograms?)[\s_-]*\{?(?:force|f)\}?(?![a-z])", re.IGNORECASE),
        "kgf",
    ),
    (("arc",), regex(r"\bminutes?\s+of\s+arc\b", re.IGNORECASE), "arcmin"),
    (("arc",), regex(r"\bseconds?\s+of\s+arc\b", re.IGNORECASE), "arcsec"),
    (("dollar",), regex(r"\bu\.?s\.?\s+dollars?\b", re.IGNORECASE), "usd"),
    (("sterling",), regex(r"\bpounds?\s+sterling\b", re.IGNORECASE), "gbp"),
    (("fl",), regex(r"\b(?:fl\.?|fluid)[\s-]*(?:oz\.?|ounces?)", re.IGNORECASE), "floz"),
    (("nautical",), regex(r"\bnautical[\s-]+miles?", re.IGNORECASE), "nmi"),
    (("light",), regex(r"\blight[\s-]+years?", re.IGNORECASE), "ly"),
    (("astronomical",), regex(r"\bastronomical[\s-]+units?", re.IGNORECASE), "AU"),
    (("atomic",), regex(r"\batomic[\s-]+mass[\s-]+units?", re.IGNORECASE), "u"),
    (("imp", "uk"), regex(rf"{_IMPERIAL}gal(?:lons?)?\b", re.IGNORECASE), "impgal"),
    (("imp", "uk"), regex(rf"{_IMPERIAL}(?:qt|quarts?)\b", re.IGNORECASE), "impqt"),
    (("imp", "uk"), regex(rf"{_IMPERIAL}(?:pt|pints?)\b", re.IGNORECASE), "imppt"),
    (
        ("imp", "uk"),
        regex(rf"{_IMPERIAL}(?:fl\.?|fluid)[\s-]*(?:oz\.?|ounces?)", re.IGNORECASE),
        "impfloz",
    ),
    (("short",), regex(r"\bshort[\s-]+tons?\b", re.IGNORECASE), "shortton"),
    (("long",), regex(r"\blong[\s-]+tons?\b", re.IGNORECASE), "longton"),
    (("troy",), regex(r"\btroy[\s-]+(?:oz\.?|ounces?)", re.IGNORECASE), "ozt"),
    (("metric",), regex(r"\bmetric[\s-]+tons?\b", re.IGNORECASE), "tonne"),
    (("hg", "mercury"), regex(r"\bm\s*m\s*(?:of\s+)?(?:Hg|mercury)\b"), "mmHg"),
    (("mercury",), regex(r"\b(?:milli)?met(?:er|re)s? of mercury\b", re.IGNORECASE), "mmHg"),
    (("hg", "mercury"), regex(r"\bcm\s*(?:of\s+)?(?:Hg|mercury)\b"), "cmHg"),
    (("hg", "mercury"), regex(r"\bin(?:ch(?:es)?)?\.?\s*(?:of\s+)?(?:Hg|mercury)\b"), "inHg"),
    (("lb", "pound"), regex(rf"\b(?:{_FEET}[\s.·*-]*{_POUNDS}|{_POUNDS}[\s.·*-]*{_FEET})\b"), "ft-lb"),
    (("electron",), regex(r"\belectron[\s-]+volts?", re.IGNORECASE), "eV"),
    (("ms",), regex(r"\bms(?=\s*\^\s*\{?\s*-)"), "m s"),
    (("sq.", "cu."), regex(r"\b(sq|cu)\."), r"\1"),
    (("^",), regex(r"\^\s*\(\s*(-?)\s*(\d+)\s*\)"), r"^\1\2"),
    (("cdot", "times"), regex(r"\\(?:cdot|times)(?![a-zA-Z])"), " * "),
    (("µ", "μ"), regex(r"[µμ](?=[A-Za-z])"), "u"),
    (
        ("solar", "odot", "sun", "⊙"),
        regex(r"\bsolar[\s-]+mass(?:es)?\b|\bM_?\{?\s*(?:\\odot|sun|⊙)\s*\}?(?![a-z])", re.IGNORECASE),
        "Msun",
    ),
    (("ms", "gs", "ls", "cs", "zs"), regex(r"\b(km|cm|mm|kg|mg|ml|cc|oz)s\b"), r"\1"),
)
"""Texts one of which, in small letters, every such name contains, and what it becomes:
names of several words, common misspellings, powers in brackets, symbols in the plural; and `ms^{-1}`,
metres per second: no millisecond has a negative power."""

_SIGN_OF_SEVERAL = regex(
    "|".join(sorted({re.escape(sign) for signs, _, _ in _SEVERAL_WORDS for sign in signs}))
)
_SIGNS = "".join(
    re.escape(sign) for one in CURRENCIES for sign in (one.sign, *one.hundredths) if not sign.isalnum()
)
_TOKEN = regex(
    rf"ft-lb|\^?\s*\{{?\s*[-+]?\s*\d+(?!\d*\.\d)\s*\}}?|[A-Za-zÅö]+(?:_\{{?\w+\}}?)?|[{_SIGNS}%°][CFR]?|[/*·()-]"
)
_SUBSTANCE = regex(r"(?:[A-Z][a-z]?[_{}\d()]*){1,12}")


def is_unit_word(word: str) -> bool:
    """Whether a bare word (two letters or more) names a unit wherever it stands behind a value."""
    if len(word) <= 1:
        return False
    if word in _BEFORE or word in _AFTER or word in _NOUNS or word in _EVERYDAY:
        return True
    return len(word) > MAX_PRODUCT and unit_of(word) is not None


@lru_cache(maxsize=1024)
def is_unit_letters(word: str) -> bool:
    """Whether letters behind a number can be a unit at all: `J`, `hp`, `kPa`, `Nm`, not `x` or `ab`."""
    return word in _BEFORE or word in _AFTER or _symbols(word) != (word,) or unit_of(word) is not None


@lru_cache(maxsize=1024)
def parse_unit(text: str) -> Unit:
    """The unit that a phrase names, with what it measures as its noun.

    A phrase that begins with no unit is a noun: it counts things and is not converted.
    """
    if len(text) > MAX_PHRASE:
        return NOUN
    phrase = _Phrase([part for word in _TOKEN.findall(_in_one_word(text)) for part in _symbols(word)])
    unit = phrase.unit()
    noun = phrase.rest()
    if unit is None or not (unit.dimensions or unit.pi) or (noun and not phrase.is_noun()):
        return NOUN
    return replace(unit, noun=noun)


def _in_one_word(text: str) -> str:
    """A phrase with names of several words in one; most phrases have none, and none of the signs of one."""
    low = text.lower()
    if _SIGN_OF_SEVERAL.search(low):
        for signs, pattern, name in _SEVERAL_WORDS:
            if any(map(low.__contains__, signs)):
                text = pattern.sub(name, text)
                low = text.lower()
    return text


class _Phrase:
    """A cursor over the words of a phrase."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.at = 0

    def rest(self) -> str:
        """The words behind the unit."""
        return " ".join(word for word in self.words[self.at :] if word not in _IDLE)

    def is_noun(self) -> bool:
        """Whether the words behind a unit only say what it measures."""
        return all(word.isalpha() or _SUBSTANCE.fullmatch(word) for word in self.words[self.at :])

    def unit(self, closing: str = "") -> Unit | None:
        """The product of factors up to a closing bracket or a word that is none; None of no factor."""
        found, sign = None, 1
        while self.at < len(self.words):
            word = self.words[self.at]
            if word == closing and closing:
                break
            if word in _PER and (found is not None or word in ("/", "per")):
                sign = -1
                self.at += 1
                found = found or Unit()
                continue
            if word in _IDLE:
                self.at += 1
                continue
            factor = self._factor()
            if factor is None or factor.highest > MAX_POWER:
                break
            found = (found or Unit()) * factor**sign
        if found is not None and found.highest > MAX_POWER:
            return None
        return self._alone(found)

    def _alone(self, found: Unit | None) -> Unit | None:
        """A temperature keeps the zero of its scale where it is the whole unit."""
        if found is None or found.dimensions != (("temperature", 1),):
            return found
        words = [word for word in self.words[: self.at] if word not in _IDLE]
        return unit_of(words[0]) if len(words) == 1 else found

    def _factor(self) -> Unit | None:
        before, start = 1, self.at
        if self.words[self.at] in _BEFORE and self.at + 1 < len(self.words):
            before = _BEFORE[self.words[self.at]]
            self.at += 1
        if self.words[self.at] == "(":
            self.at += 1
            unit = self.unit(")")
            self.at += 1
        else:
            unit = unit_of(self.words[self.at])
            self.at += unit is not None
        if unit is None:
            self.at = start
            return None
        return unit ** (before * self._power())

    def _power(self) -> int:
        word = self.words[self.at] if self.at < len(self.words) else ""
        if word in _AFTER:
            self.at += 1
            return _AFTER[word]
        if word.lstrip("^ {")[:1] not in tuple("-+0123456789") or word == "-" or not word:
            return 1
        self.at += 1
        power = int("".join(word.split()).strip("^{}+"))
        return power if abs(power) <= MAX_POWER else 10 * MAX_POWER


@lru_cache(maxsize=1024)
def _symbols(word: str) -> tuple[str, ...]:
    """Two symbols without a space, as in `Jmol^{-1}` and `Nm`; else the word."""
    if 1 < len(word) <= _MAX_JOINED and unit_of(word) is None:
        for length in range(1, len(word)):
            left, right = word[:length], word[length:]
            if left in _JOINED and right in _JOINED and (length > 1 or left.isupper()):
                return left, right
    return (word,)


_MAX_JOINED = 6
"""Letters of two symbols that are written together, as in `calmol`; a longer run is a word."""

_JOINED = frozenset(listed("J N V A W C K Pa kJ kN kW kg g m s mol K eV kcal cal Wb T dm cm min atm L bar h"))
"""Symbols that are written together; of any two letters there would be far too many products."""
