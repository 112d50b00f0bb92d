"""Sums, products and lists with dots, `1 + 2 + \\cdots + 10`, where the terms are an evident progression.

Evident means that one progression of numbers fits and no other does. A step has to be seen twice,
unless it makes the terms neighbours, multiples of one number or odd numbers: `1 + 4 + \\cdots + 100`
may be squares, and `1 + 2 + \\cdots + 64` may be powers of two.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from dartmath.verify.numeric.effort import affordable_terms
from dartmath.verify.numeric.exact import linear
from dartmath.verify.tree.expression import (
    Apply,
    Expression,
    Group,
    Named,
    Number,
    heads,
    number,
    size,
)

DOTS = Named("dots", "...")
"""Dots in a list that stand for no evident progression."""

MAX_TERMS = 1_000
"""Factors of a product, items of a list and terms of a geometric sum that dots may stand for."""

MAX_BITS = 16_000
"""A product with more bits is not computed."""

MAX_TERM_BITS = 2_000


def dotted_sum(shown: Sequence[Expression], rest: Sequence[Expression]) -> Expression | None:
    """The sum of the terms shown before the dots, those they stand for, and the rest; else None."""
    first, last = _values(shown), _values(rest)
    if first is None:
        return None
    if last is None:
        count = _count_up_to(first, rest)
        return None if count is None else _series(first[0], rest[0], count)
    geometric = _is_geometric(first, last)
    if not geometric and (count_known := _evident(shown, rest)):
        return Number(count_known * (first[0] + last[-1]) / 2)
    if geometric and not _arithmetic(first, last) and _steps_shown(first, last) > 1:
        ratio = first[1] / first[0]
        return Number((last[-1] * ratio - first[0]) / (ratio - 1))
    return None


def dotted_product(shown: Sequence[Expression], rest: Sequence[Expression]) -> Number | None:
    """The product of an arithmetic progression of factors, as for a sum; else None."""
    first, last = _values(shown), _values(rest)
    count = _evident(shown, rest)
    if first is None or last is None or not 0 < count <= MAX_TERMS:
        return None
    widest = max(size(first[0]), size(last[-1]))
    if widest * count > MAX_BITS:
        return None
    step = first[1] - first[0]
    return Number(Fraction(math.prod(first[0] + step * place for place in range(count))))


def dotted_list(shown: Sequence[Expression], rest: Sequence[Expression]) -> list[Expression] | None:
    """The first item, those up to the last as `progression(second, step, last)`, and the last; else None."""
    first = _values(shown)
    if first is None or not rest or not (_evident(shown, rest) or _count_up_to(first, rest)):
        return None
    step = Number(first[1] - first[0])
    return [Number(first[0]), Apply("progression", (Number(first[1]), step, rest[-1])), rest[-1]]


def written_out(group: Group) -> Group:
    """A group with the items that dots stand for, unless they are too many for one verdict."""
    for item in group.items:
        if isinstance(item, Apply) and item.name == "progression":
            items = tuple(item for one in group.items for item in _hidden(one))
            return Group(group.brackets, items, group.joiner)
    return group


def _hidden(item: Expression) -> tuple[Expression, ...]:
    match item:
        case Apply(name="progression", args=(Number(value=first), Number(value=step), last)):
            stop = _value(last)
            count = 0 if stop is None else int((stop - first) / step)
            if 0 < count <= MAX_TERMS and affordable_terms(count):
                return tuple(Number(first + step * place) for place in range(count))
    return (item,)


def _series(first: Fraction, last: Expression, count: Expression) -> Expression:
    """The sum of an arithmetic progression."""
    return Apply("div", (Apply("mul", (count, Apply("add", (Number(first), last)))), number(2)))


def _values(terms: Sequence[Expression]) -> list[Fraction] | None:
    """The values of literals, fractions of literals and powers of literals; None when one is else."""
    values = [_value(term) for term in terms]
    return None if None in values else [value for value in values if value is not None]


def _value(term: Expression) -> Fraction | None:
    match term:
        case Number(value=value) if size(value) <= MAX_TERM_BITS:
            return value
        case Apply(name="div", args=(Number(value=top), part)) if bottom := _value(part):
            return top / bottom
        case Apply(name="pow", args=(Number(value=base), Number(value=power))) if power.denominator == 1:
            return base ** int(power) if power >= 0 and size(base) * power <= MAX_TERM_BITS else None
    return None


def _evident(shown: Sequence[Expression], rest: Sequence[Expression]) -> int:
    """The number of terms of the one arithmetic progression that fits and is evident; 0 for none."""
    first, last = _values(shown), _values(rest)
    if first is None or last is None or _is_geometric(first, last) or _mentions_power(shown, rest):
        return 0
    count = _arithmetic(first, last)
    plain = count and (_is_plain(first) or first[1] - first[0] == -last[-1] or not last[-1])
    return count if plain or _steps_shown(first, last) > 1 else 0


def _mentions_power(shown: Sequence[Expression], rest: Sequence[Expression]) -> bool:
    """Whether the terms may be powers, as in `1^2 + 2^2 + \\cdots`, but not in `1 + 2 + \\cdots + 10^6`."""
    if any("pow" in heads(term) for term in shown):
        return True
    return any("pow" in heads(term) for term in rest) and set(_values(shown) or ()) <= {0, 1}


def _steps_shown(first: list[Fraction], last: list[Fraction]) -> int:
    return len(first) + len(last) - 2


_ODD = [Fraction(1), Fraction(3)]
"""As the odd numbers begin."""


def _is_plain(first: list[Fraction]) -> bool:
    """Whether the step of an arithmetic progression needs to be seen only once."""
    step = first[1] - first[0]
    return abs(step) == 1 or step == first[0] or not first[0] or first[:2] == _ODD


def _count_up_to(first: list[Fraction], rest: Sequence[Expression]) -> Expression | None:
    """How many terms an evident progression has up to a term that is linear in a letter: `1, 3, ..., 2n - 1`.

    None unless that is a whole number for every whole number that the letter may be.
    """
    if len(first) <= 1 or len(rest) != 1 or not (_is_plain(first) or first[2:]):
        return None
    step, line = first[1] - first[0], linear(rest[0])
    if not step or line is None or any(two - one != step for one, two in pairwise(first)):
        return None
    offset, slope = (line[0] - first[0]) / step, line[1] / step
    if offset.denominator != 1 or slope.denominator != 1 or slope <= 0:
        return None
    hidden = Apply("div", (Apply("add", (rest[0], Number(-first[0]))), Number(step)))
    return Apply("add", (hidden, number(1)))


def _arithmetic(first: list[Fraction], last: list[Fraction]) -> int:
    """The number of terms of an arithmetic progression that begins and ends like this; 0 for none."""
    if len(first) <= 1 or first[0] == first[1]:
        return 0
    step = first[1] - first[0]
    if any(two - one != step for part in (first, last) for one, two in pairwise(part)):
        return 0
    hidden = (last[0] - first[-1]) / step
    return int((last[-1] - first[0]) / step) + 1 if hidden.denominator == 1 and hidden >= 1 else 0


def _is_geometric(first: list[Fraction], last: list[Fraction]) -> bool:
    """Whether a geometric progression with a positive ratio begins and ends like this."""
    if len(first) <= 1 or not all((*first, *last)) or first[0] == first[1]:
        return False
    ratio = first[1] / first[0]
    if ratio < 0 or any(two / one != ratio for part in (first, last) for one, two in pairwise(part)):
        return False
    value, hidden = first[-1], 0
    rises = first[0] < first[1]
    while value != last[0] and (value < last[0]) == rises and hidden < MAX_TERMS and size(value) < MAX_BITS:
        value, hidden = value * ratio, hidden + 1
    return value == last[0] and hidden > 0
