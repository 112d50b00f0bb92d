"""The global budget of a run: samples, tokens, hours, money; whichever is reached first stops it."""

from __future__ import annotations

import time
from collections.abc import Callable

from dartmath.sampling.config import Budget, Price
from dartmath.sampling.tally import Tally


class Meter:
    """Time spent by a run over all its sessions, on a clock that no one can set back.

    `seconds` and `engine_seconds` are those of earlier sessions. Engine time is wall time times the
    replicas at work, of which `count` tells the number at every `tick`: servers come and go.
    """

    def __init__(
        self,
        seconds: float = 0.0,
        engine_seconds: float = 0.0,
        *,
        count: Callable[[], int] = lambda: 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds, self._engine_seconds, self._count, self._clock = seconds, engine_seconds, count, clock
        self._last, self.replicas = clock(), count()

    def tick(self) -> None:
        """Count the time since the last tick, and look how many replicas there are from now on."""
        now = self._clock()
        self._seconds += now - self._last
        self._engine_seconds += (now - self._last) * self.replicas
        self._last, self.replicas = now, self._count()

    @property
    def seconds(self) -> float:
        """Wall seconds of sampling, all sessions together."""
        return self._seconds + self._clock() - self._last

    @property
    def engine_seconds(self) -> float:
        """Seconds of all replicas, all sessions together."""
        return self._engine_seconds + (self._clock() - self._last) * self.replicas

    @property
    def hours(self) -> float:
        """Engine hours."""
        return self.engine_seconds / 3600


def cost(price: Price, hours: float, prompt_tokens: float, tokens: float) -> float:
    """Money for engine hours and tokens."""
    per_token = price.per_million_prompt_tokens * prompt_tokens + price.per_million_tokens * tokens
    return price.per_hour * hours + per_token / 1e6


class BudgetGuard:
    """Says when a limit is reached, counting what is in flight at its average size."""

    def __init__(self, budget: Budget, price: Price, tally: Tally, meter: Meter) -> None:
        self._budget, self._price, self._tally, self._meter = budget, price, tally, meter
        self._limited = any(value is not None for value in budget.model_dump().values())

    def exhausted(self, in_flight: int) -> str | None:
        """The limit that launching one more trial would break, in words; None if none."""
        if not self._limited:
            return None
        budget, tally = self._budget, self._tally
        if budget.samples is not None and tally.total + in_flight >= budget.samples:
            return f"the budget of {budget.samples} samples is used up"
        scale = 1 + in_flight / max(1, tally.total)
        if budget.tokens is not None and tally.total_tokens * scale >= budget.tokens:
            return f"the budget of {budget.tokens} tokens is used up"
        if budget.hours is not None and self._meter.hours >= budget.hours:
            return f"the budget of {budget.hours:g} engine hours is used up"
        if budget.money is not None and self._spent(scale) >= budget.money:
            return f"the budget of {budget.money:g} (money) is used up"
        return None

    def _spent(self, scale: float) -> float:
        tally = self._tally
        return cost(
            self._price, self._meter.hours, tally.total_prompt_tokens * scale, tally.total_tokens * scale
        )
