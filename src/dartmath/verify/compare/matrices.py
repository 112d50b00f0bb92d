"""Matrices written as sums and multiples of matrices, and vectors in unit vectors."""

from __future__ import annotations

from dartmath.verify.numeric.equality import scalar_equal
from dartmath.verify.tree.expression import (
    TRANSPOSED,
    Apply,
    Constant,
    Expression,
    Matrix,
    Symbol,
    heads,
    number,
    replace,
    symbols,
)

MAX_ENTRIES = 400


def mentions_matrix(node: Expression) -> bool:
    """Whether a matrix occurs in a tree."""
    return "Matrix" in heads(node)


def combined(node: Expression) -> Matrix | None:
    """A sum, multiple or transpose of matrices as one matrix; None when it is none of these."""
    match node:
        case Matrix():
            return node
        case Apply(name="neg", args=(part,)):
            return _scaled(number(-1), part)
        case Apply(name="div", args=(part, divisor)) if not mentions_matrix(divisor):
            return _scaled(Apply("div", (number(1), divisor)), part)
        case Apply(name="mul", args=factors):
            return _product(factors)
        case Apply(name="add", args=terms):
            return _sum(terms)
        case Apply(name="pow", args=(part, exponent)) if exponent in TRANSPOSED:
            inner = combined(part)
            return None if inner is None else Matrix(tuple(zip(*inner.rows, strict=True)))
    return None


def _scaled(factor: Expression, part: Expression) -> Matrix | None:
    inner = combined(part)
    if inner is None:
        return None
    return Matrix(tuple(tuple(Apply("mul", (factor, entry)) for entry in row) for row in inner.rows))


def _product(factors: tuple[Expression, ...]) -> Matrix | None:
    """Scalars times exactly one matrix."""
    scalars = [factor for factor in factors if not mentions_matrix(factor)]
    rest = [factor for factor in factors if mentions_matrix(factor)]
    if len(rest) != 1:
        return None
    return _scaled(Apply("mul", tuple(scalars)), rest[0]) if scalars else combined(rest[0])


def _sum(terms: tuple[Expression, ...]) -> Matrix | None:
    parts = [combined(term) for term in terms]
    known = [part.rows for part in parts if part is not None]
    if len(known) != len(parts) or len({(len(rows), len(rows[0])) for rows in known}) != 1:
        return None
    if len(known) * len(known[0]) * len(known[0][0]) > MAX_ENTRIES:
        return None
    return Matrix(
        tuple(
            tuple(Apply("add", entries) for entries in zip(*rows, strict=True))
            for rows in zip(*known, strict=True)
        )
    )


def components(node: Expression, dimension: int) -> tuple[Expression, ...] | None:
    """The entries of `2\\\\mathbf{i} - \\\\mathbf{k}`, a vector in two or three dimensions.

    None when the tree is not linear in i, j (and k), or has a part without any of them.
    """
    names = ("i", "j", "k")[:dimension]
    plain = _without_imaginary(node)
    if dimension not in (2, 3) or not {"j", "k"} & symbols(plain) or symbols(plain) & {"k"} - set(names):
        return None
    nothing = dict.fromkeys(names, number(0))
    found = tuple(replace(plain, {**nothing, name: number(1)}) for name in names)
    terms = tuple(Apply("mul", (entry, Symbol(name))) for entry, name in zip(found, names, strict=True))
    return found if scalar_equal(plain, Apply("add", terms)) else None


def _without_imaginary(node: Expression) -> Expression:
    """The tree with the imaginary unit as a plain symbol `i`."""
    match node:
        case Constant(name="i"):
            return Symbol("i")
        case Apply(name=name, args=args):
            return Apply(name, tuple(_without_imaginary(part) for part in args))
    return node
