"""Tasks of Inspect (https://inspect.aisi.org.uk) made of benchmarks: same prompt, stop strings and grader.

A text template needs a provider that puts one user message to the model as it is, such as
`openai-api-completions` or `vllm-completions`; with the template `chat` any provider will do.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import anyio.to_thread
from inspect_ai import Epochs, Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
)
from inspect_ai.scorer import CORRECT, INCORRECT, Score, Scorer, Target, accuracy, scorer, stderr
from inspect_ai.solver import TaskState, generate

from dartmath.base.errors import UnknownNameError
from dartmath.evaluation.tasks import HarnessTask, TaskResponse, read_tasks
from dartmath.queries.query import Query

_MESSAGES = {"system": ChatMessageSystem, "user": ChatMessageUser, "assistant": ChatMessageAssistant}


def inspect_task(folder: Path | str, name: str) -> Task:
    """The task `name` of a folder that `dartmath tasks` wrote, for `inspect eval`.

    Its scorers are `dartmath`, whose accuracy is Pass@1, and `dartmath_lenient` (see docs/evaluation.md).
    """
    task = _find(str(folder), name)
    section = task.section
    return Task(
        name=name,
        dataset=MemoryDataset([_sample(task, query) for query in task.queries()], name=task.benchmark),
        solver=generate(),
        scorer=[strict(str(folder), name), lenient(str(folder), name)],
        epochs=Epochs(section.trials, "mean"),
        config=GenerateConfig(
            temperature=section.temperature,
            top_p=section.top_p,
            max_tokens=section.max_tokens,
            stop_seqs=list(task.prompting.stops),
        ),
        metadata={
            "template": task.prompting.template.hash,
            "checksum": task.checksum,
            "protocol": section.protocol,
        },
    )


@cache
def _find(folder: str, name: str) -> HarnessTask:
    tasks = {task.name: task for task in read_tasks(Path(folder))}
    if name not in tasks:
        raise UnknownNameError("task", name, tasks)
    return tasks[name]


def _sample(task: HarnessTask, query: Query) -> Sample:
    prompt = task.prompt(query)
    return Sample(
        id=query.id,
        input=prompt.text if prompt.text is not None else [_message(one) for one in prompt.messages],
        target=list(query.references),
        metadata={"query": query.to_json()},
    )


def _message(message: dict[str, str]) -> Any:
    return _MESSAGES[message["role"]](content=message["content"])


def _response(output: ModelOutput) -> TaskResponse:
    """What the model said; thoughts that the provider gave apart come back to their place."""
    parts = [] if not output.choices or isinstance(output.message.content, str) else output.message.content
    thoughts = [part.reasoning for part in parts if part.type == "reasoning"]
    finish = "length" if output.stop_reason in ("max_tokens", "model_length") else "stop"
    return TaskResponse(output.completion, finish, "\n".join(thoughts) or None)


async def _judged(folder: str, name: str, state: TaskState, *, leniently: bool) -> Score:
    task, query = _find(folder, name), Query.from_json(state.metadata["query"])
    judged = await anyio.to_thread.run_sync(task.judge, query, _response(state.output))
    right = judged.lenient if leniently else judged.verdict.correct
    return Score(
        value=CORRECT if right else INCORRECT,
        answer=judged.verdict.answer,
        explanation=judged.verdict.reason,
        metadata={"outcome": judged.verdict.outcome.value},
    )


def _strict(folder: str, name: str) -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        return await _judged(folder, name, state, leniently=False)

    return score


def _lenient(folder: str, name: str) -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        return await _judged(folder, name, state, leniently=True)

    return score


strict = scorer(metrics=[accuracy(), stderr()], name="dartmath")(_strict)
"""Pass@1 as `dartmath evaluate` has it."""

lenient = scorer(metrics=[accuracy(), stderr()], name="dartmath_lenient")(_lenient)
"""The same where the last number or formula counts as the answer of a response that states none."""
