"""evaluate, compare, regrade and datasets from the command line, on a real journal and bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dartmath.base.errors import ConfigError, DataError, UnknownNameError
from dartmath.cli import app
from dartmath.queries.config import QuerySource
from dartmath.queries.mislabelled import known_mislabelled
from evaluation.memory import make_queries, make_sample, write_evaluation


def invoke(*arguments: str) -> str:
    """Standard output of a verb that succeeds; its error is raised."""
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None:
        raise result.exception
    return result.stdout


def evaluation(folder: Path, right: int, dataset: str = "gsm8k/test") -> Path:
    queries = make_queries(10, dataset)
    samples = [make_sample(q, 0, f"\\boxed{{{i if i < right else 99}}}") for i, q in enumerate(queries)]
    write_evaluation(folder, [(QuerySource(dataset=dataset), queries)], samples, 1)
    return folder


def test_compare_two_and_with_published(tmp_path: Path) -> None:
    first, second = evaluation(tmp_path / "a", 3), evaluation(tmp_path / "b", 9)
    found: dict[str, Any] = json.loads(invoke("compare", str(first), str(second), "--json"))
    assert found["average"]["difference"] == pytest.approx(0.6)
    assert "+60.0" in invoke("compare", str(first), str(second))
    table = invoke("compare", str(second), "--published", "dart-math-llama3-8b-uniform")
    assert "82.5" in table
    assert "this evaluation has" not in table
    with pytest.raises(ConfigError, match="--published"):
        invoke("compare", str(first))
    with pytest.raises(UnknownNameError, match="did you mean"):
        invoke("compare", str(first), "--published", "dart-math-llama3-8b")


def test_a_comparison_of_one_query_is_valid_json(tmp_path: Path) -> None:
    for name in ("a", "b"):
        queries = make_queries(1)
        write_evaluation(tmp_path / name, [(QuerySource(dataset="own"), queries)], [], 1)
    text = invoke("compare", str(tmp_path / "a"), str(tmp_path / "b"), "--json")

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    found = json.loads(text, parse_constant=refuse)
    assert (found["average"]["queries"], found["average"]["low"]) == (1, None)


def test_regrade_writes_disagreements_and_scores(tmp_path: Path) -> None:
    folder = evaluation(tmp_path / "a", 3)
    found = json.loads(invoke("regrade", str(folder), "--workers", "0", "--json"))
    assert (found["responses"], found["agreement"], found["disagreements"]) == (10, 1.0, [])
    scores, out = tmp_path / "b", tmp_path / "d.jsonl"
    text = invoke("regrade", str(folder), "--workers", "0", "--into", str(scores), "--out", str(out))
    assert "100.00 %" in " ".join(text.split())
    assert out.read_text() == ""
    assert (scores / "result.json").is_file()


def test_datasets_says_how_many_references_are_known_to_be_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARTMATH_DATA", str(tmp_path))
    (tmp_path / "gsm8k").mkdir()
    (tmp_path / "gsm8k" / "test.jsonl").write_text('{"question": "What is 1+1?", "answer": "#### 2"}\n')
    said = CliRunner().invoke(app, ["datasets", "gsm8k/test"]).output
    wrong = len(known_mislabelled("gsm8k/test"))
    assert f"{wrong} references are known to be wrong" in " ".join(said.split())


def test_datasets_lists_and_shows(tmp_path: Path) -> None:
    listed = json.loads(invoke("datasets", "--json"))
    assert {row["name"] for row in listed["datasets"]} >= {"gsm8k/test", "theoremqa"}
    assert "reasoning-gym" not in listed["suites"]
    own = tmp_path / "own.jsonl"
    own.write_text('{"query": "What is 1+1?", "reference": 2}\n')
    assert json.loads(invoke("datasets", str(own), "--json"))[0]["references"] == ["2"]
    shown = invoke("datasets", "reasoning-gym/chain_sum", "--n", "1")
    assert "reference" in shown
    with pytest.raises(UnknownNameError, match="gsm8k/test"):
        invoke("datasets", "gsm8k/tests")


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ([], ConfigError, "name a model"),
        (["m", "--by", "levl"], UnknownNameError, 'did you mean "level"'),
        (["m", "--export", "lmeval"], UnknownNameError, 'did you mean "lm-eval"'),
        (["smollm2-135m-instruct"], ConfigError, "--suite dart-math"),
        (["smollm2-135m-instruct", "--suite", "dart"], UnknownNameError, "dart-math"),
        (["smollm2-135m-instruct", "--benchmark", "gsm8k"], UnknownNameError, "gsm8k/test"),
        (["smollm2-135m-instruct", "--benchmark", "none.jsonl"], DataError, "no such file"),
        (["smollm2-135m-instruct", "--template", "chatt"], UnknownNameError, 'did you mean "chat"'),
    ],
)
def test_evaluate_refuses_before_it_generates(
    arguments: list[str], error: type[Exception], says: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=says):
        invoke("evaluate", *arguments, "--out", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_evaluate_scores_responses_given_elsewhere(tmp_path: Path) -> None:
    rows = [{"problem": f"What is {i}?", "answer": str(i), "text": f"\\boxed{{{i % 3}}}"} for i in range(4)]
    path = tmp_path / "r.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    columns = "{query: problem, reference: answer}"
    benchmarks = f"evaluation.benchmarks=[{{dataset: {path}, columns: {columns}}}]"
    arguments = ["acme/elsewhere", "--set", benchmarks, "--out", str(tmp_path / "out"), "--query", "problem"]
    with pytest.raises(ConfigError, match="--query names a column of --responses, and none are given"):
        invoke("evaluate", *arguments)
    given = ["--responses", str(path), "--response", "text", "--tokens", "answer", "--json"]
    found = json.loads(invoke("evaluate", *arguments, *given))
    assert found["average"]["value"] == 3 / 4
    assert (tmp_path / "out" / "rows.parquet").is_file()
