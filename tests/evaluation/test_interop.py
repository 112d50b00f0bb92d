"""Logs in the forms of other tools: what their readers need is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dartmath.errors import UnknownNameError
from dartmath.evaluation.interop import export
from dartmath.queries.config import QuerySource
from evaluation.memory import make_queries, make_sample, write_evaluation


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    queries = make_queries(3, "set/test")
    samples = [
        make_sample(query, trial, f"so\u2028it is \\boxed{{{trial}}}")
        for query in queries
        for trial in range(2)
    ]
    write_evaluation(tmp_path / "run", [(QuerySource(dataset="set/test"), queries)], samples, 2)
    return tmp_path / "run"


def test_lm_evaluation_harness(folder: Path, tmp_path: Path) -> None:
    (path,) = export(folder, "lm-eval", tmp_path / "logs")
    assert path.name == "samples_set-test.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [row["doc_id"] for row in rows] == [0, 0, 1, 1, 2, 2]
    assert [row["exact_match"] for row in rows] == [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
    assert rows[0]["target"] == "0"
    assert rows[0]["resps"] == [["so\u2028it is \\boxed{0}"]]
    assert rows[0]["filtered_resps"] == ["0"]
    assert rows[0]["arguments"]["gen_args_0"]["arg_0"] == "What is 0?"
    assert rows[0]["doc_hash"] == rows[1]["doc_hash"] != rows[2]["doc_hash"]


def test_inspect(folder: Path, tmp_path: Path) -> None:
    (path,) = export(folder, "inspect", tmp_path / "logs")
    log = json.loads(path.read_text(encoding="utf-8"))
    assert (log["version"], log["status"], log["eval"]["task"]) == (2, "success", "set/test")
    assert log["eval"]["config"]["epochs"] == 2
    assert log["results"]["scores"][0]["metrics"]["accuracy"]["value"] == pytest.approx(1 / 3)
    assert [(s["epoch"], s["scores"]["dartmath"]["value"]) for s in log["samples"][:2]] == [
        (1, "C"),
        (2, "I"),
    ]
    reader = pytest.importorskip("inspect_ai.log", reason="inspect-ai is not installed")
    assert len(reader.read_eval_log(str(path)).samples) == 6


def test_an_unknown_form_names_the_nearest(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match='did you mean "lm-eval"'):
        export(folder, "lm_eval", tmp_path)
