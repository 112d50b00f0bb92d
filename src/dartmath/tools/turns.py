"""Turns: what a response that uses tools has counted, whatever the form of its calls."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from dartmath.engines.protocol import Completion, Request
from dartmath.tools.worker import OUTCOMES

_TURN_SEED = 0x9E3779B1
"""From the seed of one turn of a response to that of the next."""


@dataclass(slots=True)
class Turns:
    """The turns of a response: `outcomes` counts what came of its code, `turns` those that are in."""

    first: Request
    turns: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    outcomes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))

    @property
    def runs(self) -> int:
        """Pieces of code that were not refused."""
        return sum(count for outcome, count in self.outcomes.items() if outcome != "refused")

    @property
    def tokens_left(self) -> int:
        """New tokens that the model may still write."""
        return self.first.generation.max_tokens - self.completion_tokens

    @property
    def seed(self) -> int:
        """The seed of the next turn, which has a random stream of its own."""
        return self.first.seed if not self.turns else (self.first.seed + self.turns * _TURN_SEED) % 2**31

    @property
    def series_seed(self) -> int | None:
        """Of the first turn alone: other trials of the query have other prompts from the second on."""
        return None if self.turns else self.first.series_seed

    def count(self, turn: Completion) -> None:
        """Count a turn and its tokens."""
        self.turns += 1
        self.prompt_tokens += turn.prompt_tokens
        self.completion_tokens += turn.completion_tokens

    def whole(self, last: Completion, finish: str, text: str, details: dict[str, Any]) -> Completion:
        """The whole response as one completion: `text` and `details`, with what was counted."""
        return replace(
            last,
            text=text,
            finish_reason=finish,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            details={**details, "tools": dict(self.outcomes), "turns": self.turns},
        )
