"""The remote engine: any number of OpenAI-compatible servers behind one `generate`."""

from __future__ import annotations

import asyncio
import os
import random
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dartmath.base.errors import ConfigError, DartmathError, EngineError
from dartmath.base.file_limit import raise_file_limit
from dartmath.base.manifest import versions
from dartmath.base.paths import expand_home
from dartmath.base.terminal import warn
from dartmath.engines.openai_call import Call, exchange
from dartmath.engines.openai_failure import understand
from dartmath.engines.openai_pool import Pool, check_url
from dartmath.engines.openai_probe import probe
from dartmath.engines.openai_server import Failure, Server
from dartmath.engines.protocol import Completion, Request
from dartmath.model import load_tokenizer
from dartmath.prompts.template import Template

if TYPE_CHECKING:
    from dartmath.engines.config import OpenAIEngine
    from dartmath.model import ModelSection

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
# A response that takes this many times as long as its longest would elsewhere is started again there.
_TOO_SLOW, _SHORTEST_WAIT = 8.0, 10.0


class RemoteEngine:
    """Least-loaded dispatch over servers, with retries, circuit breakers and measured concurrency.

    A response is the same for a seed only as far as the servers keep to it; which server answers
    depends on load. A request fails alone after `retries` further tries; the engine fails when no
    server has answered for `patience` seconds, or all refuse.
    """

    def __init__(self, section: OpenAIEngine, model: ModelSection, template: Template) -> None:
        for url in section.base_urls:
            check_url(url)
        if not section.base_urls and section.servers_file is None:
            raise ConfigError("engine.base_urls is empty; name a server, such as http://127.0.0.1:8000/v1")
        self.section, self.model_section, self.template = section, model, template
        self._key = os.environ.get(section.api_key_env, "")
        self._pool: Pool | None = None
        self._random = random.Random()

    @property
    def concurrency(self) -> int:
        """Requests that the servers can use now."""
        return self._pool.limit() if self._pool else self.section.concurrency or 1

    @cached_property
    def tokenizer(self) -> Any:
        """The model's tokenizer where it is needed and can be loaded, else None."""
        if self.section.endpoint == "chat" or not self.template.chat:
            return None
        try:
            return load_tokenizer(self.model_section)
        except DartmathError as error:
            warn(f"{error}; prompts cannot be rendered here")
            return None

    async def __aenter__(self) -> RemoteEngine:
        raise_file_limit()
        self._pool = Pool(
            self.section.base_urls,
            self.section.servers_file and expand_home(self.section.servers_file),
            self.section.patience,
            lambda url: Server(url, self.section, self._key or "none"),
            self._meet,
        )
        try:
            await self._pool.start()
        except BaseException:
            await self._pool.close()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._pool is not None:
            await self._pool.close()
            self._pool.error = EngineError("the engine has been closed")

    async def generate(self, request: Request) -> Completion:
        """Generate one response; cancelling closes the connection, and the server aborts it."""
        if self._pool is None:
            raise EngineError("the engine is not running; use it in `async with`")
        failure, server = Failure(""), None
        for attempt in range(self.section.retries + 1):
            if attempt:
                await asyncio.sleep(self._pause(attempt, failure))
            server = await self._pool.acquire(failed=server)
            outcome = await self._try(self._pool, server, request)
            if isinstance(outcome, Completion):
                return outcome
            failure = outcome
            if not failure.retry:
                return Completion("", "error", error=failure.message)
        tries = self.section.retries + 1
        return Completion("", "error", error=f"given up after {tries} tries; the last: {failure.message}")

    def describe(self) -> dict[str, Any]:
        """Kind, model, endpoint, and what is known of every server. No keys or passwords."""
        servers = self._pool.servers if self._pool else []
        rows = [
            {"url": s.name, "kind": s.call.kind, "model": s.call.model, "ignores": s.ignores}
            for s in servers
            if s.call
        ]
        return {
            "kind": "openai",
            "model": self.section.model or self.model_section.name,
            "endpoint": self.section.endpoint,
            "replicas": max(1, len(rows)),
            "servers": rows,
            "versions": {"openai": versions().get("openai", "")},
        }

    def servers(self) -> list[dict[str, Any]]:
        """State, load, limit and throughput of every server, for a status display."""
        return [server.snapshot() for server in self._pool.servers] if self._pool else []

    async def _try(self, pool: Pool, server: Server, request: Request) -> Completion | Failure:
        """One try on a server that was acquired for it."""
        began = time.monotonic()
        try:
            assert server.call is not None
            async with asyncio.timeout(self._deadline(pool, server, request)):
                found = await exchange(server.client, server.call, request, stream=self.section.stream)
        except (asyncio.CancelledError, ConfigError):
            server.breaker.abandoned()
            raise
        except Exception as error:  # understand() raises again what is not the network's or the server's
            failure = understand(error, server.name, self._key)
            server.failed_with(failure)
            return failure
        else:
            server.answered_in(time.monotonic() - began, found.completion_tokens)
            if changed := server.other_model(found.details["model"]):
                server.failed_with(changed)
                return changed
            return found
        finally:
            pool.release(server)

    def _deadline(self, pool: Pool, server: Server, request: Request) -> float:
        """Seconds until a try is given up: the timeout, or less where other servers are far faster."""
        usual = pool.usual_seconds_per_token(server)
        if usual is None:
            return self.section.timeout
        longest = _TOO_SLOW * usual * request.generation.max_tokens
        return min(self.section.timeout, max(longest, _SHORTEST_WAIT))

    def _pause(self, attempt: int, failure: Failure) -> float:
        """Exponential backoff with full jitter, and no less than the server asked for."""
        longest = min(_FIRST_PAUSE * 2 ** (attempt - 1), _LONGEST_PAUSE)
        return failure.pause + self._random.uniform(0, longest)

    async def _meet(self, server: Server) -> None:
        """Get to know a server; a failure is noted on it."""
        call = Call(
            self.section.endpoint, "", "", self.section.extra_body, self.template.stops, self._server_bos()
        )
        wanted = self.section.model or self.model_section.name
        try:
            async with asyncio.timeout(self.section.timeout):
                server.call = await probe(server, wanted, self.section.model is not None, call)
        except EngineError as error:
            server.refused, server.last_error = True, str(error)
            return
        except Exception as error:  # as in _try
            failure = understand(error, server.name, self._key)
            server.failed_with(failure)
            # What refuses to be got to know would refuse every request.
            server.refused |= not failure.retry
            return
        server.breaker.success()
        server.failing_since = None
        if server.ignores:
            warn(
                f"{server.name} ignores {', '.join(server.ignores)}; "
                "its responses may not be sampled as the recipe says"
            )

    def _server_bos(self) -> str:
        """The beginning-of-text token that rendered prompts carry and the server adds by itself."""
        tokenizer = self.tokenizer
        if tokenizer is None or not tokenizer.bos_token:
            return ""
        adds = tokenizer.encode("") == [tokenizer.bos_token_id]
        return str(tokenizer.bos_token) if adds else ""
