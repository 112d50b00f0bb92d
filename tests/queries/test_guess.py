"""Columns are told by their names and by what stands in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dartmath.base.errors import ConfigError
from dartmath.queries.config import Columns, QuerySource
from dartmath.queries.convert import query_of
from dartmath.queries.guess import guess, shown_row
from dartmath.queries.guess_options import with_first_choice
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
    if found.query and found.reference:
        assert first_choice(case["rows"], found.columns()) == case.get("first")


def first_choice(rows: list[dict[str, Any]], columns: Columns) -> int | str | None:
    try:
        return with_first_choice(rows, columns, "own.jsonl").first_choice
    except ConfigError as error:
        assert "own.jsonl: the references" in str(error)
        assert "--first-choice 0 or --first-choice 1" in str(error)
        return "unclear"


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


def reading(row: dict[str, Any], columns: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    source = QuerySource.model_validate({"dataset": "own.jsonl", "columns": columns})
    assert source.columns is not None
    query, _ = query_of(row, source, source.columns, "own.jsonl")
    return query.text, query.references


def test_the_best_of_scored_options_is_the_answer() -> None:
    row = {"q": "Which is even?", "scores": {"3": 0, "4": 1, "5": 0}}
    columns = {"query": "q", "reference": "scores", "choices": ["scores"]}
    assert reading(row, columns) == ("Which is even?\n(A) 3\n(B) 4\n(C) 5", ("B",))
    assert reading(row, {"query": "q", "reference": "scores"}) == ("Which is even?", ("4",))
    both = {"q": "Which is even?", "scores": {"3": 0, "4": 1, "6": 1}}
    assert reading(both, {"query": "q", "reference": "scores"})[1] == ("4", "6"), "either is right"


def test_paragraphs_stand_before_the_problem() -> None:
    row = {"q": "Who?", "c": ["Ann came.", "She left."], "a": "Ann"}
    assert (
        reading(row, {"query": "q", "reference": "a", "context": "c"})[0] == "Ann came.\n\nShe left.\n\nWho?"
    )


def test_a_small_letter_in_parentheses_is_an_option() -> None:
    for said, read in (("(b)", "(B)"), ("b", "b"), ("(b) 4", "(b) 4"), ("(x)", "(x)")):
        assert reading({"q": "Which?", "a": said}, {"query": "q", "reference": "a"})[1] == (read,)


def test_a_path_is_written_in_either_way_and_shown_with_its_value() -> None:
    row = {"prompt": [{"role": "user", "content": "Why?"}], "a.b": 1, "info": '{"answer": 3}', "none": None}
    row["no"] = {"It is.": 1}
    for path in ("prompt[0].content", "prompt.0.content"):
        assert value_at(row, path) == "Why?"
    assert value_at(row, "prompt.*.content") == ["Why?"]
    assert (value_at(row, "a.b"), value_at(row, "info.answer"), value_at(row, "none.x")) == (1, 3, None)
    assert value_at(row, "no.It is.") == 1, "a name may have points of its own"
    assert "no.It is." in shown_row(row)
    for path in ("prompt.1.content", "prompt.content", "nothing", "a.b.c"):
        with pytest.raises(LookupError):
            value_at(row, path)
    assert "prompt.0.content  Why?" in shown_row(row)
