"""Laws of equality on complex numbers, bases, quantities, matrices and sets with known values."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dartmath.verify import verify

integers = st.integers(-99, 99)
UNITS = {"m": 100, "cm": 1, "km": 100_000}
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def same(one: str, two: str) -> bool:
    forth, back = verify(one, two).correct, verify(two, one).correct
    assert forth == back, (one, two)
    return forth


@settings(max_examples=60, deadline=None)
@given(integers, integers, integers, integers)
def test_complex_numbers_are_equal_exactly_when_their_parts_are(a: int, b: int, c: int, d: int) -> None:
    assume(b and d)
    assert same(f"{a}{b:+d}i", f"{c}{d:+d}i") == ((a, b) == (c, d))
    assert same(f"{a}{b:+d}i", f"{b}i{a:+d}")
    assert same(f"({a}{b:+d}i)({c}{d:+d}i)", f"{a * c - b * d}{a * d + b * c:+d}i")
    assert not same(f"{a}{b:+d}i", f"{a}{-b:+d}i")


def digits_of(value: int, base: int) -> str:
    digits = ""
    while value:
        value, digit = divmod(value, base)
        digits = DIGITS[digit] + digits
    return digits


@settings(max_examples=80, deadline=None)
@given(st.integers(100, 10**6), st.integers(2, 10), st.integers(2, 10), st.integers(1, 9))
def test_digits_mean_their_value_in_every_base(value: int, base: int, other: int, step: int) -> None:
    written = digits_of(value, base)
    assert same(f"{written}_{{{base}}}", str(value))
    assert same(f"{written}_{base}" if base < 10 else f"{written}_{{{base}}}", f"({written})_{{{base}}}")
    assert same(f"{written}_{{{base}}}", f"{digits_of(value, other)}_{{{other}}}")
    assert not same(f"{written}_{{{base}}}", str(value + step))
    assert not same(f"{written}_{{{base}}}", f"{digits_of(value + step, other)}_{{{other}}}")


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 9999), st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)))
def test_quantities_are_equal_exactly_when_their_sizes_are(amount: int, one: str, two: str) -> None:
    converted = Fraction(amount * UNITS[one], UNITS[two])
    other = f"\\frac{{{converted.numerator}}}{{{converted.denominator}}}"
    assert same(f"{amount} \\text{{ {one}}}", f"{other}\\text{{ {two}}}")
    assert same(f"{amount} \\text{{ {one}}}", f"{amount}\\text{{ {two}}}") == (one == two)
    assert not same(f"{amount} \\text{{ {one}}}", f"{amount}\\text{{ {one}}}^2")


@settings(max_examples=60, deadline=None)
@given(st.lists(integers, min_size=4, max_size=4), st.integers(2, 9), st.integers(0, 3))
def test_matrices_entry_by_entry(entries: list[int], factor: int, place: int) -> None:
    def written(values: list[int]) -> str:
        a, b, c, d = values
        return f"\\begin{{pmatrix}} {a} & {b} \\\\ {c} & {d} \\end{{pmatrix}}"

    a, b, c, d = entries
    scaled = [factor * entry for entry in entries]
    assert same(written(scaled), f"{factor}{written(entries)}")
    assert same(written([a, c, b, d]), f"{written(entries)}^T")
    assert same(f"\\begin{{vmatrix}} {a} & {b} \\\\ {c} & {d} \\end{{vmatrix}}", str(a * d - b * c))
    changed = [entry + (k == place) for k, entry in enumerate(entries)]
    assert not same(written(entries), written(changed))


@settings(max_examples=60, deadline=None)
@given(st.lists(integers, min_size=2, max_size=4, unique=True), st.randoms())
def test_unions_of_intervals_in_any_order(ends: list[int], rng: object) -> None:
    low, *_, high = sorted(ends)
    pieces = [f"(-\\infty, {low}]", f"({high}, \\infty)"]
    union = " \\cup ".join(pieces)
    rng.shuffle(pieces)  # type: ignore[attr-defined]
    assert same(union, " \\cup ".join(pieces))
    assert same(union, f"x \\le {low} \\text{{ or }} x > {high}")
    assert same(union, f"\\mathbb{{R}} \\setminus ({low}, {high}]")
    assert not same(union, f"\\mathbb{{R}} \\setminus [{low}, {high}]")
    assert not same(union, f"(-\\infty, {low}] \\cup ({high + 1}, \\infty)")
    assert not same(union, " \\cap ".join(pieces))
