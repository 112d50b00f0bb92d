"""The remote engine: any number of OpenAI-compatible servers behind one `generate`."""

from __future__ import annotations

import asyncio
import random
import time
from collections import OrderedDict
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dartmath.base.errors import ConfigError, DartmathError, EngineError
from dartmath.base.file_limit import raise_file_limit
from dartmath.base.manifest import versions
from dartmath.base.paths import expand_home
from dartmath.base.terminal import info, warn
from dartmath.engines.openai.call import Call, exchange
from dartmath.engines.openai.failure import Failure, understand
from dartmath.engines.openai.pool import Pool, check_server
from dartmath.engines.openai.probe import probe
from dartmath.engines.openai.rendering import added_bos, prompt_tokenizer
from dartmath.engines.openai.room import room_left
from dartmath.engines.openai.server import Server
from dartmath.engines.protocol import Completion, Request
from dartmath.prompts.template import Template

if TYPE_CHECKING:
    from dartmath.engines.config import OpenAIEngine
    from dartmath.model import ModelSection

# Pauses before a request is tried again: doubled from the first to the longest, in seconds.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
# While a server has too much: it is asked again soon, since it may be free in a moment.
_FIRST_WAIT, _LONGEST_WAIT = 0.25, 10.0
# Seconds until getting to know a server is given up: a model may be compiled at the first request.
_MEETING = 300.0
# Prompts of which it is remembered how many tokens the context has left for a response.
_ROOMS = 65_536


class RemoteEngine:
    """Least-loaded dispatch over servers, with retries, circuit breakers and measured concurrency.

    A response is the same for a seed only as far as the servers keep to it; which server answers
    depends on load. A request fails alone after `retries` further tries; the engine fails when no
    server has answered for `patience` seconds, or all refuse.
    """

    def __init__(self, section: OpenAIEngine, model: ModelSection, template: Template) -> None:
        for line in section.base_urls:
            check_server(line)
        if not section.base_urls and section.servers_file is None:
            raise ConfigError("engine.base_urls is empty; name a server, such as http://127.0.0.1:8000/v1")
        self.section, self.model_section, self.template = section, model, template
        self._pool: Pool | None = None
        self._random = random.Random()
        self._rooms: OrderedDict[str, int] = OrderedDict()

    @property
    def concurrency(self) -> int:
        """Requests that the servers can use now."""
        return self._pool.limit() if self._pool else self.section.concurrency or 1

    @cached_property
    def tokenizer(self) -> Any:
        """The model's tokenizer where it is needed and can be loaded, else None."""
        return prompt_tokenizer(self.section.endpoint, self.template, self.model_section)

    async def __aenter__(self) -> RemoteEngine:
        raise_file_limit()
        self._pool = Pool(
            self.section.base_urls,
            self.section.servers_file and expand_home(self.section.servers_file),
            self.section.patience,
            lambda line: Server(line, self.section),
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
        tries = waits = late = 0
        server: Server | None = None
        while True:
            server = await self._pool.acquire(request.prompt_key, failed=server)
            room = self._rooms.get(request.prompt_key) if self._rooms else None
            outcome = await self._try(self._pool, server, request, late, room)
            if isinstance(outcome, Completion):
                return outcome
            if outcome.hopeless and self._remember_room(request, outcome, room):
                continue
            if not outcome.retry:
                return Completion("", "error", error=outcome.message, hopeless=outcome.hopeless)
            waits, tries, late = waits + outcome.overload, tries + (not outcome.overload), late + outcome.late
            if tries > self.section.retries:
                error = f"given up after {tries} tries; the last: {outcome.message}"
                return Completion("", "error", error=error)
            await self._pool.rest(self._pause(server, outcome, tries, waits), outcome)

    def describe(self) -> dict[str, Any]:
        """Kind, model, endpoint, and what is known of every server. No keys or passwords.

        `served` is the identity of the model: its name as asked for, and as whom the servers answer.
        """
        known = [server for server in (self._pool.servers if self._pool else []) if server.call]
        return {
            "kind": "openai",
            "model": self.section.model or self.model_section.name,
            "endpoint": self.section.endpoint,
            "replicas": max(1, len(known)),
            "servers": [server.describe() for server in known],
            "served": known[0].answers_as or known[0].call.model if known and known[0].call else None,
            "versions": {"aiohttp": versions().get("aiohttp", "")},
        }

    def servers(self) -> list[dict[str, Any]]:
        """State, load, limit and throughput of every server, for a status display."""
        return [server.snapshot() for server in self._pool.servers] if self._pool else []

    async def _try(
        self, pool: Pool, server: Server, request: Request, late: int, room: int | None
    ) -> Completion | Failure:
        """One try on a server that was acquired for it, after `late` time-outs, for at most `room` tokens."""
        timeout = asyncio.timeout(None)
        mine = server.opened(request.generation.max_tokens, late, timeout)
        try:
            assert server.call is not None
            async with timeout:
                found = await exchange(
                    server.client,
                    server.call,
                    request,
                    server=server.name,
                    stream=self.section.stream,
                    room=room,
                    heard=mine.hear,
                )
        except (asyncio.CancelledError, DartmathError):
            server.breaker.abandoned()
            raise
        except Exception as error:  # understand() raises again what is not the network's or the server's
            failure = understand(error, server.name, server.key)
            server.failed_with(failure, time.monotonic() - mine.began)
            return failure
        else:
            # Of a server that counts no tokens, characters: about four to a token.
            tokens = found.completion_tokens or (len(found.text) + len(found.thoughts or "")) // 4
            server.answered_in(time.monotonic() - mine.began, tokens)
            if changed := server.other_model(found.answered_by):
                server.failed_with(changed)
                return changed
            return found
        finally:
            server.open.discard(mine)
            pool.release(server)

    def _remember_room(self, request: Request, failure: Failure, room: int | None) -> bool:
        """Whether a prompt that was too long with a response of `room` tokens fits with a shorter one."""
        left = room_left(failure.said)
        if not left or left >= (room or request.generation.max_tokens):
            return False
        self._rooms[request.prompt_key] = left
        if len(self._rooms) > _ROOMS:
            self._rooms.popitem(last=False)
        return True

    def _pause(self, server: Server, failure: Failure, tries: int, waits: int) -> float:
        """Exponential backoff with full jitter; none where another server can be asked at once."""
        assert self._pool is not None
        if self._pool.another_is_up(server):
            return self._random.uniform(0, _FIRST_WAIT)
        first, longest, count = (
            (_FIRST_WAIT, _LONGEST_WAIT, waits) if failure.overload else (_FIRST_PAUSE, _LONGEST_PAUSE, tries)
        )
        # 2 ** 60 seconds are longer than any pause, and fit a float.
        return self._random.uniform(0, min(first * 2.0 ** min(count - 1, 60), longest))

    async def _meet(self, server: Server) -> None:
        """Get to know a server; a failure is noted on it."""
        section = self.section
        call = Call(
            section.endpoint,
            "",
            "",
            section.extra_body,
            self.template.stops,
            added_bos(self.tokenizer),
            seed=section.seed,
            meanings=section.text_fields,
        )
        wanted = section.model or self.model_section.name
        try:
            async with asyncio.timeout(max(_MEETING, section.timeout or 0.0)):
                found = await probe(server, wanted, section.model is not None, call)
        except EngineError as error:
            server.refused, server.last_error = True, str(error)
            return
        except Exception as error:  # as in _try
            failure = understand(error, server.name, server.key)
            # What refuses to be got to know would refuse every request.
            server.failed_with(replace(failure, final=failure.final or not failure.retry))
            return
        self._admit(server, found)

    def _admit(self, server: Server, call: Call) -> None:
        """Let a server that has been got to know take part, if it serves what the others do."""
        assert self._pool is not None
        server.call = call
        others = [s for s in self._pool.servers if s is not server and s.call and s.usable]
        for other in others[:1]:
            if not server.agrees_with(other):
                raise EngineError(
                    f"{server.name} answers as {server.answers_as!r} and {other.name} as "
                    f"{other.answers_as!r}: the samples of two models may not be mixed; serve the same "
                    "model, or leave one server out"
                )
        server.breaker.success()
        server.failing_since = None
        if server.answers_as and server.answers_as != call.model:
            info(f"{server.name}: asked for {call.model}, answers as {server.answers_as}")
        if server.ignores:
            warn(
                f"{server.name} ignores {', '.join(server.ignores)}; "
                "its responses may not be sampled as the recipe says"
            )
