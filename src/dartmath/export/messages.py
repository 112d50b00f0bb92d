"""Conversations in a column `messages`: TRL, LLaMA-Factory, torchtune, open-instruct, ms-swift."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dartmath.export.format import ABOUT, Example, Format
from dartmath.export.prompting import Prompting


def _row(example: Example, prompting: Prompting) -> dict[str, Any]:
    return {"messages": prompting.conversation(example.query.text, example.response), **example.about()}


def _llama_factory(path: str, prompting: Prompting) -> str:
    tags = {"role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant"}
    entry = {
        "file_name": Path(path).name,
        "formatting": "sharegpt",
        "columns": {"messages": "messages"},
        "tags": {**tags, "system_tag": "system"},
    }
    return "dataset_info.json: " + json.dumps({Path(path).stem: entry})


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
LLAMA_FACTORY = Format("responses", "LLaMA-Factory, formatting sharegpt", _COLUMNS, _row, _llama_factory)
TORCHTUNE = Format("responses", "torchtune's chat_dataset", _COLUMNS, _row, _torchtune)
OPEN_INSTRUCT = Format("responses", "open-instruct's finetune.py", _COLUMNS, _row, _open_instruct)
