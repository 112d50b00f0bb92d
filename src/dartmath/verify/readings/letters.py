"""Letters that are factors, digits in a base, or the sign of a binomial coefficient."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from dartmath.base.regex import regex
from dartmath.verify.compare.relations import assigned, label
from dartmath.verify.language.names import GREEK
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.parsing.bases import letters_as_digits
from dartmath.verify.parsing.dressing import undressed
from dartmath.verify.parsing.parser import parse
from dartmath.verify.readings.reading import Pair, Sides, both_have_symbols
from dartmath.verify.tree.expression import (
    Apply,
    Constant,
    Expression,
    Number,
    Quantity,
    Relation,
    Symbol,
    Text,
    heads,
    number,
    symbols,
)
from dartmath.verify.tree.expression import replace as substituted

MAX_DIGITS = 400
"""Digits of a plain number that may be meant in another base; `int` of more takes noticeable time."""

_LETTERS = regex(r"\\?[A-Za-z]{2,4}")
_LETTER_PAIR = regex(r"[A-Za-z]{2}")
_SIGN_X = regex(r"(?<=[\d)!}]) x (?=[\d(\\])")
_ABOUT_BASES = regex(r"\bbase\b|\bbinary\b|\boctal\b|\bhexadecimal\b", re.IGNORECASE)
_HEXADECIMAL = number(16)


def j_as_imaginary_unit(sides: Sides) -> Iterator[Pair]:
    """`3 + 4j`, as engineers and Python write it, when the other side has i and no j."""
    ours, theirs = sides.ours, sides.theirs
    if "j" in symbols(theirs) and "i" in heads(ours) and not symbols(ours):
        yield ours, substituted(theirs, {"j": Constant("i")})
    elif "j" in symbols(ours) and "i" in heads(theirs) and not symbols(theirs):
        yield substituted(ours, {"j": Constant("i")}), theirs


_LONG_INDEX = regex(r"_\s?([A-Za-z])(?=[A-Za-z])")


def has_long_index(sides: Sides) -> bool:
    """Whether one of two formulas has an index of two letters or more, without braces around it."""
    return both_have_symbols(sides) and any(
        "_" in text and _LONG_INDEX.search(text) is not None for text in (sides.reference, sides.answer)
    )


def indices_of_one_letter(sides: Sides) -> Iterator[Pair]:
    """`a_Ac^2` as TeX reads it: an index without braces is one letter, and c a factor."""
    one, two = (_LONG_INDEX.sub(r"_{\1} ", text) for text in (sides.reference, sides.answer))
    yield parse(one), parse(two)


_TWO_LETTERS = regex(r"(?<![A-Za-z\\{])([A-Za-z])([A-Za-z])(?![A-Za-z}])")


def has_unit_and_symbols(sides: Sides) -> bool:
    """Whether one side ends with a unit and the other has letters."""
    return (isinstance(sides.theirs, Quantity) and bool(symbols(sides.ours))) or (
        isinstance(sides.ours, Quantity) and bool(symbols(sides.theirs))
    )


def units_as_factors(sides: Sides) -> Iterator[Pair]:
    """`\\cos 2\\pi ft`, where the letters of a unit are factors, as the other side's letters show."""
    ours, theirs = sides.ours, sides.theirs
    if isinstance(theirs, Quantity) and not isinstance(ours, Quantity):
        yield ours, parse(_TWO_LETTERS.sub(r"\1 \2", sides.answer))
    elif isinstance(ours, Quantity) and not isinstance(theirs, Quantity):
        yield parse(_TWO_LETTERS.sub(r"\1 \2", sides.reference)), theirs


_SCALED_NUMBER = regex(r"-?\d[\d,]*(?:\.\d+)? ?(?P<scale>[kKMBT]|bn|mn)")
_SCALE_POWERS = {"k": 3, "K": 3, "M": 6, "mn": 6, "B": 9, "bn": 9, "T": 12}
LEAST_SCALED = 1_000
"""A reference below is none that a number with such a letter can mean."""


def scale_letters(sides: Sides) -> Iterator[Pair]:
    """`1.2M` for 1,200,000: a letter of thousands, millions or more behind a number."""
    found = _SCALED_NUMBER.fullmatch(sides.answer.strip())
    if found and isinstance(sides.ours, Number) and abs(sides.ours.value) >= LEAST_SCALED:
        value = parse(found[0][: found.start("scale") - found.start()])
        if isinstance(value, Number):
            yield sides.ours, Number(value.value * 10 ** _SCALE_POWERS[found["scale"]])


def capital_constants(sides: Sides) -> Iterator[Pair]:
    """`1 + 2*I` and `E**x`, as SymPy prints them, when the other side has i or e and no such letter.

    `1 + 2I` is written by nobody who means i.
    """
    ours, theirs = sides.ours, sides.theirs
    for letter, name in (("I", "i"), ("E", "e")):
        constant: dict[str, Expression] = {letter: Constant(name)}
        if "*" in sides.reference and letter in symbols(ours) - symbols(theirs) and name in heads(theirs):
            ours = substituted(ours, constant)
        if "*" in sides.answer and letter in symbols(theirs) - symbols(ours) and name in heads(ours):
            theirs = substituted(theirs, constant)
    if ours is not sides.ours or theirs is not sides.theirs:
        yield ours, theirs


def x_as_sign(sides: Sides) -> Iterator[Pair]:
    """`2 x 5! x 5!` for 28800: an x between numbers multiplies, where the reference has none."""
    if " x " in sides.answer and symbols(sides.theirs) == {"x"} and not symbols(sides.ours):
        product = _SIGN_X.sub(r" \\times ", sides.answer)
        if product != sides.answer and "x" not in symbols(read := parse(product)):
            yield sides.ours, read


def letters_as_product(sides: Sides) -> Iterator[Pair]:
    """A few letters as a product: `xy` for `x \\cdot y`."""
    ours, theirs = sides.ours, sides.theirs
    if isinstance(ours, Text) and _LETTERS.fullmatch(sides.reference) and not isinstance(theirs, Text):
        yield _as_product(sides.reference), theirs
    if isinstance(theirs, Text) and _LETTERS.fullmatch(sides.answer) and not isinstance(ours, Text):
        yield ours, _as_product(sides.answer)
    both_words = isinstance(ours, Text) and isinstance(theirs, Text)
    if both_words and _LETTER_PAIR.fullmatch(sides.reference) and _LETTER_PAIR.fullmatch(sides.answer):
        yield _as_product(sides.reference), _as_product(sides.answer)


def _as_product(letters: str) -> Expression:
    if letters.lstrip("\\") in GREEK:
        return Symbol(letters.lstrip("\\"))
    return Apply("mul", tuple(Symbol(letter) for letter in letters.lstrip("\\")))


def digits_in_base(sides: Sides) -> Iterator[Decision]:
    """`4210` for `4210_5`, and `1A` for `1A_{16}`, when the query asks for a base."""
    ours, theirs = sides.ours, sides.theirs
    if "base" not in heads(ours) | heads(theirs) or not _ABOUT_BASES.search(sides.query):
        return
    for based, plain, written in ((ours, theirs, sides.answer), (theirs, ours, sides.reference)):
        match based:
            case Apply(name="base", args=(_, _, Text(words=digits))):
                same_number = digits.isdigit() and plain == number(int(digits[:MAX_DIGITS]))
                if same_number or undressed(written).upper() == digits.upper():
                    yield Decision(True, "base", "the same digits, in the base that the query asks for")


def letters_in_base(sides: Sides) -> Iterator[Pair | Decision]:
    """`B_{16}` as a number, against a number; in other bases only where the query speaks of bases."""
    ours, theirs = sides.ours, sides.theirs
    if isinstance(ours, Relation) and isinstance(theirs, Relation) and label(ours) != label(theirs):
        return
    ours, theirs = assigned(ours) or ours, assigned(theirs) or theirs
    one, two = letters_as_digits(ours), letters_as_digits(theirs)
    if one is None and two is None:
        return
    others = [side for side, read in ((ours, one), (theirs, two)) if read is None]
    plain = all(
        isinstance(side, Number) or (isinstance(side, Apply) and side.name == "base") for side in others
    )
    hexadecimal = all(read.args[1] == _HEXADECIMAL for read in (one, two) if read is not None)
    if (plain and hexadecimal) or _ABOUT_BASES.search(sides.query):
        yield one or ours, two or theirs
        yield from digits_in_base(replace(sides, ours=one or ours, theirs=two or theirs))


def combinations(sides: Sides) -> Iterator[Pair]:
    """`C_{10}^{3}` as a binomial, when the other side is none."""
    one, two = _combination(sides.ours), _combination(sides.theirs)
    if one is not None or two is not None:
        yield one or sides.ours, two or sides.theirs


def _combination(node: Expression) -> Expression | None:
    match node:
        case Apply(name="pow", args=(Symbol(name=name), Number(value=part))) if (
            name[:2] == "C_" and name[2:].isdigit() and part <= int(name[2:][:9])
        ):
            return Apply("binom", (number(int(name[2:][:9])), number(int(part))))
    return None
