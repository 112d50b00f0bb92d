"""The global budget of a run: samples, tokens, hours, money; whichever is reached first stops it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, replace
from types import MappingProxyType

from dartmath.engines.protocol import Completion
from dartmath.sampling.config import MAIN, Budget, Price, SamplingSection, TeacherBudget, TokenPrice
from dartmath.sampling.tally import Tally, TeacherCounts

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


def cost(price: Price, hours: float, prompt_tokens: float, tokens: float) -> float:
    """Money for engine hours and tokens."""
    return price.per_hour * hours + token_cost(price, prompt_tokens, tokens)


def token_cost(
    price: TokenPrice, prompt_tokens: float, tokens: float, cached: float = 0, reasoning: float = 0
) -> float:
    """Money for tokens; `cached` are among the prompt tokens, `reasoning` among the others."""
    per_prompt, per_token = price.per_million_prompt_tokens, price.per_million_tokens
    per_cached, per_reasoning = price.per_million_cached_tokens, price.per_million_reasoning_tokens
    money = per_prompt * prompt_tokens + per_token * tokens
    money += 0 if per_cached is None else (per_cached - per_prompt) * cached
    money += 0 if per_reasoning is None else (per_reasoning - per_token) * reasoning
    return money / 1e6


@dataclass(frozen=True)
class Tariff:
    """What a run costs: `own` is the price of hours and tokens, `teachers` that of the tokens of others."""

    own: Price
    teachers: Mapping[str, TokenPrice]

    @classmethod
    def of(cls, section: SamplingSection) -> Tariff:
        """The prices of a recipe."""
        return cls(section.price, {one.name: one.price for one in section.teachers if one.price})

    def price(self, teacher: str) -> TokenPrice:
        """What tokens of a teacher cost."""
        return self.teachers.get(teacher, self.own)

    def tokens(self, counts: Mapping[str, TeacherCounts]) -> float:
        """Money for the tokens of each teacher."""
        return sum(token_cost(self.price(name), *astuple(one)[2:]) for name, one in counts.items())

    def dearest(self) -> TokenPrice:
        """A price where each token may be of the dearest kind, which nobody knows before it is there."""
        prices = (self.own, *self.teachers.values())
        prompt = (max(p.per_million_prompt_tokens, p.per_million_cached_tokens or 0.0) for p in prices)
        token = (max(p.per_million_tokens, p.per_million_reasoning_tokens or 0.0) for p in prices)
        return TokenPrice(per_million_prompt_tokens=max(prompt), per_million_tokens=max(token))


def counts_by_teacher(tally: Tally) -> dict[str, TeacherCounts]:
    """What each teacher has done so far, the recipe's own first."""
    own = TeacherCounts(
        tally.total,
        tally.total_correct,
        tally.total_prompt_tokens,
        tally.total_tokens,
        tally.total_cached_tokens,
        tally.total_reasoning_tokens,
    )
    for counts in tally.teachers.values():
        own = TeacherCounts(*(a - b for a, b in zip(astuple(own), astuple(counts), strict=True)))
    return {MAIN: own, **tally.teachers}


def spent_by(tally: Tally, tariff: Tariff, hours: float) -> float:
    """Money for all that is recorded, and engine hours."""
    return tariff.own.per_hour * hours + tariff.tokens(counts_by_teacher(tally))


_TOKENS = Tariff(PER_TOKEN, {})


class BudgetGuard:
    """Says when a limit is reached, counting what is in flight.

    Tokens and money count as soon as a response is there. A request in flight counts with the mean of
    the responses so far; and all in flight, were each to take the `largest` (prompt, generated) tokens,
    must stay within `TOLERANCE` of the limit. So a budget is exceeded by at most that share of it, or
    by the last response, where that is more.
    """

    def __init__(
        self,
        budget: Budget,
        tariff: Tariff,
        tally: Tally,
        meter: Meter,
        *,
        largest: tuple[int, int],
        own: Mapping[str, TeacherBudget] = MappingProxyType({}),
    ) -> None:
        self._budget, self._tariff, self._tally, self._meter = budget, tariff, tally, meter
        self._limited = any(value is not None for value in budget.model_dump().values())
        self._largest = largest
        self._own = {name: one for name, one in own.items() if any(one.model_dump().values())}
        self._responses = tally.total
        self._counts = {name: replace(one) for name, one in counts_by_teacher(tally).items()}

    def spent(self, completion: Completion, teacher: str = MAIN) -> None:
        """Count what a request has taken, whatever becomes of it."""
        self._responses += completion.finish_reason != "error"
        counts = self._counts.setdefault(teacher, TeacherCounts())
        counts.trials += completion.finish_reason != "error"
        counts.prompt_tokens += completion.prompt_tokens
        counts.tokens += completion.completion_tokens
        counts.cached += completion.cached_tokens
        counts.reasoning += completion.reasoning_tokens

    def exhausted(self, in_flight: int, generating: int) -> str | None:
        """The limit that launching one more trial may break, in words; None if none.

        Of the `in_flight` trials that are not recorded yet, `generating` are with the engine.
        """
        if not self._limited:
            return None
        budget = self._budget
        if budget.samples is not None and self._tally.total + in_flight >= budget.samples:
            return f"the budget of {budget.samples} samples is used up"
        if budget.tokens is not None and self._full(budget.tokens, _TOKENS, generating):
            return f"the budget of {budget.tokens} tokens is used up"
        if budget.hours is not None and self._meter.hours >= budget.hours:
            return f"the budget of {budget.hours:g} engine hours is used up"
        if budget.money is not None and self._full(budget.money, self._tariff, generating):
            return f"the budget of {budget.money:g} (money) is used up"
        return None

    def closed(self, generating: Mapping[str, int]) -> dict[str, str]:
        """The teachers that may be asked nothing more now, each with its limit in words.

        `generating` are the requests of each that are with its engine. They count as for the budget of all.
        """
        found = {}
        for name, budget in self._own.items():
            counts, flying = self._counts.get(name, TeacherCounts()), generating.get(name, 0)
            tariffs = ((budget.tokens, _TOKENS, "tokens"), (budget.money, self._tariff, "(money)"))
            for limit, tariff, unit in tariffs:
                spent, most = tariff.tokens({name: counts}), token_cost(tariff.price(name), *self._largest)
                if limit is not None and _over(limit, spent, spent / max(1, counts.trials), flying, most):
                    found[name] = f"the budget of teacher {name!r}, {limit:g} {unit}, is used up"
        return found

    def _full(self, limit: float, tariff: Tariff, generating: int) -> bool:
        """Whether one more request beside those `generating` may cost too much."""
        responses = tariff.tokens(self._counts)
        spent, mean = tariff.own.per_hour * self._meter.hours + responses, responses / max(1, self._responses)
        return _over(limit, spent, mean, generating, token_cost(tariff.dearest(), *self._largest))


def _over(limit: float, spent: float, mean: float, generating: int, most: float) -> bool:
    """Whether one more request may break the limit, where requests take `mean`, and `most` at most."""
    if spent + generating * mean >= limit:
        return True
    # One alone is let go while anything is left: what it takes may be less.
    return generating > 0 and spent + (generating + 1) * most > (1 + TOLERANCE) * limit
