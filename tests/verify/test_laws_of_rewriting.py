"""Equality is transitive over rewritings; equations and inequalities survive what keeps their solutions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from verify.expressions import Valued, literal, numbers, rationals, same

Rewriting = Callable[[str], str]

nonzero = st.integers(-9, 9).filter(bool)
positive = st.integers(1, 9)


def chains(steps: st.SearchStrategy[Rewriting]) -> st.SearchStrategy[Rewriting]:
    """One to three rewritings, one after the other."""

    def composed(parts: list[Rewriting]) -> Rewriting:
        def rewriting(text: str) -> str:
            for part in parts:
                text = part(text)
            return text

        return rewriting

    return st.lists(steps, min_size=1, max_size=3).map(composed)


def identities(k: int) -> list[Rewriting]:
    """Rewritings of an expression that keep its value, with a constant of their own."""
    return [
        lambda text: f"({text})",
        lambda text: f"\\left({text}\\right)+0",
        lambda text: f"-(-({text}))",
        lambda text: f"({text})^{{1}}",
        lambda text: f"({text})+{abs(k)}-{abs(k)}",
        lambda text: f"\\frac{{{k}({text})}}{{{k}}}",
        lambda text: f"{abs(k)}({text}) / {abs(k)}",
        lambda text: f"\\frac12({text})+\\frac{{{text}}}{{2}}",
    ]


value_rewritings = chains(nonzero.flatmap(lambda k: st.sampled_from(identities(k))))


@settings(max_examples=100, deadline=None)
@given(numbers, st.lists(value_rewritings, min_size=3, max_size=3), rationals.filter(bool))
def test_equality_of_rewritten_numbers_is_transitive(
    drawn: Valued, rewritings: list[Rewriting], step: Fraction
) -> None:
    notations = [rewriting(drawn.latex) for rewriting in rewritings]
    for one, two in permutations([*notations, literal(drawn.value).latex], 2):
        assert same(one, two), (one, two)
    other = literal(drawn.value + step).latex
    for notation, rewriting in zip(notations, rewritings, strict=True):
        assert not same(notation, rewriting(other))
        assert not same(rewriting(other), notation)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(-3, 3), value_rewritings), min_size=3, max_size=3))
def test_what_equals_a_middle_notation_is_equal(drawn: list[tuple[int, Rewriting]]) -> None:
    one, two, three = (rewriting(str(value)) for value, rewriting in drawn)
    if same(one, two) and same(two, three):
        assert same(one, three), (one, two, three)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.integers(-9, 9), min_size=3, max_size=3), st.lists(value_rewritings, min_size=3, max_size=3)
)
def test_equality_of_rewritten_functions_is_transitive(
    coefficients: list[int], rewritings: list[Rewriting]
) -> None:
    a, b, c = coefficients
    polynomial = f"{a}x^2{b:+d}xy{c:+d}"
    notations = [polynomial, *(rewriting(polynomial) for rewriting in rewritings)]
    for one, two in permutations(notations, 2):
        assert same(one, two), (one, two)
    for rewriting in rewritings:
        assert not same(polynomial, rewriting(f"{a}x^2{b:+d}xy{c + 1:+d}"))


Statement = tuple[str, str, str]
"""Left side, relation sign, right side."""

_FLIPPED = {"=": "=", "<": ">", ">": "<", "\\le": "\\ge", "\\ge": "\\le"}
_RELAXED = {"<": "\\le", ">": "\\ge", "\\le": "<", "\\ge": ">"}


def flipped(statement: Statement) -> Statement:
    left, sign, right = statement
    return right, _FLIPPED[sign], left


def moves(k: int) -> list[Callable[[Statement], Statement]]:
    """What keeps the solutions of a statement, with a constant of its own."""

    def scaled(statement: Statement) -> Statement:
        left, sign, right = statement if k > 0 else (statement[0], _FLIPPED[statement[1]], statement[2])
        return f"{k}({left})", sign, f"{k}({right})"

    return [
        flipped,
        scaled,
        lambda s: (f"{s[0]} - ({s[2]})", s[1], "0"),
        lambda s: ("0", s[1], f"{s[2]} - ({s[0]})"),
        lambda s: (f"{s[0]} + {abs(k)}x", s[1], f"{s[2]} + {abs(k)}x"),
        lambda s: (f"{s[0]} - {abs(k)}", s[1], f"{s[2]} - {abs(k)}"),
        lambda s: (f"\\frac{{{s[0]}}}{{{abs(k)}}}", s[1], f"\\frac{{{s[2]}}}{{{abs(k)}}}"),
    ]


def build_side(form: str, a: int, b: int, constant: int) -> tuple[str, int]:
    return form.format(a=a, b=f"{b:+d}"), constant


FORMS = (
    "{a}x",
    "{a}x{b}y",
    "{a}x^2{b}xy",
    "{a}e^x{b}y",
    "{a}\\sin(x){b}\\sqrt{{y}}",
    "\\frac{{{a}}}{{x}}{b}y",
)
sides = st.builds(build_side, st.sampled_from(FORMS), nonzero, nonzero, st.integers(-9, 9))
"""A left side with free variables, and the constant on the right."""

move_lists = st.lists(nonzero.flatmap(lambda k: st.sampled_from(moves(k))), min_size=1, max_size=3)


def moved(statement: Statement, steps: list[Callable[[Statement], Statement]]) -> str:
    for step in steps:
        statement = step(statement)
    return " ".join(statement)


@settings(max_examples=120, deadline=None)
@given(sides, st.lists(move_lists, min_size=2, max_size=2), nonzero)
def test_equations_keep_their_meaning_under_moves(
    drawn: tuple[str, int], ways: list[list[Callable[[Statement], Statement]]], step: int
) -> None:
    left, constant = drawn
    right = str(constant)
    notations = [f"{left} = {right}", *(moved((left, "=", right), way) for way in ways)]
    for one, two in permutations(notations, 2):
        assert same(one, two), (one, two)
    for way in ways:
        assert not same(notations[0], moved((left, "=", str(constant + step)), way))
        assert not same(moved((left, "=", str(constant + step)), way), notations[0])


@settings(max_examples=120, deadline=None)
@given(
    sides,
    st.sampled_from(sorted(_RELAXED)),
    st.lists(move_lists, min_size=2, max_size=2),
    nonzero,
)
def test_inequalities_keep_their_meaning_under_moves(
    drawn: tuple[str, int],
    sign: str,
    ways: list[list[Callable[[Statement], Statement]]],
    step: int,
) -> None:
    left, constant = drawn
    right = str(constant)
    plain = f"{left} {sign} {right}"
    notations = [plain, *(moved((left, sign, right), way) for way in ways)]
    for one, two in permutations(notations, 2):
        assert same(one, two), (one, two)
    for way in ways:
        for other in (
            (left, _FLIPPED[sign], right),
            (left, _RELAXED[sign], right),
            (left, sign, str(constant + step)),
        ):
            assert not same(plain, moved(other, way)), (plain, moved(other, way))
            assert not same(moved(other, way), plain), (plain, moved(other, way))
