"""Inspect: one log per benchmark, for `inspect view`, `read_eval_log` and its data frames.

https://inspect.aisi.org.uk/eval-logs.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from dartmath.evaluation.logs import Evaluation, Logs, sha256, slug
from dartmath.evaluation.result import BenchmarkResult
from dartmath.evaluation.score import Benchmark
from dartmath.queries.query import Query
from dartmath.sampling.sample import Sample
from dartmath.verify.contract.outcome import Outcome

_SCORER = "dartmath"
_STOPS = {"stop": "stop", "length": "max_tokens"}


def inspect_logs(evaluation: Evaluation) -> Logs:
    """The files of one evaluation; Inspect finds logs by names that begin with a time."""
    for benchmark, scores in evaluation.benchmarks:
        task = _id("task", evaluation, scores)
        name = f"{evaluation.stamp}_{slug(scores.name)}_{task}.json"
        yield name, json.dumps(_log(evaluation, benchmark, scores), indent=1) + "\n"


def _id(kind: str, evaluation: Evaluation, scores: BenchmarkResult | None = None) -> str:
    """22 letters and digits, as its own ids are, that depend on the evaluation alone."""
    content = [kind, evaluation.model, evaluation.started, scores.name if scores else ""]
    return sha256(json.dumps(content))[:22]


def _log(evaluation: Evaluation, benchmark: Benchmark, scores: BenchmarkResult) -> dict[str, Any]:
    result = evaluation.result
    samples = list(_samples(evaluation, benchmark))
    usage = {
        "input_tokens": scores.prompt_tokens,
        "output_tokens": scores.completion_tokens,
        "total_tokens": scores.prompt_tokens + scores.completion_tokens,
    }
    return {
        "version": 2,
        "status": "success",
        "eval": _spec(evaluation, scores),
        # Its readers of headers insist on a plan, which here is to generate and nothing else.
        "plan": {"name": "plan", "steps": [{"solver": "generate"}]},
        "results": {
            "total_samples": scores.queries * scores.trials,
            "completed_samples": len(samples),
            "scores": [{"name": _SCORER, "scorer": _SCORER, "metrics": _metrics(scores)}],
        },
        "stats": {
            "started_at": evaluation.started,
            "completed_at": result.created,
            "model_usage": {evaluation.model: usage},
        },
        "samples": samples,
    }


def _spec(evaluation: Evaluation, scores: BenchmarkResult) -> dict[str, Any]:
    result = evaluation.result
    return {
        "eval_id": _id("eval", evaluation, scores),
        "run_id": _id("run", evaluation),
        "task_id": _id("task", evaluation, scores),
        "created": evaluation.started,
        "task": scores.name,
        "task_version": result.format,
        "dataset": {
            "name": scores.dataset,
            "samples": scores.queries,
            "sample_ids": list(scores.query_ids),
            "shuffled": False,
        },
        "model": evaluation.model,
        "model_generate_config": {
            "temperature": result.section["temperature"],
            "top_p": result.section["top_p"],
            "max_tokens": result.section["max_tokens"],
            "stop_seqs": list(evaluation.prompting.stops),
            "seed": result.seed,
        },
        "config": {"epochs": scores.trials},
        "packages": dict(result.versions),
        "metadata": {"template": result.template, "engine": result.engine, "source": scores.source},
    }


def _metrics(scores: BenchmarkResult) -> dict[str, Any]:
    values = {"accuracy": scores.pass_at_1.value}
    values.update({f"pass_at_{k}": score.value for k, score in scores.pass_at_k.items()})
    values.update({f"maj_at_{k}": score.value for k, score in scores.maj_at_k.items()})
    return {name: {"name": name, "value": value} for name, value in values.items()}


def _samples(evaluation: Evaluation, benchmark: Benchmark) -> Iterator[dict[str, Any]]:
    for query in benchmark.queries:
        for sample in evaluation.responses.get(query.id, ()):
            yield _sample(query, sample, evaluation.prompting.prompt(query), evaluation.model)


def _sample(query: Query, sample: Sample, prompt: str, model: str) -> dict[str, Any]:
    asked = {"role": "user", "content": prompt}
    answered = {"role": "assistant", "content": sample.text, "model": model}
    usage = {
        "input_tokens": sample.prompt_tokens,
        "output_tokens": sample.completion_tokens,
        "total_tokens": sample.prompt_tokens + sample.completion_tokens,
    }
    score = {
        "value": "C" if sample.outcome is Outcome.CORRECT else "I",
        "answer": sample.answer,
        "explanation": sample.reason,
        "metadata": {"outcome": sample.outcome.value},
    }
    return {
        "id": query.id,
        "epoch": sample.trial + 1,
        "uuid": sha256(json.dumps([query.id, sample.trial, model]))[:22],
        "input": query.text,
        "target": list(query.references),
        "messages": [asked, answered],
        "output": {
            "model": model,
            "choices": [{"message": answered, "stop_reason": _STOPS.get(sample.finish_reason, "unknown")}],
            "usage": usage,
            "time": sample.seconds,
        },
        "model_usage": {model: usage},
        "total_time": sample.seconds,
        "scores": {_SCORER: score},
        "metadata": {**query.metadata, "prompt_hash": sha256(prompt)},
    }
