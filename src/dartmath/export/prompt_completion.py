"""A prompt and its completion, of which TRL's SFTTrainer trains on the completion alone."""

from __future__ import annotations

from typing import Any

from dartmath.export.format import ABOUT, BOTH, Format, RowSource
from dartmath.export.prompting import Prompting


def _row(example: RowSource, prompting: Prompting) -> dict[str, Any]:
    prompt, completion = prompting.prompt(example.query.text), prompting.completion(example.response)
    return {"prompt": prompt, "completion": completion, **example.about()}


PROMPT_COMPLETION = Format(
    "responses",
    "TRL's SFTTrainer and others: `prompt` and `completion`",
    ("prompt", "completion", *ABOUT),
    _row,
    prompts=BOTH,
)
