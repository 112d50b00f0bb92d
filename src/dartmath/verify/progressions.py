"""Sums and products with dots, `1 + 2 + \\cdots + 10`, where the terms are an evident progression.

Evident means that one progression of numbers fits and no other does. A step has to be seen twice,
unless it makes the terms neighbours, multiples of the first or odd numbers: `1 + 4 + \\cdots + 100`
may be squares, and `1 + 2 + \\cdots + 64` may be powers of two.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from dartmath.verify.expression import Apply, Expression, Number, heads, size

MAX_TERMS = 1_000
"""Factors of a product, and terms of a geometric sum, that dots may stand for."""

MAX_BITS = 16_000
"""A product with more bits is not computed."""

MAX_TERM_BITS = 2_000


def dotted_sum(shown: Sequence[Expression], rest: Sequence[Expression]) -> Number | None:
    """The sum of the terms shown before the dots, those they stand for, and the rest; else None."""
    first, last = _values(shown), _values(rest)
    if first is None or last is None:
        return None
    count, geometric = _arithmetic(first, last), _is_geometric(first, last)
    if count and not geometric and not _mentions_power(shown, rest) and _is_evident(first, last):
        return Number(count * (first[0] + last[-1]) / 2)
    if geometric and not count and _steps_shown(first, last) > 1:
        ratio = first[1] / first[0]
        return Number((last[-1] * ratio - first[0]) / (ratio - 1))
    return None


def dotted_product(shown: Sequence[Expression], rest: Sequence[Expression]) -> Number | None:
    """The product of an arithmetic progression of factors, as for a sum; else None."""
    first, last = _values(shown), _values(rest)
    if first is None or last is None or _mentions_power(shown, rest):
        return None
    count = _arithmetic(first, last)
    if not count or count > MAX_TERMS or _is_geometric(first, last) or not _is_evident(first, last):
        return None
    widest = max(size(first[0]), size(last[-1]))
    if widest * count > MAX_BITS:
        return None
    step = first[1] - first[0]
    return Number(Fraction(math.prod(first[0] + step * place for place in range(count))))


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


def _mentions_power(*terms: Sequence[Expression]) -> bool:
    """Whether a term is written as a power: `1^2 + 2^2 + \\cdots` counts in the base."""
    return any("pow" in heads(term) for part in terms for term in part)


def _steps_shown(first: list[Fraction], last: list[Fraction]) -> int:
    return len(first) + len(last) - 2


def _is_evident(first: list[Fraction], last: list[Fraction]) -> bool:
    """Whether the step of an arithmetic progression is seen twice, or needs to be seen only once."""
    step = first[1] - first[0]
    plain = abs(step) == 1 or step in (first[0], -last[-1]) or (first[0] == 1 and step == 2)
    return plain or _steps_shown(first, last) > 1


def _arithmetic(first: list[Fraction], last: list[Fraction]) -> int:
    """The number of terms of an arithmetic progression that begins and ends like this; 0 for none."""
    if len(first) < 2 or first[0] == first[1]:
        return 0
    step = first[1] - first[0]
    if any(two - one != step for part in (first, last) for one, two in pairwise(part)):
        return 0
    hidden = (last[0] - first[-1]) / step
    return int((last[-1] - first[0]) / step) + 1 if hidden.denominator == 1 and hidden >= 1 else 0


def _is_geometric(first: list[Fraction], last: list[Fraction]) -> bool:
    """Whether a geometric progression with a positive ratio begins and ends like this."""
    if len(first) < 2 or not all((*first, *last)) or first[0] == first[1]:
        return False
    ratio = first[1] / first[0]
    if ratio < 0 or any(two / one != ratio for part in (first, last) for one, two in pairwise(part)):
        return False
    value, hidden = first[-1], 0
    rises = first[0] < first[1]
    while value != last[0] and (value < last[0]) == rises and hidden < MAX_TERMS and size(value) < MAX_BITS:
        value, hidden = value * ratio, hidden + 1
    return value == last[0] and hidden > 0
