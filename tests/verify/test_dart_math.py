"""The mode `dart-math`: the verdicts of the paper's grader, safely."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dartmath.verify import Outcome, grade
from dartmath.verify.contract.question import Question

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "dart_math.yaml").read_text(encoding="utf-8"))


def question(reference: str, text: str = "", **metadata: Any) -> Question:
    return Question(text, (reference,), "dart-math", metadata)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_verdict_is_that_of_the_papers_grader(case: dict[str, Any]) -> None:
    metadata = {key: case[key] for key in ("judged_as", "tolerance") if key in case}
    asked = question(case["reference"], case.get("query", ""), **metadata)
    verdict = grade(asked, case["response"], finish_reason="length" if case.get("cut") else "stop")
    assert verdict.correct is case["correct"], verdict
    assert (verdict.answer or "") == case["answer"]


def test_the_reference_of_the_data_sets_own_file_counts() -> None:
    assert not grade(question("1, 2", original="1 2"), r"\boxed{1,2}").correct
    assert grade(question("1, 2", original="1 2"), r"\boxed{12}").correct


@pytest.mark.parametrize(
    ("reference", "response", "correct"),
    [
        ("5", "The answer is " + "x = " * 300 + "5", True),
        ("False", "The answer is " + "step " * 300 + "and another one", True),
        ("x", "The answer is " + "x + " * 300 + "x", False),
    ],
)
def test_a_long_statement_is_read_to_its_end(reference: str, response: str, correct: bool) -> None:
    """What the rules cut out of it may be short. The verdicts are those of the paper's grader."""
    assert grade(question(reference), response).correct is correct


def test_outcomes_say_what_was_not_judged() -> None:
    assert grade(question("5"), r"\boxed{5}", finish_reason="length").outcome is Outcome.TRUNCATED
    assert grade(question("5"), "The answer is not known").outcome is Outcome.WRONG  # "no" is False
    assert grade(question("5"), "").outcome is Outcome.NO_ANSWER
    assert grade(question("5"), r"\boxed{\frac{}}").outcome is Outcome.UNPARSABLE


HOSTILE = {
    "code": r"\boxed{__import__('pathlib').Path('%s').touch()}",
    "code in a list": r"\boxed{1,__import__('pathlib').Path('%s').touch()}",
    "tower": r"\boxed{9^{9^{9^{9^{9}}}}}",
    "tower in Python": r"\boxed{9**9**9**9**9}",
    "factorials": r"\boxed{100000000!!!!}",
    "power of a sum": r"\boxed{(x+y+z+w)^{300}}",
    "brackets": r"\boxed{" + "(" * 450 + "1" + ")" * 450 + "}",
    "many brackets": r"\boxed{" + "{" * 50_000 + "}" * 50_000 + "}",
    "signs": r"\boxed{" + "-" * 900 + "1}",
    "long list": r"\boxed{" + ",".join(map(str, range(240))) + "}",
    "long set": r"\boxed{\{" + ",".join(map(str, range(240))) + r"\}}",
    "digits": "The answer is " + "9" * 1_000_000,
    "openings": r"\(" * 50_000,
    "announcements": "the answer is " * 7_000,
    "surrogate": "\\boxed{\x00\ud800}",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("judged_as", ["", "olympiad"])
def test_hostile_responses_are_wrong_and_nothing_runs(name: str, judged_as: str, tmp_path: Path) -> None:
    trap = tmp_path / "ran"
    asked = question("5", "Find the list.", **({"judged_as": judged_as} if judged_as else {}))
    response = HOSTILE[name] % trap if "%s" in HOSTILE[name] else HOSTILE[name]
    assert not grade(asked, response).correct
    assert not trap.exists()


@given(st.text(alphabet=r"0123456789xyeid.,;:=<>+-*/^_!|(){}[]\ $%'or", max_size=60))
def test_every_answer_has_a_verdict_and_a_normal_form_is_equal_to_itself(text: str) -> None:
    stated = rf"\boxed{{{text}}}"
    verdict = grade(question("x+1"), stated)
    assert verdict.outcome in (Outcome.CORRECT, Outcome.WRONG, Outcome.NO_ANSWER, Outcome.UNPARSABLE)
    answer = verdict.answer
    if answer and grade(question(answer), rf"\boxed{{{answer}}}").answer == answer:
        assert grade(question(answer), rf"\boxed{{{answer}}}").correct
