"""What the judge has said, on disk: asked once, known for good."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dartmath.judging.prompt import PROMPT_HASH

JUDGEMENTS = "judgements.jsonl"
"""File of all verdicts of a judge in the folder of a run."""


class Verdicts:
    """The verdicts by what was asked, kept as JSON lines; None for the path keeps them in memory.

    A line that was cut off by a crash is left out. One process writes at a time: the run's lock sees to it.
    """

    def __init__(self, path: Path | None, model: str) -> None:
        self._path, self._model = path, model
        self._lock = threading.Lock()
        self._known = {row["key"]: bool(row["same"]) for row in _rows(path)}

    def __len__(self) -> int:
        return len(self._known)

    def key(self, query: str, references: tuple[str, ...], response: str) -> str:
        """What a verdict depends on: the judge, the wording of the prompt, and what is judged."""
        parts = json.dumps([self._model, PROMPT_HASH, query, references, response])
        return hashlib.sha256(parts.encode()).hexdigest()

    def get(self, key: str) -> bool | None:
        """The verdict on what was asked before, else None."""
        return self._known.get(key)

    def add(self, key: str, same: bool, **columns: Any) -> None:
        """Keep a verdict, with the judge's name and prompt beside it."""
        row = {"key": key, "same": same, "judge": self._model, "prompt": PROMPT_HASH, **columns}
        with self._lock:
            self._known[key] = same
            if self._path is not None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row) + "\n")


def _rows(path: Path | None) -> Iterator[dict[str, Any]]:
    if path is None or not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if (
                isinstance(row, dict)
                and isinstance(row.get("key"), str)
                and isinstance(row.get("same"), bool)
            ):
                yield row
