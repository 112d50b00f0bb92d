"""Sample: one response to one query, with its verdict."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from dartmath.verify.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Sample:
    """One response to one query, with its verdict.

    `trial` counts from 0 within a query; (`query_id`, `trial`) is the key of a sample in a
    journal. `answer` is the extracted answer; `reason` says why the verdict is what it is.
    Token counts are of the model's own tokenizer; `seconds` is the wall time of the request.
    `text_hash` identifies equal responses; a journal that keeps only hashes or counts of wrong
    responses has an empty `text` there, and with counts no hash either. `tools` counts the outcomes
    of the code blocks that ran in a response with tool use.
    """

    query_id: str
    trial: int
    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    seed: int
    outcome: Outcome
    answer: str | None = None
    reason: str = ""
    seconds: float = 0.0
    text_hash: int | None = None
    tools: dict[str, int] | None = None

    def to_json(self) -> dict[str, Any]:
        """A JSON-serialisable dictionary; `from_json` is its inverse."""
        row = {name: getattr(self, name) for name in _FIELDS}
        row["outcome"] = self.outcome.value
        if self.tools is None:
            del row["tools"]
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Sample:
        """The sample of a `to_json` dictionary."""
        return cls(**{**row, "outcome": Outcome(row["outcome"])})


_FIELDS = tuple(field.name for field in fields(Sample))


def trial_seed(run_seed: int, query_id: str, trial: int) -> int:
    """A 31-bit seed of its own for every (run, query, trial), independent of order."""
    key = f"{run_seed}:{query_id}:{trial}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(key, digest_size=4).digest()) & 0x7FFFFFFF


def hash_text(text: str) -> int:
    """63 bits that are equal for responses equal up to white space at their ends."""
    data = text.strip().encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest()) >> 1
