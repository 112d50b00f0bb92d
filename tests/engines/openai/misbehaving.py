"""An OpenAI-compatible server that answers at once, late, wrongly or not at all, as it is told.

    python misbehaving.py KEY=VALUE ...      fields of `Mood`; prints its port

It runs in a process of its own, so that the CPU time of a client is the client's alone.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import subprocess
import sys
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

_EARLY = 6
_LENGTH = re.compile(rb"(?i)content-length: *(\d+)")


@dataclass
class Mood:
    """How the server behaves.

    A response takes `seconds`, and `long` times that for three seeds in ten; it has `tokens` words. From
    `begin` to `end` seconds after the first request for a response every answer has `status`, and a share
    `faults` of all others is one of `kinds`. A prompt and its limit have no more than `context` words. At
    most `slots` requests are served at once, the rest refused. A message has `musings` in a field of that
    name, and of its tokens so many are `cached` and `reasoning`; where the server `caches`, all of a prompt
    that is among the last ones it `remembers`. Of `n` responses to a request, `several` says what is given:
    "seeds", each by a seed of its own, counted on; "own", by seeds that nobody knows; "copies"; "tiring",
    as "seeds" at first and then copies; "first", as "seeds", with the tokens of the first alone counted; and
    nothing, one response only. Tokens are counted in so many answers as it `counts`, and no more. More than
    `most`, and more than `later` after a few requests, are refused with the status `refusal`.
    """

    model: str = "m"
    echo: str = ""
    seconds: float = 0.0
    long: float = 1.0
    tokens: int = 60
    status: int = 429
    begin: float = 0.0
    end: float = 0.0
    faults: float = 0.0
    kinds: str = "500 429 garbage half hang"
    context: int = 0
    slots: int = 10**9
    limit_name: str = ""
    musings: str = ""
    cached: int = 0
    reasoning: int = 0
    caches: bool = False
    remembers: int = 10**9
    several: str = ""
    counts: int = 10**9
    most: int = 128
    later: int = 0
    refusal: int = 400


class Server(asyncio.Protocol):
    """One connection."""

    mood = Mood()
    began = 0.0
    busy = taken = 0
    random = random.Random(1)
    read: OrderedDict[str, None] = OrderedDict()

    def connection_made(self, transport: Any) -> None:
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            found = _LENGTH.search(self.buffer[:end])
            size = end + 4 + (int(found[1]) if found else 0)
            if len(self.buffer) < size:
                return
            line, body = self.buffer.split(b"\r\n", 1)[0], self.buffer[end + 4 : size]
            self.buffer = self.buffer[size:]
            self.take(line, body)

    def take(self, line: bytes, body: bytes) -> None:
        if b"/models" in line:
            self.send(200, {"data": [{"id": self.mood.model, "owned_by": "test"}]})
            return
        request, cls = json.loads(body), type(self)
        cls.began = cls.began or time.monotonic()
        cls.busy += 1
        cls.taken += 1
        long = any(_is_long(seed, request) for seed in self.seeds(request))
        seconds = self.mood.seconds * (self.mood.long if long else 1.0)
        asyncio.get_running_loop().call_later(seconds, self.reply, request)

    def reply(self, request: dict[str, Any]) -> None:
        mood, cls = self.mood, type(self)
        over, cls.busy = cls.busy > mood.slots, cls.busy - 1
        now = time.monotonic() - cls.began
        prompt = request.get("prompt") or request["messages"][-1]["content"]
        limit = request.get("max_completion_tokens") or request.get("max_tokens") or 16
        words = len(prompt.split())
        if over or mood.begin <= now < mood.end:
            self.send(429 if over else mood.status, {"error": {"message": "not now"}})
        elif mood.limit_name and mood.limit_name not in request:
            self.send(400, {"error": {"message": f"unsupported; use '{mood.limit_name}'"}})
        elif mood.context and words + limit > mood.context:
            text = f"maximum context length is {mood.context} tokens. However, you requested more "
            text += f"({words} in the messages, {limit} in the completion)"
            self.send(400, {"error": {"message": text}})
        elif request.get("n", 1) > (most := mood.later if mood.later and cls.taken > _EARLY else mood.most):
            said = f"n must be at most {most}"
            good = mood.refusal < 400
            self.send(mood.refusal, {"message": said} if good else {"error": {"message": said}})
        elif self.random.random() < mood.faults:
            self.fault(self.random.choice(mood.kinds.split()))
        else:
            self.send(200, self.answer(request, words, limit))

    def seeds(self, request: dict[str, Any]) -> list[int]:
        """Of each of its responses."""
        count = request.get("n", 1) if self.mood.several else 1
        tired = self.mood.several == "tiring" and type(self).taken > _EARLY
        step = 0 if tired else {"copies": 0, "own": 1000}.get(self.mood.several, 1)
        own = self.mood.several == "own" and count > 1
        return [request.get("seed", 0) + step * (i + own) for i in range(count)]

    def answer(self, request: dict[str, Any], words: int, limit: int) -> dict[str, Any]:
        seeds = self.seeds(request)
        tokens = [min(limit, self.mood.tokens * (5 if _is_long(seed, request) else 1)) for seed in seeds]
        choices = [self.choice(request, *one) for one in zip(seeds, tokens, strict=True)]
        for place, choice in enumerate(choices):
            choice["index"] = place
        counted = tokens[:1] if self.mood.several == "first" else tokens
        usage: dict[str, Any] = {"prompt_tokens": words, "completion_tokens": sum(counted)}
        prompt = request.get("prompt") or request["messages"][-1]["content"]
        hit = self.mood.caches and prompt in self.read
        usage["prompt_tokens_details"] = {"cached_tokens": words if hit else self.mood.cached}
        self.read[prompt] = None
        self.read.move_to_end(prompt)
        if len(self.read) > self.mood.remembers:
            self.read.popitem(last=False)
        usage["completion_tokens_details"] = {"reasoning_tokens": self.mood.reasoning}
        # The last is the first one sent: who reads them has to look at their places.
        found = {"model": self.mood.echo or self.mood.model, "choices": choices[::-1]}
        return found if type(self).taken > self.mood.counts else {**found, "usage": usage}

    def choice(self, request: dict[str, Any], seed: int, tokens: int) -> dict[str, Any]:
        number = re.findall(r"(\d+)\?", request.get("prompt") or request["messages"][-1]["content"])
        said = number[-1] if number and seed % 2 else "-1"
        body = " ".join(f"w{(seed >> i % 16) % 97}" for i in range(max(1, tokens - 6)))
        text = f"{body} {seed}. The answer is \\boxed{{{said}}}."
        message = {"content": text, **({"musings": self.mood.musings} if self.mood.musings else {})}
        return {"text": text, "message": message, "finish_reason": "stop"}

    def fault(self, kind: str) -> None:
        if kind.isdigit():
            self.send(int(kind), {"error": {"message": "injected"}})
        elif kind == "garbage":
            self.write(200, b"<html>It works!</html>", 22)
        elif kind == "half":
            self.write(200, b'{"choices": [{"te', 500)
            self.transport.close()

    def send(self, status: int, row: dict[str, Any]) -> None:
        data = json.dumps(row).encode()
        self.write(status, data, len(data))

    def write(self, status: int, data: bytes, length: int) -> None:
        head = f"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        if not self.transport.is_closing():
            self.transport.write(head.encode() + data)


def _is_long(seed: int, request: dict[str, Any]) -> bool:
    return seed % 10 < 3 and (request.get("max_tokens") or 0) > 24


@contextmanager
def misbehaving(**mood: Any) -> Iterator[str]:
    """The URL of a running server in that mood."""
    command = [sys.executable, str(Path(__file__)), *(f"{name}={value}" for name, value in mood.items())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.kill()


async def _main() -> None:
    kinds = {field.name: type(getattr(Mood(), field.name)) for field in fields(Mood)}
    pairs = (argument.split("=", 1) for argument in sys.argv[1:])
    Server.mood = Mood(**{name: kinds[name](value) for name, value in pairs})
    made = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0, backlog=4096)
    print(made.sockets[0].getsockname()[1], flush=True)
    await made.serve_forever()


if __name__ == "__main__":
    import resource

    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(_main())
