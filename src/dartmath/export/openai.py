"""OpenAI's chat format of fine-tuning, which several services take: `messages` and no other key."""

from __future__ import annotations

from typing import Any

from dartmath.export.format import Format, RowSource
from dartmath.export.prompting import Prompting


def _row(example: RowSource, prompting: Prompting) -> dict[str, Any]:
    return {"messages": prompting.conversation(example.query.text, example.response)}


OPENAI = Format(
    "responses",
    "OpenAI fine-tuning: messages and no other key",
    ("messages",),
    _row,
    suffixes=(".jsonl",),
    fields=False,
)
