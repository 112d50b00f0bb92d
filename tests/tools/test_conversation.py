"""Tool calls in chat format, through the engine that talks to servers: a scripted one and a llama.cpp."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from dartmath.base.errors import ConfigError
from dartmath.engines import Completion, Generation, Request, create_engine
from dartmath.engines.config import OpenAIEngine, TransformersEngine
from dartmath.model import ModelSection
from dartmath.prompts.template import Prompt, load_template
from dartmath.tools import ToolEngine, ToolsSection
from dartmath.tools.isolation import Isolation
from engines.servers import llama_server

ASKED = Prompt(None, ({"role": "user", "content": "What is 6 * 7?"},))


def call(code: str, name: str = "python", **message: Any) -> dict[str, Any]:
    """A message that calls the tool as servers give it."""
    function = {"name": name, "arguments": code if name != "python" else json.dumps({"code": code})}
    calls = [{"id": "x", "type": "function", "function": function}]
    return {"role": "assistant", "content": None, "tool_calls": calls, **message}


@contextmanager
def scripted(messages: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server that answers with these messages, the last one from then on, and what it was asked."""
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send({"object": "list", "data": [{"id": "m", "object": "model", "owned_by": "vllm"}]})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            message: dict[str, Any] = {"role": "assistant", "content": "Hello."}
            if "tools" in body:
                asked.append(body)
                message = messages[min(len(asked), len(messages)) - 1]
            reason = "tool_calls" if message.get("tool_calls") else "stop"
            choice = {"index": 0, "message": message, "finish_reason": reason}
            usage = {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14}
            self._send({"model": "m", "choices": [choice], "usage": usage})

        def _send(self, answer: dict[str, Any]) -> None:
            data = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", asked
        server.shutdown()


def respond(url: str, tokens: int = 100, model: str = "m", **options: Any) -> Completion:
    """The response of a chat model at `url` that may call the tool."""
    extra = options.pop("extra_body", {})
    section = OpenAIEngine(base_urls=[url], endpoint="chat", concurrency=1, timeout=60, extra_body=extra)

    async def go() -> Completion:
        inner = create_engine(section, ModelSection(name=model), load_template("chat"))
        async with ToolEngine(inner, ToolsSection(form="calls", **options)) as engine:
            return await engine.generate(Request("q", ASKED, Generation(0.0, max_tokens=tokens), 5))

    return asyncio.run(go())


def test_a_call_runs_and_the_conversation_goes_on(isolation: Isolation) -> None:
    script = [call("x = 6 * 7\nx", content="Let me see."), {"content": "It is \\boxed{42}."}]
    with scripted(script) as (url, asked):
        found = respond(url)
    block = "```python\nx = 6 * 7\nx\n```\n```output\n42\n```\n"
    assert found.text == f"Let me see.\n{block}It is \\boxed{{42}}."
    assert (found.finish_reason, found.completion_tokens, found.prompt_tokens) == ("stop", 10, 18)
    assert found.details["tools"] == {"ok": 1, "error": 0, "timeout": 0, "refused": 0}
    assert [one["max_tokens"] for one in asked] == [100, 95]
    assert asked[0]["tools"][0]["function"]["name"] == "python"
    user, turn, answer = asked[1]["messages"]
    assert user == ASKED.messages[0]
    assert json.loads(turn["tool_calls"][0]["function"]["arguments"]) == {"code": "x = 6 * 7\nx"}
    assert (answer["role"], answer["content"]) == ("tool", "42")
    assert answer["tool_call_id"] == turn["tool_calls"][0]["id"]


def test_calls_that_a_server_leaves_in_the_text_run_too_and_keep_their_variables(
    isolation: Isolation,
) -> None:
    mark = '<tool_call>\n{{"name": "python", "arguments": {{"code": "{}"}}}}\n</tool_call>'
    script = [{"content": mark.format("a = 6") + mark.format("7 * a")}, {"content": "42"}]
    with scripted(script) as (url, asked):
        found = respond(url)
    assert found.text.endswith("```output\n42\n```\n42") and "tool_call" not in found.text
    assert found.details["tools"]["ok"] == 2
    assert [message["content"] for message in asked[1]["messages"][2:]] == ["", "42"]


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (call("{'code': 1}", name="weather"), "there is no tool 'weather'"),
        (call("1", content="<tool_call>{</tool_call>"), "not JSON"),
        (call("1 / 0"), "ZeroDivisionError"),
    ],
)
def test_what_cannot_be_run_is_an_outcome_and_told_to_the_model(
    message: dict[str, Any], told: str, isolation: Isolation
) -> None:
    with scripted([message, {"content": "Sorry."}]) as (url, asked):
        found = respond(url)
    assert found.details["tools"]["error"] == 1 and found.text.endswith("Sorry.")
    assert told in found.text and told in asked[1]["messages"][-1]["content"]
    # Some servers refuse a conversation with arguments that are no JSON.
    for one in asked[1]["messages"][1]["tool_calls"]:
        json.loads(one["function"]["arguments"])


def test_calls_are_limited_in_one_turn_and_in_many(isolation: Isolation) -> None:
    with scripted([call("1")]) as (url, asked):
        found = respond(url, calls=2)
    assert found.details["tools"] == {"ok": 2, "error": 0, "timeout": 0, "refused": 2}
    assert found.finish_reason == "length" and len(asked) == 4
    many = call("1")
    many["tool_calls"] *= 100
    with scripted([many]) as (url, asked):
        found = respond(url, calls=2)
    assert (found.details["tools"]["ok"], len(asked)) == (2, 1)


def test_the_last_tokens_end_the_response(isolation: Isolation) -> None:
    with scripted([call("1")]) as (url, asked):
        found = respond(url, tokens=5)
    assert (found.finish_reason, len(asked)) == ("length", 1)


@pytest.mark.parametrize("form", ["calls", "fenced"])
def test_an_engine_that_cannot_do_it_says_what_to_change(form: Any, isolation: Isolation) -> None:
    class Continuing:
        """An engine that continues texts, or the chat endpoint of a server."""

        section = TransformersEngine() if form == "calls" else OpenAIEngine(endpoint="chat")
        concurrency = 1

        async def __aenter__(self) -> Continuing:
            return self

        async def __aexit__(self, *exc: object) -> None: ...

        async def generate(self, request: Request) -> Completion:
            raise AssertionError

        def describe(self) -> dict[str, Any]:
            return {}

    async def go() -> None:
        async with ToolEngine(Continuing(), ToolsSection(form=form)) as engine:
            await engine.generate(Request("q", ASKED, Generation(), 0))

    with pytest.raises(ConfigError, match="endpoint: chat" if form == "calls" else "form: calls"):
        asyncio.run(go())


def test_a_real_server_takes_the_conversation(isolation: Isolation) -> None:
    """SmolLM2 was not trained for it: a grammar leaves it the number, and then the server takes no tools."""
    before = r"<tool_call>{\"name\": \"python\", \"arguments\": {\"code\": \"print(6 * "
    grammar = f'root ::= "{before}" [1-9] ")' + r'\"}}</tool_call>"'
    options = {"grammar": grammar, "tools": None}
    with llama_server() as url:
        found = respond(url, tokens=200, model="smollm2-135m-instruct", calls=2, extra_body=options)
    assert found.details["tools"] == {"ok": 2, "error": 0, "timeout": 0, "refused": 1}
    assert found.text.startswith("```python\nprint(6 * 7)\n```\n```output\n42\n```\n")
    assert found.answered_by is not None and found.finish_reason == "length"
