"""Second readings of an answer where notation is ambiguous, tried when the plain reading differs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dartmath.verify.expression import (
    Apply,
    Constant,
    Expression,
    Group,
    Named,
    Number,
    Relation,
    Symbol,
    Text,
)
from dartmath.verify.expression import replace as substitute
from dartmath.verify.names import GREEK
from dartmath.verify.parser import parse
from dartmath.verify.words import clock

_GROUPED = re.compile(r"\d,\d{3}(?!\d)")
_LETTERS = re.compile(r"\\?[A-Za-z]{2,4}")
_BASE_QUERY = re.compile(r"\bbase\b|\bbinary\b|\boctal\b|\bhexadecimal\b", re.IGNORECASE)
_PARAMETERS = ("k", "n", "m", "l", "j", "N", "K")

Pair = tuple[Expression, Expression]


def other_readings(
    reference: str, ours: Expression, answer: str, theirs: Expression, query: str
) -> Iterator[Pair]:
    """Further pairs of trees that the two texts allow."""
    yield from _lists(reference, ours, answer, theirs)
    yield from _clocks(reference, ours, answer, theirs)
    yield from _letters(reference, ours, answer, theirs)
    yield from _digits_in_base(ours, theirs, query)
    yield from _renamed_parameters(ours, theirs)
    yield from _sentences(ours, theirs)


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
    if isinstance(theirs, Named) and theirs.kind == "clock" and (time := clock(reference)):
        yield time, theirs


def _letters(reference: str, ours: Expression, answer: str, theirs: Expression) -> Iterator[Pair]:
    """A few letters as a product: `xy` for `x \\cdot y`."""
    if isinstance(ours, Text) and _LETTERS.fullmatch(reference) and not isinstance(theirs, Text):
        yield _as_product(reference), theirs
    if isinstance(theirs, Text) and _LETTERS.fullmatch(answer) and not isinstance(ours, Text):
        yield ours, _as_product(answer)
    if isinstance(ours, Text) and isinstance(theirs, Text) and _LETTERS.fullmatch(reference):
        if _LETTERS.fullmatch(answer) and len(reference) == 2 == len(answer):
            yield _as_product(reference), _as_product(answer)


def _as_product(letters: str) -> Expression:
    if letters.lstrip("\\") in GREEK:
        return Symbol(letters.lstrip("\\"))
    return Apply("mul", tuple(Symbol(letter) for letter in letters.lstrip("\\")))


def _digits_in_base(ours: Expression, theirs: Expression, query: str) -> Iterator[Pair]:
    """`4210` for `4210_5` when the query asks for a base."""
    if not _BASE_QUERY.search(query[-2000:]):
        return
    for based, plain, swapped in ((ours, theirs, False), (theirs, ours, True)):
        match based, plain:
            case Apply(name="base", args=(value, _, Text(words=digits))), Number(places=None) if (
                digits.isdigit() and plain.value == int(digits[:400])
            ):
                yield (plain, plain) if swapped else (value, value)


def _renamed_parameters(ours: Expression, theirs: Expression) -> Iterator[Pair]:
    """The name of an integer parameter beside pi, and of a constant of integration, is free."""
    from dartmath.verify.expression import symbols

    left, right = symbols(ours), symbols(theirs)
    one, two = left - right, right - left
    if len(one) != 1 or len(two) != 1:
        return
    name, other = one.pop(), two.pop()
    integers = (
        name in _PARAMETERS and other in _PARAMETERS and _beside_pi(ours, name) and _beside_pi(theirs, other)
    )
    constants = name.lower() == other.lower() == "c"
    if integers or constants:
        yield ours, substitute(theirs, {other: Symbol(name)})


def _beside_pi(node: Expression, name: str) -> bool:
    """Whether every use of a symbol is in a product with pi."""
    from dartmath.verify.expression import children, symbols

    if isinstance(node, Apply) and node.name in ("mul", "div") and name in symbols(node):
        return _holds_pi(node)
    if node == Symbol(name):
        return False
    if isinstance(node, Relation):
        return all(_beside_pi(side, name) for side in node.sides)
    return all(_beside_pi(part, name) for part in children(node))


def _holds_pi(node: Expression) -> bool:
    from dartmath.verify.expression import children

    return node == Constant("pi") or any(_holds_pi(part) for part in children(node))


def _sentences(ours: Expression, theirs: Expression) -> Iterator[Pair]:
    return
    yield
