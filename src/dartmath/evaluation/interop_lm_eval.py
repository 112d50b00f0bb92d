"""lm-evaluation-harness: the files of its `--output_path` with `--log_samples`.

MODEL/results_DATE.json          scores, as its tables and leaderboards read them
MODEL/samples_TASK_DATE.jsonl    one line per response

https://github.com/EleutherAI/lm-evaluation-harness/blob/main/docs/interface.md
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from dartmath.evaluation.intervals import standard_error
from dartmath.evaluation.logs import Evaluation, Logs, sha256, words
from dartmath.evaluation.result import BenchmarkResult
from dartmath.evaluation.score import Benchmark, query_means
from dartmath.queries.query import Query
from dartmath.sampling.sample import Sample
from dartmath.verify.contract.outcome import Outcome

_METRIC = "exact_match"


def lm_eval_logs(evaluation: Evaluation) -> Logs:
    """The files of one evaluation."""
    folder = re.sub(r'["<>:/|\\?*\[\]]+', "__", evaluation.model)
    if not folder.strip("."):  # "..": a name, and not the folder above
        folder = "__"
    yield f"{folder}/results_{evaluation.stamp}.json", json.dumps(_results(evaluation), indent=2) + "\n"
    for task, (benchmark, _) in _named(evaluation).items():
        rows = _rows(evaluation, benchmark)
        # U+2028 and its like stand escaped, since some readers cut lines there.
        text = "".join(json.dumps(row) + "\n" for row in rows)
        yield f"{folder}/samples_{task}_{evaluation.stamp}.jsonl", text


def _named(evaluation: Evaluation) -> dict[str, tuple[Benchmark, BenchmarkResult]]:
    """The benchmarks by its names of tasks, which are words."""
    names = words([scores.name for _, scores in evaluation.benchmarks])
    return dict(zip(names, evaluation.benchmarks, strict=True))


def _results(evaluation: Evaluation) -> dict[str, Any]:
    result = evaluation.result
    named = _named(evaluation)
    return {
        "results": {task: _metrics(evaluation, *pair) for task, pair in named.items()},
        "group_subtasks": {task: [] for task in named},
        "configs": {task: _config(evaluation, task, *pair) for task, pair in named.items()},
        "versions": dict.fromkeys(named, result.format),
        "n-shot": {task: _shots(evaluation, benchmark) for task, (benchmark, _) in named.items()},
        "higher_is_better": {task: {_METRIC: True} for task in named},
        "n-samples": {
            task: {"original": scores.queries, "effective": scores.queries}
            for task, (_, scores) in named.items()
        },
        "config": {
            "model": result.engine.get("kind", "dartmath"),
            "model_args": result.model,
            "gen_kwargs": _decoding(evaluation),
            "random_seed": result.seed,
        },
        "model_source": "dartmath",
        "model_name": evaluation.model,
        "total_evaluation_time_seconds": str(result.seconds),
    }


def _metrics(evaluation: Evaluation, benchmark: Benchmark, scores: BenchmarkResult) -> dict[str, Any]:
    means = query_means(evaluation.responses, scores.query_ids, scores.trials)
    error = standard_error(means)
    return {
        "alias": benchmark.name,
        "sample_len": scores.queries,
        f"{_METRIC},none": scores.pass_at_1.value,
        f"{_METRIC}_stderr,none": error if len(means) > 1 else "N/A",
    }


def _shots(evaluation: Evaluation, benchmark: Benchmark) -> int:
    """Worked examples before each query: those of its data set, by the name that the queries give it."""
    return max((evaluation.prompting.count(query.dataset) for query in benchmark.queries), default=0)


def _config(
    evaluation: Evaluation, task: str, benchmark: Benchmark, scores: BenchmarkResult
) -> dict[str, Any]:
    return {
        "task": task,
        "dataset_path": scores.dataset,
        "output_type": "generate_until",
        "num_fewshot": _shots(evaluation, benchmark),
        "repeats": scores.trials,
        "generation_kwargs": _decoding(evaluation),
    }


def _decoding(evaluation: Evaluation) -> dict[str, Any]:
    section = evaluation.result.section
    return {
        "temperature": section["temperature"],
        "top_p": section["top_p"],
        "max_gen_toks": section["max_tokens"],
        "until": list(evaluation.prompting.stops),
    }


def _rows(evaluation: Evaluation, benchmark: Benchmark) -> Iterator[dict[str, Any]]:
    decoding = _decoding(evaluation)
    for index, query in enumerate(benchmark.queries):
        for sample in evaluation.responses.get(query.id, ()):
            yield _row(index, query, sample, evaluation.prompting.prompt(query), decoding)


def _row(index: int, query: Query, sample: Sample, prompt: str, decoding: dict[str, Any]) -> dict[str, Any]:
    target = query.references[0]
    return {
        "doc_id": index,
        "doc": query.to_json(),
        "target": target,
        "arguments": {"gen_args_0": {"arg_0": prompt, "arg_1": decoding}},
        "resps": [[sample.text]],
        "filtered_resps": [sample.answer or "[invalid]"],
        "filter": "none",
        "metrics": [_METRIC],
        "doc_hash": sha256(json.dumps(query.to_json(), indent=2, ensure_ascii=False)),
        "prompt_hash": sha256(prompt),
        "target_hash": sha256(target),
        _METRIC: float(sample.outcome is Outcome.CORRECT),
    }
