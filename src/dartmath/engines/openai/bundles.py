"""Bundles: requests for one prompt that are sent as one, which is answered with several responses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from dartmath.engines.openai.server import Server
from dartmath.engines.openai.server_pool import Pool
from dartmath.engines.protocol import Completion, Generation, Request

_Work = Coroutine[Any, Any, None]
# What requests that are sent as one have in common: the prompt, how to decode, and the tools told of.
_Key = tuple[str, Generation, str]


class Member:
    """A request, and its response once that is there."""

    __slots__ = ("request", "response")

    def __init__(self, request: Request) -> None:
        self.request = request
        self.response: asyncio.Future[Completion] = asyncio.get_running_loop().create_future()

    def answer(self, completion: Completion) -> None:
        """Give the response to whoever still waits for it."""
        if not self.response.done():
            self.response.set_result(completion)


class Bundles:
    """Gathers requests that differ in their seeds alone: those of one moment, and those that come meanwhile.

    At most `most` are sent as one. `answer` takes a list of members and the server that has room for them,
    and gives each its response.
    """

    def __init__(
        self, most: int, answer: Callable[[list[Member], Server], Coroutine[Any, Any, None]]
    ) -> None:
        self._most, self._answer = most, answer
        self._open: dict[_Key, list[Member]] = {}
        self._running: dict[asyncio.Task[None], list[Member]] = {}

    def takes(self, request: Request) -> bool:
        """Whether a request may be sent with others: greedy responses to one prompt are all the same."""
        return self._most > 1 and request.series_seed is not None and request.generation.temperature > 0

    async def ask(self, pool: Pool, request: Request) -> Completion:
        """The response to a request. Cancelling aborts it, once nobody waits for those sent with it."""
        member, key = Member(request), (request.prompt_key, request.generation, repr(request.tools))
        waiting = self._open.get(key)
        if waiting is None:
            waiting = self._open[key] = []
            self.start(waiting, self._send(pool, key, waiting))
        waiting.append(member)
        try:
            return await member.response
        except asyncio.CancelledError:
            for task, members in self._running.items():
                if member in members and all(one.response.done() for one in members):
                    self._shut(key, members)  # whoever comes now is not to be cancelled with them
                    task.cancel()
            raise

    def start(self, members: list[Member], work: _Work, undo: Callable[[], None] | None = None) -> None:
        """Do work that is to answer `members`, which it takes out of the list as it goes.

        `undo` is called where the work is aborted before its first step, which no `finally` of its own sees.
        """
        begun = False

        async def begin() -> None:
            nonlocal begun
            begun = True
            await work

        def ended(task: asyncio.Task[None]) -> None:
            if not begun:
                work.close()
                if undo:
                    undo()
            self._ended(task)

        task = asyncio.ensure_future(begin())
        self._running[task] = members
        task.add_done_callback(ended)

    async def close(self) -> None:
        """Abort what is under way."""
        running = [*self._running]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _send(self, pool: Pool, key: _Key, waiting: list[Member]) -> None:
        """Send all that wait as one, or as several where servers have less room or their seeds have gaps."""
        try:
            await asyncio.sleep(0)  # the trials of one moment ask one after the other
            while waiting:
                server, places = await pool.acquire(key[0], wants=lambda: len(_series(waiting, self._most)))
                together = _series(waiting, self._most)[:places]
                if places > len(together):
                    pool.release(server, places - len(together))
                waiting[:] = [m for m in waiting if m not in together and not m.response.done()]
                if not together:
                    server.breaker.abandoned()
                else:
                    give_back = partial(_give_back, pool, server, len(together))
                    self.start(together, self._answer(together, server), give_back)
        finally:
            self._shut(key, waiting)

    def _shut(self, key: _Key, waiting: list[Member]) -> None:
        """Nobody joins these any more."""
        if self._open.get(key) is waiting:
            del self._open[key]

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Whoever still waits is told of the error that ended the work."""
        error = None if task.cancelled() else task.exception()
        for member in self._running.pop(task):
            if not member.response.done():
                member.response.set_exception(error) if error else member.response.cancel()


def _give_back(pool: Pool, server: Server, places: int) -> None:
    """What was acquired for a request that is never sent."""
    server.breaker.abandoned()
    pool.release(server, places)


def _series(waiting: Sequence[Member], most: int) -> list[Member]:
    """The first of those who still wait, and those whose seeds follow its own: `most` at most."""
    alive = sorted((m for m in waiting if not m.response.done()), key=lambda m: m.request.series_seed or 0)
    found = alive[:1]
    for member in alive[1:most]:
        if (member.request.series_seed or 0) != (found[-1].request.series_seed or 0) + 1:
            break
        found.append(member)
    return found
