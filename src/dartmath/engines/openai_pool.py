"""The servers of a run: who is there, who is least loaded, and when all are lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from dartmath.base.errors import ConfigError, EngineError
from dartmath.base.terminal import info, warn
from dartmath.engines.config import public_url
from dartmath.engines.openai_server import Server

_TICK = 1.0


class Pool:
    """Servers that may join and leave. `meet` gets to know one and makes it usable."""

    def __init__(
        self,
        urls: list[str],
        file: Path | None,
        patience: float,
        make: Callable[[str], Server],
        meet: Callable[[Server], Awaitable[None]],
    ) -> None:
        self._file, self._patience, self._make, self._meet = file, patience, make, meet
        self._urls, self._stamp = urls, 0
        self.servers: list[Server] = []
        self.error: BaseException | None = None
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Contact the servers; returns when one is ready, raises `EngineError` when none will be."""
        self._join(read_urls(self._file) if self._file else self._urls)
        self._spawn(self._watch())
        while not any(server.call for server in self.servers):
            await self._wait()

    async def close(self) -> None:
        """Stop watching and close all connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for server in self.servers:
            await server.client.close()

    async def acquire(self, failed: Server | None = None) -> Server:
        """The least loaded server with room, waiting for one; not the `failed` one while another is up.

        Raises `EngineError` when all are lost.
        """
        while True:
            if self.error:
                raise self.error
            others = [server for server in self.servers if server is not failed]
            another_is_up = any(server.state == "up" for server in others)
            free = [server for server in (others if another_is_up else self.servers) if server.free]
            if free:
                server = min(free, key=lambda s: ((s.in_flight + 1) / s.pace.limit, s.in_flight))
                server.in_flight += 1
                server.breaker.sent()
                return server
            await self._wait()

    def release(self, server: Server) -> None:
        """A request to `server` has ended, however."""
        server.in_flight -= 1
        self.wake()

    def wake(self) -> None:
        """Let those who wait look again."""
        event, self._changed = self._changed, asyncio.Event()
        event.set()

    def limit(self) -> int:
        """Requests that the servers can use now; at least 1, so that someone waits for them."""
        return max(1, sum(s.pace.limit for s in self.servers if s.usable and s.breaker.state == "closed"))

    def usual_seconds_per_token(self, server: Server) -> float | None:
        """The median pace of the other servers; None where nothing is known."""
        known = [s.seconds_per_token for s in self.servers if s is not server and s.usable]
        paces = [pace for pace in known if pace is not None]
        return median(paces) if paces else None

    async def _wait(self) -> None:
        """Until something changes, or a breaker may have become half-open."""
        if self.error:
            raise self.error
        try:
            await asyncio.wait_for(self._changed.wait(), _TICK / 2)
        except TimeoutError:
            return

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

    def _join(self, urls: list[str]) -> None:
        present = {server.url: server for server in self.servers if not server.leaving}
        for url, server in present.items():
            if url not in urls:
                server.leaving = True
                info(f"server {server.name} leaves; its requests in flight are finished")
        for url in dict.fromkeys(urls):
            if url not in present:
                server = self._make(url)
                self.servers.append(server)
                self._spawn(self._introduce(server))

    async def _introduce(self, server: Server) -> None:
        """Try to meet a server until it answers or refuses for good."""
        pause = _TICK
        while server.usable and server.call is None:
            await self._meet(server)
            if server.call is None and server.usable:
                await asyncio.sleep(pause)
                pause = min(2 * pause, 15.0)
        self.wake()

    async def _watch(self) -> None:
        """Follow the servers file, and notice when all servers are lost."""
        while True:
            await asyncio.sleep(_TICK)
            await self._follow()
            self._check()

    async def _follow(self) -> None:
        if self._file is None:
            return
        try:
            stamp = self._file.stat().st_mtime_ns
            if stamp != self._stamp:
                self._join(read_urls(self._file))
                self._stamp = stamp
        except (OSError, ConfigError) as error:
            if self._stamp >= 0:
                warn(f"cannot read the servers file, its last state holds: {error}")
            self._stamp = -1
        for server in [s for s in self.servers if s.leaving and not s.in_flight]:
            self.servers.remove(server)
            await server.client.close()

    def _check(self) -> None:
        if not self.servers or not all(server.lost(self._patience) for server in self.servers):
            return
        errors = "; ".join(dict.fromkeys(server.last_error for server in self.servers))
        self.error = EngineError(
            f"all servers are lost ({errors}); start or repair one, or correct engine.base_urls"
        )
        self.wake()


def read_urls(file: Path) -> list[str]:
    """Servers of a file: one URL a line, `#` begins a comment. Raises `ConfigError`."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"engine.servers_file {file} cannot be read: {error}") from error
    urls = [text for line in lines if (text := line.partition("#")[0].strip())]
    for url in urls:
        check_url(url)
    return urls


def check_url(url: str) -> None:
    """Raise `ConfigError` for what is no HTTP URL."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a bracket that is not closed, a port that is no number
        good = False
    if not good:
        raise ConfigError(f"not a server's URL: {public_url(url)!r}; for example http://127.0.0.1:8000/v1")
