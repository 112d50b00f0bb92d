from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.curation.arithmetic import check_steps
from dartmath.curation.grounding import is_grounded, numbers_of

CASES = {
    "numbers of the query": ("31+47", "31 + 47 = 78", True),
    "the result first": ("31+47", "78 = 47 + 31", True),
    "in words": ("31+47", "47 plus 31 is 78", True),
    "swapped digits": ("31+47", "41 + 37 = 78", False),
    "an earlier result": ("12+40+25", "12 + 40 = 52\n52 + 25 = 77", True),
    "a result that was copied wrongly": ("12+40+25", "12 + 40 = 52\n42 + 35 = 77", False),
    "a result that does not compute is a number of the response": ("12+40+25", "12+40=53\n53+25=78", True),
    "a later result is not known yet": ("12+40+25", "52 + 25 = 77\n12 + 40 = 52", False),
    "a chain goes on from its own numbers": ("2, 3 and 4", "2*3+4 = 6+4 = 10", True),
    "known without being said": ("3 years", "3 * 12 = 36", False),
    "a thousands separator": ("$1,200 and 50", "1200 + 50 = 1250", True),
    "a decimal": ("0.5 of 8", "0.50 * 8 = 4", True),
    "no step": ("31+47", "The answer is 99.", True),
}


@pytest.mark.parametrize(("query", "response", "expected"), CASES.values(), ids=CASES)
def test_grounded(query: str, response: str, expected: bool) -> None:
    assert is_grounded(check_steps(response), numbers_of(query)) is expected


def test_numbers_of_a_text() -> None:
    assert numbers_of("1,200 of 3.5, .5 and 12,34") == {
        Fraction(1200), Fraction(7, 2), Fraction(1, 2), Fraction(12), Fraction(34),
    }  # fmt: skip


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=5, unique=True))
def test_a_sum_of_the_numbers_is_grounded_and_needs_every_one(terms: list[int]) -> None:
    steps = check_steps(f"{' + '.join(map(str, terms))} = {sum(terms)}")
    known = numbers_of(", ".join(map(str, terms)).replace(", ", " ; "))
    assert is_grounded(steps, known)
    assert not any(is_grounded(steps, known - {Fraction(term)}) for term in terms)
