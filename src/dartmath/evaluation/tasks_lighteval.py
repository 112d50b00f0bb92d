"""Tasks of lighteval made of benchmarks: same prompt, stop strings and grader.

https://huggingface.co/docs/lighteval/adding-a-custom-task

lighteval does not tell a metric how a response ended, so that one with as many tokens as may be generated
counts as cut off. A text template needs `override_chat_template=False` among the arguments of the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from lighteval.metrics.metrics_sample import SampleLevelComputation, SamplingMetric
from lighteval.metrics.utils.metric_utils import SampleLevelMetric
from lighteval.models.model_output import ModelResponse
from lighteval.tasks.lighteval_task import LightevalTaskConfig
from lighteval.tasks.requests import Doc, SamplingMethod

from dartmath.base.errors import ConfigError
from dartmath.evaluation.tasks import HarnessTask, TaskResponse, read_query, read_tasks


def lighteval_tasks(folder: Path) -> list[LightevalTaskConfig]:
    """The tasks of a folder that `dartmath tasks` wrote, for a module's `TASKS_TABLE`.

    Raises `ConfigError` for a chat template with more than the one message of the query, since lighteval
    fills further turns itself.
    """
    return [_config(task) for task in read_tasks(folder)]


def _config(task: HarnessTask) -> LightevalTaskConfig:
    template = task.prompting.template
    if template.chat and (template.system or task.prompting.shots):
        raise ConfigError(
            "lighteval writes system messages and worked examples of a chat itself; write the tasks with a "
            "text template, such as qa, or with the template chat and without --shots"
        )
    return LightevalTaskConfig(
        name=task.name,
        prompt_function=LightevalPrompt(task),
        hf_repo=str(task.folder),
        hf_subset="default",
        hf_avail_splits=["test"],
        evaluation_splits=["test"],
        generation_size=task.section.max_tokens,
        stop_sequence=list(task.prompting.stops),
        metrics=[_metric(task, leniently=False), _metric(task, leniently=True)],
    )


def _metric(task: HarnessTask, *, leniently: bool) -> SampleLevelMetric:
    return SampleLevelMetric(
        metric_name="dartmath_lenient" if leniently else "dartmath",
        higher_is_better=True,
        category=SamplingMethod.GENERATIVE,
        sample_level_fn=Judged(task, leniently=leniently),
        corpus_level_fn=np.mean,
    )


class LightevalPrompt:
    """From a row to what lighteval asks: the whole prompt, or the one message of a chat."""

    def __init__(self, task: HarnessTask) -> None:
        self._task = task

    def __call__(self, row: dict[str, Any], task_name: str) -> Doc:
        query = read_query(row)
        prompt = self._task.prompt(query)
        return Doc(
            task_name=task_name,
            query=prompt.messages[-1]["content"] if prompt.text is None else prompt.text,
            choices=list(query.references),
            gold_index=list(range(len(query.references))),
            specific={"query": row["query"]},
        )


class Judged(SamplingMetric, SampleLevelComputation):  # type: ignore[misc]
    """The share of a query's responses that are correct."""

    def __init__(self, task: HarnessTask, *, leniently: bool) -> None:
        super().__init__()
        self._task, self._leniently = task, leniently

    def num_samples(self) -> int:
        """Responses that lighteval asks for of each query."""
        return self._task.section.trials

    def compute(self, doc: Doc, model_response: ModelResponse, **_: Any) -> float:
        """The score of a query."""
        query = read_query(doc.specific)
        # Its own cutting of thoughts is not used: the grader reads them as it does everywhere.
        lengths = _lengths(model_response.output_tokens, len(model_response.text))
        right = []
        for text, length in zip(model_response.text, lengths, strict=True):
            finish = "length" if length >= self._task.section.max_tokens else "stop"
            judged = self._task.judge(query, TaskResponse(text, finish))
            right.append(judged.lenient if self._leniently else judged.verdict.correct)
        return float(np.mean(right)) if right else 0.0


def _lengths(tokens: Sequence[Sequence[int]], count: int) -> list[int]:
    """Tokens of each response; 0 where a backend of lighteval does not give them."""
    return [len(one) for one in tokens] if len(tokens) == count else [0] * count
