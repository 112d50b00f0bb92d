"""regrade: stored responses judged again by this verifier and by Math-Verify in a killable process."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import pytest

from dartmath.base.errors import DataError, RunError, UnknownNameError
from dartmath.evaluation.compare import compare
from dartmath.evaluation.regrade import regrade
from dartmath.evaluation.result import read_result
from dartmath.evaluation.second_opinion import MathVerify
from dartmath.queries.config import QuerySource
from dartmath.queries.load import load
from dartmath.queries.query import make_query
from dartmath.verify.contract.outcome import Outcome
from evaluation.memory import make_queries, make_sample, write_evaluation


def journal(folder: Path, *, spoil: bool = False) -> None:
    """Six right and two wrong responses; `spoil` stores one right one as wrong."""
    from dataclasses import replace

    queries = make_queries(8)
    samples = [make_sample(q, 0, f"it is \\boxed{{{i if i < 6 else 77}}}") for i, q in enumerate(queries)]
    if spoil:
        samples[2] = replace(samples[2], outcome=Outcome.WRONG)
    write_evaluation(folder, [(QuerySource(dataset="own"), queries)], samples, 1)


def test_the_same_verifier_agrees_with_itself(tmp_path: Path) -> None:
    journal(tmp_path)
    found = regrade(tmp_path, workers=0)
    assert (found.responses, found.skipped, found.agreement) == (8, 0, 1.0)
    assert found.disagreements == ()
    assert found.table == {("correct", "correct"): 6, ("wrong", "wrong"): 2}


@pytest.mark.parametrize("verifier", ["dartmath", "dart-math", "math-verify"])
def test_a_changed_judgement_is_listed(tmp_path: Path, verifier: str) -> None:
    if verifier == "math-verify":
        pytest.importorskip("math_verify")
    journal(tmp_path, spoil=True)
    found = regrade(tmp_path, verifier=verifier)
    assert found.agreement == 7 / 8
    (one,) = found.disagreements
    assert (one.references, one.answer, one.stored, one.now) == (("2",), "2", "wrong", "correct")


def test_the_papers_rules_judge_what_was_judged_by_ours(tmp_path: Path) -> None:
    queries = make_queries(3)
    # The paper takes the last number of a response, and a hundredth for a percent.
    said = ["I count them up to 0 items", "\\boxed{1}", "\\boxed{0.02}"]
    samples = [make_sample(query, 0, text) for query, text in zip(queries, said, strict=True)]
    write_evaluation(tmp_path / "a", [(QuerySource(dataset="own"), queries)], samples, 1)
    found = regrade(tmp_path / "a", verifier="dart-math", workers=1, into=tmp_path / "b")
    assert {(one.references[0], one.now) for one in found.disagreements} == {
        ("0", "correct"),
        ("2", "correct"),
    }
    again = read_result(tmp_path / "b")
    assert (again.average.value, again.benchmarks[0].source["verifier"]) == (1.0, "dart-math")
    assert again.verifier.endswith("by the rules of the paper's grader")


def test_references_that_use_a_decimal_comma_are_judged_so_again(tmp_path: Path) -> None:
    queries = [make_query("own", f"Frage {i}", f"{i},{i + 3}5") for i in range(4)]
    samples = [
        make_sample(query, 0, f"\\boxed{{{query.references[0].replace(',', '.')}}}") for query in queries
    ]
    write_evaluation(tmp_path, [(QuerySource(dataset="own"), queries)], samples, 1)
    found = regrade(tmp_path, workers=0)
    assert {now for _, now in found.table} == {"correct"}
    assert {before for before, _ in found.table} == {"wrong"}


def test_scores_of_a_new_judgement(tmp_path: Path) -> None:
    journal(tmp_path / "a", spoil=True)
    assert read_result(tmp_path / "a").average.value == 5 / 8
    found = regrade(tmp_path / "a", workers=0, into=tmp_path / "b")
    assert len(found.disagreements) == 1
    again = read_result(tmp_path / "b")
    assert again.average.value == 6 / 8
    assert again.verifier == f"dartmath {version('dartmath')}"
    assert read_result(tmp_path / "a").average.value == 5 / 8


def test_a_new_judgement_is_compared_with_the_old_one(tmp_path: Path) -> None:
    journal(tmp_path / "a", spoil=True)
    regrade(tmp_path / "a", workers=0, into=tmp_path / "b")
    found = compare(tmp_path / "a", tmp_path / "b")
    assert (found.average.only_first, found.average.only_second) == (0, 1)
    assert list(found.differing) == ["verifier"]


def test_corrected_references_give_new_scores(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"

    def source(last: str) -> QuerySource:
        rows = [{"query": f"What is {i}?", "reference": str(i)} for i in range(3)]
        rows[2]["reference"] = last
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return QuerySource(dataset=str(path))

    wrong = source("7")
    queries = load(wrong)
    samples = [make_sample(query, 0, f"it is \\boxed{{{i}}}") for i, query in enumerate(queries)]
    write_evaluation(tmp_path / "a", [(wrong, queries)], samples, 1)
    regrade(tmp_path / "a", workers=0, sources=[source("2")], into=tmp_path / "b")
    old, new = (read_result(tmp_path / name) for name in "ab")
    assert (old.average.value, new.average.value) == (2 / 3, 1.0)
    assert new.benchmarks[0].query_ids == [query.id for query in load(source("2"))]


def test_a_new_judgement_goes_to_a_new_folder(tmp_path: Path) -> None:
    journal(tmp_path / "a")
    (tmp_path / "b").mkdir()
    for taken in "ab":
        with pytest.raises(DataError, match="is there already; a new judgement goes to a new folder"):
            regrade(tmp_path / "a", into=tmp_path / taken)


def test_what_cannot_be_judged_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no stored responses"):
        regrade(tmp_path)
    with pytest.raises(UnknownNameError, match='did you mean "math-verify"'):
        regrade(tmp_path, verifier="math_verify")


def test_a_slow_judgement_is_killed_and_the_next_goes_on() -> None:
    pytest.importorskip("math_verify")
    with MathVerify(timeout=3.0) as judge:
        assert judge.judge(["2"], "\\boxed{2}").outcome is Outcome.CORRECT
        slow = judge.judge(["$\\sum_{k=1}^{10^{9}} k^{k}$"], "$\\boxed{\\sum_{k=1}^{10^{9}} (k+1)^{k} - 1}$")
        assert slow.outcome in (Outcome.TIMEOUT, Outcome.WRONG, Outcome.ERROR)
        hopeless = judge.judge(["9^{9^{9^{9}}}"], "$\\boxed{9^{9^{9^{9}}} + 1}$")
        assert hopeless.outcome in (Outcome.TIMEOUT, Outcome.WRONG, Outcome.ERROR)
        assert judge.judge(["1/2", "3"], "\\boxed{3}").outcome is Outcome.CORRECT
        assert judge.judge(["2"], "\\boxed{5}").outcome is Outcome.WRONG


def test_a_second_opinion_that_does_not_start_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "broken" / "math_verify"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit(3)\n")
    monkeypatch.syspath_prepend(str(package.parent))
    journal(tmp_path / "run")
    with pytest.raises(RunError, match=r"or died; .* or --verifier dartmath"):
        regrade(tmp_path / "run", verifier="math-verify")
