"""Responses with a label, right or wrong, not in pairs: TRL's KTOTrainer, LLaMA-Factory."""

from __future__ import annotations

from typing import Any

from dartmath.export.format import ABOUT, BOTH, Format, RowSource
from dartmath.export.llama_factory import dataset_info
from dartmath.export.prompting import Prompting


def _row(example: RowSource, prompting: Prompting) -> dict[str, Any]:
    prompt, completion = prompting.prompt(example.query.text), prompting.completion(example.response)
    return {"prompt": prompt, "completion": completion, "label": example.label, **example.about()}


def _llama_factory(example: RowSource, prompting: Prompting) -> dict[str, Any]:
    conversation = prompting.conversation(example.query.text, example.response)
    return {"messages": conversation, "label": example.label, **example.about()}


KTO = Format(
    "labels",
    "TRL's KTOTrainer: `prompt`, `completion`, `label`",
    ("prompt", "completion", "label", *ABOUT),
    _row,
    prompts=BOTH,
)
LLAMA_FACTORY_KTO = Format(
    "labels",
    "LLaMA-Factory's KTO, formatting sharegpt",
    ("messages", "label", *ABOUT),
    _llama_factory,
    lambda path, prompting: dataset_info(path, {"kto_tag": "label"}),
    fields=False,
)
