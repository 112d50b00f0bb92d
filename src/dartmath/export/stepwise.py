"""Responses step by step, each step right or not: stepwise supervision, for process reward models.

A step is a line of the response. As in Lightman et al. 2023 ("Let's verify step by step", arXiv 2305.20050),
steps are right up to the first mistake, and what follows it is not. Mistakes are those that recomputing finds
(see `dartmath.curation.arithmetic`); so a wrong response in which none is found says nothing, and has no row,
and neither has a right one in which nothing can be recomputed.
"""

from __future__ import annotations

from typing import Any

from dartmath.curation.arithmetic import check_steps
from dartmath.export.format import ABOUT, BOTH, Example, Format
from dartmath.export.prompting import Prompting


def steps_of(response: str) -> list[str]:
    """The steps of a response: its lines that are not empty."""
    return [line.strip() for line in response.splitlines() if line.strip()]


def step_labels(example: Example) -> list[bool] | None:
    """For each step whether it is right; None where nothing tells."""
    judged = [check_steps(step) for step in steps_of(example.response)]
    wrong = next((place for place, found in enumerate(judged) if any(not one.right for one in found)), None)
    if wrong is not None:
        return [place < wrong for place in range(len(judged))]
    return [True] * len(judged) if example.label and any(judged) else None


def _row(example: Example, prompting: Prompting) -> dict[str, Any]:
    steps, labels = steps_of(example.response), step_labels(example)
    assert labels is not None, "examples without labels are left out before"
    prompt = prompting.prompt(example.query.text)
    return {"prompt": prompt, "completions": steps, "labels": labels, **example.about()}


STEPWISE = Format(
    "steps",
    "stepwise supervision of process reward models: `prompt`, `completions`, `labels`",
    ("prompt", "completions", "labels", *ABOUT),
    _row,
    prompts=BOTH,
)
