"""Scores of responses that were given elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dartmath.base.errors import ConfigError, RunError
from dartmath.base.manifest import read_manifest
from dartmath.engines.config import TransformersEngine
from dartmath.evaluation.config import EvaluationSection
from dartmath.evaluation.regrade import regrade
from dartmath.evaluation.result import EvaluationResult, read_result
from dartmath.evaluation.run import evaluate
from dartmath.evaluation.stored import score_responses
from dartmath.judging.config import JudgeSection
from dartmath.judging.verdicts import JUDGEMENTS
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.queries.config import QuerySource
from dartmath.queries.load import load
from dartmath.sampling.config import ResponseColumns
from dartmath.sampling.responses import StoredResponses
from engines.servers import llama_server
from evaluation.memory import make_sample, write_evaluation

MODEL, QA = ModelSection(name="acme/elsewhere"), load_template("qa")
COLUMNS = ResponseColumns(finish="finish_reason", tokens="completion_tokens")
# What a model said of each of four queries, twice: right and right, right and wrong ...
SAID = ["\\boxed{0}|\\boxed{0}", "\\boxed{1}|\\boxed{7}", "no idea|\\boxed{2}", "\\boxed{9}|it goes on"]


@pytest.fixture
def source(tmp_path: Path) -> QuerySource:
    rows: list[dict[str, Any]] = [{"query": f"What is {i}?", "reference": str(i)} for i in range(4)]
    path = tmp_path / "own.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return QuerySource(dataset=str(path))


def made_here(folder: Path, source: QuerySource) -> EvaluationResult:
    queries = load(source)
    samples = [
        make_sample(query, trial, text, finish="length" if text == "it goes on" else "stop")
        for query, said in zip(queries, SAID, strict=True)
        for trial, text in enumerate(said.split("|"))
    ]
    return write_evaluation(folder, [(source, queries)], samples, 2)


def score(folder: Path, source: QuerySource, *responses: Path, trials: int = 2) -> EvaluationResult:
    stored = StoredResponses(tuple(map(str, responses)), COLUMNS)
    section = EvaluationSection(benchmarks=[source], trials=trials, workers=0)
    return score_responses(stored, MODEL, QA, section, folder)


def test_rows_of_an_evaluation_score_as_it_did(tmp_path: Path, source: QuerySource) -> None:
    here = made_here(tmp_path / "here", source)
    elsewhere = score(tmp_path / "elsewhere", source, tmp_path / "here" / "rows.parquet")
    unknown = {"prompt_tokens", "request_seconds"}
    assert [one.model_dump(exclude=unknown) for one in elsewhere.benchmarks] == [
        one.model_dump(exclude=unknown) for one in here.benchmarks
    ]
    assert (elsewhere.average, elsewhere.tokens) == (here.average, here.tokens)
    assert elsewhere.model["name"] == "acme/elsewhere"
    assert elsewhere.engine == {"kind": "imported"}
    assert read_result(tmp_path / "elsewhere") == elsewhere
    assert read_manifest(tmp_path / "elsewhere", stage="evaluate")["finished"]


def test_the_first_responses_count(tmp_path: Path, source: QuerySource) -> None:
    made_here(tmp_path / "here", source)
    assert (
        score(tmp_path / "one", source, tmp_path / "here" / "rows.parquet", trials=1).average.value == 2 / 4
    )


def test_too_few_responses_are_refused_and_what_was_read_stays(tmp_path: Path, source: QuerySource) -> None:
    path = tmp_path / "r.jsonl"
    rows: list[dict[str, Any]] = [{"query": f"What is {i}?", "response": f"\\boxed{{{i}}}"} for i in range(3)]
    rows = [{**row, "finish_reason": "stop", "completion_tokens": 5} for row in rows]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(RunError, match=r"1 of 4 queries have fewer than 1 response.*'What is 3\?'.*rm -r"):
        score(tmp_path / "out", source, path, trials=1)
    assert not (tmp_path / "out" / "result.json").exists()
    assert read_manifest(tmp_path / "out" / "samples", stage="sample")["summary"]["samples"] == 3


def test_a_model_answers_what_is_missing(tmp_path: Path, source: QuerySource, smollm2: str) -> None:
    path = tmp_path / "r.jsonl"
    rows: list[dict[str, Any]] = [{"query": f"What is {i}?", "response": f"\\boxed{{{i}}}"} for i in range(3)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    model, section = ModelSection(name=smollm2), EvaluationSection(benchmarks=[source], max_tokens=4)
    with pytest.raises(RunError, match="1 of 4 queries"):
        score_responses(
            StoredResponses((str(path),), ResponseColumns()), model, QA, section, tmp_path / "out"
        )
    result = evaluate(model, TransformersEngine(device="cpu", concurrency=1), QA, section, tmp_path / "out")
    assert result.benchmarks[0].pass_at_1.value in (3 / 4, 1.0)
    kinds = [engine["kind"] for engine in read_manifest(tmp_path / "out" / "samples")["engines"]]
    assert kinds == ["imported", "transformers"]


def test_a_real_judge_scores_and_judges_again_what_it_has_said(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps({"query": "Is f even or odd?", "reference": "odd"}) + "\n")
    source = QuerySource(dataset=str(path), verifier="hybrid")
    said = tmp_path / "r.jsonl"
    row = {"query": "Is f even or odd?", "response": r"\boxed{\text{symmetric about the origin}}"}
    said.write_text(json.dumps({**row, "finish_reason": "stop", "completion_tokens": 5}) + "\n")
    with llama_server() as url:
        judge = JudgeSection(url=url, model="SmolLM2-135M-Instruct")
        section = EvaluationSection(benchmarks=[source], trials=1, workers=0, judge=judge)
        stored = StoredResponses((str(said),), COLUMNS)
        result = score_responses(stored, MODEL, QA, section, tmp_path / "out")
        kept = (tmp_path / "out" / "samples" / JUDGEMENTS).read_text()
        found = regrade(tmp_path / "out", workers=0, judge=judge)
    assert result.average.value in (0.0, 1.0)
    assert json.loads(kept)["same"] is (result.average.value == 1.0)
    assert found.agreement == 1.0
    assert (tmp_path / "out" / "samples" / JUDGEMENTS).read_text() == kept
    by_rules = regrade(tmp_path / "out", workers=0)
    assert by_rules.agreement == 1.0 - result.average.value


def test_a_second_opinion_has_no_judge(tmp_path: Path) -> None:
    judge = JudgeSection(url="http://localhost:1/v1", model="m")
    with pytest.raises(ConfigError, match="math-verify"):
        regrade(tmp_path, verifier="math-verify", judge=judge)


def test_a_response_ends_where_the_template_begins_the_next_query(
    tmp_path: Path, source: QuerySource, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.jsonl"
    more = "\nUser: What is 7?\nAssistant: 7"
    rows: list[dict[str, Any]] = [
        {"query": f"What is {i}?", "response": f"It is {i}.{more}"} for i in range(4)
    ]
    rows = [{**row, "finish_reason": "length", "completion_tokens": 50} for row in rows]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert score(tmp_path / "out", source, path, trials=1).average.value == 1.0
    assert "next query of the template: 4" in capsys.readouterr().err
