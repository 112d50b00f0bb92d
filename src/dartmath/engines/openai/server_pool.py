"""The servers of a run: who is there, who is least loaded, and when all are lost."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from dartmath.base.errors import ConfigError, EngineError
from dartmath.base.terminal import info, warn
from dartmath.engines.config import public_url
from dartmath.engines.openai.failure import Failure
from dartmath.engines.openai.server import Server
from dartmath.engines.openai.server_line import base_of, split_line

_TICK = 0.25
# How long a server that does not answer is left until it is asked again, at first.
_FIRST_PAUSE = 0.5
# How long a server is waited for until it is asked again, at most, while it starts.
_LONGEST_PAUSE = 5.0
# Requests that wait beyond what the servers take, for each server; among how many a server looks for its own,
# and how many seconds one may be passed over.
_AHEAD, _SEEN, _LONG_WAIT = 4, 256, 2.0
# Knuth's multiplier, 2^32 over the golden ratio, which spreads close numbers.
_MIXER = 2_654_435_769
# Share of a core, and for how many seconds, until people are told that the client is what is slow.
_FULL_CORE, _FULL_SECONDS = 0.92, 30.0


@dataclass(eq=False, slots=True)
class _Waiter:
    """A request that waits since a moment, best for its `home`, and not for the server that `failed` it.

    It `wants` so many places, if there are.
    """

    future: asyncio.Future[tuple[Server, int]]
    failed: Server | None
    home: Server | None
    since: float
    wants: Callable[[], int]


def _load(server: Server) -> tuple[float, int]:
    """What the least loaded server has least of."""
    return (server.load + 1) / server.pace.limit, server.load


class Pool:
    """Servers that may join and leave. `meet` gets to know one and makes it usable."""

    def __init__(
        self,
        lines: Sequence[str],
        file: Path | None,
        patience: float,
        make: Callable[[str], Server],
        meet: Callable[[Server], Awaitable[None]],
    ) -> None:
        self._file, self._patience, self._make, self._meet = file, patience, make, meet
        self._lines, self._stamp = list(lines), 0
        self.servers: list[Server] = []
        self.error: BaseException | None = None
        self._waiting: deque[_Waiter] = deque()
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._core = _Core()
        self._resting = 0
        self._empty_since: float | None = None

    async def start(self) -> None:
        """Contact the servers; returns when one is ready, raises `EngineError` when none will be."""
        self._join(read_servers(self._file) if self._file else self._lines)
        self._spawn(self._watch())
        while not any(server.call and server.usable for server in self.servers):
            if self.error:
                raise self.error
            self._changed.clear()
            await self._changed.wait()

    async def close(self) -> None:
        """Stop watching and close all connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for server in self.servers:
            await server.client.close()

    async def acquire(
        self, prompt: str, failed: Server | None = None, wants: Callable[[], int] = lambda: 1
    ) -> tuple[Server, int]:
        """A server with room, waiting for one, and for how many; not the `failed` one while another is up.

        That is as many as the request `wants`, where the server has the room and answers so many at once. The
        server is the home of the prompt, which is to have it in its cache, if it has room, else the least
        loaded. Of those who wait, a server takes the first whose home it is, or the one who waits longest.
        Raises `EngineError` when all are lost.
        """
        if self.error:
            raise self.error
        # A hash of Python's own would do, were it not another one in the next session, whose caches are warm.
        place = zlib.crc32(prompt.encode("utf-8", "surrogatepass"))
        if not self._waiting and (server := self._choose(place, failed)):
            return server, self._take(server, wants())
        future: asyncio.Future[tuple[Server, int]] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiter(future, failed, self._home(place), time.monotonic(), wants))
        try:
            return await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and not future.exception():
                self.release(*future.result())
            raise

    def release(self, server: Server, places: int = 1) -> None:
        """A request to `server` has ended, however, that took so many places."""
        server.in_flight -= places
        self.wake()

    def wake(self) -> None:
        """Give what is free to those who wait."""
        self._changed.set()
        while self._waiting:
            if self._waiting[0].future.done():
                self._waiting.popleft()
            elif self.error:
                self._waiting.popleft().future.set_exception(self.error)
            elif not self._serve_one():
                return

    def _serve_one(self) -> bool:
        """Give a free server to one who waits; whether there was one."""
        for server in sorted((s for s in self.servers if s.free), key=_load):
            if waiter := self._waiter_for(server):
                self._waiting.remove(waiter)
                waiter.future.set_result((server, self._take(server, waiter.wants())))
                return True
        return False

    def _waiter_for(self, server: Server) -> _Waiter | None:
        """Whom a server takes: the first whose prompt it is to have, unless another has waited for long."""
        may = [
            one for one in islice(self._waiting, _SEEN) if not one.future.done() and self._may(one, server)
        ]
        if not may or time.monotonic() - may[0].since > _LONG_WAIT:
            return may[0] if may else None
        return next((one for one in may if one.home is server), may[0])

    def _may(self, waiter: _Waiter, server: Server) -> bool:
        return server is not waiter.failed or not self.another_is_up(server)

    async def rest(self, seconds: float, failure: Failure, responses: int = 1) -> None:
        """Wait until a request that failed may be tried again; others take its places meanwhile."""
        # A server that has too much is not to get others in their place.
        counts = responses * (not failure.overload)
        self._resting += counts
        try:
            await asyncio.sleep(seconds)
        finally:
            self._resting -= counts

    def another_is_up(self, server: Server | None) -> bool:
        """Whether a server beside this one takes requests."""
        return any(s.state == "up" for s in self.servers if s is not server)

    def limit(self) -> int:
        """Requests that the servers can use now; at least 1, so that someone waits for them.

        Where there are several, a few more, so that each finds one whose prompt it has in its cache.
        """
        up = [s for s in self.servers if s.usable and s.breaker.state == "closed"]
        limit = sum(s.pace.limit for s in up)
        ahead = min(_AHEAD * len(up), limit // 2) if len(up) > 1 else 0
        return max(1, limit + ahead + sum(s.stale for s in up) + min(self._resting, limit))

    def _choose(self, place: int, failed: Server | None) -> Server | None:
        """A server that is free."""
        free = [server for server in self.servers if server.free]
        if failed is not None and self.another_is_up(failed):
            free = [server for server in free if server is not failed]
        if not free:
            return None
        home = self._home(place)
        return home if home in free else min(free, key=_load)

    def _take(self, server: Server, wanted: int) -> int:
        """Count a request to a free server from now on; how many of the `wanted` places it gets."""
        places = max(1, min(wanted, server.room))
        server.in_flight += places
        server.breaker.sent()
        return places

    def _home(self, place: int) -> Server | None:
        """The server that is to have a prompt in its cache: the same for as long as it is there.

        Rendezvous hashing (Thaler and Ravishankar 1998): who joins or leaves moves its own prompts alone.
        """
        up = [server for server in self.servers if server.usable and server.breaker.state == "closed"]
        return max(up, key=lambda server: ((place ^ server.salt) * _MIXER) & 0xFFFFFFFF, default=None)

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Let whoever waits for a server know of an error that nobody else would see."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.error = self.error or error
            self.wake()

    def _join(self, lines: Sequence[str]) -> None:
        present = {server.line: server for server in self.servers if not server.leaving}
        for line, server in present.items():
            if line not in lines:
                server.leaving = True
                info(f"server {server.name} leaves; its requests in flight are finished")
        for line in dict.fromkeys(lines):
            if line not in present:
                server = self._make(line)
                self.servers.append(server)
                self._spawn(self._introduce(server))

    async def _introduce(self, server: Server) -> None:
        """Try to meet a server until it answers or refuses for good."""
        pause = _FIRST_PAUSE
        while server.usable and server.call is None:
            await self._meet(server)
            if server.call is None and server.usable:
                await asyncio.sleep(max(pause, server.held_until - time.monotonic()))
                pause = min(2 * pause, _LONGEST_PAUSE)
        self.wake()

    async def _watch(self) -> None:
        """Follow the servers file, end what is late, and notice when all servers are lost."""
        while True:
            await asyncio.sleep(_TICK)
            await self._follow()
            for server in self.servers:
                server.look(self._usual(server))
            self._core.look(sum(server.answered for server in self.servers))
            self._check()
            # A breaker may have become half-open, a pause may be over.
            self.wake()

    def _usual(self, server: Server) -> float | None:
        """The median pace of the other servers; None where nothing is known."""
        known = [s.deadline.seconds_per_token for s in self.servers if s is not server and s.usable]
        paces = [pace for pace in known if pace is not None]
        return median(paces) if paces else None

    async def _follow(self) -> None:
        if self._file is None:
            return
        try:
            stamp = self._file.stat().st_mtime_ns
            if stamp != self._stamp:
                self._join(read_servers(self._file))
                self._stamp = stamp
        except (OSError, ConfigError) as error:
            if self._stamp >= 0:
                warn(f"cannot read the servers file, its last state holds: {error}")
            self._stamp = -1
        for server in [s for s in self.servers if s.leaving and not s.in_flight]:
            self.servers.remove(server)
            await server.client.close()

    def _check(self) -> None:
        if not self.servers:
            self._check_empty()
            return
        self._empty_since = None
        if not all(server.lost(self._patience) for server in self.servers):
            return
        errors = "; ".join(dict.fromkeys(server.last_error for server in self.servers))
        self.error = EngineError(
            f"all servers are lost ({errors}); start or repair one, or correct engine.base_urls"
        )
        self.wake()

    def _check_empty(self) -> None:
        """Give up when the file has named no server for too long."""
        now = time.monotonic()
        if self._empty_since is None:
            self._empty_since = now
            info(f"{self._file} names no server; waiting for one, for {self._patience:g} s at most")
        elif now - self._empty_since > self._patience:
            self.error = EngineError(
                f"{self._file} has named no server for {self._patience:g} s; put one URL a line into it"
            )
            self.wake()


class _Core:
    """Tells once when this process has no time left to ask for more."""

    def __init__(self) -> None:
        self._wall, self._cpu, self._answered, self._told = time.monotonic(), time.process_time(), 0, False

    def look(self, answered: int) -> None:
        """Compare CPU time with wall time; `answered` counts the responses of all servers."""
        seconds = time.monotonic() - self._wall
        if seconds < _FULL_SECONDS or self._told:
            return
        share, rate = (time.process_time() - self._cpu) / seconds, (answered - self._answered) / seconds
        if share > _FULL_CORE:
            self._told = True
            warn(
                f"this process uses a whole core for {rate:,.0f} responses/s, and the servers may be waiting "
                "for it; divide the queries over several runs, on other cores"
            )
        self._wall, self._cpu, self._answered = time.monotonic(), time.process_time(), answered


def read_servers(file: Path) -> list[str]:
    """Servers of a file: one a line, `#` begins a comment. Raises `ConfigError`."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"engine.servers_file {file} cannot be read: {error}") from error
    found = [text for line in lines if (text := line.partition("#")[0].strip())]
    for line in found:
        check_server(line)
    return found


def check_server(line: str) -> None:
    """Raise `ConfigError` for what is no line of a server: an HTTP URL, and perhaps where its key is."""
    url, _ = split_line(line)
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a bracket that is not closed, a port that is no number
        good = False
    if not good:
        raise ConfigError(f"not a server's URL: {public_url(url)!r}; for example http://127.0.0.1:8000/v1")
    if (base := base_of(url)) != url:
        raise ConfigError(f"{public_url(url)}: a server's URL ends before what is asked of it; write {base}")
