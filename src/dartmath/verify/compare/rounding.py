"""Numbers that differ and may still be equal: printed floats, rounded decimals, tolerances."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from dartmath.verify.numeric.ball import Evaluator, precision
from dartmath.verify.numeric.equality import Decision, scalar_equal
from dartmath.verify.numeric.exact import Inexact, Undefined, rational
from dartmath.verify.tree.expression import MAX_DECIMAL_BITS, Apply, Expression, Number, heads

FLOAT_DIGITS = 10
"""A decimal with this many significant digits is a printed float; its last digit may be off by one."""

DOUBLE_DIGITS = 17
"""No double has more significant digits: two decimals that both show more were not computed with doubles."""

FLOAT_NOISE = Fraction(1, 10**6)
"""Rounding noise of a float never moves a digit that is not far behind the decimal point."""

COMMON = frozenset([8, 16])
"""Denominators of common fractions with three or four decimals; 4 of 1,000 roundings have one by chance."""

CUT_DIGITS = 6
"""A decimal with this many significant digits may be cut off instead of rounded: 3.141592 for pi."""

MIN_DIGITS = 3
"""A decimal reference with fewer significant digits is taken as exact."""

_TEN = Fraction(10)
MAX_POWER = 400
"""Of ten in scientific notation: more than a float has, and few enough digits to be handled exactly."""

_SURE_BITS = 90
"""Of a distance computed with 128 bits: far more than the digits of a number that is compared by them."""

_SLACK = 1 + Fraction(1, 10**9)
"""Tolerances are binary floats: 0.1 must allow the decimal 0.1."""


@dataclass(frozen=True, slots=True)
class Margin:
    """How far an answer may be from its reference; any of the parts that are given suffices.

    `absolute` is a difference in the reference's unit, `relative` a share of the reference, `digits` the
    significant digits that must agree when both are rounded. `rounded` accepts what rounds to the reference
    as it is shown, where that has two digits or more.
    """

    absolute: float | None = None
    relative: float | None = None
    digits: int | None = None
    rounded: bool = False

    def __str__(self) -> str:
        parts = [
            f"{self.absolute:g}" if self.absolute is not None else "",
            f"{self.relative:.3g} of the reference" if self.relative is not None else "",
            f"{self.digits} significant digits" if self.digits is not None else "",
            "the reference's own digits" if self.rounded else "",
        ]
        return " or ".join(part for part in parts if part)

    def allowed(self, reference: Expression) -> Fraction | None:
        """The largest difference from this reference; None where it is no real number."""
        size = distance(reference, Number(Fraction(0)))
        if size is None:
            return None
        found = Fraction(self.absolute or 0)
        found = max(found, Fraction(self.relative or 0) * size)
        if self.digits is not None and size:
            found = max(found, Fraction(10) ** (_magnitude(size) - self.digits + 1) / 2)
        literal = shown(reference) if self.rounded else None
        if literal is not None and literal.digits > 1:
            found = max(found, literal.step / 2)
        return found * _SLACK


@dataclass(frozen=True, slots=True)
class Literal:
    """A number as it is written: its value, the value of one in its last digit, its significant digits."""

    value: Fraction
    step: Fraction
    digits: int


def shown(node: Expression) -> Literal | None:
    """What the digits of a decimal, an integer, or a number in scientific notation show."""
    match node:
        case Apply(name="neg", args=(inner,)):
            found = shown(inner)
            return None if found is None else Literal(-found.value, found.step, found.digits)
        case Apply(
            name="mul", args=(Number() as mantissa, Apply(name="pow", args=(Number(value=base), power)))
        ):
            scale = _power_of_ten(base, power)
            found = shown(mantissa)
            return None if scale is None or found is None else _scaled(found, scale)
        case Number(value=value) if value.numerator.bit_length() <= MAX_DECIMAL_BITS:
            return _written(node)
    return None


def _power_of_ten(base: Fraction, power: Expression) -> Fraction | None:
    try:
        exponent = rational(power)
    except (Inexact, ArithmeticError):
        return None
    if base != _TEN or exponent.denominator != 1 or abs(exponent) > MAX_POWER:
        return None
    return _TEN ** int(exponent)


def _scaled(literal: Literal, scale: Fraction) -> Literal:
    return Literal(literal.value * scale, literal.step * scale, literal.digits)


def _written(node: Number) -> Literal | None:
    if node.digits is not None and node.value:
        step = Fraction(10) ** (_magnitude(abs(node.value)) - node.digits + 1)
        return Literal(node.value, step, node.digits)
    if node.value.denominator != 1 and not node.places:
        return None
    return Literal(node.value, Fraction(1, 10 ** (node.places or 0)), digits(node))


def _magnitude(size: Fraction) -> int:
    """The power of ten of the first significant digit."""
    power = len(str(size.numerator)) - len(str(size.denominator))
    return power if size >= Fraction(10) ** power else power - 1


def digits(literal: Number) -> int:
    """Significant digits of a decimal literal, trailing zeros included."""
    if literal.value.numerator.bit_length() > MAX_DECIMAL_BITS:
        return MAX_DECIMAL_BITS // 4
    return len(str(abs(literal.value.numerator) * 10 ** (literal.places or 0) // literal.value.denominator))


def has_digits(literal: Number, least: int) -> bool:
    """Whether a decimal literal has so many significant digits or more, without writing them out."""
    if literal.value.numerator.bit_length() > MAX_DECIMAL_BITS:
        return True
    written = abs(literal.value.numerator) * 10 ** (literal.places or 0)
    return bool(written >= 10 ** (least - 1) * literal.value.denominator)


def same_number(reference: Expression, answer: Expression, margin: Margin | None) -> Decision:
    """Compare two scalars without units: by the tolerance where there is one, else exactly."""
    near = within(reference, answer, margin)
    if near is not None:
        return near
    decision = scalar_equal(reference, answer)
    if decision.equal is not False:
        return decision
    return _float_digits(reference, answer) or rounding(reference, answer) or decision


def within(reference: Expression, answer: Expression, margin: Margin | None) -> Decision | None:
    """Compare by a tolerance, where there is one and both are real numbers."""
    if margin is None:
        return None
    difference, allowed = distance(reference, answer), margin.allowed(reference)
    if difference is None or allowed is None:
        return None
    equal = difference <= allowed
    return Decision(equal, "tolerance", f"{'within' if equal else 'beyond'} the tolerance of {margin}")


def distance(left: Expression, right: Expression) -> Fraction | None:
    """|left - right| of two constants: exact, or rounded up far below any tolerance in use."""
    difference = Apply("abs", (Apply("add", (left, Apply("neg", (right,)))),))
    try:
        return rational(difference)
    except (Inexact, ArithmeticError):
        return _approximate(difference)


def _approximate(node: Expression) -> Fraction | None:
    with precision(128):
        try:
            value = Evaluator({}).real(node)
            if not value.rel_one_accuracy_bits() > _SURE_BITS or not abs(value) < 10**15:
                return None
            return Fraction(float(value.mid()))
        except (Undefined, ArithmeticError, ValueError):
            return None


def _float_digits(reference: Expression, answer: Expression) -> Decision | None:
    """A printed float (10 significant digits or more) of the exact value on the other side."""
    both = [one for one in (reference, answer) if isinstance(one, Number) and one.places]
    if not any(has_digits(one, FLOAT_DIGITS) for one in both):
        return None
    if [digits(one) > DOUBLE_DIGITS for one in both] == [True, True]:
        return None
    for exact, printed in ((reference, answer), (answer, reference)):
        if not isinstance(printed, Number) or not printed.places or not has_digits(printed, FLOAT_DIGITS):
            continue
        step = min(abs(printed.value) / 2**50, FLOAT_NOISE)
        if "decimal" not in heads(exact) or _is_repeating(exact):
            step = max(step, Fraction(1, 10**printed.places))
        apart = distance(exact, printed)
        if apart is not None and apart < step:
            return Decision(True, "float", "a printed float of the exact value")
    return None


def rounding(reference: Expression, answer: Expression) -> Decision | None:
    """A decimal reference that is the exact answer, rounded to the decimals it shows.

    Only for an answer that is itself no decimal and has no finite decimal expansion: `0.458` stands
    for `27/59`; but `0.33` is not `0.333`, and an exact reference is never matched by its rounding.
    """
    if not isinstance(reference, Number) or not reference.places or not has_digits(reference, MIN_DIGITS):
        return None
    if "decimal" in heads(answer) or _is_common(reference):
        return None
    try:
        value = rational(answer)
        if _is_finite_decimal(value):
            return None
    except (Inexact, ArithmeticError):
        pass
    apart = distance(reference, answer)
    step = Fraction(1, 10**reference.places)
    if apart is None or apart >= step or (apart * 2 > step and digits(reference) < CUT_DIGITS):
        return None
    return Decision(True, "rounding", "the reference is this exact value, rounded")


def _is_repeating(node: Expression) -> bool:
    """Whether a decimal is written with a period, and so exact."""
    return isinstance(node, Number) and node.places == 0 and node.value.denominator != 1


def _is_common(reference: Number) -> bool:
    """Whether a decimal of three places or more is a common fraction, as 0.125, and so nothing rounded."""
    return (reference.places or 0) >= MIN_DIGITS and reference.value.denominator in COMMON


def _is_finite_decimal(value: Fraction) -> bool:
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1
