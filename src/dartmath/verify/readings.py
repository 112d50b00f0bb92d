"""Second readings of an answer where notation is ambiguous, tried when the plain reading differs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dartmath.verify.bases import letters_as_digits
from dartmath.verify.choices import options
from dartmath.verify.dressing import SCALE_STEMS, undressed, unscaled
from dartmath.verify.expression import (
    Apply,
    Expression,
    Group,
    Named,
    Number,
    Quantity,
    Relation,
    SetBuilder,
    Symbol,
    Text,
    heads,
    number,
)
from dartmath.verify.families import Pair, families, renamed_parameters
from dartmath.verify.names import GREEK
from dartmath.verify.notation import plain_latex
from dartmath.verify.parser import parse
from dartmath.verify.relations import assigned, label
from dartmath.verify.sentences import stated
from dartmath.verify.words import SCALES, clock

_GROUPED = re.compile(r"\d,\d{3}(?!\d)")
_LETTERS = re.compile(r"\\?[A-Za-z]{2,4}")
_UNIT_LETTER = re.compile(
    r"(-?[\d.,/]{1,40}) +([mgslhLtNJWVA](?:\s*/\s*(?:s|h|m))?(?:\s*\^\s*\{?[23]\}?)?"
    r"|[mglLtNJWVA](?:\s*\^\s*\{?[23]\}?)?(?:\s|\\cdot|\\,)+[smhK]\s*\^\s*\{?\s*-\s*[1-3]\s*\}?)"
)
_LETTER_PAIR = re.compile(r"[A-Za-z]{2}")
_BASE_QUERY = re.compile(r"\bbase\b|\bbinary\b|\boctal\b|\bhexadecimal\b", re.IGNORECASE)
_ASKED = re.compile(r"\bfor \$?([a-zA-Z])\$?\s*[.?]?\s*$|\bfor \$?([a-zA-Z])\$?[.?]")
_OPTION = re.compile(r"(?:\\text\s*\{)?\s*\(?([a-jA-J])\)\s*([^}]+)\}?")
_SPACED = re.compile(r"-?[\d./]{1,40}(?: +-?[\d./]{1,40}){1,200}")
_IN_SCALES = re.compile(rf"\b(?:{'|'.join(SCALES)})s\b", re.IGNORECASE)


def other_readings(
    reference: str, ours: Expression, answer: str, theirs: Expression, query: str
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
    yield from _digits_in_base(reference, ours, answer, theirs, query)
    yield from _letters_in_base(reference, ours, answer, theirs, query)
    yield from renamed_parameters(ours, theirs)
    yield from _unit_letters(reference, ours, answer, theirs)
    yield from _in_scales(reference, answer, query)
    yield from _option_text(ours, answer, query)
    if collection:
        yield from _asked_for(ours, theirs, query)
        yield from _spaced_lists(reference, ours, answer, theirs)
        yield from families(ours, theirs)
        yield from _points(ours, theirs)
    yield from _combinations(ours, theirs)
    yield from _statements(reference, ours, answer, theirs)


def _lists(reference: str, ours: Expression, answer: str, theirs: Expression) -> Iterator[Pair]:
    """`1,234` as the list 1, 234, when the other side is a list."""
    if isinstance(ours, Group) and _GROUPED.search(answer):
        yield ours, parse(answer, comma_groups=False)
    if isinstance(theirs, Group) and _GROUPED.search(reference):
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
    reference: str, ours: Expression, answer: str, theirs: Expression, query: str
) -> Iterator[Pair]:
    """`4210` for `4210_5`, and `1A` for `1A_{16}`, when the query asks for a base."""
    if "base" not in heads(ours) | heads(theirs) or not _BASE_QUERY.search(query[-2000:]):
        return
    for based, plain, written in ((ours, theirs, answer), (theirs, ours, reference)):
        match based:
            case Apply(name="base", args=(value, _, Text(words=digits))):
                same_number = digits.isdigit() and plain == number(int(digits[:400]))
                if same_number or undressed(written).upper() == digits.upper():
                    yield value, value


def _letters_in_base(
    reference: str, ours: Expression, answer: str, theirs: Expression, query: str
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
    if (plain and hexadecimal) or _BASE_QUERY.search(query[-2000:]):
        yield one or ours, two or theirs
        yield from _digits_in_base(reference, one or ours, answer, two or theirs, query)


def _points(ours: Expression, theirs: Expression) -> Iterator[Pair]:
    """`P(1, 2)`, a point with its name, for (1, 2)."""
    if isinstance(theirs, Group) and (point := _named_point(ours)) is not None:
        yield point, theirs
    if isinstance(ours, Group) and (point := _named_point(theirs)) is not None:
        yield ours, point


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


def _unit_letters(reference: str, ours: Expression, answer: str, theirs: Expression) -> Iterator[Pair]:
    """`5 m` with a unit, not a variable, when the other side has a unit or is a mere number."""
    if " " not in reference and " " not in answer:
        return
    one = _with_unit(reference) if isinstance(theirs, Number | Quantity | Apply) else None
    two = _with_unit(answer) if isinstance(ours, Number | Quantity | Apply) else None
    if one and two and isinstance(ours, Apply) and isinstance(theirs, Apply):
        yield one, two
    elif one and not isinstance(theirs, Apply):
        yield one, theirs
    elif two and not isinstance(ours, Apply):
        yield ours, two


def _with_unit(text: str) -> Expression | None:
    match = _UNIT_LETTER.fullmatch(plain_latex(text).strip())
    if match is None:
        return None
    return Quantity(parse(match[1]), match[2].replace("\\cdot", "·").replace("\\,", " ").strip())


def _in_scales(reference: str, answer: str, query: str) -> Iterator[Pair]:
    """`5 million` for 5, when the query asks for a number of millions."""
    if not any(stem in reference or stem in answer for stem in SCALE_STEMS):
        return
    bare = unscaled(reference), unscaled(answer)
    if bare != (reference, answer) and _IN_SCALES.search(query[-2000:]):
        yield parse(bare[0]), parse(bare[1])


def _asked_for(ours: Expression, theirs: Expression, query: str) -> Iterator[Pair]:
    """`x = 3, y = 4` for 3, when the query asks "solve ... for x"."""
    if isinstance(ours, Group | Relation) or not isinstance(theirs, Group):
        return
    asked = [one or two for one, two in _ASKED.findall(query[-2000:])]
    if len(asked) != 1:
        return
    for item in theirs.items:
        if label(item) == asked[0] and (value := assigned(item)) is not None:
            yield ours, value


def _option_text(ours: Expression, answer: str, query: str) -> Iterator[Pair]:
    """`(b) 5` for 5, when the query has such options."""
    match = _OPTION.fullmatch(undressed(answer)) if len(answer) < 300 and ")" in answer else None
    if match and match[1].upper() in options(query):
        yield ours, parse(match[2])


def _spaced_lists(reference: str, ours: Expression, answer: str, theirs: Expression) -> Iterator[Pair]:
    """`3 1 -4` as a list in this order, when the other side is one."""
    if isinstance(theirs, Group) and _SPACED.fullmatch(reference.strip()):
        yield Group("<>", tuple(parse(part) for part in reference.split())), Group("<>", theirs.items)
    if isinstance(ours, Group) and _SPACED.fullmatch(answer.strip()):
        yield Group("<>", ours.items), Group("<>", tuple(parse(part) for part in answer.split()))


def _statements(reference: str, ours: Expression, answer: str, theirs: Expression) -> Iterator[Pair]:
    """`The sum of the digits is 9.` for 9."""
    left, right = stated(reference), stated(answer)
    if left is None and right is None:
        return
    one, two = parse(left) if left else ours, parse(right) if right else theirs
    yield one, two
    yield from _unit_letters(left or reference, one, right or answer, two)
