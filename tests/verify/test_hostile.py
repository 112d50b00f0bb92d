"""Hostile input: no exception, no execution, whatever the answer, the reference or the response is."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dartmath.verify import Outcome, extract_answer, grade, parse, verify

CASES = Path(__file__).parents[1] / "cases" / "verify" / "hostile.jsonl"
ROWS = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
REFERENCES = ("1", "x+1", "(1,2]")


def test_the_corpus_is_large_enough() -> None:
    assert len(ROWS) >= 200
    assert len({row["name"] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_hostile_input_gets_an_outcome(row: dict[str, Any]) -> None:
    text = row["prefix"] + row["repeat"] * row["count"] + row["suffix"]
    for reference in REFERENCES:
        assert isinstance(verify(reference, text).outcome, Outcome)
        assert not verify(text, reference + "7").correct
    extract_answer(text)
    for verifier in ("math", "theoremqa"):
        asked = SimpleNamespace(text=text, references=("1234567",), verifier=verifier, metadata={})
        assert not grade(asked, f"So the result is \\boxed{{{text}}}\n").correct
        grade(asked, text)


@pytest.mark.parametrize(
    "template",
    [
        "open({path!r}, 'w')",
        "__import__('pathlib').Path({path!r}).touch()",
        "eval(\"open({path!r}, 'w')\")",
        "\\boxed{{open({path!r}, 'w')}}",
        "\\text{{__import__('os').system('touch {path}')}}",
        "\\write18{{touch {path}}}",
        "$(touch {path})",
        "x.__class__.__base__.__subclasses__()[0]('touch {path}')",
    ],
)
def test_nothing_in_an_answer_is_executed(template: str, tmp_path: Path) -> None:
    sentinel = tmp_path / "executed"
    text = template.format(path=str(sentinel))
    verify("1", text)
    verify(text, "1")
    parse(text)
    grade(SimpleNamespace(text="", references=("1",), verifier="math", metadata={}), f"\\boxed{{{text}}}")
    assert not sentinel.exists()


def test_long_texts_are_equal_only_character_by_character() -> None:
    assert verify("7" * 100_000, "7" * 100_000).correct
    assert not verify("7" * 100_000, "7" * 99_999 + "8").correct


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_equals_itself(text: str) -> None:
    if text.strip():
        assert verify(text, text).correct
        assert verify(text, f" {text} ").correct
    else:
        assert not verify(text, text).correct


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=120), st.text(max_size=120))
def test_any_pair_gets_an_outcome(one: str, two: str) -> None:
    assert isinstance(verify(one, two).outcome, Outcome)
