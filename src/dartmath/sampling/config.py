"""The `sampling:` section of a recipe."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from dartmath.base.section import Section
from dartmath.judging.config import JudgeSection
from dartmath.sampling.policy import PolicySection, Prop2Diff
from dartmath.verify.settings import GradingSettings

_LAST_PORT = 65_535


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


class Price(Section):
    """What generation costs, for forecasts, status and the money budget."""

    per_hour: float = Field(0.0, ge=0)
    """Price of one engine hour."""
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
        if self.budget.money is not None and not any(self.price.model_dump().values()):
            raise ValueError(
                "budget.money stops nothing without a price; set price.per_hour or per_million_tokens"
            )
        return self

    @model_validator(mode="after")
    def _budget_to_spend(self) -> Self:
        if self.policy.kind == "budget" and not any(self.budget.model_dump().values()):
            raise ValueError(
                "policy budget spends a budget, and there is none; set budget.tokens, money, samples or hours"
            )
        return self


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
