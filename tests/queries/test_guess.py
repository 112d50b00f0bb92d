"""Columns are told by their names and by what stands in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dartmath.queries.config import QuerySource
from dartmath.queries.convert import query_of
from dartmath.queries.guess import guess, shown_row
from dartmath.queries.paths import value_at

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "guesses.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["query"]))
def test_columns_are_told(case: dict[str, Any]) -> None:
    found = guess(case["rows"])
    assert (found.query, found.reference) == (case["query"], case["reference"])
    assert (found.context, found.unit) == (case.get("context"), case.get("unit"))
    assert list(found.choices) == case.get("choices", [])


def test_nothing_tells_without_rows() -> None:
    assert guess([]).query is None


def test_a_column_of_answers_that_can_be_compared_is_preferred() -> None:
    rows = [{"question": f"What is {i}?", "solution": "It is long.\n" * 5, "target": i} for i in range(9)]
    assert guess(rows).reference == "target"


def test_options_belong_to_the_problem_and_a_letter_is_the_answer() -> None:
    for answer in ("B", "(B)", "b.", "4", 1, "B) 4"):
        row = {"q": "Which is even?", "o": ["A) 3", "B) 4", "C) 5"], "a": answer}
        columns = {"query": "q", "reference": "a", "choices": ["o"]}
        source = QuerySource.model_validate({"dataset": "own.jsonl", "columns": columns})
        assert source.columns is not None
        query, _ = query_of(row, source, source.columns, "own.jsonl")
        assert query.text == "Which is even?\n(A) 3\n(B) 4\n(C) 5"
        assert query.references == ("B",), answer


def test_a_path_is_written_in_either_way_and_shown_with_its_value() -> None:
    row = {"prompt": [{"role": "user", "content": "Why?"}], "a.b": 1, "info": '{"answer": 3}', "none": None}
    for path in ("prompt[0].content", "prompt.0.content"):
        assert value_at(row, path) == "Why?"
    assert value_at(row, "prompt.*.content") == ["Why?"]
    assert (value_at(row, "a.b"), value_at(row, "info.answer"), value_at(row, "none.x")) == (1, 3, None)
    for path in ("prompt.1.content", "prompt.content", "nothing", "a.b.c"):
        with pytest.raises(LookupError):
            value_at(row, path)
    assert "prompt.0.content  Why?" in shown_row(row)
