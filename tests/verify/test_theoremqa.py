"""The TheoremQA mode: integers, floats within 4 %, lists, booleans and options."""

from __future__ import annotations

import pytest

from dartmath.base.errors import UnknownNameError
from dartmath.queries.query import make_query
from dartmath.verify import Outcome, grade
from dartmath.verify.theoremqa import verify_theoremqa


@pytest.mark.parametrize(
    ("reference", "answer", "kind", "correct"),
    [
        ("3", "3", "integer", True),
        ("3", "3.2", "integer", True),
        ("3", "3.6", "integer", False),
        ("11760", "11,760", "integer", True),
        ("3", "x = 3", "integer", True),
        ("1.42", "1.4142", "float", True),
        ("1.42", r"\sqrt{2}", "float", True),
        ("1.0", "1.04", "float", True),
        ("1.0", "1.05", "float", False),
        ("-1.047", r"-\frac{\pi}{3}", "float", True),
        ("0.5", r"50\%", "float", True),
        ("5.0", r"5 \text{ m}", "float", True),
        ("0", "0.0", "float", True),
        ("0", "0.01", "float", False),
        ("[0, 5]", "5, 0", "list of integer", True),
        ("[0, 5]", "[0, 6]", "list of integer", False),
        ("[0.5, 0.66667]", "[2/3, 1/2]", "list of float", True),
        ("[1, 1]", "1", "list of integer", False),
        ("True", "yes", "bool", True),
        ("True", "False", "bool", False),
        ("(c)", "c", "option", True),
        ("'(c)'", "(C)", "option", True),
        ("(c)", "(c) 5 m", "option", True),
        ("(c)", "(d)", "option", False),
    ],
)
def test_rules_of_the_benchmark(reference: str, answer: str, kind: str, correct: bool) -> None:
    assert verify_theoremqa(reference, answer, kind).correct is correct


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("maybe", "bool"), ("many", "integer"), ("x+1", "float"), ("some", "list of float"), ("all", "option")],
)
def test_answers_of_another_type_are_unparsable(answer: str, kind: str) -> None:
    assert verify_theoremqa("1", answer, kind).outcome is Outcome.UNPARSABLE


@pytest.mark.parametrize(
    ("reference", "answer"),
    [("True", "true"), ("[1, 2]", "2, 1"), ("7", "7"), ("0.5", "0.51"), ("(b)", "(B)")],
)
def test_the_type_is_inferred_from_the_reference(reference: str, answer: str) -> None:
    assert verify_theoremqa(reference, answer).correct


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="integer"):
        verify_theoremqa("1", "1", "integr")


def test_grade_takes_the_mode_and_type_from_the_query() -> None:
    asked = make_query("theoremqa", "How large?", "1.0", verifier="theoremqa", answer_type="float")
    assert grade(asked, r"\boxed{1.03}").correct
    assert not grade(make_query("theoremqa", "How large?", "1.0"), r"\boxed{1.03}").correct
