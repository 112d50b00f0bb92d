"""The `sampling:` section of a recipe."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from dartmath.base.section import Section
from dartmath.engines.config import EngineSection
from dartmath.judging.config import JudgeSection
from dartmath.model import ModelSection
from dartmath.sampling.policy import PolicySection, Prop2Diff
from dartmath.verify.contract.settings import GradingSettings

_LAST_PORT = 65_535
MAIN = "main"
"""The teacher that the recipe itself describes: its model, its template, its settings of sampling."""


class Budget(Section):
    """Global limits; sampling stops cleanly at the first one reached and can be continued."""

    samples: int | None = Field(None, ge=1)
    """Most raw samples."""
    tokens: int | None = Field(None, ge=1)
    """Most generated tokens."""
    hours: float | None = Field(None, gt=0)
    """Most engine hours (wall time times replicas)."""
    money: float | None = Field(None, gt=0)
    """Most money, in the unit of `price`."""


class TokenPrice(Section):
    """What tokens cost."""

    per_million_prompt_tokens: float = Field(0.0, ge=0)
    """Price of a million prompt tokens."""
    per_million_tokens: float = Field(0.0, ge=0)
    """Price of a million generated tokens."""
    per_million_cached_tokens: float | None = Field(None, ge=0)
    """Price of a million prompt tokens that a server has cached; that of the others when absent."""
    per_million_reasoning_tokens: float | None = Field(None, ge=0)
    """Price of a million tokens of thoughts; that of the others when absent."""

    @property
    def by_token(self) -> bool:
        """Whether tokens cost anything by themselves."""
        return self.per_million_prompt_tokens > 0 or self.per_million_tokens > 0


class TeacherBudget(Section):
    """What one teacher may take; it is asked nothing more once a limit is reached."""

    tokens: int | None = Field(None, ge=1)
    """Most generated tokens."""
    money: float | None = Field(None, gt=0)
    """Most money for its tokens, in the unit of its price."""


class Price(TokenPrice):
    """What generation costs, for forecasts, status and the money budget."""

    per_hour: float = Field(0.0, ge=0)
    """Price of one engine hour."""


class HintSection(Section):
    """What a prompt tells of the reference; no training row holds it."""

    kind: Literal["answer", "solution"] = "answer"
    """The reference answer, or the beginning of a reference solution."""
    column: str = "solution"
    """Column of the reference solution, which `columns.keep` of the queries must name."""
    share: float = Field(0.5, gt=0, le=1)
    """Share of the solution's lines that is shown; of its sentences, where it is one line."""
    text: str | None = None
    """How it is said, with `{hint}` in its place; put below the problem."""

    @field_validator("text")
    @classmethod
    def _says_it(cls, text: str | None) -> str | None:
        if text is not None and text.count("{hint}") != 1:
            raise ValueError(f"holds {{hint}} once, where the hint is to stand, not {text!r}")
        return text


class TeacherSection(Section):
    """A further teacher: what differs from the recipe's own model and settings.

    It takes turns with the recipe's own, or takes over, after so many trials, the queries that have no
    correct response yet.
    """

    name: str
    """What rows, tables and limits call it."""
    model: ModelSection | None = None
    """Its model; the recipe's when absent."""
    engine: EngineSection | None = None
    """What generates; the recipe's engine when absent."""
    template: str | None = None
    """Its prompt template; the recipe's when absent."""
    temperature: float | None = Field(None, ge=0)
    """That of `sampling` when absent, as the next four."""
    top_p: float | None = Field(None, gt=0, le=1)
    """Nucleus mass."""
    top_k: int | None = Field(None, ge=0)
    """0 switches the filter off."""
    max_tokens: int | None = Field(None, ge=1)
    """Most new tokens of a response."""
    shots: int | None = Field(None, ge=0)
    """Most worked examples before each query, of those that `sampling.shots` gives."""
    share: float | None = Field(None, gt=0)
    """Trials for each one of the recipe's own, of a teacher that takes turns; 1 when absent."""
    after: int | None = Field(None, ge=1)
    """Takes over queries without a correct response in so many first trials, of all teachers together."""
    trials: int | None = Field(None, ge=1)
    """Most trials of one query after it took over; what the policy's cap leaves when absent."""
    hint: HintSection | None = None
    """What its prompts tell of the reference; only for a teacher that takes over."""
    price: TokenPrice | None = None
    """What its tokens cost; as `sampling.price` says when absent."""
    budget: TeacherBudget = TeacherBudget()
    """Limits of its own, of a teacher that takes over; queries that then wait for it stay owed."""

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        if name == MAIN or not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name):
            raise ValueError(
                f"{name!r} is no name of a further teacher: at most 40 letters, digits, dashes, underscores; "
                f"{MAIN!r} is the recipe's own"
            )
        return name

    @model_validator(mode="after")
    def _turns_or_takes_over(self) -> Self:
        if self.after is None and (self.trials is not None or self.hint is not None):
            raise ValueError("trials and hint are of a teacher that takes over; say after how many trials")
        if self.after is None and any(self.budget.model_dump().values()):
            # Who takes turns has its place in every query: without it, none of them would go on.
            raise ValueError("budget is of a teacher that takes over; one that takes turns has a share")
        if self.after is not None and self.share is not None:
            raise ValueError("share is of a teacher that takes turns, and after of one that takes over")
        return self


class SamplingSection(Section):
    """How responses are sampled. Defaults are the paper's (§4.1)."""

    policy: PolicySection = Prop2Diff()
    """How many correct responses each query is owed."""
    temperature: float = Field(1.6, ge=0)
    """0 is greedy; the paper samples at 1.6."""
    top_p: float = Field(0.95, gt=0, le=1)
    """Nucleus mass."""
    top_k: int = Field(0, ge=0)
    """0 switches the filter off."""
    max_tokens: int = Field(2048, ge=1)
    """Most new tokens of a response."""
    stop: list[str] = []
    """Stop strings beside the template's own."""
    shots: int = Field(0, ge=0)
    """Worked examples before each query (few-shot), for base models."""
    distinct: bool = False
    """Count only distinct correct responses towards the target."""
    give_up: float = Field(0.0, ge=0, lt=1)
    """Give a query up when P(reaching its target within the cap) falls below this."""
    keep_wrong: Literal["text", "hash", "counts"] = "text"
    """What the journal keeps of responses that are not correct."""
    workers: int = Field(1, ge=0)
    """Verification processes; 0 verifies in the sampling process."""
    verify_seconds: float = Field(5.0, gt=0)
    """Seconds until the verification of one response is given up."""
    grading: GradingSettings = GradingSettings()
    """How answers are found and compared."""
    judge: JudgeSection | None = None
    """Model that judges what the rules refuse of queries with `verifier: hybrid`; none when absent."""
    teachers: list[TeacherSection] = []
    """Further teachers of the same pool, beside the recipe's own model; targets count over all."""
    budget: Budget = Budget()
    """Global limits."""
    price: Price = Price()
    """What generation costs."""
    log_to: list[Literal["tensorboard", "wandb", "trackio"]] = []
    """Where the run's numbers go over time; TensorBoard's events are in the run directory."""
    metrics_address: str | None = None
    """HOST:PORT at which Prometheus may read them; a port alone is for this machine."""

    @field_validator("metrics_address", mode="after")
    @classmethod
    def _is_an_address(cls, address: str | None) -> str | None:
        host, _, port = (":0" if address is None else address).rpartition(":")
        if not port.isdigit() or int(port) > _LAST_PORT or (":" in host and not host.startswith("[")):
            raise ValueError(f"{address!r} is no HOST:PORT, such as 127.0.0.1:9400, and no port")
        return address

    @model_validator(mode="after")
    def _money_can_be_spent(self) -> Self:
        prices = (self.price, *(one.price for one in self.teachers if one.price))
        if self.budget.money is not None and not any(any(one.model_dump().values()) for one in prices):
            raise ValueError(
                "budget.money stops nothing without a price; set price.per_hour or per_million_tokens"
            )
        return self

    @model_validator(mode="after")
    def _teachers_can_spend(self) -> Self:
        for one in self.teachers:
            if one.budget.money is not None and not (one.price or self.price).by_token:
                raise ValueError(
                    f"teacher {one.name!r}: budget.money stops nothing while its tokens are free; set price"
                )
        return self

    @model_validator(mode="after")
    def _budget_to_spend(self) -> Self:
        if self.policy.kind == "budget" and not any(self.budget.model_dump().values()):
            raise ValueError(
                "policy budget spends a budget, and there is none; set budget.tokens, money, samples or hours"
            )
        return self

    @model_validator(mode="after")
    def _teachers_that_are_asked(self) -> Self:
        names = [one.name for one in self.teachers]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two teachers are called {twice[0]!r}; rows are told apart by the name")
        until = self.policy.pilot_trials
        for one in self.takeovers:
            self._check_takeover(one, until)
            until = (one.after or 0) + 1
        return self

    def _check_takeover(self, one: TeacherSection, earliest: int) -> None:
        """Raise `ValueError` for one that would measure difficulty, or would never be asked."""
        after, cap = one.after or 0, self.policy.most_trials
        if not self.policy.wants_successes:
            raise ValueError(
                f"teacher {one.name!r} takes over what has no correct response, and {self.policy.kind} wants "
                "trials; name a policy with a k, such as uniform"
            )
        if after < earliest:
            raise ValueError(
                f"teacher {one.name!r} takes over after {after} trials, within the pilot or not later than "
                f"another; say {earliest} or more"
            )
        if after >= cap:
            raise ValueError(f"teacher {one.name!r} is never asked: a query has at most {cap} trials")
        before = next((t for t in reversed(self.takeovers) if (t.after or 0) < after), None)
        if before and before.trials is not None and (before.after or 0) + before.trials < after:
            raise ValueError(
                f"teacher {one.name!r} is never asked: {before.name!r} before it ends after "
                f"{(before.after or 0) + before.trials} trials"
            )

    @property
    def takeovers(self) -> list[TeacherSection]:
        """The teachers that take over, the first one first."""
        found = [one for one in self.teachers if one.after is not None]
        return sorted(found, key=lambda one: one.after or 0)

    @property
    def bounds(self) -> tuple[int, ...]:
        """The numbers of trials after which they do."""
        return tuple(one.after or 0 for one in self.takeovers)


class ResponseColumns(Section):
    """Where the rows of a file of responses hold what: a column, or a path such as `message.content`."""

    query: str = "query"
    """Column of the problem text, by which a response finds its query."""
    id: str | None = None
    """Column of the query's id in the recipe (`ID`, or `ID/0`, `ID/1` ...), in place of its text."""
    response: str = "response"
    """Column of the response: a text, or a list of texts."""
    finish: str | None = None
    """Column of why the response ended; `length` and `max_tokens` say that it was cut off."""
    tokens: str | None = None
    """Column of the number of generated tokens; counted with the model's tokenizer when absent."""
    teacher: str | None = None
    """Column of the teacher that made it, by its name in the recipe; the recipe's own when absent."""
