"""Determinants of small matrices of expressions."""

from __future__ import annotations

from dartmath.verify.tree.expression import Apply, Expression, number

MAX_DETERMINANT = 4
"""Determinants of more rows are not expanded: the number of products is the factorial of it."""

Rows = tuple[tuple[Expression, ...], ...]


def determinant(rows: Rows) -> Expression | None:
    """The determinant of a small square matrix, expanded by its first row; None for any other."""
    if len(rows) != len(rows[0]) or len(rows) > MAX_DETERMINANT:
        return None
    return _expanded(rows)


def _expanded(rows: Rows) -> Expression:
    if len(rows) == 1:
        return rows[0][0]
    terms = []
    for place, entry in enumerate(rows[0]):
        minor = _expanded(tuple(row[:place] + row[place + 1 :] for row in rows[1:]))
        sign = number(-1 if place % 2 else 1)
        terms.append(Apply("mul", (sign, entry, minor)))
    return Apply("add", tuple(terms))
