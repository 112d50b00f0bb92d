"""Responses step by step, each step right or not: stepwise supervision, for process reward models.

A step is a line of the response. As in Lightman et al. 2023 ("Let's verify step by step", arXiv 2305.20050),
steps are right up to the first mistake, and what follows it is not. Mistakes are those that recomputing finds
(see `dartmath.curation.arithmetic`); so a wrong response in which none is found says nothing, and has no row,
and neither has a right one in which nothing can be recomputed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dartmath.curation.arithmetic import check_steps
from dartmath.export.axolotl import datasets
from dartmath.export.format import ABOUT, BOTH, Format, RowSource
from dartmath.export.prompting import Prompting


def steps_of(response: str) -> list[str]:
    """The steps of a response: its lines that are not empty."""
    return [line.strip() for line in response.splitlines() if line.strip()]


def step_labels(response: str, right: bool) -> list[bool] | None:
    """For each step of a response whether it is right; None where nothing tells.

    `right` says whether its answer is.
    """
    judged = [check_steps(step) for step in steps_of(response)]
    wrong = next((place for place, found in enumerate(judged) if any(not one.right for one in found)), None)
    if wrong is not None:
        return [place < wrong for place in range(len(judged))]
    return [True] * len(judged) if right and any(judged) else None


def labels_of(pair: Sequence[Any]) -> list[bool] | None:
    """`step_labels` of a pair of its arguments, for worker processes."""
    return step_labels(*pair)


def _row(example: RowSource, prompting: Prompting) -> dict[str, Any]:
    steps, labels = steps_of(example.response), list(example.steps)
    prompt = prompting.prompt(example.query.text)
    return {"prompt": prompt, "completions": steps, "labels": labels, **example.about()}


STEPWISE = Format(
    "steps",
    "stepwise supervision of process reward models: `prompt`, `completions`, `labels`",
    ("prompt", "completions", "labels", *ABOUT),
    _row,
    lambda path, prompting: datasets(path, {"type": "stepwise_supervised"}, "process_reward_model: true"),
    prompts=BOTH,
)
