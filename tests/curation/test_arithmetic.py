from __future__ import annotations

import json
import operator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.curation.arithmetic import check_steps, wrong_steps

CASES = [json.loads(line) for line in (Path(__file__).parent / "data/steps.jsonl").read_text().splitlines()]
OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_cases(case: dict[str, Any]) -> None:
    assert [step.right for step in check_steps(case["text"])] == case["right"]


@given(st.integers(0, 10**6), st.sampled_from(sorted(OPERATORS)), st.integers(0, 10**6), st.integers(-3, 3))
def test_whole_numbers_are_exact(a: int, sign: str, b: int, off: int) -> None:
    right = OPERATORS[sign](a, b)
    (step,) = check_steps(f"So {a:,} {sign} {b} = {right + off}.")
    assert (step.computed, step.stated, step.right) == (right, right + off, off == 0)


@given(st.integers(0, 9999), st.integers(1, 99), st.integers(1, 6))
def test_quotients_may_be_rounded_or_cut_off_but_not_more(a: int, b: int, digits: int) -> None:
    exact = Fraction(a, b)
    unit = Fraction(1, 10**digits)
    for stated, right in ((exact // unit * unit, True), (exact // unit * unit - unit, False)):
        if stated >= 0:
            text = f"{a} / {b} = {float(stated):.{digits}f}"
            assert [step.right for step in check_steps(text)] == [right]


@given(st.text("0123456789+-*/^()=., $%x\\{}<>frac", max_size=300))
def test_any_text_is_judged_without_an_exception(text: str) -> None:
    assert len(wrong_steps(text)) <= len(check_steps(text))


@pytest.mark.parametrize("text", ["(" * 50_000, "1+" * 50_000 + "1=2", "1,000" * 20_000, "\\frac{" * 20_000])
def test_hostile_text_ends(text: str) -> None:
    assert check_steps(text) == [] or len(check_steps(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "1 plus 1, " * 20_000,
        "3 apples + " * 20_000 + "= 3",
        "1" + " " * 100_000 + "= 1",
        "1/2 of " * 20_000,
        "so 1+1 " * 20_000,
    ],
)
def test_hostile_words_end(text: str) -> None:
    assert len(check_steps(text)) < len(text)
