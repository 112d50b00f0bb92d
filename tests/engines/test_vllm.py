"""The vLLM engine, with the real vLLM and a real small model; skipped where vLLM is not installed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from dartmath.base.errors import ConfigError, MissingDependencyError
from dartmath.engines import Completion, Generation, Request, create_engine
from dartmath.engines.config import VllmEngine
from dartmath.model import ModelSection
from dartmath.prompts.template import Prompt, Template

try:
    import vllm
except ImportError:
    vllm = None

needs_vllm = pytest.mark.skipif(vllm is None, reason="vLLM is not installed: pip install 'dartmath[vllm]'")
COUNT = Prompt("1, 2, 3, 4, 5, 6,")
GREEDY = Generation(temperature=0, max_tokens=6)


class Live:
    def __init__(self, model: str) -> None:
        section = VllmEngine(concurrency=8, max_model_len=1024)
        self.engine: Any = create_engine(section, ModelSection(name=model), Template("plain", stop=("zzz",)))
        self.runner = asyncio.Runner()
        self.runner.run(self.engine.__aenter__())

    def generate(self, wanted: Sequence[Request]) -> list[Completion]:
        async def main() -> list[Completion]:
            found: list[Completion] = await asyncio.gather(*map(self.engine.generate, wanted))
            return found

        return self.runner.run(main())


@pytest.fixture(scope="module")
def live(smollm2: str) -> Iterator[Live]:
    made = Live(smollm2)
    with made.runner:
        yield made
        made.runner.run(made.engine.__aexit__())


@needs_vllm
@pytest.mark.slow
def test_greedy_texts_counts_and_finish_reasons(live: Live) -> None:
    found = live.generate([Request(str(i), COUNT, GREEDY, i) for i in range(12)])
    assert {c.text for c in found} == {" 7, 8,"}
    assert {(c.finish_reason, c.completion_tokens) for c in found} == {("length", 6)}
    assert {c.prompt_tokens for c in found} == {len(live.engine.tokenizer.encode(COUNT.text))}


@needs_vllm
@pytest.mark.slow
def test_seeds_and_stop_strings(live: Live) -> None:
    wild = Generation(temperature=1.5, top_p=0.95, max_tokens=16)
    stopping = Generation(temperature=0, max_tokens=40, stop=("9,",))
    wanted = [Request(f"w{i}", COUNT, wild, seed) for i, seed in enumerate((1, 1, 2))]
    first, again, other, stopped = live.generate([*wanted, Request("s", COUNT, stopping, 0)])
    assert first.text == again.text != other.text
    assert (stopped.text, stopped.finish_reason) == (" 7, 8, ", "stop")


@needs_vllm
@pytest.mark.slow
def test_a_prompt_longer_than_the_context_fails_alone(live: Live) -> None:
    long, good = live.generate(
        [Request("long", Prompt("word " * 2000), GREEDY, 0), Request("good", COUNT, GREEDY, 0)]
    )
    assert long.finish_reason == "error"
    assert "context of 1024" in long.error
    assert good.text == " 7, 8,"


@needs_vllm
@pytest.mark.slow
def test_cancelling_aborts(live: Live) -> None:
    endless = Generation(temperature=1.0, max_tokens=1000)

    async def main() -> Completion:
        tasks = [
            asyncio.create_task(live.engine.generate(Request(f"c{i}", COUNT, endless, i))) for i in range(8)
        ]
        await asyncio.sleep(1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        found: Completion = await live.engine.generate(Request("after", COUNT, GREEDY, 0))
        return found

    assert live.runner.run(main()).text == " 7, 8,"


@needs_vllm
@pytest.mark.slow
def test_an_unknown_option_is_a_config_error(smollm2: str) -> None:
    engine = create_engine(VllmEngine(options={"no_such": 1}), ModelSection(name=smollm2), Template("plain"))
    with pytest.raises(ConfigError, match="no_such"):
        asyncio.run(engine.__aenter__())


@pytest.mark.skipif(vllm is not None, reason="vLLM is installed")
def test_without_vllm_the_error_says_how_to_install_it() -> None:
    with pytest.raises(MissingDependencyError, match=r"pip install 'dartmath\[vllm\]'"):
        create_engine(VllmEngine(), ModelSection(name="any/model"), Template("plain"))
