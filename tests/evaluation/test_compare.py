"""compare: two evaluations paired by query, and one beside published numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from dartmath.base.errors import DataError
from dartmath.evaluation.compare import against_published, compare, unlike_published
from dartmath.evaluation.published import find_published
from dartmath.evaluation.result import EvaluationResult, write_result
from dartmath.evaluation.tables import (
    comparison_table,
    power_table,
    published_table,
    result_table,
    trials_table,
)
from dartmath.queries.config import QuerySource
from evaluation.memory import make_queries, make_sample, write_evaluation


def evaluation(
    folder: Path, right: Sequence[int], *, of: int = 20, trials: int = 1, dataset: str = "own"
) -> EvaluationResult:
    queries = make_queries(of, dataset)
    samples = [
        make_sample(query, trial, f"\\boxed{{{i if i in right else 999}}}")
        for i, query in enumerate(queries)
        for trial in range(trials)
    ]
    return write_evaluation(folder, [(QuerySource(dataset=dataset), queries)], samples, trials)


def test_two_runs_on_the_same_queries(tmp_path: Path) -> None:
    evaluation(tmp_path / "a", range(5))
    evaluation(tmp_path / "b", range(3, 16))
    found = compare(tmp_path / "a", tmp_path / "b")
    one = found.benchmarks["own"]
    assert (one.queries, one.only_first, one.only_second, one.test) == (20, 3, 11, "mcnemar")
    assert one.difference == pytest.approx(0.4)
    assert one.low < 0.4 < one.high
    assert found.average.difference == one.difference
    assert (found.left_out, found.differing) == ((), {})


def test_only_shared_queries_count(tmp_path: Path) -> None:
    evaluation(tmp_path / "a", range(5), of=10)
    evaluation(tmp_path / "b", range(5), of=20)
    assert compare(tmp_path / "a", tmp_path / "b").average.queries == 10
    evaluation(tmp_path / "c", range(5), dataset="other")
    with pytest.raises(DataError, match="no query in common"):
        compare(tmp_path / "a", tmp_path / "c")


def test_differing_settings_are_named(tmp_path: Path) -> None:
    evaluation(tmp_path / "a", range(5), trials=1)
    evaluation(tmp_path / "b", range(5), trials=2)
    found = compare(tmp_path / "a", tmp_path / "b")
    assert found.differing == {"trials": (1, 2)}
    assert found.average.test == "z"


def test_other_references_or_examples_under_the_same_names_are_named(tmp_path: Path) -> None:
    queries, examples = make_queries(3), [{"query": "What is 9?", "response": "9"}]
    source = QuerySource.model_validate({"dataset": "own", "examples": examples})
    corrected = [*queries[:2], replace(queries[2], references=("7",))]
    for name, own, one in (("a", queries, QuerySource(dataset="own")), ("b", corrected, source)):
        samples = [make_sample(query, 0, "\\boxed{0}") for query in own]
        result = write_evaluation(tmp_path / name, [(one, own)], samples, 1)
        shown = result.model_copy(update={"section": {**result.section, "shots": 1}})
        write_result(tmp_path / name, shown)
    found = compare(tmp_path / "a", tmp_path / "b").differing
    assert set(found) == {"text or references of own", "worked examples of own"}


def test_published_numbers(tmp_path: Path) -> None:
    result = evaluation(tmp_path / "a", range(16), dataset="gsm8k/test")
    (row,) = against_published(result, find_published("dart-math-llama3-8b-uniform"))
    assert (row.value, row.published, row.unlike) == (0.8, 0.825, "subset, other rule")
    assert row.difference_low is not None and row.difference_high is not None
    assert row.difference_low < -0.025 < row.difference_high
    with pytest.raises(DataError, match="--suite dart-math"):
        against_published(evaluation(tmp_path / "b", []), find_published("gpt-4-0314"))


SIX = (
    "math/test", "gsm8k/test", "mwpbench/college-math/test", "deepmind-mathematics",
    "olympiadbench/OE_TO_maths_en_COMP", "theoremqa",
)  # fmt: skip


def test_all_six_benchmarks_have_an_average_beside_the_published_one(tmp_path: Path) -> None:
    queries = make_queries(20)
    samples = [make_sample(query, 0, f"\\boxed{{{query.references[0]}}}") for query in queries[:8]]
    samples += [make_sample(query, 0, "\\boxed{no}") for query in queries[8:]]
    sets = [(QuerySource(dataset=name), queries) for name in SIX]
    result = write_evaluation(tmp_path / "a", sets, samples, 1)
    *rows, last = against_published(result, find_published("dart-math-llama3-8b-uniform"))
    assert [row.benchmark for row in rows] == list(SIX)
    assert (last.benchmark, last.published) == ("average", 0.387)
    assert last.value == pytest.approx(sum(row.value for row in rows) / 6)
    assert all(row.unlike.endswith("other rule") for row in rows)
    assert last.high is not None and rows[0].high is not None
    assert last.high - last.value < rows[0].high - rows[0].value


def test_what_the_papers_grader_judged_is_of_the_same_rule(tmp_path: Path) -> None:
    queries = make_queries(4)
    samples = [make_sample(query, 0, "\\boxed{0}") for query in queries]
    sets = [(QuerySource(dataset=SIX[-1], verifier="dart-math"), queries)]
    result = write_evaluation(tmp_path / "a", sets, samples, 1)
    (row,) = against_published(result, find_published("dart-math-llama3-8b-uniform"))
    assert row.unlike == "subset"


def test_a_large_benchmark_weighs_as_much_as_a_small_one(tmp_path: Path) -> None:
    small, large = make_queries(4), make_queries(40)
    sources = [(QuerySource(dataset="small"), small), (QuerySource(dataset="large"), large)]
    for name, right in (("a", []), ("b", small)):
        good = {query.id for query in right}
        samples = [
            make_sample(q, 0, f"\\boxed{{{q.references[0] if q.id in good else 'no'}}}") for q in large
        ]
        write_evaluation(tmp_path / name, sources, samples, 1)
    found = compare(tmp_path / "a", tmp_path / "b")
    differences = [one.difference for one in found.benchmarks.values()]
    assert found.average.difference == pytest.approx(sum(differences) / 2)


def test_another_protocol_than_the_published_one_is_named(tmp_path: Path) -> None:
    result = evaluation(tmp_path / "a", range(16), dataset="gsm8k/test")
    assert unlike_published(result) == {}
    sampled = result.model_copy(update={"section": {**result.section, "shots": 4, "temperature": 0.8}})
    assert unlike_published(sampled) == {"temperature": 0.8, "shots": 4}


def test_a_folder_without_rows_is_refused(tmp_path: Path) -> None:
    evaluation(tmp_path / "a", range(5))
    evaluation(tmp_path / "b", range(5))
    (tmp_path / "b" / "rows.parquet").unlink()
    with pytest.raises(DataError, match=r"rows\.parquet.*score anew"):
        compare(tmp_path / "a", tmp_path / "b")


def test_tables_hold_what_was_found(tmp_path: Path) -> None:
    result = evaluation(tmp_path / "a", range(5))
    columns, rows = result_table(result)
    assert dict(zip(columns, rows[0], strict=True))["Pass@1"] == "25.0"
    assert trials_table(result)[1] == []
    found = compare(tmp_path / "a", tmp_path / "a")
    columns, rows = comparison_table(found)
    assert dict(zip(columns, rows[0], strict=True))["B - A"] == "+0.0"
    columns, rows = power_table(found, 0.02)
    shown = dict(zip(columns, rows[0], strict=True))
    assert (shown["lenient A"], shown["lenient B"]) == ("25.0", "25.0")
    assert shown["sees"] == "over 100" or 0 < float(shown["sees"]) < 100
    assert int(shown["queries for 2"].replace(",", "")) > 20
    repeated = evaluation(tmp_path / "b", range(5), trials=2)
    columns, rows = trials_table(repeated)
    assert columns[:4] == ("benchmark", "k", "pass@k", "maj@k")
    assert columns[4:] == ("G-Pass 0.5", "G-Pass 0.75", "G-Pass 1", "G-Pass mean")
    assert rows == [("own", "2", *["25.0"] * 6)]
    own = evaluation(tmp_path / "c", range(16), dataset="gsm8k/test")
    columns, rows = published_table(against_published(own, find_published("gpt-4-0314")), "published")
    shown = dict(zip(columns[:5], rows[0], strict=False))
    assert (shown["lenient"], shown["published"], rows[0][5]) == ("80.0", "94.7", "-14.7")
    assert rows[0][-1] == "subset, other rule"
