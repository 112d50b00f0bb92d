"""The remote engine against HTTP servers that answer what no server should."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from dartmath.base.errors import EngineError
from dartmath.engines import Completion, Generation, Request, create_engine
from dartmath.engines.config import OpenAIEngine
from dartmath.model import ModelSection
from dartmath.prompts.template import Prompt, Template

ASK = Request("q", Prompt("1, 2,", ({"role": "user", "content": "Count."},)), Generation(max_tokens=12), 0)
# A deadline for what must not wait for ever; a busy machine is far below it.
LONGEST = 60
PROBES = 2


def http(body: str | bytes, status: str = "200 OK") -> bytes:
    """A whole HTTP response."""
    data = body.encode() if isinstance(body, str) else body
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data


def completion(**changes: Any) -> bytes:
    """A good answer with some of its fields changed."""
    choice = {"text": "3, 4", "finish_reason": "length"}
    return http(json.dumps({"choices": [choice], "usage": {"completion_tokens": 4}, **changes}))


HOSTILE = {
    "more tokens than there are": completion(usage={"completion_tokens": 10**30}),
    "fewer tokens than none": completion(usage={"completion_tokens": -5}),
    "infinitely many tokens": completion(usage={"completion_tokens": float("inf")}),
    "tokens of 5000 digits": http('{"choices": [], "usage": ' + "9" * 5000 + "}"),
    "usage that is a list": completion(usage=[1]),
    "no message": completion(choices=[{"message": None, "finish_reason": "stop"}]),
    "a choice that is none": completion(choices=[None]),
    "choices that are a number": completion(choices=5),
    "a reason that is a number": completion(choices=[{"text": "x", "finish_reason": 7}]),
    "a text far longer than asked": completion(choices=[{"text": "x" * 10**6, "finish_reason": "stop"}]),
    "nested a hundred thousand times": http("[" * 100_000),
    "a list": http("[1]"),
    "an error in a good answer": http('{"error": {"message": "boom"}}'),
    "nothing": b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
    "a circle of redirections": b"HTTP/1.1 307 Look There\r\nLocation: /v1/completions\r\n"
    b"Connection: close\r\nContent-Length: 0\r\n\r\n",
    "a status that is none": http("{}", "999 Odd"),
    "no HTTP": b"\x00\x01\x02\r\n\r\n",
}


@asynccontextmanager
async def server(
    answer: bytes, *, from_request: int = PROBES, first: bytes | None = None
) -> AsyncIterator[str]:
    """The URL of a server that answers well until some request, and then with the same bytes always."""
    seen = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        head = await reader.readuntil(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
        body = await reader.readexactly(int(lengths[0].partition(b":")[2])) if lengths else b"{}"
        if b"/models" in head.partition(b"\r\n")[0]:
            writer.write(http('{"data": [{"id": "m", "owned_by": "test"}]}'))
        else:
            wanted = int(json.loads(body).get("n", 1))
            choices = [{"text": f" {seen}", "finish_reason": "length"}] * wanted
            writer.write(answer if seen >= from_request else first or completion(choices=choices))
            seen += 1
        await writer.drain()
        writer.close()

    made = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with made:
        yield f"http://127.0.0.1:{made.sockets[0].getsockname()[1]}/v1"


def ask(answer: bytes, times: int = 1, **keys: Any) -> list[Completion]:
    """What the engine makes of `times` requests, one after another."""
    settings = {"retries": 1, "patience": 0.5, "timeout": 30, **keys.pop("settings", {})}

    async def work() -> list[Completion]:
        async with server(answer, **keys) as url, asyncio.timeout(LONGEST):
            section = OpenAIEngine(base_urls=[url], **settings)
            async with create_engine(section, ModelSection(name="m"), Template("plain")) as engine:
                return [await engine.generate(ASK) for _ in range(times)]

    return asyncio.run(work())


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_answer_is_an_error_of_its_request_alone(what: str, stream: bool) -> None:
    (found,) = ask(HOSTILE[what], settings={"stream": stream})
    assert found.finish_reason == "error"
    assert found.error.startswith("given up after 2 tries; the last: http://127.0.0.1:")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request"])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_an_answer_without_end_is_not_read_to_its_end(status: str, coding: str, stream: bool) -> None:
    flood = b" " * (20 << 20)
    body = gzip.compress(flood, 1) if coding == "gzip" else flood
    kind = "text/event-stream" if stream else "application/json"
    head, _, data = http(body, status).partition(b"\r\n\r\n")
    head = head.replace(b"application/json", kind.encode()) + f"\r\nContent-Encoding: {coding}".encode()
    (found,) = ask(head + b"\r\n\r\n" + data, settings={"stream": stream})
    assert "an answer of more than 16," in found.error


def test_a_packed_answer_is_unpacked() -> None:
    answer = json.dumps({"choices": [{"text": "3, 4", "finish_reason": "stop"}], "usage": {}})
    head, _, data = http(gzip.compress(answer.encode())).partition(b"\r\n\r\n")
    (found,) = ask(head + b"\r\nContent-Encoding: gzip\r\n\r\n" + data)
    assert (found.text, found.finish_reason) == ("3, 4", "stop")


@pytest.mark.parametrize("what", HOSTILE)
def test_a_server_that_is_hostile_from_the_start_ends_the_run(what: str) -> None:
    with pytest.raises(EngineError, match="all servers are lost"):
        ask(HOSTILE[what], from_request=0)


@pytest.mark.parametrize("status", ["400 Bad Request", "422 Unprocessable"])
def test_a_server_that_refuses_to_be_got_to_know_ends_the_run(status: str) -> None:
    refusal = http('{"error": {"message": "temperature is at most 1"}}', status)
    with pytest.raises(EngineError, match=f"HTTP {status[:3]}: .*temperature is at most 1"):
        ask(refusal, from_request=0)


def test_another_model_during_a_run_ends_it() -> None:
    with pytest.raises(EngineError, match="now answers as 'b', and before as 'a'"):
        ask(completion(model="b"), times=3, from_request=PROBES + 1, first=completion(model="a"))


def test_a_server_that_does_not_speak_tls_is_named_with_a_reason() -> None:
    async def work() -> None:
        silent = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
        async with silent, asyncio.timeout(LONGEST):
            port = silent.sockets[0].getsockname()[1]
            section = OpenAIEngine(base_urls=[f"https://127.0.0.1:{port}/v1"], patience=0.5)
            async with create_engine(section, ModelSection(name="m"), Template("plain")):
                raise AssertionError

    with pytest.raises(EngineError, match=r"all servers are lost \(https://[^ ]+: \w+: \S"):
        asyncio.run(work())


def test_a_server_that_counts_no_tokens_is_told_of(capfd: pytest.CaptureFixture[str]) -> None:
    choice = {"text": "3, 4", "finish_reason": "length"}
    silent, counting = http(json.dumps({"choices": [choice]})), completion()
    ask(counting, first=counting)
    assert "how many tokens" not in capfd.readouterr().err
    ask(silent, first=silent)
    assert "does not say how many tokens its responses have" in capfd.readouterr().err


def test_texts_that_are_no_unicode_are_kept_as_far_as_they_are() -> None:
    (found,) = ask(http(b'{"choices": [{"text": "3\xff4", "finish_reason": "stop"}]}'))
    assert (found.text, found.finish_reason) == ("3\ufffd4", "stop")


def test_what_a_server_says_has_no_power_over_the_terminal() -> None:
    (found,) = ask(http('{"error": {"message": "\\u001b[2Jboom\\u0007"}}', "400 Bad"))
    assert r"\x1b[2Jboom\x07" in found.error and "\x1b" not in found.error
