"""The `rounds:` section of a recipe."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from dartmath.base.section import Section


class RoundsSection(Section):
    """Expert iteration: sample, curate, train, evaluate, and again with the model just trained.

    A number alone (`rounds: 3`) is its `count`.
    """

    count: int = Field(3, ge=1)
    """Most rounds."""
    start: Literal["base", "last"] = "base"
    """What each round trains: the model that the first one trains (ReST-EM, STaR), or the one that the round
    before has trained (RAFT)."""
    sets: Literal["last", "all"] = "last"
    """What each round trains on: the set of its own samples (ReST-EM), or those of all rounds so far."""
    held_out: list[str] = []
    """Benchmarks of `evaluation`, by the names in its table, whose mean Pass@1 decides when to stop and which
    round is the best; all when empty. The best round's scores on them are chosen: keep others to report."""
    least_rise: float = Field(0.0, ge=0, lt=1)
    """How much higher than in every round before the mean must be to count as risen, as a share."""
    patience: int = Field(1, ge=1)
    """Rounds in a row without a rise after which it ends."""
    later: dict[str, Any] = {}
    """Keys in which the rounds after the first differ, such as {"sampling.shots": 0}."""

    @model_validator(mode="before")
    @classmethod
    def _count_alone(cls, data: object) -> object:
        return {"count": data} if isinstance(data, int) and not isinstance(data, bool) else data
