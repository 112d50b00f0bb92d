"""Structures of algebra: products of cyclic groups, and spaces that vectors span."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from dartmath.base.regex import regex
from dartmath.verify.language.notation import plain_latex
from dartmath.verify.numeric.equality import Decision, scalar_equal
from dartmath.verify.numeric.exact import Inexact, rational
from dartmath.verify.parsing.parser import parse
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Expression, Group, Matrix, number, replace, symbols

MAX_STRUCTURE = 200
"""Characters of a product of groups, or of a span."""

MAX_ORDER = 10**6
"""Of a cyclic group; larger ones are not taken apart."""

_INTEGERS = r"(?:\\(?:mathbb|mathbf|Bbb|mathrm)\s*\{?\s*Z\s*\}?|(?<![A-Za-z\\])Z)"
_FACTOR = regex(
    rf"\s*\(?(?:{_INTEGERS}\s*(?:_\s*\{{?\s*(?P<index>\d{{1,6}})\s*\}}?"
    rf"|/\s*\(?\s*(?:(?P<left>\d{{1,6}})\s*{_INTEGERS}|\(?(?P<bare>\d{{1,6}})\)?)\s*\)?)?"
    r"|(?<![A-Za-z\\])C\s*_\s*\{?\s*(?P<cyclic>\d{1,6})\s*\}?)\)?"
    r"(?:\s*\^\s*\{?\s*(?P<power>\d)\s*\}?)?\s*"
)
_BETWEEN = regex(r"\\(?:times|oplus|otimes)(?![a-z])|[×⊕x]|\\bigoplus")
_WHOLE = regex(r"\\(?:left|right|[,;:! ])|[$]")

Invariants = Counter[int]
"""Powers of primes that a group is the product of, each with its number; 0 stands for the integers."""


def may_be_group(sides: Sides) -> bool:
    """Whether both sides can be products of cyclic groups."""
    return _may_be_cyclic(sides.reference) and _may_be_cyclic(sides.answer)


def _may_be_cyclic(text: str) -> bool:
    return "Z" in text or "ℤ" in text or "C_" in text


def cyclic_groups(sides: Sides) -> Iterator[Decision]:
    """`\\mathbb{Z}/4 \\oplus \\mathbb{Z}/2` for `\\mathbb{Z}_2 \\times \\mathbb{Z}_4`."""
    ours = _invariants(sides.reference)
    theirs = _invariants(sides.answer) if ours else None
    if ours and theirs and ours == theirs:
        yield Decision(True, "group", "the same product of cyclic groups")


def _invariants(text: str) -> Invariants | None:
    """The elementary divisors of a finitely generated abelian group; None for another text."""
    if len(text) > MAX_STRUCTURE:
        return None
    found: Invariants = Counter()
    for part in _BETWEEN.split(_WHOLE.sub("", plain_latex(text)).replace("⊕", "\\oplus ")):
        factor = _FACTOR.fullmatch(part)
        if factor is None:
            return None
        order = next((int(size) for size in factor.groups()[:4] if size), 0)
        if order > MAX_ORDER:
            return None
        for prime_power in _prime_powers(order) if order else [0]:
            found[prime_power] += int(factor["power"] or 1)
    return found


def _prime_powers(order: int) -> list[int]:
    found, divisor = [], 2
    while order > 1:
        if divisor * divisor > order:
            divisor = order
        power = 1
        while order % divisor == 0:
            order, power = order // divisor, power * divisor
        if power > 1:
            found.append(power)
        divisor += 1
    return found


_IDENTITIES = ("I", "I_2", "I_3", "I_4", "E", "E_2", "E_3")


def has_matrix(sides: Sides) -> bool:
    """Whether one side alone is a matrix."""
    return isinstance(sides.ours, Matrix) != isinstance(sides.theirs, Matrix)


def multiples_of_identity(sides: Sides) -> Iterator[Pair]:
    """`\\frac16 ma^2 I` for the matrix with that in its diagonal and zeros elsewhere."""
    matrix, other = (
        (sides.ours, sides.theirs) if isinstance(sides.ours, Matrix) else (sides.theirs, sides.ours)
    )
    name = next((name for name in _IDENTITIES if name in symbols(other)), None)
    if not isinstance(matrix, Matrix) or name is None or len(matrix.rows) != len(matrix.rows[0]):
        return
    nothing, factor = replace(other, {name: number(0)}), replace(other, {name: number(1)})
    if scalar_equal(nothing, number(0)):
        size = range(len(matrix.rows))
        made = Matrix(tuple(tuple(factor if i == j else number(0) for j in size) for i in size))
        yield (sides.ours, made) if matrix is sides.ours else (made, sides.theirs)


_SPAN = regex(
    r"\s*(?:\\(?:operatorname|text|mathrm)\s*\{\s*[Ss]pan\s*\}|\\?[Ss]pan)\s*"
    r"(?P<open>\\?\{|\(|\[)(?P<vectors>.+?)(?:\\?\}|\)|\])\s*\.?\s*"
)


def speaks_of_span(sides: Sides) -> bool:
    """Whether both sides are spans."""
    return "pan" in sides.reference and "pan" in sides.answer


def spans(sides: Sides) -> Iterator[Pair | Decision]:
    """Spaces that are the same whatever vectors span them; of what are no numbers, the same vectors."""
    ours, theirs = _vectors(sides.reference), _vectors(sides.answer)
    if ours is None or theirs is None:
        return
    one, two = _rows(ours), _rows(theirs)
    if one is None or two is None:
        yield Group("{}", ours), Group("{}", theirs)
    elif len(one[0]) == len(two[0]) and _rank(one) == _rank(two) == _rank([*one, *two]):
        yield Decision(True, "span", "the same space")


def _vectors(text: str) -> tuple[Expression, ...] | None:
    found = _SPAN.fullmatch(_WHOLE.sub("", plain_latex(text))) if len(text) <= MAX_STRUCTURE else None
    if found is None:
        return None
    inner = parse(f"\\{{{found['vectors']}\\}}")
    return inner.items if isinstance(inner, Group) and inner.brackets == "{}" else None


def _rows(vectors: tuple[Expression, ...]) -> list[list[Fraction]] | None:
    """The entries of vectors, where they are numbers of one length."""
    found = []
    for vector in vectors:
        entries: tuple[Expression, ...] = ()
        if isinstance(vector, Group):
            entries = vector.items
        elif isinstance(vector, Matrix) and 1 in (len(vector.rows), len(vector.rows[0])):
            entries = tuple(entry for row in vector.rows for entry in row)
        try:
            found.append([rational(entry) for entry in entries])
        except (Inexact, ArithmeticError):
            return None
    same = len({len(row) for row in found}) == 1
    return found if same and found[0] else None


def _rank(rows: list[list[Fraction]]) -> int:
    """By elimination, exactly."""
    left, rank = [list(row) for row in rows], 0
    for column in range(len(rows[0])):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        rank += 1
        for row in left:
            share = row[column] / pivot[column]
            row[:] = [a - share * b for a, b in zip(row, pivot, strict=True)]
    return rank
