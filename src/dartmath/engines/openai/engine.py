"""The remote engine: any number of OpenAI-compatible servers behind one `generate`."""

from __future__ import annotations

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dartmath.base.errors import ConfigError, DartmathError, EngineError
from dartmath.base.file_limit import raise_file_limit
from dartmath.base.manifest import versions
from dartmath.base.paths import expand_home
from dartmath.base.terminal import info, warn
from dartmath.engines.openai.bundles import Bundles, Member
from dartmath.engines.openai.call import Call, exchange_several
from dartmath.engines.openai.client import BadAnswerError
from dartmath.engines.openai.failure import Failure, understand
from dartmath.engines.openai.probe import probe
from dartmath.engines.openai.rendering import added_bos, prompt_tokenizer
from dartmath.engines.openai.room import room_left
from dartmath.engines.openai.server import Open, Server
from dartmath.engines.openai.server_pool import Pool, check_server
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


@dataclass(slots=True)
class _Tries:
    """What a request has gone through: tries that count, waits for servers that had too much, time-outs, and
    the `server` that failed it last.
    """

    tries: int = 0
    waits: int = 0
    late: int = 0
    server: Server | None = None

    def add(self, failure: Failure) -> None:
        """Count a failure."""
        self.waits += failure.overload
        self.tries += not failure.overload
        self.late += failure.late


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
        self._bundles = Bundles(section.n, self._send)

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
        await self._bundles.close()
        if self._pool is not None:
            await self._pool.close()
            self._pool.error = EngineError("the engine has been closed")

    async def generate(self, request: Request) -> Completion:
        """Generate one response; cancelling closes the connection, and the server aborts it."""
        if self._pool is None:
            raise EngineError("the engine is not running; use it in `async with`")
        if self._bundles.takes(request):
            return await self._bundles.ask(self._pool, request)
        member = Member(request)
        await self._answer(self._pool, [member], _Tries())
        return member.response.result()

    async def _answer(
        self, pool: Pool, members: list[Member], so_far: _Tries, server: Server | None = None
    ) -> None:
        """Give each of the members, requests that differ in their seeds alone, its response.

        `server` is one that was acquired for them. Those that are answered leave the list.
        """
        while members:
            if server is None:
                server, places = await pool.acquire(
                    members[0].request.prompt_key, failed=so_far.server, wants=lambda: len(members)
                )
                self._part(pool, members, so_far, places)
            failure = await self._settle(pool, server, members, so_far.late)
            if failure is None:
                return
            so_far.server = server
            if failure.alone or failure.late:  # one of them may be what took so long
                self._part(pool, members, so_far, 1)
            if not failure.again:
                so_far.add(failure)
                if so_far.tries > self.section.retries:
                    error = f"given up after {so_far.tries} tries; the last: {failure.message}"
                    _answer_rest(members, Completion("", "error", error=error))
                    return
                pause = self._pause(server, failure, so_far.tries, so_far.waits)
                await pool.rest(pause, failure, len(members))
            server = None

    async def _send(self, members: list[Member], server: Server) -> None:
        assert self._pool is not None
        await self._answer(self._pool, members, _Tries(), server)

    def _part(self, pool: Pool, members: list[Member], so_far: _Tries, places: int) -> None:
        """Leave the first `places` of the members; the others are sent by themselves, so many at a time."""
        rest = members[places:]
        del members[places:]
        for start in range(0, len(rest), places):
            some = rest[start : start + places]
            self._bundles.start(some, self._answer(pool, some, replace(so_far)))

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

    async def _settle(self, pool: Pool, server: Server, members: list[Member], late: int) -> Failure | None:
        """One try. Members that have their response leave the list; returns what failed the others."""
        request = members[0].request
        room = self._rooms.get(request.prompt_key) if self._rooms else None
        requests = [member.request for member in members]
        failed: list[tuple[Member, Failure]] = []
        for member, outcome in zip(members, await self._try(pool, server, requests, late, room), strict=True):
            if isinstance(outcome, Completion):
                member.answer(outcome)
            elif outcome.hopeless and self._remember_room(request, outcome, room):
                failed.append((member, replace(outcome, again=True)))
            elif not outcome.retry:
                hopeless = outcome.hopeless
                member.answer(Completion("", "error", error=outcome.message, hopeless=hopeless, final=True))
            else:
                failed.append((member, outcome))
        members[:] = [member for member, _ in failed if not member.response.done()]
        return failed[0][1] if members else None

    async def _try(
        self, pool: Pool, server: Server, requests: Sequence[Request], late: int, room: int | None
    ) -> Sequence[Completion | Failure]:
        """One try on a server that was acquired for it, after `late` time-outs, for `room` tokens each."""
        timeout = asyncio.timeout(None)
        mine = server.opened(requests[0].generation.max_tokens, len(requests), late, timeout)
        call = server.call
        assert call is not None
        try:
            async with timeout:
                found = await exchange_several(
                    server.client,
                    call,
                    requests,
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
            return [self._failed(server, failure, mine, len(requests))] * len(requests)
        else:
            return self._received(server, call, requests, found, mine)
        finally:
            server.open.discard(mine)
            pool.release(server, len(requests))

    def _failed(self, server: Server, failure: Failure, mine: Open, responses: int) -> Failure:
        """The failure of a whole try; one that asked for several responses may have asked for too many."""
        seconds = time.monotonic() - mine.began
        if responses > 1 and failure.of_request:
            server.refuses_several(responses, failure.message)
            failure = replace(failure, retry=True, again=True, alone=True)
        else:
            server.failed_with(failure, seconds)
        return failure

    def _received(
        self,
        server: Server,
        call: Call,
        requests: Sequence[Request],
        found: Sequence[Completion | BadAnswerError],
        mine: Open,
    ) -> list[Completion | Failure]:
        """What came of each request."""
        seconds = time.monotonic() - mine.began
        good = [one for one in found if isinstance(one, Completion)]
        if good:
            server.answered_in(seconds, [one.completion_tokens for one in good])
        if good and (changed := server.other_model(good[0].answered_by)):
            server.failed_with(changed)
            return [changed] * len(requests)
        if len(good) > 1:
            server.compare(good, requests[0].generation.temperature)
        outcomes: list[Completion | Failure] = []
        for request, one in zip(requests, found, strict=False):
            if isinstance(one, Completion):
                outcomes.append(replace(one, seed=call.seed_of(request)) if call.in_series else one)
            else:
                outcomes.append(failure := understand(one, server.name, server.key))
                server.failed_with(failure, seconds)
        missing = len(requests) - len(found)
        if missing:
            server.ask_for(len(found), f"answers {len(found)} of {len(requests)} responses asked for at once")
        few = Failure(f"{server.name}: fewer responses than asked for", again=True, alone=True)
        return outcomes + [few] * missing

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
            in_series=section.n > 1,
            meanings=section.text_fields,
        )
        wanted = section.model or self.model_section.name
        try:
            async with asyncio.timeout(max(_MEETING, section.timeout or 0.0)):
                found = await probe(server, wanted, section.model is not None, call, section.n)
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


def _answer_rest(members: list[Member], completion: Completion) -> None:
    for member in members:
        member.answer(completion)
    members.clear()
