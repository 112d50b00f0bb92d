"""Sample: one response to one query, with its verdict."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any

from dartmath.prompts.thoughts import with_thoughts
from dartmath.verify.contract.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Sample:
    """One response to one query, with its verdict.

    `trial` counts from 0 within a query; (`query_id`, `trial`) is the key of a sample in a
    journal. `answer` is the extracted answer; `reason` says why the verdict is what it is.
    Token counts are of the model's own tokenizer; `seconds` is the wall time of the request.
    `text_hash` identifies equal responses; a journal that keeps only hashes or counts of wrong
    responses has an empty `text` there, and with counts no hash either. `tools` counts the outcomes
    of the code blocks that ran in a response with tool use. Of a server's response, `thoughts` are those
    that it gave apart from the text, `server`, `model` and `fingerprint` say who answered, and `logprob`
    is the mean log-probability of its tokens where it was asked for. `cached_tokens` are those of the prompt
    that the server did not read anew, `reasoning_tokens` those of thoughts, where a server counts them.
    `teacher` is the further teacher that made it; None is the recipe's own.
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
    thoughts: str | None = None
    server: str | None = None
    model: str | None = None
    fingerprint: str | None = None
    logprob: float | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    teacher: str | None = None

    @property
    def response(self) -> str:
        """All that the model wrote, thoughts included, as a model that thinks is trained on it."""
        return with_thoughts(self.text, self.thoughts)

    @property
    def has_text(self) -> bool:
        """Whether the response is here to be judged: of wrong ones, a journal may keep hashes alone."""
        return self.finish_reason != "error" and (
            bool(self.text) or self.text_hash == hash_text(self.response)
        )

    def to_json(self) -> dict[str, Any]:
        """A JSON-serialisable dictionary; `from_json` is its inverse."""
        row = {name: getattr(self, name) for name in _FIELDS}
        row["outcome"] = self.outcome.value
        for name in _OFTEN_ABSENT:
            if row[name] is None:
                del row[name]
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Sample:
        """The sample of a `to_json` dictionary."""
        return cls(**{**row, "outcome": Outcome(row["outcome"])})


_FIELDS = tuple(field.name for field in fields(Sample))
PRICED = ("cached_tokens", "reasoning_tokens")
"""Counts of tokens, among those of prompt and response, that may have a price of their own."""
_OFTEN_ABSENT = ("tools", "thoughts", "server", "model", "fingerprint", "logprob", "teacher", *PRICED)


_INT32, _INT64 = 2**31, 2**63
_BOUNDS = {"trial": _INT32, "prompt_tokens": _INT32, "completion_tokens": _INT32, "seed": _INT64}
_TEXTS = ("query_id", "text", "finish_reason", "reason")
_WORDS = ("thoughts", "server", "model", "fingerprint", "teacher")
_KNOWN = frozenset(_FIELDS)
_REQUIRED = frozenset(field.name for field in fields(Sample) if field.default is MISSING)
_OUTCOMES = frozenset(outcome.value for outcome in Outcome)


def is_row(row: Mapping[str, Any]) -> bool:
    """Whether a dictionary is what `Sample.to_json` writes, and not what a damaged disk gave back."""
    return (
        row.keys() >= _REQUIRED
        and row.keys() <= _KNOWN
        and row["outcome"] in _OUTCOMES
        and all(isinstance(row.get(name, ""), str) for name in _TEXTS)
        and all(isinstance(row[name], int) and 0 <= row[name] < bound for name, bound in _BOUNDS.items())
        and isinstance(row.get("answer"), str | None)
        and isinstance(row.get("text_hash"), int | None)
        and isinstance(row.get("seconds", 0.0), int | float)
        and isinstance(row.get("tools"), dict | None)
        and isinstance(row.get("logprob"), float | int | None)
        and all(isinstance(row.get(name), str | None) for name in _WORDS)
        and all(isinstance(n := row.get(name), int | None) and 0 <= (n or 0) < _INT32 for name in PRICED)
    )


def trial_seed(run_seed: int, query_id: str, trial: int) -> int:
    """A 31-bit seed of its own for every (run, query, trial), independent of order."""
    key = f"{run_seed}:{query_id}:{trial}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(key, digest_size=4).digest()) & 0x7FFFFFFF


SERIES = 16
"""Trials of a query whose series seeds follow each other: the most that a request may ask for at once."""


def series_seed(run_seed: int, query_id: str, trial: int) -> int:
    """As `trial_seed`, another one, by which each block of `SERIES` trials counts on from its first."""
    first = trial_seed(run_seed, query_id, trial - trial % SERIES)
    return first - first % SERIES + trial % SERIES


def hash_text(text: str) -> int:
    """63 bits that are equal for responses equal up to white space at their ends."""
    data = text.strip().encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest()) >> 1
