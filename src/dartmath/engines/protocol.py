"""Engine: everything the controller knows about a model that generates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from dartmath.prompts.template import Prompt


@dataclass(frozen=True, slots=True)
class Generation:
    """How to decode: the same for every request of a run.

    `temperature` 0 is greedy. `top_k` 0 and `top_p` 1 switch the filter off. `max_tokens` counts
    new tokens. Generation also stops at the end-of-text token of the model.
    """

    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    max_tokens: int = 2048
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One trial: a prompt, how to decode it, and the seed of its own random stream.

    `teacher` is the number of the teacher that is asked, where there are several. `series_seed` is another
    seed of its own, by which the trials of a query count on: a server that is asked for several responses at
    once gives each the seed of the one before it plus one. `tools` are described to a chat model, in the form
    of OpenAI's API; what it calls is in `Completion.details["calls"]`.
    """

    id: str
    prompt: Prompt
    generation: Generation
    seed: int
    teacher: int = 0
    series_seed: int | None = None
    tools: tuple[dict[str, Any], ...] = ()

    @property
    def prompt_key(self) -> str:
        """What tells prompts apart: the text, or the messages."""
        return self.prompt.text if self.prompt.text is not None else repr(self.prompt.messages)


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who gave a response: the server, the model's name by its own word, and its fingerprint where given."""

    server: str
    model: str
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """What the engine returned for one request.

    `finish_reason` is "stop" (end-of-text or a stop string, which is not part of `text`),
    "length" (ran into `max_tokens`) or "error" (this request alone failed; `error` says why).
    `hopeless` says of an error that it is the query's: the same prompt would fail again, as one that is
    too long does; `final` that the engine has tried again as often as it may. `thoughts` are those that a
    server gave apart from the text, `answered_by` who answered where that is not the engine itself, `logprob`
    the mean log-probability of the generated tokens where it was asked for. `cached_tokens` of the prompt's
    and `reasoning_tokens` of the generated ones may have a price of their own. `details["stop"]`, where the
    engine knows it, is the stop string that ended it, or None; `details["calls"]` are the calls of tools
    that a server gave apart from the text, which is `details["said"]` then, and `details["estimated"]` tells
    that a server did not count the tokens: they are estimated from the text's length. `seed` is the one that
    it was drawn by, where that is not the request's.
    """

    text: str
    finish_reason: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    error: str = ""
    hopeless: bool = False
    final: bool = False
    thoughts: str | None = None
    answered_by: Answerer | None = None
    logprob: float | None = None
    seed: int | None = None
    details: dict[str, Any] = field(default_factory=dict)


class Engine(Protocol):
    """A model that generates one response per request, many at a time.

    Used as `async with engine: await engine.generate(request)`. Cancelling the task that awaits
    `generate` aborts the request. A failure of one request is a `Completion` with finish reason
    "error"; `EngineError` means that the engine as a whole cannot go on.
    """

    @property
    def concurrency(self) -> int:
        """How many requests to keep in flight now; may change while the engine runs."""
        ...

    async def __aenter__(self) -> Engine: ...

    async def __aexit__(self, *exc: object) -> None: ...

    async def generate(self, request: Request) -> Completion:
        """Generate one response."""
        ...

    def describe(self) -> dict[str, Any]:
        """What the manifest records: kind, model, revision, versions, device, settings."""
        ...
