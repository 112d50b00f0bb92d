"""`parse`: the printed tree of an answer, and what bounds it."""

from __future__ import annotations

import pytest

from dartmath.verify import parse, verify
from dartmath.verify.parsing.parser import MAX_REMEMBERED
from dartmath.verify.tree.expression import Text


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        (r"\frac12", "div(1, 2)"),
        (r"2\frac13", "(7/3)"),
        ("2 1/3", "(7/3)"),
        ("1,234", "1234"),
        ("1, 234", "list(1, 234)"),
        ("(1,234)", "(1, 234)"),
        ("-x^2", "neg(pow(x, 2))"),
        ("2x", "mul(2, x)"),
        ("1/2x", "mul(div(1, 2), x)"),
        ("2^3^2", "pow(2, pow(3, 2))"),
        (r"\sqrt2x", "mul(root(2, 2), x)"),
        (r"\sin^2 x", "pow(sin(x), 2)"),
        (r"\sin^{-1} x", "arcsin(x)"),
        (r"\sin 2x + 1", "add(sin(mul(2, x)), 1)"),
        (r"\log_2 8", "log(8, 2)"),
        ("sin x", "sin(x)"),
        ("xsin(x)", "mul(x, sin(x))"),
        ("x_1", "x_1"),
        ("a_{n+1}", "a_n+1"),
        ("f(x)", "f(x)"),
        ("x(y)", "mul(x, y)"),
        ("|x|-1", "add(abs(x), -1)"),
        (r"\{x \mid x > 0\}", "{x | x > 0}"),
        (r"(-\infty, 3]", "(neg(infinity), 3]"),
        ("x = 2 \\text{ or } x = 3", "list(x = 2 or x = 3)"),
        ("1011_2", "base(11, 2, '1011')"),
        (r"5\text{ cm}", "5 [cm]"),
        (r"\$1.50", "(3/2) [usd]"),
        (r"30^\circ", "degree(30)"),
        (r"1\pm\sqrt2", "list(add(1, root(2, 2)), add(1, neg(root(2, 2))))"),
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "[1, 2; 3, 4]"),
        (r"\binom{5}{2}", "binom(5, 2)"),
        (r"{5 \choose 2}", "binom(5, 2)"),
        ("knots", "'knots'"),
        ("Tuesday", "weekday:tuesday"),
        ("(B)", "choice:B"),
        ("no solution", "set:empty"),
        ("3:4", "ratio(3, 4)"),
        ("4:30 pm", "clock:04:30:00 p"),
        ("2024-02-29", "date:02-29 2024"),
        ("1e3", "1000"),
        (r"0.1\overline{6}", "(1/6)"),
    ],
)
def test_tree(text: str, tree: str) -> None:
    assert str(parse(text)) == tree


@pytest.mark.parametrize(
    "text",
    [
        "(" * 300 + "1" + ")" * 300,
        "1+" * 3000,
        "9" * 20_000,
        "1e999999",
        "x" * 5000,
        r"\frac{1",
        "(1,2",
        "1 2",
    ],
)
def test_what_is_out_of_bounds_or_malformed_is_text(text: str) -> None:
    assert isinstance(parse(text), Text)


def test_unicode_latex_and_plain_text_give_one_tree() -> None:
    assert parse("2√3 ≤ x²") == parse(r"2\sqrt{3} \leq x^{2}") == parse("2*sqrt(3) <= x**2")


def test_what_a_failed_program_prints_is_text() -> None:
    lines = "\n".join(f"      {n} x = solve({n}*x + 2, x)" for n in range(12))
    printed = (
        f"{'-' * 75}\nTypeError    Traceback (most recent call last)\nCell In[2], line 3\n{lines}\nTypeError"
    )
    assert len(printed) > MAX_REMEMBERED
    assert parse(printed) == Text(printed)
    assert not verify("-6", printed).correct
