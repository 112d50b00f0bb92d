"""When two numbers, or two formulas that were read, are equal to the paper's grader."""

from __future__ import annotations

from math import isclose
from typing import Any

from flint import acb, arb

from dartmath.verify.numeric.ball import Evaluator, precision
from dartmath.verify.numeric.digest import digest
from dartmath.verify.numeric.exact import PRIME, Inexact, Undefined, field_point, rational, residue
from dartmath.verify.tree.expression import (
    Apply,
    Constant,
    Expression,
    Group,
    Number,
    Relation,
    is_infinite,
    symbols,
)

RELATIVE, ABSOLUTE = 1e-9, 1e-8
"""Differences of numbers that count as none: either is enough."""

PERCENT_RELATIVE = 1e-3
"""The same where one number is a hundred times the other and so may be meant in percent."""

BITS = 256
"""Precision at which constants are compared: balls that overlap there are the same number."""

_POINTS = 8
"""Points at which formulas with letters are compared: in all quadrants, the last two negative numbers."""

_NEGATIVE = 6
"""The first of the negative ones: only there `sqrt(1/x)` is not `1/sqrt(x)`."""

_GRAIN = 2**15
"""Coordinates are whole multiples of its inverse, up to 2."""

_HUNDRED = 100
"""Percent of a whole."""

_ARITHMETIC = frozenset(["add", "mul", "neg", "div", "pow"])


def same_number(reference: float, answer: float) -> bool:
    """Whether two numbers are equal but for rounding, or one in percent equals the other as a share."""
    if isclose(reference, answer, rel_tol=RELATIVE, abs_tol=ABSOLUTE):
        return True
    if not _may_be_percent(answer):
        return False
    scaled = [value for value in (reference / _HUNDRED, reference * _HUNDRED) if _may_be_percent(value)]
    return any(isclose(value, answer, rel_tol=PERCENT_RELATIVE, abs_tol=ABSOLUTE) for value in scaled)


def _may_be_percent(value: float) -> bool:
    return 0 < value < 1 or 1 < value < _HUNDRED


def same_value(reference: Expression, answer: Expression) -> bool:
    """Whether two formulas are equal: by structure, as functions, or as numbers but for rounding.

    The paper's code hands the numbers over in the other order here, so that the reference is what may be
    meant in percent: 350 equals 3.5, and 3.5 does not equal 350.
    """
    if identical(reference, answer):
        return True
    ours, theirs = _arithmetic_value(reference), _arithmetic_value(answer)
    return ours is not None and theirs is not None and same_number(theirs, ours)


def identical(reference: Expression, answer: Expression) -> bool:
    """Whether two formulas are equal exactly; relations are so only when they are written alike."""
    if reference == answer:
        return True
    match reference, answer:
        case Group(brackets=ours, items=items), Group(brackets=theirs, items=others):
            return ours == theirs and len(items) == len(others) and all(map(identical, items, others))
    if isinstance(reference, Group | Relation) or isinstance(answer, Group | Relation):
        return False
    names = symbols(reference) | symbols(answer)
    return _same_function(reference, answer, names) if names else _same_constant(reference, answer)


def _same_function(reference: Expression, answer: Expression, names: frozenset[str]) -> bool:
    """Whether two formulas have the same principal values at complex points, where letters have no sign.

    So `sqrt(x^2)` is not x and `ln(xy)` not `ln x + ln y`, as to an algebra that knows no signs of letters.
    """
    try:
        if not is_infinite(reference) and not is_infinite(answer):
            return _identity(reference, answer, names)
    except (Inexact, Undefined, ArithmeticError):
        pass
    agreed = 0
    with precision(BITS):
        for trial in range(_POINTS):
            point = {name: _complex(name, trial) for name in names}
            try:
                ours, theirs = (Evaluator(point, principal=True).value(one) for one in (reference, answer))
            except (Undefined, ArithmeticError, ValueError):
                continue
            if not ours.overlaps(theirs):
                return False
            agreed += 1
    return agreed >= _POINTS // 2


def _identity(reference: Expression, answer: Expression, names: frozenset[str]) -> bool:
    """Whether two rational functions are equal. Raises `Inexact` for other formulas."""
    for trial in range(2):
        point = field_point(names, trial)
        if (residue(reference, point) - residue(answer, point)) % PRIME:
            return False
    return True


def _complex(name: str, trial: int) -> Any:
    """A point for a letter: the same in every run."""
    drawn = digest(f"{name} {trial}", 4)
    real, imaginary = (1 + int.from_bytes(drawn[at : at + 2]) for at in (0, 2))
    if trial >= _NEGATIVE:
        return acb(arb(-real) / _GRAIN)
    signs = (1 if trial % 2 else -1), (-1 if trial // 2 % 2 else 1)
    return acb(arb(signs[0] * real) / _GRAIN, arb(signs[1] * imaginary) / _GRAIN)


def _same_constant(reference: Expression, answer: Expression) -> bool:
    try:
        return rational(reference) == rational(answer)
    except (Inexact, Undefined, ArithmeticError):
        pass
    ours, theirs = constant_value(reference), constant_value(answer)
    return ours is not None and theirs is not None and bool(ours.overlaps(theirs))


def constant_value(node: Expression) -> Any | None:
    """The ball of a formula without letters, roots being principal ones; None where it has no value."""
    with precision(BITS):
        try:
            value = Evaluator({}, principal=True).value(node)
        except (Undefined, ArithmeticError, ValueError):
            return None
    return value if value.rel_one_accuracy_bits() >= BITS // 2 else None


def real_value(node: Expression) -> float | None:
    """The number that a formula without letters is worth; None where it has no real value."""
    value = constant_value(node)
    if value is None or not value.imag.contains(0):
        return None
    return float(value.real.mid())


def _arithmetic_value(node: Expression) -> float | None:
    """The number of a formula of the operations that the paper evaluates by name: no function but roots."""
    return real_value(node) if _is_arithmetic(node) else None


def _is_arithmetic(node: Expression) -> bool:
    match node:
        case Number() | Constant(name="pi" | "e"):
            return True
        case Apply(name=name, args=args):
            return name in _ARITHMETIC and all(map(_is_arithmetic, args))
    return False
