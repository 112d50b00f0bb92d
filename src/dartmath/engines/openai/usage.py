"""Usage: what an answer cost in tokens, and which part of it each of several responses has."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

_MOST_TOKENS = 2**31 - 1

_BYTES_PER_TOKEN = 2.5
"""Solutions of GSM8K have 2.2 (SmolLM2) to 2.7 (DeepSeek), longer mathematics 2.5 to 3.0."""


@dataclass(frozen=True, slots=True)
class ResponseShare:
    """One response's share: its size, that of its thoughts, and its tokens where they are known exactly."""

    size: int
    thoughts: int = 0
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of the prompt, with those that the server had cached, and of all that the model wrote.

    `completion` has the thoughts in it, which are `reasoning` where the server counts them.
    """

    prompt: int = 0
    completion: int = 0
    cached: int = 0
    reasoning: int = 0

    @classmethod
    def of(cls, usage: Any) -> Self:
        """What an answer's `usage` says; `ValueError` and the like for what cannot be one."""
        if not usage:
            return cls()
        prompt, completion = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
        thought = _count((usage.get("completion_tokens_details") or {}).get("reasoning_tokens"))
        # xAI and Gemini count thoughts beside the answer; OpenAI and vLLM count them in it.
        if thought and _count(usage.get("total_tokens")) == prompt + completion + thought:
            completion += thought
        details = usage.get("prompt_tokens_details") or {}
        # DeepSeek has a field of its own beside the count.
        cached = _count(details.get("cached_tokens") or usage.get("prompt_cache_hit_tokens"))
        return cls(prompt, completion, min(cached, prompt), min(thought, completion))

    def divided(self, parts: Sequence[ResponseShare], *, counts_first: bool = False) -> list[Usage]:
        """The usage of each of several responses to one request, of which it is the sum.

        The prompt is the first one's, since it is read and billed once. What was written is divided by
        the sizes, except for responses whose tokens are known. `counts_first` says that it counts what
        the first response wrote alone, as llama.cpp does: the others' is estimated from theirs.
        """
        if len(parts) == 1:
            return [self]
        written = self._of_first(parts) if counts_first else self._of_sum(parts)
        thought = _divide(self.reasoning, [part.thoughts for part in parts])
        return [
            Usage(
                prompt=0 if place else self.prompt,
                completion=tokens,
                cached=0 if place else self.cached,
                reasoning=min(thought[place], tokens),
            )
            for place, tokens in enumerate(written)
        ]

    def _of_first(self, parts: Sequence[ResponseShare]) -> list[int]:
        rate = self.completion / max(1, parts[0].size)
        others = (round(rate * part.size) if part.tokens is None else part.tokens for part in parts[1:])
        return [self.completion, *others]

    def _of_sum(self, parts: Sequence[ResponseShare]) -> list[int]:
        known = sum(part.tokens or 0 for part in parts)
        if known > self.completion:
            return _divide(self.completion, [part.size for part in parts])
        rest = _divide(self.completion - known, [part.size if part.tokens is None else 0 for part in parts])
        return [part.tokens or tokens for part, tokens in zip(parts, rest, strict=True)]


def estimated_tokens(size: int) -> int:
    """About how many tokens so many bytes of UTF-8 have, rather more than fewer: a budget has to hold."""
    return math.ceil(size / _BYTES_PER_TOKEN)


def _divide(total: int, weights: Sequence[int]) -> list[int]:
    """Whole numbers that add up to `total`, as near to `weights` as can be; zeros where no one has any."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    ends = [0]
    for weight in weights:
        ends.append(ends[-1] + weight)
    places = [round(total * end / whole) for end in ends]
    return [after - before for before, after in pairwise(places)]


def _count(tokens: Any) -> int:
    """A number of tokens, 0 where none is given; `ValueError` for what cannot be one."""
    count = int(tokens or 0)
    if not 0 <= count <= _MOST_TOKENS:
        raise ValueError(f"{count} tokens")
    return count
