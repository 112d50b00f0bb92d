"""Conversations in a column `messages`: TRL, LLaMA-Factory, torchtune, open-instruct, ms-swift."""

from __future__ import annotations

from typing import Any

from dartmath.export.format import ABOUT, Format, RowSource
from dartmath.export.llama_factory import dataset_info
from dartmath.export.prompting import Prompting


def _row(example: RowSource, prompting: Prompting) -> dict[str, Any]:
    return {"messages": prompting.conversation(example.query.text, example.response), **example.about()}


def _torchtune(path: str, prompting: Prompting) -> str:
    source = "parquet" if path.endswith(".parquet") else "json"
    return (
        "dataset:\n  _component_: torchtune.datasets.chat_dataset\n"
        f"  source: {source}\n  data_files: {path}\n  split: train\n"
        "  conversation_column: messages\n  conversation_style: openai"
    )


def _open_instruct(path: str, prompting: Prompting) -> str:
    return f"--dataset_mixer_list {path} 1.0"


_COLUMNS = ("messages", *ABOUT)
MESSAGES = Format("responses", "TRL, ms-swift and others: a column `messages`", _COLUMNS, _row)
LLAMA_FACTORY = Format(
    "responses",
    "LLaMA-Factory, formatting sharegpt",
    _COLUMNS,
    _row,
    lambda path, prompting: dataset_info(path),
    fields=False,
)
TORCHTUNE = Format("responses", "torchtune's chat_dataset", _COLUMNS, _row, _torchtune, fields=False)
OPEN_INSTRUCT = Format("responses", "open-instruct's finetune.py", _COLUMNS, _row, _open_instruct)
