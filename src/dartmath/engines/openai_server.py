"""One OpenAI-compatible server: its client, what it is, and how it is doing."""

from __future__ import annotations

import time
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from dartmath.engines.config import public_url
from dartmath.engines.openai_breaker import Breaker
from dartmath.engines.openai_call import Call
from dartmath.engines.openai_limit import bound
from dartmath.engines.openai_pace import Pace

if TYPE_CHECKING:
    from dartmath.engines.config import OpenAIEngine

_SMOOTHING = 0.1
_CONNECT_SECONDS = 30.0


class Server:
    """The state of one server. `url` may hold a password; `name` is what people see."""

    def __init__(self, url: str, section: OpenAIEngine, api_key: str) -> None:
        self.url, self.name = url, public_url(url)
        self.client = _client(url, api_key, section.timeout)
        self.pace = Pace(section.concurrency, section.max_concurrency)
        self.breaker = Breaker()
        self.call: Call | None = None
        self.in_flight = self.answered = self.failed = 0
        self.seconds_per_token: float | None = None
        self.failing_since: float | None = None
        self.last_error = ""
        self.refused = False
        self.leaving = False
        self.ignores: list[str] = []
        self._model: object = None

    @property
    def usable(self) -> bool:
        """Whether it may ever be sent requests again."""
        return not (self.refused or self.leaving)

    @property
    def state(self) -> str:
        """A word for people: "starting" until it has answered, "down" while its breaker is open."""
        if self.refused or self.leaving:
            return "refused" if self.refused else "leaving"
        if self.call is None:
            return "starting"
        return {"closed": "up", "open": "down", "half-open": "trying"}[self.breaker.state]

    @property
    def free(self) -> bool:
        """Whether a request may be sent to it now."""
        return (
            self.usable and self.call is not None and self.breaker.allows and self.in_flight < self.pace.limit
        )

    def answered_in(self, seconds: float, tokens: int) -> None:
        """A request was answered well."""
        self.answered += 1
        self.failing_since = None
        self.breaker.success()
        self.pace.finished(tokens, self.in_flight)
        if tokens:
            before = self.seconds_per_token if self.seconds_per_token is not None else seconds / tokens
            self.seconds_per_token = before + _SMOOTHING * (seconds / tokens - before)

    def other_model(self, name: object) -> Failure | None:
        """What is wrong when an answer names another model than the first one did."""
        self._model = self._model or name
        if name in (None, self._model):
            return None
        return Failure(
            f"{self.name} now answers as {name!r}, and before as {self._model!r}: the samples of two models "
            "may not be mixed; serve the first one again",
            final=True,
        )

    def failed_with(self, failure: Failure) -> None:
        """A request failed."""
        self.failed += 1
        self.last_error = failure.message
        self.refused |= failure.final
        if self.failing_since is None and failure.retry:
            self.failing_since = time.monotonic()
        if failure.overload:
            self.pace.refused()
        if failure.blames_server:
            self.breaker.failure()
        elif failure.retry:
            self.breaker.abandoned()
        else:  # it refuses this one request, so it works
            self.breaker.success()

    def lost(self, patience: float) -> bool:
        """Whether it has done nothing but fail for `patience` seconds, or refuses for good."""
        if self.refused:
            return True
        working = self.in_flight > 0 and self.breaker.state == "closed"
        since = self.failing_since
        return since is not None and time.monotonic() - since >= patience and not working

    def snapshot(self) -> dict[str, Any]:
        """What a status line shows."""
        return {
            "url": self.name,
            "state": self.state,
            "in_flight": self.in_flight,
            "limit": self.pace.limit,
            "tokens_per_second": round(self.pace.rate, 1),
            "answered": self.answered,
            "failed": self.failed,
            "last_error": self.last_error,
        }


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong with one try, and what it says.

    Attributes:
        message: for people.
        retry: whether the same request may succeed another time or elsewhere.
        blames_server: whether it counts towards the server's circuit breaker.
        overload: whether the server had too many requests.
        final: whether the server will never answer (bad key, no such model).
        pause: seconds the server asked to wait.
    """

    message: str
    retry: bool = True
    blames_server: bool = True
    overload: bool = False
    final: bool = False
    pause: float = 0.0


def _client(url: str, api_key: str, timeout: float) -> Any:
    """A client that does not retry, nor limit what the pace lets through."""
    import httpx2
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient

    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    patience = httpx2.Timeout(timeout, connect=min(timeout, _CONNECT_SECONDS))
    # A proxy that the environment names is there for other machines.
    http = DefaultAsyncHttpxClient(
        limits=limits,
        timeout=patience,
        trust_env=not _is_this_machine(url),
        event_hooks={"response": [bound]},
    )
    return AsyncOpenAI(base_url=url, api_key=api_key, max_retries=0, timeout=patience, http_client=http)


def _is_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
