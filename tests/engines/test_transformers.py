"""The embedded engine with a real small model on the CPU."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from dartmath.base.errors import DataError, EngineError
from dartmath.engines import Completion, Generation, Request, create_engine
from dartmath.engines.config import TransformersEngine
from dartmath.model import ModelSection, load_model, load_tokenizer
from dartmath.prompts.template import Prompt, Template, load_template

GREEDY = Generation(temperature=0, max_tokens=24)
SAMPLED = Generation(temperature=0.8, top_p=0.95, max_tokens=10)
QUESTIONS = (
    "What is 2 + 3?",
    "Tom has 7 apples and buys 5 more. How many apples does he have? Answer with a number.",
    "Name three colours.",
    "Say hello.",
    "A train drives 60 km per hour for 3 hours. How far does it get? Think step by step, then answer.",
)


def chat(question: str, model: ModelSection) -> Prompt:
    return load_template("chat").render(question, tokenizer=load_tokenizer(model))


def requests(model: ModelSection, generation: Generation, seeds: Sequence[int] = (0,)) -> list[Request]:
    return [Request(f"{q}:{s}", chat(q, model), generation, s) for q in QUESTIONS for s in seeds]


class Live:
    """A running engine and the event loop it lives in."""

    def __init__(self, model: ModelSection, slots: int) -> None:
        self.model = model
        self.engine = create_engine(
            TransformersEngine(concurrency=slots, device="cpu"), model, Template("none")
        )
        self.runner = asyncio.Runner()
        self.runner.run(self.engine.__aenter__())

    def generate(self, wanted: Sequence[Request]) -> list[Completion]:
        async def main() -> list[Completion]:
            return await asyncio.gather(*map(self.engine.generate, wanted))

        return self.runner.run(main())


def test_a_stop_while_the_model_loads_leaves_no_thread(smollm2: str, monkeypatch: pytest.MonkeyPatch) -> None:
    failures: list[object] = []
    monkeypatch.setattr(threading, "excepthook", failures.append)
    others = set(threading.enumerate())
    section, model = TransformersEngine(device="cpu"), ModelSection(name=smollm2)

    async def stop_at_once() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01), create_engine(section, model, Template("none")):
                raise AssertionError

    asyncio.run(stop_at_once())
    for thread in set(threading.enumerate()) - others:
        thread.join(300)
        assert not thread.is_alive()
    assert not failures


@pytest.fixture(scope="module")
def exact(smollm2: str) -> ModelSection:
    return ModelSection(name=smollm2, dtype="float32")


@pytest.fixture(scope="module")
def live(exact: ModelSection) -> Iterator[Live]:
    made = Live(exact, slots=4)
    with made.runner:
        yield made
        made.runner.run(made.engine.__aexit__())


def reference(model: Any, tokenizer: Any, prompt: str, limit: int) -> str:
    """What transformers' own `generate` says, greedily."""
    inputs = tokenizer(prompt, return_tensors="pt", add_special_tokens=False)
    out = model.generate(**inputs, do_sample=False, max_new_tokens=limit, pad_token_id=0)
    return str(tokenizer.decode(out[0, inputs.input_ids.shape[1] :], skip_special_tokens=True))


def test_greedy_equals_transformers_generate_while_rows_join_and_leave(live: Live) -> None:
    model, tokenizer = load_model(live.model, "cpu"), load_tokenizer(live.model)
    limits = (3, 10, 6, 12, 8)
    wanted = [
        Request(q, chat(q, live.model), Generation(temperature=0, max_tokens=n), 0)
        for q, n in zip(QUESTIONS, limits, strict=True)
    ]
    texts = [reference(model, tokenizer, r.prompt.text or "", n) for r, n in zip(wanted, limits, strict=True)]
    assert [c.text for c in live.generate(wanted)] == texts


def test_a_seed_fixes_the_text_whatever_is_decoded_beside_it(live: Live) -> None:
    crowd = requests(live.model, SAMPLED, seeds=(1, 2))
    together = dict(zip((r.id for r in crowd), live.generate(crowd), strict=True))
    backwards = dict(zip((r.id for r in crowd[::-1]), live.generate(crowd[::-1]), strict=True))
    assert {i: c.text for i, c in together.items()} == {i: c.text for i, c in backwards.items()}
    assert len({together[f"{QUESTIONS[1]}:{seed}"].text for seed in (1, 2)}) == 2


def test_token_counts_and_finish_reasons(live: Live) -> None:
    tokenizer = load_tokenizer(live.model)
    short = Request("s", chat("Name three colours.", live.model), Generation(temperature=0, max_tokens=5), 0)
    whole = Request("w", chat("Say hello.", live.model), Generation(temperature=0, max_tokens=60), 0)
    cut, ended = live.generate([short, whole])
    assert (cut.finish_reason, cut.completion_tokens) == ("length", 5)
    assert cut.prompt_tokens == len(tokenizer.encode(short.prompt.text))
    assert ended.finish_reason == "stop"
    assert ended.completion_tokens == len(tokenizer.encode(ended.text)) + 1


def test_stop_strings_end_a_response_and_are_not_part_of_it(live: Live) -> None:
    prompt = Prompt("1, 2, 3, 4, 5, 6,")
    stopping = Generation(temperature=0, max_tokens=24, stop=("9, 1", "zzz"))
    free, stopped = live.generate([Request("free", prompt, GREEDY, 0), Request("stop", prompt, stopping, 0)])
    assert "9, 1" in free.text
    assert stopped.text == free.text.partition("9, 1")[0]
    assert stopped.finish_reason == "stop"
    assert stopped.completion_tokens < free.completion_tokens


def test_a_prompt_longer_than_the_context_fails_alone(live: Live) -> None:
    wanted = [
        Request("long", Prompt("word " * 9000), GREEDY, 0),
        Request("empty", Prompt(""), GREEDY, 0),
        Request("good", chat("Say hello.", live.model), GREEDY, 0),
    ]
    long, empty, good = live.generate(wanted)
    assert long.finish_reason == "error"
    assert "9001 tokens" in long.error
    assert "8192" in long.error
    assert empty.finish_reason == "error"
    assert good.finish_reason in ("stop", "length")


def test_cancelling_frees_the_slots(live: Live) -> None:
    endless = Generation(temperature=0.8, max_tokens=8000)

    async def main() -> Completion:
        hogs = [Request(f"hog{i}", Prompt("1, 2, 3,"), endless, i) for i in range(4)]
        running = [asyncio.create_task(live.engine.generate(r)) for r in hogs]
        await asyncio.sleep(0.3)
        guest = asyncio.create_task(live.engine.generate(Request("guest", Prompt("1, 2,"), GREEDY, 0)))
        await asyncio.sleep(0.1)
        for task in running:
            task.cancel()
        return await guest

    assert live.runner.run(main()).completion_tokens == 24


def test_describe_says_what_runs(live: Live) -> None:
    found = live.engine.describe()
    assert found["kind"] == "transformers"
    assert (found["device"], found["dtype"]) == ("cpu", "float32")
    assert set(found["versions"]) == {"torch", "transformers"}


def test_a_closed_engine_says_so(exact: ModelSection) -> None:
    async def main() -> None:
        engine = create_engine(TransformersEngine(concurrency=1, device="cpu"), exact, Template("none"))
        async with engine:
            endless = Generation(max_tokens=8000)
            pending = asyncio.create_task(engine.generate(Request("a", Prompt("1,"), endless, 0)))
            await asyncio.sleep(0.1)
        with pytest.raises(EngineError, match="closed"):
            await pending
        with pytest.raises(EngineError, match="closed"):
            await engine.generate(Request("b", Prompt("1,"), GREEDY, 0))

    asyncio.run(main())


def test_a_folder_without_weights_is_a_clear_error(exact: ModelSection, tmp_path: Path) -> None:
    for file in Path(exact.name).glob("*.json"):
        shutil.copy(file, tmp_path)
    with pytest.raises(DataError, match="cannot load the model"):
        Live(ModelSection(name=str(tmp_path)), slots=1)
