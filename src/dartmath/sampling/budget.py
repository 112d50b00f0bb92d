"""The global budget of a run: samples, tokens, hours, money; whichever is reached first stops it."""

from __future__ import annotations

import time
from collections.abc import Callable

from dartmath.engines.protocol import Completion
from dartmath.sampling.config import Budget, Price
from dartmath.sampling.tally import Tally

TOLERANCE = 0.1
"""The share of a budget by which requests in flight may break it, were each to take the most it can."""

PER_TOKEN = Price(per_million_tokens=1e6)
"""Counts generated tokens."""


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


def cost(
    price: Price,
    hours: float,
    prompt_tokens: float,
    tokens: float,
    *,
    cached: float = 0,
    reasoning: float = 0,
) -> float:
    """Money for engine hours and tokens.

    `cached` are among the prompt tokens, `reasoning` among the others.
    """
    per_prompt, per_token = price.per_million_prompt_tokens, price.per_million_tokens
    per_cached, per_reasoning = price.per_million_cached_tokens, price.per_million_reasoning_tokens
    money = per_prompt * prompt_tokens + per_token * tokens
    money += 0 if per_cached is None else (per_cached - per_prompt) * cached
    money += 0 if per_reasoning is None else (per_reasoning - per_token) * reasoning
    return price.per_hour * hours + money / 1e6


def spent_by(tally: Tally, price: Price, hours: float) -> float:
    """Money for all that is recorded, and engine hours."""
    return cost(
        price,
        hours,
        tally.total_prompt_tokens,
        tally.total_tokens,
        cached=tally.total_cached_tokens,
        reasoning=tally.total_reasoning_tokens,
    )


def dearest(price: Price) -> Price:
    """The same price where each token may be of the dearer kind, which nobody knows before it is there."""
    prompt = max(price.per_million_prompt_tokens, price.per_million_cached_tokens or 0.0)
    token = max(price.per_million_tokens, price.per_million_reasoning_tokens or 0.0)
    return Price(per_million_prompt_tokens=prompt, per_million_tokens=token)


class BudgetGuard:
    """Says when a limit is reached, counting what is in flight.

    Tokens and money count as soon as a response is there. A request in flight counts with the mean of
    the responses so far; and all in flight, were each to take the `largest` (prompt, generated) tokens,
    must stay within `TOLERANCE` of the limit. So a budget is exceeded by at most that share of it, or
    by the last response, where that is more.
    """

    def __init__(
        self, budget: Budget, price: Price, tally: Tally, meter: Meter, *, largest: tuple[int, int]
    ) -> None:
        self._budget, self._price, self._tally, self._meter = budget, price, tally, meter
        self._limited = any(value is not None for value in budget.model_dump().values())
        self._largest = largest
        self._responses = tally.total
        self._prompt_tokens, self._tokens = tally.total_prompt_tokens, tally.total_tokens
        self._cached, self._reasoning = tally.total_cached_tokens, tally.total_reasoning_tokens

    def spent(self, completion: Completion) -> None:
        """Count what a request has taken, whatever becomes of it."""
        self._responses += completion.finish_reason != "error"
        self._prompt_tokens += completion.prompt_tokens
        self._tokens += completion.completion_tokens
        self._cached += completion.cached_tokens
        self._reasoning += completion.reasoning_tokens

    def exhausted(self, in_flight: int, generating: int) -> str | None:
        """The limit that launching one more trial may break, in words; None if none.

        Of the `in_flight` trials that are not recorded yet, `generating` are with the engine.
        """
        if not self._limited:
            return None
        budget = self._budget
        if budget.samples is not None and self._tally.total + in_flight >= budget.samples:
            return f"the budget of {budget.samples} samples is used up"
        if budget.tokens is not None and self._full(budget.tokens, PER_TOKEN, generating):
            return f"the budget of {budget.tokens} tokens is used up"
        if budget.hours is not None and self._meter.hours >= budget.hours:
            return f"the budget of {budget.hours:g} engine hours is used up"
        if budget.money is not None and self._full(budget.money, self._price, generating):
            return f"the budget of {budget.money:g} (money) is used up"
        return None

    def _full(self, limit: float, price: Price, generating: int) -> bool:
        """Whether one more request beside those `generating` may cost too much."""
        hours = cost(price, self._meter.hours, 0, 0)
        responses = cost(
            price, 0, self._prompt_tokens, self._tokens, cached=self._cached, reasoning=self._reasoning
        )
        spent, mean = hours + responses, responses / max(1, self._responses)
        if spent + generating * mean >= limit:
            return True
        # One alone is let go while anything is left: what it takes may be less.
        most = spent + (generating + 1) * cost(dearest(price), 0, *self._largest)
        return generating > 0 and most > (1 + TOLERANCE) * limit
