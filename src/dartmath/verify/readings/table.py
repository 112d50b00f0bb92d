"""Second readings of an answer where notation is ambiguous, tried when the plain reading differs."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dartmath.verify.compare.relations import assigned, label
from dartmath.verify.language.money import SIGN
from dartmath.verify.language.names import GREEK
from dartmath.verify.language.sentences import stated
from dartmath.verify.parsing.bases import letters_as_digits
from dartmath.verify.parsing.dressing import undressed
from dartmath.verify.parsing.parser import parse
from dartmath.verify.parsing.words import clock, fold, named
from dartmath.verify.readings.absolute import without_absolute
from dartmath.verify.readings.asked import asked
from dartmath.verify.readings.families import Pair, families, renamed_parameters, residues
from dartmath.verify.readings.quantities import quantities
from dartmath.verify.tree.expression import (
    Apply,
    Expression,
    Group,
    Matrix,
    Named,
    Number,
    Relation,
    SetBuilder,
    Symbol,
    Text,
    heads,
    number,
    symbols,
)

if TYPE_CHECKING:
    from dartmath.verify.compare.comparison import Comparison


_GROUPED = re.compile(r"\d,\d{3}(?!\d)")
_MONEY = re.compile(rf"{SIGN} ?\d{{1,3}},\d{{3}}")
_LETTERS = re.compile(r"\\?[A-Za-z]{2,4}")
_POINT = re.compile(r"[A-Z]|m|angle|triangle")
_PARTS = r"half|halves|thirds?|quarters?|(?:four|fif|six|seven|eigh|nin|ten|hundred|thousand)ths?"
_COUNTED = re.compile(
    r"([a-z]+(?: [a-z]+){0,2}?)"
    rf"(?: (?!(?:{_PARTS}|and|or|of|point|to|times|dozen|pairs?)\b)[a-z]+){{1,2}}"
)
_APPROXIMATELY = re.compile(r"\\approx(?![a-zA-Z])|≈")
_LETTER_PAIR = re.compile(r"[A-Za-z]{2}")
_BASE_QUERY = re.compile(r"\bbase\b|\bbinary\b|\boctal\b|\bhexadecimal\b", re.IGNORECASE)
_SPACED = re.compile(r"-?[\d./]{1,40}(?: +-?[\d./]{1,40}){1,200}")


def other_readings(
    reference: str, ours: Expression, answer: str, theirs: Expression, comparison: Comparison
) -> Iterator[Pair]:
    """Further pairs of trees that the two texts allow."""
    if isinstance(ours, Number) and isinstance(theirs, Number):
        return
    collection = isinstance(ours, Group | SetBuilder) or isinstance(theirs, Group | SetBuilder)
    if collection:
        yield from _lists(reference, ours, answer, theirs)
    if isinstance(ours, Text | Named) or isinstance(theirs, Text | Named):
        yield from _clocks(reference, ours, answer, theirs)
        yield from _letters(reference, ours, answer, theirs)
        yield from _counted(ours, theirs)
    yield from _digits_in_base(reference, ours, answer, theirs, comparison)
    yield from _letters_in_base(reference, ours, answer, theirs, comparison)
    yield from renamed_parameters(ours, theirs)
    yield from quantities(reference, ours, answer, theirs, comparison)
    yield from asked(reference, ours, answer, theirs, comparison)
    if collection:
        yield from _spaced_lists(reference, ours, answer, theirs)
        yield from families(ours, theirs)
        yield from _points(ours, theirs)
    if "mod" in reference or "mod" in answer:
        yield from residues(ours, theirs)
        if not collection:
            yield from families(ours, theirs)
    yield from _named_by_points(ours, theirs)
    if (interval := without_absolute(ours)) is not None:
        yield interval, theirs
    yield from _combinations(ours, theirs)
    yield from _statements(reference, ours, answer, theirs, comparison)
    yield from _approximations(reference, ours, answer, theirs)


def _lists(reference: str, ours: Expression, answer: str, theirs: Expression) -> Iterator[Pair]:
    """`1,234` as the list 1, 234, when the other side is a list."""
    if isinstance(ours, Group) and _GROUPED.search(answer) and not _MONEY.search(answer):
        yield ours, parse(answer, comma_groups=False)
    if isinstance(theirs, Group) and _GROUPED.search(reference) and not _MONEY.search(reference):
        yield parse(reference, comma_groups=False), theirs


def _clocks(reference: str, ours: Expression, answer: str, theirs: Expression) -> Iterator[Pair]:
    """`4:30` as a time, when the other side is one."""
    if isinstance(ours, Named) and ours.kind == "clock" and (time := clock(answer)):
        yield ours, time
    elif isinstance(ours, Named) and ours.kind == "clock" and _is_hour(theirs):
        yield ours, Named("clock", f"{theirs!s:0>2}:00:00 ?")
    if isinstance(theirs, Named) and theirs.kind == "clock" and (time := clock(reference)):
        yield time, theirs


def _is_hour(node: Expression) -> bool:
    return isinstance(node, Number) and node.value.denominator == 1 and 1 <= node.value <= 12


def _letters(reference: str, ours: Expression, answer: str, theirs: Expression) -> Iterator[Pair]:
    """A few letters as a product: `xy` for `x \\cdot y`."""
    if isinstance(ours, Text) and _LETTERS.fullmatch(reference) and not isinstance(theirs, Text):
        yield _as_product(reference), theirs
    if isinstance(theirs, Text) and _LETTERS.fullmatch(answer) and not isinstance(ours, Text):
        yield ours, _as_product(answer)
    both_words = isinstance(ours, Text) and isinstance(theirs, Text)
    if both_words and _LETTER_PAIR.fullmatch(reference) and _LETTER_PAIR.fullmatch(answer):
        yield _as_product(reference), _as_product(answer)


def _as_product(letters: str) -> Expression:
    if letters.lstrip("\\") in GREEK:
        return Symbol(letters.lstrip("\\"))
    return Apply("mul", tuple(Symbol(letter) for letter in letters.lstrip("\\")))


def _digits_in_base(
    reference: str, ours: Expression, answer: str, theirs: Expression, comparison: Comparison
) -> Iterator[Pair]:
    """`4210` for `4210_5`, and `1A` for `1A_{16}`, when the query asks for a base."""
    if "base" not in heads(ours) | heads(theirs) or not _BASE_QUERY.search(comparison.query):
        return
    for based, plain, written in ((ours, theirs, answer), (theirs, ours, reference)):
        match based:
            case Apply(name="base", args=(value, _, Text(words=digits))):
                same_number = digits.isdigit() and plain == number(int(digits[:400]))
                if same_number or undressed(written).upper() == digits.upper():
                    yield value, value


def _letters_in_base(
    reference: str, ours: Expression, answer: str, theirs: Expression, comparison: Comparison
) -> Iterator[Pair]:
    """`B_{16}` as a number, against a number; in other bases only where the query speaks of bases."""
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
    hexadecimal = all(read.args[1] == number(16) for read in (one, two) if read is not None)
    if (plain and hexadecimal) or _BASE_QUERY.search(comparison.query):
        yield one or ours, two or theirs
        yield from _digits_in_base(reference, one or ours, answer, two or theirs, comparison)


def _points(ours: Expression, theirs: Expression) -> Iterator[Pair]:
    """`P(1, 2)`, a point with its name, for (1, 2); and lists of such points."""
    if isinstance(ours, Group) and isinstance(theirs, Group) and not ours.brackets + theirs.brackets:
        yield _unnamed(ours), _unnamed(theirs)
    if isinstance(theirs, Group) and (point := _named_point(ours)) is not None:
        yield point, theirs
    if isinstance(ours, Group) and (point := _named_point(theirs)) is not None:
        yield ours, point


def _unnamed(points: Group) -> Group:
    return Group("", tuple(_named_point(item) or item for item in points.items), points.joiner)


def _named_point(node: Expression) -> Group | None:
    match node:
        case Apply(name="mul", args=(Symbol(name=name), Group(brackets="()") as point)) if name[0].isupper():
            return point
        case Apply(name="F" | "G" | "H", args=(_, _, *_) as items):
            return Group("()", items)
    return None


def _combinations(ours: Expression, theirs: Expression) -> Iterator[Pair]:
    """`C_{10}^{3}` as a binomial, when the other side is none."""
    one, two = _combination(ours), _combination(theirs)
    if one is not None or two is not None:
        yield one or ours, two or theirs


def _combination(node: Expression) -> Expression | None:
    match node:
        case Apply(name="pow", args=(Symbol(name=name), Number(value=part))) if (
            name[:2] == "C_" and name[2:].isdigit() and part <= int(name[2:][:9])
        ):
            return Apply("binom", (number(int(name[2:][:9])), number(int(part))))
    return None


def _named_by_points(ours: Expression, theirs: Expression) -> Iterator[Pair]:
    """`AB = 5`, `\\angle ABC = 70^\\circ`, `P(X = 2) = 0.25` and `A^2 = ...` for their values."""
    if isinstance(ours, Relation) == isinstance(theirs, Relation):
        return
    one, two = (_without_points(side) if isinstance(side, Relation) else side for side in (ours, theirs))
    if one is not None and two is not None:
        yield one, two


def _without_points(relation: Relation) -> Expression | None:
    head, value = relation.sides[0], relation.sides[-1]
    if set(relation.operators) != {"="}:
        return None
    if isinstance(value, Matrix) and all(name in string.ascii_uppercase for name in symbols(head)):
        return value
    if symbols(value):
        return None
    match head:
        case Apply(name="mul", args=(Symbol(name="P"), Relation() | Apply(name="union" | "intersection"))):
            return value
    absolute = isinstance(head, Apply) and head.name in ("abs", "det")
    head = head.args[0] if absolute and isinstance(head, Apply) else head
    factors = head.args if isinstance(head, Apply) and head.name == "mul" else (head,)
    points = all(isinstance(part, Symbol) and _POINT.fullmatch(part.name) for part in factors)
    return value if points and (absolute or len(factors) > 1) else None


def _counted(ours: Expression, theirs: Expression) -> Iterator[Pair]:
    """`seven people` for 7."""
    if isinstance(ours, Text) and isinstance(theirs, Number) and (count := _count(ours.words)) is not None:
        yield count, theirs
    if isinstance(theirs, Text) and isinstance(ours, Number) and (count := _count(theirs.words)) is not None:
        yield ours, count


def _count(words: str) -> Expression | None:
    match = _COUNTED.fullmatch(fold(words)) if len(words) < 80 else None
    found = named(match[1]) if match else None
    return found if isinstance(found, Number) else None


def _spaced_lists(reference: str, ours: Expression, answer: str, theirs: Expression) -> Iterator[Pair]:
    """`3 1 -4` as a list in this order, when the other side is one."""
    if isinstance(theirs, Group) and _SPACED.fullmatch(reference.strip()):
        yield Group("<>", tuple(parse(part) for part in reference.split())), Group("<>", theirs.items)
    if isinstance(ours, Group) and _SPACED.fullmatch(answer.strip()):
        yield Group("<>", ours.items), Group("<>", tuple(parse(part) for part in answer.split()))


def _statements(
    reference: str, ours: Expression, answer: str, theirs: Expression, comparison: Comparison
) -> Iterator[Pair]:
    """`The sum of the digits is 9.` for 9."""
    left, right = stated(reference), stated(answer)
    if left is None and right is None:
        return
    one, two = parse(left) if left else ours, parse(right) if right else theirs
    yield one, two
    yield from quantities(left or reference, one, right or answer, two, comparison)


def _approximations(reference: str, ours: Expression, answer: str, theirs: Expression) -> Iterator[Pair]:
    """0.667 for `\\frac23 \\approx 0.667`, which says both."""
    one, two = _approximation(reference), _approximation(answer)
    if one is not None:
        yield one, theirs
    if two is not None:
        yield ours, two


def _approximation(text: str) -> Expression | None:
    """What stands behind the last approximation sign, under the name of `x = \\frac23 \\approx 0.667`."""
    if "approx" not in text and "≈" not in text:
        return None
    exact, *values = _APPROXIMATELY.split(stated(text) or text)
    value = values[-1] if values else ""
    name, sign, _ = exact.rpartition("=")
    if not value or "," in text or not (sign or any(mark.isdigit() for mark in exact)):
        return None
    return parse(f"{name.partition('=')[0]}={value}" if sign else value)
