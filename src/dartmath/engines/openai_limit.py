"""How much of an answer is read: a server may send without end, or a few bytes that unpack to gigabytes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from httpx2 import AsyncByteStream, Response

# Lists of models and messages of errors; and for each token asked for, its text in JSON, in a stream
# with an event around it.
_BASE_BYTES = 16 << 20
_TOKEN_BYTES = 8 << 10


async def bound(response: Response) -> None:
    """Let no more of `response`, unpacked, be read than an answer to its request can have.

    A hook of the HTTP client, which calls it when the head of an answer is there. Reading on raises
    `httpx2.RemoteProtocolError`.
    """
    import httpx2

    packed = httpx2.Response(
        response.status_code, headers=response.headers, stream=response.stream, request=response.request
    )
    response.stream = _stream(packed, _BASE_BYTES + _TOKEN_BYTES * _tokens(await response.request.aread()))
    response.headers.pop("content-encoding", None)


def _tokens(request: bytes) -> int:
    """How many tokens a request asks for; 0 where it is none for a generation."""
    return int(json.loads(request).get("max_tokens", 0)) if request else 0


def _stream(packed: Response, limit: int) -> AsyncByteStream:
    import httpx2

    class Bounded(httpx2.AsyncByteStream):
        """The unpacked body, piece by piece."""

        async def __aiter__(self) -> AsyncIterator[bytes]:
            size = 0
            async for piece in packed.aiter_bytes():
                size += len(piece)
                if size > limit:
                    raise httpx2.RemoteProtocolError(f"an answer of more than {limit:,} bytes")
                yield piece

        async def aclose(self) -> None:
            await packed.aclose()

    return Bounded()
