"""What the remote engine makes of answers as servers give them: `answers.yaml` says who reported them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from dartmath.base.errors import EngineError
from dartmath.engines import Completion, Generation, Request, create_engine
from dartmath.engines.config import OpenAIEngine
from dartmath.model import ModelSection
from dartmath.prompts.template import Prompt, Template

CASES = yaml.safe_load(Path(__file__).with_name("answers.yaml").read_text(encoding="utf-8"))
PROMPT = Prompt("What is 3 + 4?", ({"role": "user", "content": "What is 3 + 4?"},))
ASK = Request("q", PROMPT, Generation(max_tokens=40), 0)
GOOD = {"message": {"content": "good"}, "text": "good", "finish_reason": "stop"}
PROBES, RETRIES, LONGEST = 2, 2, 60


def http(body: bytes, status: int = 200, kind: str = "application/json", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body


def told(case: dict[str, Any]) -> bytes:
    """The HTTP answer of a case."""
    if "sse" in case:
        return http("\n".join([*case["sse"], ""]).encode(), kind="text/event-stream")
    body = case.get("chat") or case.get("completions") or case["error"]
    return http(json.dumps(body).encode(), case.get("status", 200), **case.get("headers", {}))


@asynccontextmanager
async def server(case: dict[str, Any], seen: list[bytes]) -> AsyncIterator[str]:
    """A server that can be got to know, and then answers as the case tells, `wait` ones only a few times."""
    last = PROBES + (RETRIES + 3 if case.get("then") == "wait" else 10**9)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
        body = await reader.readexactly(int(lengths[0].partition(b":")[2])) if lengths else b"{}"
        if b"/models" in head.partition(b"\r\n")[0]:
            writer.write(http(b'{"data": [{"id": "m", "owned_by": "test"}]}'))
        else:
            wanted = json.loads(body)
            choice = {**GOOD, "message": {"content": f"good {len(seen)}"}, "text": f"good {len(seen)}"}
            usage = {"prompt_tokens": 3, "completion_tokens": 2}
            good = {"choices": [choice] * wanted.get("n", 1), "usage": usage}
            seen.append(body)
            answered = PROBES < len(seen) <= last
            writer.write(told(case) if answered else http(json.dumps(good).encode()))
        await writer.drain()
        writer.close()

    made = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with made:
        yield f"http://127.0.0.1:{made.sockets[0].getsockname()[1]}/v1"


def ask(case: dict[str, Any]) -> tuple[Completion, list[Any]]:
    """What the engine makes of a case, and the requests that it took."""
    seen: list[bytes] = []
    keys = {
        "endpoint": "completions" if "completions" in case else "chat",
        "stream": "sse" in case,
        "retries": RETRIES,
        "patience": 30,
    }

    async def work() -> Completion:
        async with server(case, seen) as url, asyncio.timeout(LONGEST):
            section = OpenAIEngine(base_urls=[url], **keys)
            async with create_engine(section, ModelSection(name="m"), Template("plain")) as engine:
                return await engine.generate(ASK)

    return asyncio.run(work()), [json.loads(body) for body in seen[PROBES:]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_an_answer_is_what_its_server_meant(case: dict[str, Any]) -> None:
    if case.get("then") == "lost":
        with pytest.raises(EngineError, match=case["says"]):
            ask(case)
        return
    found, requests = ask(case)
    tries = len(requests)
    if case.get("then") == "wait":
        assert (found.finish_reason, tries) == ("stop", RETRIES + 4)
    elif case.get("then") == "query":
        assert (found.finish_reason, tries) == ("error", 1)
        assert "tries" not in found.error
    elif case.get("then") == "room":
        assert [body["max_tokens"] for body in requests] == [40, case["room"]]
    elif case.get("then") == "again":
        assert (found.finish_reason, tries) == ("error", RETRIES + 1)
    else:
        assert (found.text, found.finish_reason) == (case["text"], case["finish"])
        assert getattr(found, "thoughts", None) == case.get("thoughts")
        assert found.completion_tokens == case.get("tokens", found.completion_tokens)
        assert found.logprob == case.get("logprob")


def test_a_withheld_response_says_nothing_of_its_query_and_a_refused_prompt_does() -> None:
    choice = {"message": {"content": "It"}, "finish_reason": "content_filter"}
    withheld, _ = ask({"chat": {"choices": [choice], "usage": {"completion_tokens": 1}}})
    assert (withheld.finish_reason, withheld.hopeless, withheld.final) == ("error", False, True)
    refused, _ = ask({"status": 400, "error": {"error": {"code": "content_filter", "param": "prompt"}}})
    assert (refused.finish_reason, refused.hopeless) == ("error", True)
