"""The remote engine against a real vLLM API server, of the interpreter in DARTMATH_VLLM_PYTHON."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from typing import Any

import pytest

from dartmath.engines import Completion, Generation, Request, create_engine
from dartmath.engines.config import OpenAIEngine
from dartmath.model import ModelSection
from dartmath.prompts.template import Prompt, Template, load_template
from engines.servers import vllm_server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def url(smollm2: str) -> Iterator[str]:
    python = os.environ.get("DARTMATH_VLLM_PYTHON")
    if not python:
        pytest.skip("set DARTMATH_VLLM_PYTHON to a Python interpreter that has vLLM")
    with vllm_server(python, smollm2) as base:
        yield base


async def ask(
    url: str, model: str, wanted: list[Request], **keys: Any
) -> tuple[list[Completion], dict[str, Any]]:
    section = OpenAIEngine(base_urls=[url], **keys)
    template = (keys.get("endpoint") == "chat" and load_template("chat")) or Template("plain")
    async with create_engine(section, ModelSection(name=model), template) as running:
        found = await asyncio.gather(*map(running.generate, wanted))
        return list(found), running.describe()["servers"][0]


@pytest.mark.parametrize("stream", [False, True])
def test_parameters_are_heeded(url: str, smollm2: str, stream: bool) -> None:
    count = Prompt("1, 2, 3, 4, 5, 6,")
    wild = Generation(temperature=1.5, top_p=0.95, max_tokens=16)
    stopping = Generation(temperature=0, max_tokens=40, stop=("9,",))
    wanted = [Request(f"{i}", count, wild, seed) for i, seed in enumerate((1, 1, 2))]
    found, server = asyncio.run(ask(url, smollm2, [*wanted, Request("s", count, stopping, 0)], stream=stream))
    first, again, other, stopped = found
    assert (server["kind"], server["ignores"]) == ("vllm", [])
    assert first.text == again.text != other.text
    assert (stopped.text, stopped.finish_reason) == (" 7, 8, ", "stop")
    assert stopped.prompt_tokens == 17


def test_the_chat_endpoint_equals_the_rendered_template(url: str, smollm2: str) -> None:
    from dartmath.model import load_tokenizer

    model = ModelSection(name=smollm2)
    prompt = load_template("chat").render("What is 2 + 3?", tokenizer=load_tokenizer(model))
    wanted = [Request("q", prompt, Generation(temperature=0, max_tokens=12), 0)]
    (chat,), _ = asyncio.run(ask(url, smollm2, wanted, endpoint="chat"))
    (text,), _ = asyncio.run(ask(url, smollm2, wanted))
    assert (chat.text, chat.prompt_tokens) == (text.text, text.prompt_tokens)


def test_a_prompt_longer_than_the_context_fails_alone(url: str, smollm2: str) -> None:
    long = Request("long", Prompt("word " * 2000), Generation(max_tokens=8), 0)
    (found,), _ = asyncio.run(ask(url, smollm2, [long]))
    assert found.finish_reason == "error"
    assert "1024" in found.error
