"""Tool use in an evaluation: a real model, a real sandbox, outcomes in the result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dartmath.engines.config import TransformersEngine
from dartmath.evaluation.config import EvaluationSection
from dartmath.evaluation.run import evaluate
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.queries.config import QuerySource
from dartmath.sampling.journal import open_journal
from dartmath.tools import Isolation, ToolsSection

QUERIES = [("What is 123 * 457?", 56211), ("What is 2 ** 20?", 1048576), ("What is 99 * 98?", 9702)]


@pytest.mark.slow
def test_block_outcomes_reach_the_result(isolation: Isolation, smollm2: str, tmp_path: Path) -> None:
    file = tmp_path / "products.jsonl"
    file.write_text("".join(json.dumps({"query": q, "reference": a}) + "\n" for q, a in QUERIES))
    section = EvaluationSection(
        benchmarks=[QuerySource(dataset=str(file))],
        max_tokens=96,
        tools=ToolsSection(calls=2, seconds=20),
    )
    result = evaluate(
        ModelSection(name=smollm2),
        TransformersEngine(concurrency=3),
        load_template("chat-tool"),
        section,
        tmp_path / "out",
    )
    scored = result.benchmarks[0]
    assert sum(scored.tools.values()) >= 1
    assert result.engine["tools"]["sandbox"] == isolation.describe()
    samples = list(open_journal(tmp_path / "out" / "samples").samples())
    assert len(samples) == len(QUERIES)
    for sample in samples:
        assert sample.tools is not None
        assert sum(sample.tools.values()) == sample.text.count("```output\n")
