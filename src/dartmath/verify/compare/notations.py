"""Whether two answers differ in a notation of letters and signs that algebra takes for products.

`~P` and `P`, `Bb` and `BB`, `CAATCG` and `GCTAAC`, `0x1F` in a list, `100∠60°` and `75∠80°`, `0 °C` and
`0 K`, `mol L-1` and `L mol-1`, groups of words behind semicolons, `2 × 3` as the size of a matrix, and
`4 × 12` as a product of primes.
"""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from math import isqrt

from dartmath.base.regex import regex
from dartmath.verify.language.compounds import formula_of_name
from dartmath.verify.language.elements import ELEMENT_NAMES
from dartmath.verify.language.logic import SYNONYMS, is_logic
from dartmath.verify.language.names import FUNCTIONS
from dartmath.verify.language.units import parse_unit


def written_otherwise(reference: str, answer: str, query: str) -> str:
    """Why two texts that algebra finds equal differ in such a notation; "" where they do not.

    >>> written_otherwise("P ∨ Q", "P ∨ ~Q", "")
    'another statement of logic'
    """
    for name, differ in _RULES:
        if differ(reference, answer):
            return name
    if _groups_differ(reference, answer, query):
        return "the same words in other groups"
    if _sizes_differ(reference, answer, query):
        return "rows and columns the other way round"
    if _is_unconverted(reference, answer, query):
        return "a number in another base than the query asks for"
    return "no product of primes" if _is_unfactored(reference, answer, query) else ""


_SIGN_OF_LOGIC = regex(r"[A-Z][a-z]*|[a-z]|[^\sA-Za-z()\[\]]")
_NEGATION = regex(r"~\s*(?:[A-Z][a-z]*|\S)")


def _logic_differs(reference: str, answer: str) -> bool:
    """Whether formulas of logic have other predicates, connectives or negated parts."""
    if not (is_logic(reference) or is_logic(answer)):
        return False
    one, two = (text.translate(SYNONYMS) for text in (reference, answer))
    return any(
        Counter(pattern.findall(one)) != Counter(pattern.findall(two))
        for pattern in (_SIGN_OF_LOGIC, _NEGATION)
    )


_GENES = regex(r"[A-Za-z](?<![A-Za-z\\].)[A-Za-z](?:[A-Za-z][A-Za-z]){0,3}(?![A-Za-z])")


def _genotypes_differ(reference: str, answer: str) -> bool:
    """Whether `Bb Bb` stands against `BB bb`: pairs of one letter, whose case says which gene it is."""
    one = _genotypes(reference)
    two = _genotypes(answer) if one else []
    if one == two or {genes.lower() for genes in one} != {genes.lower() for genes in two}:
        return False
    return not all(genes.islower() for genes in (*one, *two))


def _genotypes(text: str) -> list[str]:
    """The words of a text that are pairs of one letter, sorted, and each pair with its capital first."""
    found = []
    for word in _GENES.findall(text):
        pairs = [word[place : place + 2] for place in range(0, len(word), 2)]
        if all(pair[0].lower() == pair[1].lower() for pair in pairs):
            found.append("".join("".join(sorted(pair)) for pair in pairs))
    return sorted(found)


_BASES = regex(r"[ACGTU](?<=\b.)[ACGTU]+\b")
_FEWEST_BASES = 6
"""Letters of nucleotides; fewer may be names of points."""


def _bases_differ(reference: str, answer: str) -> bool:
    """Whether two sequences of nucleotides, `CAATCG` and `GCTAAC`, have their letters in another order."""
    one = "".join(_BASES.findall(reference))
    two = "".join(_BASES.findall(answer)) if len(one) >= _FEWEST_BASES else ""
    return len(two) >= _FEWEST_BASES and one != two


_HEX = regex(r"\b0x([0-9A-Fa-f]{1,40})\b")


def _hexadecimals_differ(reference: str, answer: str) -> bool:
    if "0x" not in reference or "0x" not in answer:
        return False
    one, two = ([int(digits, 16) for digits in _HEX.findall(text)] for text in (reference, answer))
    return bool(one and two) and one != two


_PHASOR = regex(
    r"(?P<size>\d[\d,]{0,30}(?:\.\d{1,30})?)\s*(?:\\angle|∠)\s*\{?(?P<angle>-?\d{1,30}(?:\.\d{1,30})?)"
)
_OFF = Fraction(1, 50)
"""Share of its size or angle by which a rounded phasor may differ from another."""


def _phasors_differ(reference: str, answer: str) -> bool:
    """Whether `100∠60°` stands against `75∠80°`, whose sizes times angles are the same."""
    if "∠" not in reference and "\\angle" not in reference:
        return False
    one, two = _phasors(reference), _phasors(answer)
    return len(one) == len(two) and any(
        abs(ours - theirs) > _OFF * abs(ours)
        for pair in zip(one, two, strict=True)
        for ours, theirs in zip(*pair, strict=True)
    )


def _phasors(text: str) -> list[tuple[Fraction, Fraction]]:
    found = _PHASOR.finditer(text)
    return sorted((Fraction(one["size"].replace(",", "")), Fraction(one["angle"])) for one in found)


_ZERO = regex(
    r"(?<![\w.,^])-?0(?:\.0+)?[\s$~]*(?:\^?\s*\{?\s*(?:\\circ|°)\s*\}?|degrees?)?[\s~]*"
    r"(?:\\(?:text|mathrm)\s*\{\s*)?(?P<scale>[CFK])(?:elsius|ahrenheit|elvins?)?(?![A-Za-z])"
)


def _zeros_differ(reference: str, answer: str) -> bool:
    """Whether `0 °C` stands against `0 K`, where zero times a letter would be zero."""
    if "0" not in reference or "0" not in answer:
        return False
    one, two = ({found["scale"] for found in _ZERO.finditer(text)} for text in (reference, answer))
    return bool(one and two) and one.isdisjoint(two)


_MIXED = regex(r"[\s$]*(?P<whole>\d{1,9}) ?\((?P<over>\d{1,4})/(?P<under>\d{1,4})\)[\s%\\$]*")


def _mixed_differ(reference: str, answer: str) -> bool:
    """Whether `3(1/3)%` stands against `2(1/2)%`, which are products of the same value."""
    if "(" not in reference or "(" not in answer:
        return False
    one, two = (_MIXED.fullmatch(text) for text in (reference, answer))
    return one is not None and two is not None and one["whole"] != two["whole"]


_UNITS = regex(r"(?:[A-Za-z]{1,4}(?:-?\d)? ){1,5}[A-Za-z]{1,4}-\d|(?:[A-Za-z]{1,4}-\d ){1,5}[A-Za-z]{1,4}")
_UNIT = regex(r"(?P<unit>[A-Za-z]+)(?P<power>-?\d)?")


def _unit_powers_differ(reference: str, answer: str) -> bool:
    """Whether `mol L-1 s-1` stands against `L2 mol-1 s-1`: units with their powers written behind them."""
    if "-" not in reference or "-" not in answer:
        return False
    if _UNITS.fullmatch(reference.strip()) is None or _UNITS.fullmatch(answer.strip()) is None:
        return False
    one, two = (dict(_UNIT.findall(text)) for text in (reference, answer))
    return one.keys() == two.keys() and one != two


_BLANK = regex(r"_{2,}")
_BETWEEN_GROUPS = regex(r"\s*;\s*(?:and\s+)?")
BETWEEN_NAMES = regex(r"\s*,\s*(?:and\s+)?|\s+and\s+")


def _groups_differ(reference: str, answer: str, query: str) -> bool:
    """Whether the same words stand in other groups: `red and blue; green` against `red; blue and green`.

    Groups that fill as many blanks of a query have an order.
    """
    if ";" not in reference or ";" not in answer:
        return False
    one, two = (
        [frozenset(BETWEEN_NAMES.split(group)) for group in _BETWEEN_GROUPS.split(text.strip(" .").lower())]
        for text in (reference, answer)
    )
    names = frozenset().union(*one)
    if not any(len(group) > 1 for group in one) or names != frozenset().union(*two):
        return False
    if not all(name.replace(" ", "").isalpha() and len(name) > 1 for name in names):
        return False
    return one != two if len(_BLANK.findall(query)) == len(one) else Counter(one) != Counter(two)


_SIZE = regex(r"[\s$]*(?P<rows>\d{1,6})\s*(?:[x×]|\\times|by)\s*(?P<columns>\d{1,6})[\s$.]*")
_OF_MATRIX = regex(r"\bmatri(?:x|ces)\b")
_ASKS_FOR_SIZE = regex(r"\b(?:dimensions?|size|shape|order)\b")
"""Both for a query in small letters."""


def _sizes_differ(reference: str, answer: str, query: str) -> bool:
    """Whether a query asks for the size of a matrix, and `2 × 3` stands against `3 × 2`."""
    one = _SIZE.fullmatch(reference)
    two = _SIZE.fullmatch(answer) if one is not None else None
    if one is None or two is None or one.groups() == two.groups():
        return False
    low = query.lower()
    return _OF_MATRIX.search(low) is not None and _ASKS_FOR_SIZE.search(low) is not None


_AMOUNT_OF = regex(
    r"(?<![A-Za-z])(?:[km]?g|m?mol(?:es?)?|m?L|(?:kilo|milli)?grams?|(?:milli)?lit(?:er|re)s?|atoms?|molecules?)"
    r" of (?P<substance>[A-Z][A-Za-z0-9_]*|[a-z]+(?: [a-z]+ide)?)"
)


def _substances_differ(reference: str, answer: str) -> bool:
    """Whether amounts are of other substances: `3 g of Ag` and `3 g of Cu`, but not sugar and honey."""
    if " of " not in reference or " of " not in answer:
        return False
    one, two = (
        [_substance(found["substance"]) for found in _AMOUNT_OF.finditer(text)]
        for text in (reference, answer)
    )
    return "" not in one and "" not in two and len(one) == len(two) and Counter(one) != Counter(two)


def _substance(name: str) -> str:
    """The formula of a substance that is written or named; "" for other words."""
    if name[0].isupper():
        return name.replace("_", "")
    return ELEMENT_NAMES.get(name) or formula_of_name(name) or ""


_ENDS_ORGANIC = regex(r"(?:ane|ene|yne|ol|one|al|amine|amide|acid|ether|oate|ate|ide|yl|phenol|pyridine)s?\Z")
"""How names of organic compounds end."""

_LOCANT = regex(r"\d(?:,\s?\d+)*['′]?-[a-z]{3}")
"""Where on a chain of carbon atoms something stands: `2-bromo`."""


def _compounds_differ(reference: str, answer: str) -> bool:
    """Whether names of organic compounds are other ones, whose numbers and words algebra takes apart."""
    if "-" not in reference or "-" not in answer:
        return False
    one, two = (re.sub(r"[\s$.]", "", text.lower()) for text in (reference, answer))
    return one != two and all(
        len(text) < _LONGEST_NAME and _LOCANT.search(text) and _ENDS_ORGANIC.search(text)
        for text in (one, two)
    )


_LONGEST_NAME = 120

_FACTORED = regex(r"(?:\d{1,9}|\^\s*\{?\s*\d{1,3}\s*\}?|\\(?:times|cdot)(?![a-z])|[\s$*·•×⋅])+")
_EXPONENT = regex(r"\^\s*\{?\s*\d{1,3}\s*\}?")
_LARGEST_PRIME = 10**6
"""Beyond it a number is not looked at, which could take long."""


def _is_unfactored(reference: str, answer: str, query: str) -> bool:
    """Whether a query asks for a prime factorization, which the reference is and the answer is not."""
    if "prime factori" not in query.lower():
        return False
    one, two = (_factors(text) if _FACTORED.fullmatch(text) else [] for text in (reference, answer))
    return bool(one and two) and all(map(_is_prime, one)) and not all(map(_is_prime, two))


_BASED = regex(r"[0-9A-Za-z]_\{?\s*(?P<base>\d{1,2})\s*\}?[\s$.)]*\Z")
_ASKED_BASE = regex(r"\b(?:in|to|into)(?: the)? base[- ~$]{0,3}(?P<base>\d{1,2})\b", re.IGNORECASE)


def _is_unconverted(reference: str, answer: str, query: str) -> bool:
    """Whether a query asks for a number in the base of the reference, and the answer is in another one."""
    if "_" not in answer or "base" not in query.lower():
        return False
    one, two = _BASED.search(reference), _BASED.search(answer)
    if one is None or two is None or one["base"] == two["base"]:
        return False
    return any(asked["base"] == one["base"] for asked in _ASKED_BASE.finditer(query))


def _factors(text: str) -> list[int]:
    return [int(factor) for factor in re.findall(r"\d+", _EXPONENT.sub(" ", text))]


def _is_prime(number: int) -> bool:
    if number > _LARGEST_PRIME:
        return True
    return number > 1 and all(number % divisor for divisor in range(2, isqrt(number) + 1))


_POWER = regex(r"\b(?P<word>[a-z]{4,30})\s*\^\s*\{?\s*(?P<power>\d)")


_SQUARED = regex(r"\b(?:sq|square|cu|cubic)\b")


def _powers_differ(reference: str, answer: str) -> bool:
    """Whether a word behind a number, which no table knows for a unit, has a power on one side alone."""
    if ("^" in reference) == ("^" in answer) or "\\" in reference or "\\" in answer:
        return False
    powered, plain = (reference, answer) if "^" in reference else (answer, reference)
    words = {found["word"] for found in _POWER.finditer(powered)} - FUNCTIONS.keys()
    return not _SQUARED.search(plain) and any(word in plain and not parse_unit(word).known for word in words)


_RULES = (
    ("another power of a unit", _powers_differ),
    ("another statement of logic", _logic_differs),
    ("other letters of a genotype", _genotypes_differ),
    ("another sequence of bases", _bases_differ),
    ("another hexadecimal number", _hexadecimals_differ),
    ("another phasor", _phasors_differ),
    ("zero on another scale of temperature", _zeros_differ),
    ("amounts of other substances", _substances_differ),
    ("another compound", _compounds_differ),
    ("another mixed number", _mixed_differ),
    ("other powers of the units", _unit_powers_differ),
)
"""What differs, and the rule that tells."""
