"""`verify` and `grade`: labelled cases, verdicts, references, tolerances and truncation."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dartmath.base.errors import UnknownNameError, UsageError
from dartmath.queries.query import make_query
from dartmath.verify import Outcome, grade, verify

CASES = Path(__file__).parents[1] / "cases" / "verify"
SPECIAL = {"announced", "hostile", "extraction", "responses", "theoremqa", "equivalent", "different"}


def labelled() -> list[Any]:
    rows = []
    for path in sorted(CASES.glob("*.jsonl")):
        if path.stem not in SPECIAL:
            lines = path.read_text(encoding="utf-8").splitlines()
            rows += [pytest.param(json.loads(line), id=f"{path.stem}:{n}") for n, line in enumerate(lines, 1)]
    return rows


@pytest.mark.parametrize("case", labelled())
def test_labelled_case(case: dict[str, Any]) -> None:
    options = {key: case[key] for key in ("query", "tolerance", "ordered") if key in case}
    verdict = verify(case["reference"], case["answer"], **options)
    assert verdict.correct == case["equal"], verdict


def responses() -> list[Any]:
    lines = (CASES / "responses.jsonl").read_text(encoding="utf-8").splitlines()
    return [pytest.param(json.loads(line), id=str(n)) for n, line in enumerate(lines, 1)]


@pytest.mark.parametrize("case", responses())
def test_labelled_response(case: dict[str, Any]) -> None:
    query = SimpleNamespace(
        text=case.get("query", ""), references=(case["reference"],), verifier="math", metadata={}
    )
    verdict = grade(query, case["response"])
    assert verdict.correct == case["correct"], verdict


def test_there_are_cases_of_every_category() -> None:
    assert len(labelled()) > 450


@pytest.mark.parametrize(
    ("reference", "answer", "comparison"),
    [
        ("5", "5", "text"),
        ("5", "6", "integer"),
        ("1/2", "0.5", "rational"),
        (r"\sqrt{12}", r"2\sqrt{3}", "ball"),
        ("(x+1)^2", "x^2+2x+1", "identity"),
        (r"\sin 2x", r"2 \sin x \cos x", "points"),
        ("(1,2]", "1 < x \\le 2", "set"),
        ("1,2", "2,1", "list"),
        ("y=2x", "2y=4x", "equation"),
        ("Monday", "Tuesday", "weekday"),
        ("apple", "pear", "text"),
    ],
)
def test_the_verdict_names_the_comparison_that_decided(reference: str, answer: str, comparison: str) -> None:
    assert verify(reference, answer).comparison == comparison


def test_ball_arithmetic_reports_its_precision() -> None:
    assert verify(r"\sqrt{2}", r"\frac{2}{\sqrt{2}}").precision == 384
    assert verify(r"\sqrt{2}", r"\sqrt{3}").precision == 128


def test_nearly_equal_constants_need_and_get_more_bits() -> None:
    verdict = verify(r"\sqrt{10^{60}+1}", "10^{30}")
    assert not verdict.correct
    assert verdict.precision is not None and verdict.precision > 128


def test_an_undecidable_pair_is_not_called_wrong() -> None:
    verdict = verify("9^{9^{9^{9}}}", "9^{9^{9^{9}}}+1")
    assert verdict.outcome is Outcome.UNPARSABLE
    assert verdict.comparison == "undecided"


@pytest.mark.parametrize("answer", ["", "  "])
def test_an_empty_answer_is_no_answer(answer: str) -> None:
    assert verify("5", answer).outcome is Outcome.NO_ANSWER


def query(*references: str, verifier: str = "math", **metadata: Any) -> Any:
    return make_query("test", "What is it?", references, verifier=verifier, **metadata)


def test_grade_accepts_any_reference() -> None:
    assert grade(query("7", "8"), r"so \boxed{8}").correct
    assert not grade(query("7", "8"), r"so \boxed{9}").correct


def test_grade_without_an_answer() -> None:
    verdict = grade(query("7"), "I think about it.\nAnd think.")
    assert verdict.outcome is Outcome.NO_ANSWER
    assert verdict.answer is None


def test_grade_of_a_response_that_was_cut_off() -> None:
    assert grade(query("7"), "First we\nadd", finish_reason="length").outcome is Outcome.TRUNCATED
    assert grade(query("7"), r"It is \boxed{7}. Then", finish_reason="length").correct


def test_grade_uses_the_tolerance_and_the_order_of_the_query() -> None:
    assert grade(query("1.5", tolerance=0.1), r"\boxed{1.55}").correct
    assert not grade(query("1.5"), r"\boxed{1.55}").correct
    assert not grade(query("1, 2", ordered=True), r"\boxed{2, 1}").correct
    assert grade(query("1, 2"), r"\boxed{2, 1}").correct


def test_grade_refuses_an_unknown_verifier() -> None:
    asked = SimpleNamespace(text="", references=("1",), verifier="maths", metadata={})
    with pytest.raises(UnknownNameError, match='did you mean "math"'):
        grade(asked, "1")


@pytest.mark.parametrize(
    "program",
    [
        "from dartmath import verify; assert verify('1/2', '0.5').correct",
        "import dartmath.verify; from dartmath import verify; assert verify('1/2', '0.5').correct",
        "from dartmath.verify import verify as v; from dartmath import verify; assert v is verify",
        "from dartmath import verify; from dartmath.verify import parse; verify('1', str(parse('1')))",
        "import dartmath; assert dartmath.verify('1', '1').correct",
    ],
)
def test_verify_is_the_function_in_every_order_of_imports(program: str) -> None:
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_importing_and_using_verify_loads_nothing_heavy() -> None:
    program = (
        "import sys; from dartmath import verify; import dartmath.verify.serve.grading_pool;"
        "import dartmath.verify.rewards;"
        "verify(r'\\sqrt2', '1.4'); verify('(1,2]', 'x>1');"
        "heavy = {'torch', 'transformers', 'sympy', 'pydantic', 'numpy', 'rich', 'typer'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("reference", "answer"), [(7, "7"), ("7", 7), (None, "7"), (["7"], "7"), ("7", b"7")]
)
def test_what_is_no_text_is_told(reference: Any, answer: Any) -> None:
    with pytest.raises(UsageError, match=r"is a text, and no \w+: .*; write a number as str\(number\)"):
        verify(reference, answer)
