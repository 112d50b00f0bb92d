"""score and result: what is counted, shared out and written, from a real journal."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from itertools import islice, pairwise
from pathlib import Path

import pytest

from dartmath.base.errors import DataError
from dartmath.base.manifest import read_manifest
from dartmath.evaluation.result import read_result
from dartmath.queries.config import QuerySource
from dartmath.verify import parse, verify
from evaluation.memory import make_queries, make_sample, write_evaluation


def test_one_greedy_trial(tmp_path: Path) -> None:
    queries = make_queries(4)
    samples = [
        make_sample(queries[0], 0, "\\boxed{0}"),
        make_sample(queries[1], 0, "\\boxed{7}"),
        make_sample(queries[2], 0, "let us see", finish="length", tokens=90),
        make_sample(queries[3], 0, "First I look at it.\nThen I look again.\nThat is all."),
    ]
    result = write_evaluation(tmp_path, [(QuerySource(dataset="own"), queries)], samples, 1)
    (one,) = result.benchmarks
    assert (one.queries, one.trials, one.correct) == (4, 1, 1)
    assert one.pass_at_1.method == "wilson"
    assert one.pass_at_1.value == 0.25
    assert one.outcomes == {
        "correct": 1, "wrong": 1, "truncated": 1, "no_answer": 1, "unparsable": 0, "timeout": 0, "error": 0,
    }  # fmt: skip
    assert (one.truncated, one.ended, one.no_answer, one.unparsable) == (0.25, 0.75, 0.5, 0.0)
    assert (one.prompt_tokens, one.completion_tokens, one.mean_tokens) == (20, 120, 30.0)
    assert one.request_seconds == 0.5
    assert {name: group.score.value for name, group in one.by["level"].items()} == {"0": 0.5, "1": 0.0}
    assert "domain" not in one.by, "a single domain is no grouping"
    assert (one.pass_at_k, one.maj_at_k) == ({}, {})
    assert result.average.value == 0.25


def test_several_trials(tmp_path: Path) -> None:
    queries = make_queries(2)
    texts = {
        0: ["\\boxed{0}", "\\boxed{0.0}", "\\boxed{5}", "\\boxed{5}"],
        1: ["\\boxed{3}"] * 3 + ["\\boxed{1}"],
    }
    samples = [make_sample(queries[i], t, text) for i, row in texts.items() for t, text in enumerate(row)]
    result = write_evaluation(tmp_path, [(QuerySource(dataset="own"), queries)], samples, 4)
    (one,) = result.benchmarks
    assert one.pass_at_1.method == "clustered"
    assert one.pass_at_1.value == pytest.approx((0.5 + 0.25) / 2)
    assert one.pass_at_k[2].value == pytest.approx(((1 - 1 / 6) + 0.5) / 2)
    assert one.pass_at_k[4].value == 1.0
    # Query 0: two equal right answers, spelled differently, against two wrong ones: a tie.
    assert one.maj_at_k[4].value == pytest.approx((0.5 + 0.0) / 2)


def test_equal_wrong_answers_vote_together(tmp_path: Path) -> None:
    queries = make_queries(1)
    texts = [
        "\\boxed{0}",
        "\\boxed{1/2}",
        "\\boxed{0.5}",
        "\\boxed{0}",
        "\\boxed{\\frac12}",
        "\\boxed{7}",
        "",
        "",
    ]
    samples = [make_sample(queries[0], trial, text) for trial, text in enumerate(texts)]
    (one,) = write_evaluation(tmp_path, [(QuerySource(dataset="own"), queries)], samples, 8).benchmarks
    # Two right, three equal wrong ones, another wrong one and two blanks: 28 pairs, 70 choices of four.
    expected = {2: 9 / 28, 4: 21.5 / 70, 8: 0.0}
    assert {k: score.value for k, score in one.maj_at_k.items()} == pytest.approx(expected)


def test_answers_that_are_read_alike_are_equal(shared_verify: Path) -> None:
    rows = (json.loads(line) for line in (shared_verify / "metamorphic.jsonl").open(encoding="utf-8"))
    alike: dict[str, dict[str, None]] = {}
    for row in islice(rows, 4000):
        for answer in (row["ref"], row["pred"]):
            alike.setdefault(str(parse(answer)), {})[answer] = None
    pairs = [pair for answers in alike.values() for pair in pairwise(answers)]
    assert len(pairs) > 100
    assert [pair for pair in pairs if not verify(*pair).correct] == []


def test_a_trial_that_is_missing_counts_as_an_error(tmp_path: Path) -> None:
    queries = make_queries(3)
    samples = [make_sample(queries[0], 0, "\\boxed{0}")]
    result = write_evaluation(tmp_path, [(QuerySource(dataset="own"), queries)], samples, 1)
    (one,) = result.benchmarks
    assert one.outcomes["error"] == 2
    assert one.pass_at_1.value == pytest.approx(1 / 3)


def test_the_average_is_over_benchmarks(tmp_path: Path) -> None:
    small, large = make_queries(1, "small"), make_queries(9, "large")
    samples = [make_sample(small[0], 0, "\\boxed{0}"), *(make_sample(q, 0, "\\boxed{99}") for q in large)]
    sources = [(QuerySource(dataset="small"), small), (QuerySource(dataset="large"), large)]
    result = write_evaluation(tmp_path, sources, samples, 1)
    assert result.average.value == 0.5
    assert result.average.low is not None
    assert result.average.low < 0.5


def test_files_of_an_evaluation(tmp_path: Path) -> None:
    import pyarrow.parquet

    queries = make_queries(2)
    samples = [make_sample(query, 0, "\\boxed{0}") for query in queries]
    result = write_evaluation(tmp_path, [(QuerySource(dataset="own"), queries)], samples, 1)
    assert read_result(tmp_path) == result
    assert not any(math.isnan(v) for v in _numbers(json.loads((tmp_path / "result.json").read_text())))
    manifest = read_manifest(tmp_path, stage="evaluate")
    assert manifest["finished"] is True
    assert manifest["summary"]["benchmarks"][0]["pass_at_1"]["value"] == 0.5
    rows = pyarrow.parquet.read_table(tmp_path / "rows.parquet").to_pylist()
    assert [(row["query"], row["outcome"]) for row in rows] == [
        ("What is 0?", "correct"),
        ("What is 1?", "wrong"),
    ]
    assert result.benchmarks[0].query_ids == [query.id for query in queries]


def test_a_folder_without_result_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="dartmath evaluate"):
        read_result(tmp_path)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text[:-9], "damaged result: .*; run the same `dartmath evaluate` again"),
        (lambda text: "[1]", "no JSON object"),
        (lambda text: "[" * 100_000, "damaged result"),
        (lambda text: text.replace('"format"', '"fromat"'), "unknown key 'fromat'; did you mean \"format\""),
        (lambda text: text.replace('"seed"', '"speed"'), "unknown key 'speed'; did you mean \"seed\""),
        (lambda text: "\udcff", "damaged result"),
    ],
)
def test_a_damaged_result_says_where_and_what_to_do(
    tmp_path: Path, change: Callable[[str], str], says: str
) -> None:
    write_evaluation(tmp_path, [(QuerySource(dataset="own"), make_queries(1))], [], 1)
    path = tmp_path / "result.json"
    path.write_bytes(change(path.read_text()).encode(errors="surrogateescape"))
    with pytest.raises(DataError, match=says):
        read_result(tmp_path)


def _numbers(value: object) -> list[float]:
    if isinstance(value, dict):
        return [n for one in value.values() for n in _numbers(one)]
    if isinstance(value, list):
        return [n for one in value for n in _numbers(one)]
    return [value] if isinstance(value, float) else []


def test_the_lenient_metric_counts_answers_that_are_not_stated(tmp_path: Path) -> None:
    queries = make_queries(4)
    loose = "We look at {} of the rows\nas the figure has them, and go on with the columns"
    samples = [
        make_sample(queries[0], 0, "\\boxed{0}"),
        make_sample(queries[1], 0, loose.format(1)),
        make_sample(queries[2], 0, loose.format(7)),
        make_sample(queries[3], 0, "The answer is 8. The rows are 3"),
    ]
    (one,) = write_evaluation(tmp_path, [(QuerySource(dataset="own"), queries)], samples, 1).benchmarks
    assert one.outcomes["no_answer"] == 2
    assert one.lenient is not None
    assert (one.pass_at_1.value, one.lenient.value) == (0.25, 0.5)
