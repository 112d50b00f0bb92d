"""HTTP to one server: keep-alive connections, TLS, proxies, and no more of an answer than it can have.

A server may send without end, or a few bytes that unpack to gigabytes.
"""

from __future__ import annotations

import base64
import codecs
import re
import urllib.request
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

import orjson

if TYPE_CHECKING:
    from pathlib import Path

    from aiohttp import ClientResponse, ClientSession, FormData

_CONNECT_SECONDS = 30.0
# uvicorn, which serves vLLM and SGLang, closes a connection that was idle for 5 seconds: one that is older
# may be closed in the moment in which a request is sent on it.
_IDLE_SECONDS = 4.0
_ENDS = re.compile(rb"\r\n|\n|\r")
# Lists of models and messages of errors; and for each token asked for, its text in JSON, in a stream with an
# event around it.
_BASE_BYTES = 16 << 20
_TOKEN_BYTES = 8 << 10


class NetworkError(Exception):
    """The connection failed; the cause says how."""


class BadAnswerError(Exception):
    """Status 200, but not an answer: no JSON, half a body, no choices, no finish reason.

    `filtered` says that the server withheld this response; others to the same prompt may pass.
    """

    def __init__(self, message: str, *, filtered: bool = False) -> None:
        super().__init__(message)
        self.filtered = filtered


class HttpError(Exception):
    """An answer whose status says that it is none."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(f"HTTP {status}")
        self.status, self.headers, self.body = status, headers, body


class Client:
    """Sends requests to one server. `url` may hold a user name and password, and a query (`api-version`).

    `headers` go with every request. Nothing limits how many requests are open: the pace does.
    """

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        self._parts, self._headers = parts, dict(headers)
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
            self._headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        self._proxy = proxy_of(parts)
        self._session: ClientSession | None = None

    async def get(self, path: str, seconds: float) -> dict[str, Any]:
        """The JSON object at `path`; raises as `post` does, and `TimeoutError`."""
        import asyncio

        async with asyncio.timeout(seconds), self._open("GET", path, None) as response:
            return read_json(await _read(response, _BASE_BYTES))

    async def post(self, path: str, body: Mapping[str, Any], tokens: int) -> dict[str, Any]:
        """The JSON object that answers `body`, which asks for `tokens` tokens.

        Raises `HttpError`, `BadAnswerError`, `NetworkError` or `OSError`. Cancelling closes the connection.
        """
        async with self._open("POST", path, orjson.dumps(body)) as response:
            return read_json(await _read(response, _BASE_BYTES + _TOKEN_BYTES * tokens))

    async def stream(self, path: str, body: Mapping[str, Any], tokens: int) -> AsyncGenerator[dict[str, Any]]:
        """The events that answer `body`; one alone, the whole answer, where the server does not stream."""
        limit = _BASE_BYTES + _TOKEN_BYTES * tokens
        async with self._open("POST", path, orjson.dumps(body)) as response:
            if "event-stream" not in response.headers.get("content-type", ""):
                yield read_json(await _read(response, limit))
                return
            async for event in read_events(_pieces(response, limit)):
                yield event

    async def upload(self, path: str, fields: Mapping[str, str], file: Path) -> dict[str, Any]:
        """The JSON object that answers a form with `fields` and a file; raises as `post` does."""
        import aiohttp

        with file.open("rb") as content:
            form = aiohttp.FormData(dict(fields))
            form.add_field("file", content, filename=file.name, content_type="application/jsonl")
            async with self._open("POST", path, form, kind=None) as response:
                return read_json(await _read(response, _BASE_BYTES))

    async def pieces(self, path: str, limit: int) -> AsyncGenerator[bytes]:
        """The content at `path`, of at most `limit` bytes; raises as `post` does.

        A service may say that it lies elsewhere, where nobody is told the key.
        """
        try:
            async with self._open("GET", path, None) as response:
                async for piece in _pieces(response, limit):
                    yield piece
                return
        except HttpError as error:
            place = error.headers.get("location")
            if error.status >= HTTPStatus.BAD_REQUEST or not place:
                raise
        async with self._open("GET", path, None, place=place) as response:
            async for piece in _pieces(response, limit):
                yield piece

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    @asynccontextmanager
    async def _open(
        self,
        method: str,
        path: str,
        data: bytes | FormData | None,
        kind: str | None = "application/json",
        place: str | None = None,
    ) -> AsyncIterator[ClientResponse]:
        """A request for `path`, or for the whole address `place`, which gets no headers of ours."""
        import aiohttp
        from yarl import URL

        try:
            url = URL(place or self._url(path), encoded=True)
            session = self._running()
            # A form names its own kind, with the boundary of its parts.
            headers = {"Content-Type": kind, **self._headers} if kind else self._headers
            headers = {} if place else headers
            # A redirection makes a GET of a POST, or sends what it holds to another host.
            async with session.request(
                method, url, data=data, headers=headers, proxy=self._proxy, allow_redirects=False
            ) as found:
                if found.status >= HTTPStatus.MULTIPLE_CHOICES:
                    raise HttpError(found.status, found.headers, await _read(found, _BASE_BYTES))
                yield found
        except aiohttp.ClientError as error:
            raise NetworkError(str(error)) from error

    def _url(self, path: str) -> str:
        host = self._parts.netloc.rpartition("@")[2]
        return urlunsplit(
            (self._parts.scheme, host, self._parts.path.rstrip("/") + path, self._parts.query, "")
        )

    def _running(self) -> ClientSession:
        """The session, made in the loop that uses it."""
        if self._session is None:
            import aiohttp

            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE_SECONDS),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


def proxy_of(parts: SplitResult) -> str | None:
    """The proxy that the environment names for a server; none for this machine, since it is for others."""
    host = parts.hostname or ""
    if _is_this_machine(host) or urllib.request.proxy_bypass(host):
        return None
    proxies = urllib.request.getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    return found if found and found.startswith("http") else None


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _pieces(response: ClientResponse, limit: int) -> AsyncIterator[bytes]:
    """The unpacked body, piece by piece."""
    size = 0
    while piece := await response.content.readany():
        size += len(piece)
        if size > limit:
            raise NetworkError(f"an answer of more than {limit:,} bytes")
        yield piece


async def _read(response: ClientResponse, limit: int) -> bytes:
    return b"".join([piece async for piece in _pieces(response, limit)])


def read_json(data: bytes) -> dict[str, Any]:
    """The JSON object that a server answered, or one in a list; `BadAnswerError` for anything else."""
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        answer = orjson.loads(data)
    except ValueError:
        answer = _lenient(data)
    if isinstance(answer, list) and len(answer) == 1:
        (answer,) = answer
    if not isinstance(answer, dict):
        raise BadAnswerError(f"no JSON object but {_start(data)}")
    return answer


def _lenient(data: bytes) -> Any:
    """JSON with what orjson refuses and servers send: bytes that are no UTF-8, half a surrogate, NaN."""
    import json

    try:
        return json.loads(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise BadAnswerError(f"no JSON but {_start(data)}") from error


async def read_events(pieces: AsyncIterator[bytes]) -> AsyncGenerator[dict[str, Any]]:
    """The objects in an event stream; comments, other fields and the end mark are left out.

    Lines end in any of three ways, and an event may have several. One that is whole by itself needs no
    empty line behind it, which some servers leave out.
    https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
    """
    held: list[bytes] = []
    async for line in _lines(pieces):
        name, _, value = line.partition(b":")
        value = value.strip()
        if not line and held:
            yield read_json(b"\n".join(held))
            held = []
        # Gateways pass comments on as data.
        if name != b"data" or value in (b"", b"[DONE]") or value.startswith(b":"):
            continue
        held.append(value)
        if (event := _event(held)) is not None:
            yield event
            held = []
    if held:
        yield read_json(b"\n".join(held))


def _event(held: Sequence[bytes]) -> dict[str, Any] | None:
    """The object that lines make; None where they may be its beginning."""
    whole = b"\n".join(held)
    # Only an object goes on: what begins as none is told as it is.
    if not whole.startswith((b"{", b"[")):
        return read_json(whole)
    if not whole.endswith((b"}", b"]")):
        return None
    try:
        return read_json(whole)
    except BadAnswerError:
        return None


async def _lines(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Lines without their ends, which are "\\n", "\\r\\n" or "\\r"; without a mark before the first."""
    rest, mark = b"", codecs.BOM_UTF8
    async for piece in pieces:
        rest += piece
        # The other half of an end may come with the next piece.
        cut = rest[-1:] if rest.endswith(b"\r") else b""
        *lines, rest = _ENDS.split(rest[: len(rest) - len(cut)])
        rest += cut
        for line in lines:
            yield line.removeprefix(mark).strip()
            mark = b""
    for line in _ENDS.split(rest):
        yield line.removeprefix(mark).strip()
        mark = b""


def _start(data: bytes) -> str:
    return repr(data[:80].decode("utf-8", "replace"))
