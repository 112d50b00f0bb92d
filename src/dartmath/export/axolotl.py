"""Axolotl: conversations for its `chat_template`, or, for a text template, the text in segments with a label
that says which are trained on (`input_output`), so that the prompt is the one that was sampled with."""

from __future__ import annotations

from typing import Any

from dartmath.export.format import ABOUT, BOTH, Example, Format
from dartmath.export.prompting import Prompting


def _row(example: Example, prompting: Prompting) -> dict[str, Any]:
    if prompting.as_messages:
        conversation = prompting.conversation(example.query.text, example.response)
        return {"messages": conversation, **example.about()}
    parts = (prompting.prompt(example.query.text), prompting.completion(example.response))
    segments = [{"label": i == 1, "text": part} for i, part in enumerate(parts)]
    return {"segments": segments, **example.about()}


def _usage(path: str, prompting: Prompting) -> str:
    kind = "parquet" if path.endswith(".parquet") else "json"
    shape = (
        "type: chat_template\n    field_messages: messages" if prompting.as_messages else "type: input_output"
    )
    return f"datasets:\n  - path: {path}\n    ds_type: {kind}\n    {shape}\ntrain_on_inputs: false"


AXOLOTL = Format(
    "responses",
    "Axolotl: chat_template, or input_output",
    ("messages", "segments", *ABOUT),
    _row,
    _usage,
    prompts=BOTH,
)
