"""Evaluations made of given samples: a real journal on disk, without an engine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dartmath.evaluation.config import EvaluationSection
from dartmath.evaluation.prompting import AskedPrompts, write_prompting
from dartmath.evaluation.result import EvaluationResult
from dartmath.evaluation.run import SAMPLES, rescore
from dartmath.evaluation.score import Benchmark
from dartmath.prompts.template import load_template
from dartmath.queries.config import QuerySource
from dartmath.queries.download import content_checksum
from dartmath.queries.query import Query, make_query
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.journal_manifest import open_run
from dartmath.sampling.journal_writer import JournalWriter
from dartmath.sampling.policy import VRT
from dartmath.sampling.sample import Sample
from dartmath.sampling.tally import Tally
from dartmath.verify import grade


def make_queries(count: int, dataset: str = "own") -> list[Query]:
    """`count` queries whose answers are 0, 1 ..., of two levels."""
    return [
        make_query(dataset, f"What is {i}?", str(i), level=str(i % 2), domain="count") for i in range(count)
    ]


def make_sample(query: Query, trial: int, text: str, *, finish: str = "stop", tokens: int = 10) -> Sample:
    """A sample with its real verdict."""
    verdict = grade(query, text, finish_reason=finish)
    return Sample(
        query_id=query.id,
        trial=trial,
        text=text,
        finish_reason=finish,
        prompt_tokens=5,
        completion_tokens=tokens,
        seed=trial,
        outcome=verdict.outcome,
        answer=verdict.answer,
        reason=verdict.reason,
        seconds=0.5,
    )


def write_evaluation(
    folder: Path,
    benchmarks: Sequence[tuple[QuerySource, Sequence[Query]]],
    samples: Sequence[Sample],
    trials: int,
) -> EvaluationResult:
    """Journal `samples` in `folder` and score them."""
    queries = [query for _, own in benchmarks for query in own]
    identity = {
        "seed": 0,
        "config": SamplingSection(policy=VRT(trials=trials)).model_dump(mode="json"),
        "model": {"name": "given"},
        "template": {"name": "qa", "hash": "0"},
        "shots": None,
    }
    (folder / SAMPLES).mkdir(parents=True)
    open_run(folder / SAMPLES, queries, identity, amend=False)
    positions = {query.id: index for index, query in enumerate(queries)}
    tally = Tally(len(queries), 0)
    with JournalWriter(folder / SAMPLES, tally) as journal:
        for sample in samples:
            tally.add(positions[sample.query_id], sample)
            journal.append(sample)
        journal.finish()
    write_prompting(folder, AskedPrompts(load_template("qa"), {}, load_template("qa").stops))
    named = [
        Benchmark(source.dataset, source, tuple(own), source.dataset, content_checksum(own))
        for source, own in benchmarks
    ]
    return rescore(folder, named, EvaluationSection(trials=trials))
