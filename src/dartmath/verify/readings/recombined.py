"""General solutions with their arbitrary constants combined otherwise: cosh and sinh for e^x and e^{-x}.

Both sides must be linear in as many constants and have one variable. They are the same family when the
functions beside the constants span one space and the parts without constants differ by a member of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from flint import acb, arb_mat

from dartmath.verify.compare.relations import assigned, difference
from dartmath.verify.numeric.ball import Evaluator, precision
from dartmath.verify.numeric.equality import Decision, scalar_equal
from dartmath.verify.numeric.exact import Undefined
from dartmath.verify.numeric.functions import rational_ball
from dartmath.verify.readings.asked import arbitrary_constants, occurs
from dartmath.verify.readings.reading import Sides
from dartmath.verify.tree.expression import Apply, Expression, Symbol, number, symbols
from dartmath.verify.tree.expression import replace as substitute

BITS = 256
"""Of the values; the equations for the constants cost some of them."""

ENOUGH_BITS = 60
"""To which two functions must agree at a point, as everywhere in the verifier."""

_PLACES = [Fraction(place, 97) for place in (23, 61, 113, 151, 199, 241, 283, 317, 367)]
"""Values of the variable, of no special kind; the first few determine the combination, the others test it."""


def recombined_constants(sides: Sides) -> Iterator[Decision]:
    """Two general solutions that are the same family of functions."""
    one, two = arbitrary_constants(sides)
    query = sides.query
    if not one or not query or any(occurs(name, query) for name in {*one, *two}):
        return
    ours, theirs = (assigned(side) or side for side in (sides.ours, sides.theirs))
    variables = (symbols(ours) | symbols(theirs)) - {*one, *two}
    left, right = _linear(ours, one), _linear(theirs, two)
    if len(variables) != 1 or left is None or right is None:
        return
    (variable,) = variables
    (first, functions), (second, others) = left, right
    with precision(BITS):
        try:
            same = _same_span(functions, others, difference(first, second), variable)
        except (Undefined, ArithmeticError, ValueError):
            return
    if same:
        yield Decision(True, "points", "the same family, with its constants combined otherwise", BITS)


def _linear(node: Expression, names: Sequence[str]) -> tuple[Expression, list[Expression]] | None:
    """The part without constants, and the function beside each; None for what is not linear in them."""
    if not isinstance(node, Apply | Symbol):
        return None
    nothing: dict[str, Expression] = {name: number(0) for name in names}
    rest = substitute(node, nothing)
    functions = [difference(substitute(node, {**nothing, name: number(1)}), rest) for name in names]
    terms = (Apply("mul", (Symbol(name), function)) for name, function in zip(names, functions, strict=True))
    return (rest, functions) if scalar_equal(node, Apply("add", (rest, *terms))) else None


def _same_span(
    functions: Sequence[Expression], others: Sequence[Expression], rest: Expression, variable: str
) -> bool:
    """Whether the functions and the rest are combinations of the others, and the functions independent."""
    wanted = [*functions, rest]
    count = len(others)
    rows = [[_value(function, variable, place) for function in others] for place in _PLACES]
    values = [[_value(function, variable, place) for function in wanted] for place in _PLACES]
    combined = arb_mat(rows[:count]).solve(arb_mat(values[:count]))
    square = arb_mat([[combined[i, j] for j in range(count)] for i in range(count)])
    if square.det().contains(0):
        return False
    return all(
        _agree(value, sum((row[i] * combined[i, j] for i in range(count)), start=value - value))
        for row, known in zip(rows[count:], values[count:], strict=True)
        for j, value in enumerate(known)
    )


def _value(function: Expression, variable: str, place: Fraction) -> Any:
    return Evaluator({variable: acb(rational_ball(place))}).real(function)


def _agree(one: Any, two: Any) -> bool:
    """Whether two balls are the same number as far as they are known, which must be far enough."""
    apart = one - two
    return bool(apart.contains(0)) and bool(apart.rad() * 2**ENOUGH_BITS < 1 + abs(one))
