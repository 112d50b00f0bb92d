"""Axolotl: conversations for its `chat_template`, or, for a text template, the text in segments with a label
that says which are trained on (`input_output`), so that the prompt is the one that was sampled with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dartmath.export.format import ABOUT, BOTH, Format, RowSource
from dartmath.export.prompting import Prompting


def datasets(path: str, shape: Mapping[str, str], *more: str) -> str:
    """Axolotl's `datasets:` with one file, and what else its configuration then needs."""
    kind = "parquet" if path.endswith(".parquet") else "json"
    entry = {"path": path, "ds_type": kind, "split": "train", **shape}
    keys = "\n    ".join(f"{name}: {value}" for name, value in entry.items())
    return "\n".join([f"# Axolotl:\ndatasets:\n  - {keys}", *(more or ("train_on_inputs: false",))])


def _row(example: RowSource, prompting: Prompting) -> dict[str, Any]:
    if prompting.as_messages:
        conversation = prompting.conversation(example.query.text, example.response)
        return {"messages": conversation, **example.about()}
    parts = (prompting.prompt(example.query.text), prompting.completion(example.response))
    segments = [{"label": i == 1, "text": part} for i, part in enumerate(parts)]
    return {"segments": segments, **example.about()}


def _usage(path: str, prompting: Prompting) -> str:
    messages = {"type": "chat_template", "field_messages": "messages"}
    return datasets(path, messages if prompting.as_messages else {"type": "input_output"})


AXOLOTL = Format(
    "responses",
    "Axolotl: chat_template, or input_output",
    ("messages", "segments", *ABOUT),
    _row,
    _usage,
    prompts=BOTH,
)
