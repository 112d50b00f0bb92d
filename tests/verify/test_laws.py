"""Laws of equality, on expressions drawn from a grammar with known exact values."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from verify.expressions import Valued, expanded, literal, numbers, polynomials, rationals, same, written


@settings(max_examples=150, deadline=None)
@given(numbers)
def test_every_notation_of_a_number_is_equal_to_it(drawn: Valued) -> None:
    value = literal(drawn.value).latex
    assert same(value, drawn.latex)
    assert same(drawn.latex, value)
    assert same(drawn.latex, drawn.python.replace("/", " / ") if "**" not in drawn.python else drawn.latex)
    assert same(value, f"${drawn.latex}$")
    assert same(value, f"x = {drawn.latex}")
    assert same(value, f"\\left( {drawn.latex} \\right)")


@settings(max_examples=150, deadline=None)
@given(numbers, numbers)
def test_numbers_are_equal_exactly_when_their_values_are(one: Valued, two: Valued) -> None:
    assert same(one.latex, two.latex) == (one.value == two.value)
    assert same(two.latex, one.latex) == (one.value == two.value)


@settings(max_examples=100, deadline=None)
@given(rationals, st.fractions(min_value=-1, max_value=1, max_denominator=10**9))
def test_a_small_difference_is_a_difference(value: Fraction, step: Fraction) -> None:
    assume(step)
    assert not same(literal(value).latex, literal(value + step).latex)


@settings(max_examples=100, deadline=None)
@given(st.integers(-(10**15), 10**15))
def test_notations_of_an_integer(value: int) -> None:
    grouped = f"{value:,}"
    for answer in (
        grouped,
        grouped.replace(",", "{,}"),
        grouped.replace(",", "\\,"),
        f"{value}.0",
        f"{value}.",
        f"{value}\\text{{ cm}}",
    ):
        assert same(str(value), answer), answer
    assert not same(str(value), str(value + 1))
    assert not same(str(value), f"{value}.5")


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 99), st.integers(2, 99), st.integers(2, 40))
def test_notations_of_a_surd(factor: int, radicand: int, degree: int) -> None:
    reference = f"{factor}\\sqrt{{{radicand}}}"
    for answer in (
        f"\\sqrt{{{factor * factor * radicand}}}",
        f"{factor}*sqrt({radicand})",
        f"{factor} \\cdot {radicand}^{{1/2}}",
        f"\\frac{{{factor * radicand}}}{{\\sqrt{{{radicand}}}}}",
        f"{factor}√{radicand}",
    ):
        assert same(reference, answer), answer
    assert not same(reference, f"{factor}\\sqrt{{{radicand + 1}}}")
    assert not same(reference, f"-{reference}")
    if degree != 2:
        assert not same(f"\\sqrt{{{radicand}}}", f"\\sqrt[{degree}]{{{radicand}}}")


@settings(max_examples=80, deadline=None)
@given(polynomials, st.randoms())
def test_polynomials_factored_expanded_and_shuffled(roots: list[int], rng: object) -> None:
    factors = [f"(x-({root}))" for root in roots]
    sum_of_powers = written(expanded(roots))
    assert same("".join(factors), sum_of_powers)
    rng.shuffle(factors)  # type: ignore[attr-defined]
    assert same(sum_of_powers, " \\cdot ".join(factors))
    assert not same(sum_of_powers, sum_of_powers + "+1")
    assert not same(sum_of_powers, f"2({sum_of_powers})")
    assert not same(sum_of_powers, sum_of_powers.replace("x", "y"))


@settings(max_examples=80, deadline=None)
@given(polynomials, st.integers(2, 9))
def test_equations_moved_and_scaled(roots: list[int], scale: int) -> None:
    side = written(expanded(roots))
    assert same(f"y = {side}", f"{side} = y")
    assert same(f"y = {side}", f"{scale}y = {scale}({side})")
    assert same(f"y = {side}", f"y - ({side}) = 0")
    assert not same(f"y = {side}", f"y = {side} + {scale}")


@settings(max_examples=80, deadline=None)
@given(st.lists(rationals, min_size=2, max_size=6, unique=True), st.randoms())
def test_lists_in_any_order_and_tuples_in_one(values: list[Fraction], rng: object) -> None:
    items = [literal(value).latex for value in values]
    shuffled = list(items)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert same(", ".join(items), " , ".join(shuffled))
    assert same(f"\\{{{', '.join(items)}\\}}", f"\\{{{', '.join(shuffled)}\\}}")
    assert same(f"({','.join(items)})", f"\\left({' , '.join(shuffled)}\\right)") == (items == shuffled)
    assert not same(", ".join(items), ", ".join(items[1:]))
    assert not same(", ".join(items), ", ".join([*items, "12345"]))


@settings(max_examples=80, deadline=None)
@given(rationals, rationals, st.sampled_from(["()", "[]", "(]", "[)"]))
def test_intervals_as_inequalities(one: Fraction, two: Fraction, brackets: str) -> None:
    assume(one < two)
    low, high = literal(one).latex, literal(two).latex
    left, right = ("<" if brackets[0] == "(" else "\\le"), ("<" if brackets[1] == ")" else "\\le")
    interval = f"{brackets[0]}{low}, {high}{brackets[1]}"
    assert same(interval, f"{low} {left} x {right} {high}")
    assert same(f"x \\in {interval}", f"{low} {left} x {right} {high}")
    for other in {"()", "[]", "(]", "[)"} - {brackets}:
        assert not same(interval, f"{other[0]}{low}, {high}{other[1]}")
