"""Logs of an evaluation in the forms of other tools, so that their viewers and scripts can be used.

* lm-evaluation-harness: `samples_TASK.jsonl`, one line per response, as its `--log_samples` writes
  (https://github.com/EleutherAI/lm-evaluation-harness/blob/main/docs/interface.md).
* Inspect: one JSON log per benchmark that `inspect view` and `read_eval_log` open
  (https://inspect.aisi.org.uk/eval-logs.html).

Both hold the query as it stands in the data set; how it was put to the model is said by the
template's name and hash in result.json.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dartmath.errors import UnknownNameError
from dartmath.evaluation.result import BenchmarkResult, EvaluationResult, read_result
from dartmath.evaluation.run import SAMPLES, benchmarks_of, samples_by_query
from dartmath.evaluation.score import Benchmark
from dartmath.manifest import write_atomic
from dartmath.queries.query import Query
from dartmath.sampling.journal import open_journal
from dartmath.sampling.sample import Sample
from dartmath.verify.outcome import Outcome

Responses = Mapping[str, Sequence[Sample]]


def export(folder: Path, form: str, out: Path) -> list[Path]:
    """Write the logs of the evaluation in `folder` to the folder `out`; returns their paths.

    `form` is "lm-eval" or "inspect"; raises `UnknownNameError` for another.
    """
    if form not in FORMS:
        raise UnknownNameError("log format", form, FORMS)
    result = read_result(folder)
    journal = open_journal(folder / SAMPLES)
    responses = samples_by_query(journal)
    written = []
    for benchmark, scores in zip(benchmarks_of(result, journal), result.benchmarks, strict=True):
        name, text = FORMS[form](result, benchmark, scores, responses)
        written.append(out / name)
        write_atomic(out / name, text)
    return written


def _lm_eval(
    result: EvaluationResult, benchmark: Benchmark, scores: BenchmarkResult, responses: Responses
) -> tuple[str, str]:
    rows = [
        _lm_eval_row(index, query, sample, result)
        for index, query in enumerate(benchmark.queries)
        for sample in responses.get(query.id, ())
    ]
    return f"samples_{_slug(scores.name)}.jsonl", "".join(_line(row) for row in rows)


def _lm_eval_row(index: int, query: Query, sample: Sample, result: EvaluationResult) -> dict[str, Any]:
    section = result.section
    decoding = {
        "temperature": section["temperature"],
        "top_p": section["top_p"],
        "max_gen_toks": section["max_tokens"],
        "until": section["stop"],
    }
    target = query.references[0]
    return {
        "doc_id": index,
        "doc": query.to_json(),
        "target": target,
        "arguments": {"gen_args_0": {"arg_0": query.text, "arg_1": decoding}},
        "resps": [[sample.text]],
        "filtered_resps": [sample.answer or "[invalid]"],
        "filter": "none",
        "metrics": ["exact_match"],
        "doc_hash": _hash(json.dumps(query.to_json(), indent=2, ensure_ascii=False)),
        "prompt_hash": _hash(query.text),
        "target_hash": _hash(target),
        "exact_match": float(sample.outcome is Outcome.CORRECT),
    }


def _inspect(
    result: EvaluationResult, benchmark: Benchmark, scores: BenchmarkResult, responses: Responses
) -> tuple[str, str]:
    samples = list(_inspect_samples(benchmark, responses, str(result.model["name"])))
    dataset = {
        "name": scores.dataset,
        "samples": scores.queries,
        "sample_ids": list(scores.query_ids),
        "shuffled": False,
    }
    log = {
        "version": 2,
        "status": "success",
        "eval": {
            "created": result.created,
            "task": scores.name,
            "task_version": result.format,
            "dataset": dataset,
            "model": str(result.model["name"]),
            "model_generate_config": {
                "temperature": result.section["temperature"],
                "top_p": result.section["top_p"],
                "max_tokens": result.section["max_tokens"],
                "seed": result.seed,
            },
            "config": {"epochs": scores.trials},
            "packages": dict(result.versions),
            "metadata": {"template": result.template, "engine": result.engine, "source": scores.source},
        },
        "results": {
            "total_samples": scores.queries * scores.trials,
            "completed_samples": len(samples),
            "scores": [{"name": "dartmath", "scorer": "dartmath", "metrics": _inspect_metrics(scores)}],
        },
        "stats": {"started_at": result.created, "completed_at": result.created, "model_usage": {}},
        "samples": samples,
    }
    return f"{_slug(scores.name)}.json", json.dumps(log, indent=1) + "\n"


def _inspect_metrics(scores: BenchmarkResult) -> dict[str, Any]:
    values = {"accuracy": scores.pass_at_1.value}
    values.update({f"pass_at_{k}": score.value for k, score in scores.pass_at_k.items()})
    values.update({f"maj_at_{k}": score.value for k, score in scores.maj_at_k.items()})
    return {name: {"name": name, "value": value} for name, value in values.items()}


def _inspect_samples(benchmark: Benchmark, responses: Responses, model: str) -> Iterator[dict[str, Any]]:
    for query in benchmark.queries:
        for sample in responses.get(query.id, ()):
            yield _inspect_sample(query, sample, model)


def _inspect_sample(query: Query, sample: Sample, model: str) -> dict[str, Any]:
    asked = {"role": "user", "content": query.text}
    answered = {"role": "assistant", "content": sample.text, "model": model}
    stop = {"stop": "stop", "length": "max_tokens"}.get(sample.finish_reason, "unknown")
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
        "input": query.text,
        "target": list(query.references),
        "messages": [asked, answered],
        "output": {
            "model": model,
            "choices": [{"message": answered, "stop_reason": stop}],
            "usage": usage,
            "time": sample.seconds,
        },
        "scores": {"dartmath": score},
        "metadata": dict(query.metadata),
    }


FORMS: dict[str, Callable[[EvaluationResult, Benchmark, BenchmarkResult, Responses], tuple[str, str]]] = {
    "lm-eval": _lm_eval,
    "inspect": _inspect,
}


def _line(row: dict[str, Any]) -> str:
    # U+2028 and its like stand escaped, since some readers cut lines there.
    return json.dumps(row) + "\n"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-")
