"""Responses with a label, right or wrong, not in pairs: TRL's KTOTrainer."""

from __future__ import annotations

from typing import Any

from dartmath.export.format import ABOUT, BOTH, Example, Format
from dartmath.export.prompting import Prompting


def _row(example: Example, prompting: Prompting) -> dict[str, Any]:
    prompt, completion = prompting.prompt(example.query.text), prompting.completion(example.response)
    return {"prompt": prompt, "completion": completion, "label": example.label, **example.about()}


KTO = Format(
    "labels",
    "TRL's KTOTrainer: `prompt`, `completion`, `label`",
    ("prompt", "completion", "label", *ABOUT),
    _row,
    prompts=BOTH,
)
