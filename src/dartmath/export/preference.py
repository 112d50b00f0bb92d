"""Preference pairs: a right and a wrong response to one query.

TRL and Axolotl read `prompt`, `chosen`, `rejected`; open-instruct and torchtune whole conversations in the
last two; LLaMA-Factory one message each; OpenAI has names of its own.
"""

from __future__ import annotations

from typing import Any

from dartmath.export.axolotl import datasets
from dartmath.export.format import ABOUT, BOTH, Format, RowSource
from dartmath.export.llama_factory import dataset_info
from dartmath.export.prompting import Prompting


def _row(example: RowSource, prompting: Prompting) -> dict[str, Any]:
    return {
        "prompt": prompting.prompt(example.query.text),
        "chosen": prompting.completion(example.response),
        "rejected": prompting.completion(example.rejected),
        "margin": example.margin,
        **example.about(),
    }


def _axolotl(path: str, prompting: Prompting) -> str:
    messages = {"type": "chat_template.default", "field_messages": "prompt"}
    shape = messages if prompting.as_messages else {"type": "passthrough.default"}
    return datasets(path, shape, "rl: dpo")


def _conversations(example: RowSource, prompting: Prompting) -> dict[str, Any]:
    query = example.query.text
    sides = {
        "chosen": prompting.conversation(query, example.response),
        "rejected": prompting.conversation(query, example.rejected),
    }
    return {**sides, "margin": example.margin, **example.about()}


def _llama_factory(example: RowSource, prompting: Prompting) -> dict[str, Any]:
    return {
        "messages": prompting.messages(example.query.text),
        "chosen": prompting.assistant(example.response),
        "rejected": prompting.assistant(example.rejected),
        "margin": example.margin,
        **example.about(),
    }


def _openai(example: RowSource, prompting: Prompting) -> dict[str, Any]:
    return {
        "input": {"messages": prompting.messages(example.query.text)},
        "preferred_output": [prompting.assistant(example.response)],
        "non_preferred_output": [prompting.assistant(example.rejected)],
    }


_COLUMNS = ("chosen", "rejected", "margin", *ABOUT)
PREFERENCE = Format(
    "pairs",
    "TRL's DPOTrainer, Axolotl: `prompt`, `chosen`, `rejected`",
    ("prompt", *_COLUMNS),
    _row,
    _axolotl,
    prompts=BOTH,
)
CONVERSATION_PAIRS = Format(
    "pairs",
    "open-instruct's DPO, torchtune: `chosen`, `rejected` with the prompt in both",
    _COLUMNS,
    _conversations,
    lambda path, prompting: f"--mixer_list {path} 1.0",
)
LLAMA_FACTORY_PAIRS = Format(
    "pairs",
    "LLaMA-Factory's ranking, formatting sharegpt",
    ("messages", *_COLUMNS),
    _llama_factory,
    lambda path, prompting: dataset_info(path, {"chosen": "chosen", "rejected": "rejected"}, ranking=True),
    fields=False,
)
OPENAI_PAIRS = Format(
    "pairs",
    "OpenAI fine-tuning by preference: `input`, `preferred_output`, `non_preferred_output`",
    ("input", "preferred_output", "non_preferred_output"),
    _openai,
    suffixes=(".jsonl",),
    fields=False,
)
