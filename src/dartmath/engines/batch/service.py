"""A service with OpenAI's batch API: upload a file, make a batch of it, ask how it stands, download.

https://platform.openai.com/docs/api-reference/batch, and what others make of it: Together's job around the
batch and capital states, empty ids of files for absent ones, refusals when a batch is made instead of after.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from dartmath.base.errors import EngineError
from dartmath.base.files import replacing, sync
from dartmath.base.terminal import info, warn
from dartmath.base.text import printable
from dartmath.engines.batch.wave import Wave
from dartmath.engines.config import public_url
from dartmath.engines.openai.client import Client, HttpError
from dartmath.engines.openai.failure import error_text, understand
from dartmath.engines.openai.server_line import headers_of, key_of, split_line

if TYPE_CHECKING:
    from dartmath.engines.config import BatchEngine

T = TypeVar("T")

_ENDED = ("completed", "expired", "cancelled", "canceled", "failed", "error")
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_SECONDS = 120.0
# A line of an answer beside its tokens, and a token in JSON with its log-probabilities, in bytes.
_LINE_BYTES, _TOKEN_BYTES = 64 << 10, 8 << 10
# What services say where an account may have no more requests waiting.
_CROWDED = ("token_limit_exceeded", "enqueued", "too many batches", "queue limit", "rate limit")

# What they say of a file that was uploaded a moment ago.
_NOT_YET = ("cannot find file", "file not found", "no such file", "not processed")


class Refused(Exception):
    """The service did not take a batch: none of it is paid for, and nothing of it will be answered.

    `lines` says what is wrong with which (by index); `crowded` that there is no room for so many now.
    """

    def __init__(self, message: str, lines: Mapping[int, str], *, crowded: bool) -> None:
        super().__init__(message)
        self.lines, self.crowded = lines, crowded


class Service:
    """Gets waves answered by a batch API."""

    def __init__(self, section: BatchEngine, path: str) -> None:
        assert section.base_url is not None
        self._section, self._path = section, path
        url, own_key = split_line(section.base_url)
        self.name, self._key = public_url(url), key_of(own_key, section.api_key_env)
        self._client = Client(url, headers_of(self._key, section.headers))

    async def answer(self, wave: Wave, told: Callable[[str], None]) -> None:
        """Have a wave answered: its file of answers is there when this returns; `told` hears its state.

        Raises `Refused`, or `EngineError` where the service cannot be used.
        """
        if not wave.batch:
            wave.batch = await self._made(wave)
            wave.save()
            info(
                f"{wave.name}: {len(wave.ids):,} requests are with {self.name} as {wave.batch}; this may "
                "take hours, and a run that is stopped collects them when it goes on"
            )
        found = await self._ended(wave, told)
        if (state := _state(found)) not in ("completed", "expired") and not _files(found):
            raise _refusal(found, f"{self.name}: {wave.name} has {state}")
        if state != "completed":
            warn(f"{wave.name} has {state} at {self.name}: what was answered is kept, the rest asked again")
        await self._download(wave, _files(found))

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def _made(self, wave: Wave) -> str:
        """The service's name of a batch of the wave: one of before a crash, or a new one."""
        if found := await self._persist(lambda: self._find(wave.tag)):
            return found
        uploaded = await self._persist(
            lambda: self._client.upload("/files", {"purpose": "batch"}, wave.requests)
        )
        file = await self._processed(uploaded)
        body = {
            "input_file_id": file,
            "endpoint": self._path,
            "completion_window": self._section.window,
            "metadata": {"dartmath": wave.tag},
        }

        async def make() -> str:
            # A try that seemed to fail may have made it.
            return await self._find(wave.tag) or _name(await self._client.post("/batches", body, 0))

        return await self._persist(make, refusable=True)

    async def _processed(self, row: Mapping[str, Any]) -> str:
        """The id of an uploaded file, once the service has looked through it."""
        name = _name(row)
        while str(row.get("status", "")).lower() in ("pending", "running", "uploading"):
            await asyncio.sleep(self._section.poll)
            row = await self._persist(lambda: self._client.get(f"/files/{name}", _SECONDS))
        return name

    async def _find(self, tag: str) -> str | None:
        """The batch with our tag among the newest, where the service lists them."""
        try:
            rows = (await self._client.get("/batches", _SECONDS)).get("data")
        except HttpError as error:
            if error.status in (400, 404, 405, 501):
                return None
            raise
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict) and (row.get("metadata") or {}).get("dartmath") == tag:
                return _name(row)
        return None

    async def _ended(self, wave: Wave, told: Callable[[str], None]) -> Mapping[str, Any]:
        """The batch's row once it has ended."""
        while True:
            row = await self._persist(lambda: self._client.get(f"/batches/{wave.batch}", _SECONDS))
            row = row.get("job") or row
            counts = row.get("request_counts") or {}
            told(f"{_state(row)} {counts.get('completed', 0)}/{len(wave.ids)}")
            if _state(row) in _ENDED:
                return row
            await asyncio.sleep(self._section.poll)

    async def _download(self, wave: Wave, files: list[str]) -> None:
        """Write all files of the batch into the one of answers."""
        limit = len(wave.ids) * (_LINE_BYTES + _TOKEN_BYTES * wave.tokens)

        async def fetch() -> None:
            with replacing(wave.answers) as temporary:
                with temporary.open("wb") as out:
                    for file in files:
                        async for piece in self._client.pieces(f"/files/{file}/content", limit):
                            out.write(piece)
                        out.write(b"\n")
                sync(temporary)

        await self._persist(fetch)

    async def _persist(self, work: Callable[[], Awaitable[T]], *, refusable: bool = False) -> T:
        """Do `work`, again while that may help, for as long as `patience` without success.

        Where it is `refusable` a verdict on the request is `Refused`, with what the service said.
        """
        began, pause = time.monotonic(), _FIRST_PAUSE
        while True:
            try:
                return await work()
            except Exception as error:  # understand() raises again what is not the network's or the service's
                failure = understand(error, self.name, self._key)
                said = error_text(error.body).lower() if isinstance(error, HttpError) else ""
                if refusable and any(sign in said for sign in _NOT_YET):
                    failure = replace(failure, retry=True, refusal=False)
                verdict = bool(said) and (not failure.retry or _is_crowded(said))
                if refusable and verdict and not (failure.refusal or failure.final):
                    raise Refused(failure.message, {}, crowded=_is_crowded(said)) from error
                if failure.final or failure.refusal or not failure.retry:
                    raise EngineError(f"{failure.message}; mend it and run the same command again") from error
                if time.monotonic() - began > self._section.patience:
                    raise EngineError(
                        f"{failure.message}; nothing else for {self._section.patience:.0f} s: what was sent "
                        "stays with the service, and the same command collects it"
                    ) from error
            await asyncio.sleep(max(pause, failure.pause))
            pause = min(2 * pause, _LONGEST_PAUSE)


def _name(row: Mapping[str, Any]) -> str:
    inner = row.get("job") or row
    name = inner.get("id")
    if not isinstance(name, str) or not name:
        raise EngineError(f"a batch service that names nothing: {str(row)[:80]!r}")
    return name


def _state(row: Mapping[str, Any]) -> str:
    return str(row.get("status", "")).lower()


def _files(row: Mapping[str, Any]) -> list[str]:
    return [row[key] for key in ("output_file_id", "error_file_id") if row.get(key)]


def _refusal(row: Mapping[str, Any], what: str) -> Refused:
    """Why a batch failed as a whole, and which of its lines the service names (from 1)."""
    errors = row.get("errors") or {}
    rows = [
        one
        for one in (errors.get("data") if isinstance(errors, dict) else errors) or ()
        if isinstance(one, dict)
    ]
    said = [printable(f"{one.get('code', '')}: {one.get('message', '')}"[:300]) for one in rows]
    lines = {
        one["line"] - 1: text
        for one, text in zip(rows, said, strict=True)
        if isinstance(one.get("line"), int)
    }
    message = "; ".join([what, *dict.fromkeys(said[:3])])
    return Refused(message, lines, crowded=_is_crowded(message.lower()))


def _is_crowded(said: str) -> bool:
    return any(sign in said for sign in _CROWDED)
