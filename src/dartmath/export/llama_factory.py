"""LLaMA-Factory's `dataset_info.json`: which columns of a file hold what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path


def dataset_info(path: str, columns: Mapping[str, str] | None = None, *, ranking: bool = False) -> str:
    """The entry of a file whose column `messages` holds chat messages, and whose `columns` are as named."""
    tags = {"role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant"}
    entry = {
        "file_name": Path(path).name,
        "formatting": "sharegpt",
        **({"ranking": True} if ranking else {}),
        "columns": {"messages": "messages", **(columns or {})},
        "tags": {**tags, "system_tag": "system"},
    }
    return "dataset_info.json: " + json.dumps({Path(path).stem: entry})
