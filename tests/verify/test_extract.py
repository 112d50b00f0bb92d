"""`extract_answer`: which text of a response is its final answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.verify import GradingSettings, extract_answer
from dartmath.verify.extract.answer import WINDOW

CASES = Path(__file__).parents[1] / "cases" / "verify" / "extraction.jsonl"


@pytest.mark.parametrize(
    "case", [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
)
def test_extraction_case(case: dict[str, Any]) -> None:
    found = extract_answer(
        case["response"],
        strict=case["strict"],
        settings=GradingSettings(last_number=case["last_number"]),
    )
    assert (found.answer, found.method) == (case["answer"], case["method"])


def test_the_span_points_at_the_answer() -> None:
    response = "x" * 50 + " The answer is $6$. I hope so."
    start, end = extract_answer(response).span or (0, 0)
    assert response[start:end] == "$6$"


def test_only_the_end_of_a_long_response_is_read() -> None:
    assert extract_answer(r"\boxed{1}" + "\nword" * WINDOW).answer is None
    found = extract_answer("word\n" * WINDOW + r"\boxed{1}")
    assert found.answer == "1"
    assert found.span == (5 * WINDOW, 5 * WINDOW + 9)


@given(st.text(max_size=300), st.integers())
def test_the_last_box_always_wins(before: str, value: int) -> None:
    assert extract_answer(before + f"\n\nSo it is \\boxed{{{value}}}.").answer == str(value)


@given(st.text(max_size=300), st.booleans(), st.booleans())
def test_any_text_gives_an_extraction_inside_it(text: str, strict: bool, last: bool) -> None:
    found = extract_answer(text, strict=strict, settings=GradingSettings(last_number=last))
    if found.answer is None:
        assert (found.method, found.span) == ("none", None)
    else:
        assert found.span is not None
        assert 0 <= found.span[0] <= found.span[1] <= len(text)
        assert found.answer.strip()
