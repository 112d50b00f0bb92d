"""The remote engine against a real llama.cpp server, directly and through a proxy that injects faults."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from dartmath.base.errors import ConfigError, EngineError
from dartmath.engines import Completion, Engine, Generation, Request, create_engine
from dartmath.engines.config import OpenAIEngine
from dartmath.model import ModelSection, load_model, load_tokenizer
from dartmath.prompts.template import Prompt, Template, load_template
from engines.servers import Proxy, llama_server, proxy, reserved_port

T = TypeVar("T")
MODEL = ModelSection(name="smollm2-135m-instruct")
PLAIN = Template("plain")
COUNT = Prompt("1, 2, 3, 4, 5, 6,", ({"role": "user", "content": "Count to nine."},))
GREEDY = Generation(temperature=0, max_tokens=6)


@pytest.fixture(scope="module")
def llama() -> Iterator[str]:
    with llama_server() as url:
        yield url


def engine(*urls: str, template: Template = PLAIN, **keys: Any) -> Any:
    section = OpenAIEngine(base_urls=list(urls), **{"timeout": 60, "concurrency": 4, **keys})
    return create_engine(section, MODEL, template)


def count(seed: int = 0, generation: Generation = GREEDY) -> Request:
    return Request(f"count:{seed}", COUNT, generation, seed)


async def many(running: Engine, number: int, generation: Generation = GREEDY) -> list[Completion]:
    return await asyncio.gather(*(running.generate(count(seed, generation)) for seed in range(number)))


def assert_all_answered(found: list[Completion], *servers: Proxy) -> None:
    """Every request has a whole response, and each is one that a server gave.

    Not always the same text: llama.cpp, when connections break off, may decode one in a slot with
    left-overs of another.
    """
    assert {(c.finish_reason, c.completion_tokens) for c in found} == {("length", GREEDY.max_tokens)}
    said = Counter(text for server in servers for text in server.said)
    assert Counter(c.text for c in found) <= said
    assert said[" 7, 8,"]


def run(work: Callable[[], Awaitable[T]]) -> T:
    async def main() -> T:
        return await work()

    return asyncio.run(main())


@pytest.mark.parametrize("stream", [False, True])
def test_completions_of_a_real_server(llama: str, stream: bool) -> None:
    async def work() -> list[Completion]:
        async with engine(llama, stream=stream) as running:
            return await many(running, 3)

    found = run(work)
    assert {c.text for c in found} == {" 7, 8,"}
    assert {c.finish_reason for c in found} == {"length"}
    assert {c.completion_tokens for c in found} == {6}
    assert found[0].prompt_tokens == 17


def test_the_chat_endpoint_equals_the_rendered_chat_template(llama: str, smollm2: str) -> None:
    """The server's template and ours, with the beginning-of-text token once."""
    template = load_template("chat")

    async def ask(endpoint: str) -> Completion:
        section = OpenAIEngine(base_urls=[llama], endpoint=endpoint)
        running: Any
        async with create_engine(section, ModelSection(name=smollm2), template) as running:
            prompt = template.render("What is 2 + 3?", tokenizer=running.tokenizer)
            found: Completion = await running.generate(
                Request("q", prompt, Generation(temperature=0, max_tokens=12), 0)
            )
            return found

    chat, completions = run(lambda: ask("chat")), run(lambda: ask("completions"))
    assert chat.text == completions.text
    assert chat.prompt_tokens == completions.prompt_tokens


def test_seeds_and_stop_strings_reach_the_server(llama: str) -> None:
    async def work() -> list[Completion]:
        wild = Generation(temperature=1.5, max_tokens=12)
        stopping = Generation(temperature=0, max_tokens=40, stop=("9,",))
        async with engine(llama, concurrency=1) as running:
            sampled = [await running.generate(count(seed, wild)) for seed in (1, 1, 2)]
            return [*sampled, await running.generate(count(generation=stopping))]

    first, again, other, stopped = run(work)
    assert first.text == again.text != other.text
    assert (stopped.text, stopped.finish_reason) == (" 7, 8, ", "stop")


@pytest.mark.parametrize(("endpoint", "asked"), [("chat", True), ("completions", 1)])
def test_log_probabilities_of_a_real_server_are_kept_as_their_mean(
    llama: str, smollm2: str, endpoint: Any, asked: object
) -> None:
    """Of greedy tokens: the sampled text is as likely, token by token, as the model itself says."""
    model = ModelSection(name=smollm2, dtype="float32")
    prompt = load_template("chat").render("Count to five.", tokenizer=load_tokenizer(model))
    request = Request("count", prompt, Generation(temperature=0, max_tokens=8), 0)

    async def main() -> Completion:
        keys = {"endpoint": endpoint, "extra_body": {"logprobs": asked}}
        async with engine(llama, **keys) as running:
            found: Completion = await running.generate(request)
            return found

    found = asyncio.run(main())
    torch = pytest.importorskip("torch")
    own, tokenizer = load_model(model, "cpu"), load_tokenizer(model)
    before = tokenizer(prompt.text, return_tensors="pt", add_special_tokens=False).input_ids
    after = tokenizer(found.text, return_tensors="pt", add_special_tokens=False).input_ids
    with torch.inference_mode():
        logits = own(torch.cat((before, after), dim=1)).logits[0, before.shape[1] - 1 : -1]
    mean = logits.log_softmax(-1).gather(-1, after[0, :, None]).mean()
    assert found.logprob == pytest.approx(float(mean), abs=0.2)


def test_a_prompt_longer_than_the_context_fails_alone_and_at_once(llama: str) -> None:
    async def work() -> tuple[Completion, int, Completion]:
        async with proxy(llama) as between, engine(between.url) as running:
            before = between.seen
            long = await running.generate(Request("long", Prompt("word " * 3000), GREEDY, 0))
            return long, between.seen - before, await running.generate(count())

    long, tries, good = run(work)
    assert long.finish_reason == "error"
    assert "context" in long.error
    assert tries == 1
    assert good.text == " 7, 8,"


@pytest.mark.parametrize("stream", [False, True])
def test_a_third_of_all_answers_wrong_and_yet_every_request_is_answered(llama: str, stream: bool) -> None:
    dice = random.Random(7)
    kinds = ("500", "429", "503", "garbage", "empty", "half", "nothing")

    def fault(number: int) -> str:
        return dice.choice(kinds) if number > 1 and dice.random() < 0.3 else ""

    async def work() -> tuple[list[Completion], Proxy]:
        async with proxy(llama, fault) as between, engine(between.url, stream=stream) as running:
            return await many(running, 40), between

    found, between = run(work)
    assert_all_answered(found, between)
    assert len(between.faults) >= 6


def test_a_request_that_keeps_failing_becomes_an_error_of_its_own(llama: str) -> None:
    def fault(number: int) -> str:
        return "500" if number > 1 else ""

    async def work() -> Completion:
        async with proxy(llama, fault) as between, engine(between.url, retries=2) as running:
            found: Completion = await running.generate(count())
            return found

    found = run(work)
    assert found.finish_reason == "error"
    assert "3 tries" in found.error
    assert "HTTP 500" in found.error


def test_a_request_that_failed_is_sent_to_another_server(llama: str) -> None:
    async def work() -> list[Completion]:
        async with (
            proxy(llama, lambda number: "500" if number > 1 else "") as failing,
            proxy(llama) as healthy,
            engine(failing.url, healthy.url) as running,
        ):
            while len(running.describe()["servers"]) < 2:
                await asyncio.sleep(0.05)
            # Trials of one prompt go to one server as long as it has room: more than that reach both.
            found = await many(running, 8)
            assert failing.faults["500"] >= 1
            assert_all_answered(found, failing, healthy)
            return found

    assert {one.error for one in run(work)} == {""}


def test_one_server_dies_for_good_and_the_other_takes_over(llama: str) -> None:
    def fault(number: int) -> str:
        return "nothing" if number > 5 else ""

    async def work() -> tuple[list[Completion], list[Proxy], dict[str, Any]]:
        async with (
            proxy(llama, fault) as dying,
            proxy(llama) as healthy,
            engine(dying.url, healthy.url) as running,
        ):
            while len(running.describe()["servers"]) < 2:
                await asyncio.sleep(0.05)
            found = await many(running, 40)
            states = {row["url"]: row["state"] for row in running.servers()}
            return found, [dying, healthy], {"dying": states[dying.url], "healthy": states[healthy.url]}

    found, servers, states = run(work)
    assert_all_answered(found, *servers)
    assert states["healthy"] == "up"
    assert states["dying"] in ("down", "trying")


def test_all_servers_dead_stops_with_their_names_and_the_way_out(llama: str) -> None:
    def fault(number: int) -> str:
        return "500" if number > 1 else ""

    async def work() -> None:
        async with proxy(llama, fault) as between, engine(between.url, patience=1.5, retries=50) as running:
            with pytest.raises(EngineError, match=rf"all servers are lost .*{between.url}.*start or repair"):
                await many(running, 8)

    run(work)


def test_no_server_at_the_start_stops_too() -> None:
    async def work(url: str) -> None:
        async with engine(url, patience=1.0):
            raise AssertionError

    with reserved_port() as port, pytest.raises(EngineError, match=f"127.0.0.1:{port}/v1"):
        run(lambda: work(f"http://127.0.0.1:{port}/v1"))


def test_a_hanging_server_is_given_up_where_another_is_faster(llama: str) -> None:
    def fault(number: int) -> str:
        return "hang" if number > 1 else ""

    async def work() -> tuple[list[Completion], Proxy, Proxy]:
        async with (
            proxy(llama, fault) as hanging,
            proxy(llama) as healthy,
            engine(hanging.url, healthy.url, timeout=5) as running,
        ):
            while len(running.describe()["servers"]) < 2:
                await asyncio.sleep(0.05)
            return await many(running, 12), hanging, healthy

    found, hanging, healthy = run(work)
    assert_all_answered(found, hanging, healthy)
    assert hanging.faults["hang"] >= 1


def test_a_server_far_slower_than_the_other_gets_little(llama: str) -> None:
    async def work() -> tuple[list[Completion], list[Proxy], int, int]:
        async with (
            proxy(llama, lambda number: "slow" if number > 1 else "") as slow,
            proxy(llama) as healthy,
            engine(slow.url, healthy.url, concurrency=2) as running,
        ):
            while len(running.describe()["servers"]) < 2:
                await asyncio.sleep(0.05)
            before = slow.seen, healthy.seen
            found = await many(running, 40)
            return found, [slow, healthy], slow.seen - before[0], healthy.seen - before[1]

    found, servers, slow, healthy = run(work)
    assert_all_answered(found, *servers)
    assert slow + healthy >= 40
    assert slow < healthy / 2


@pytest.mark.parametrize("stream", [False, True])
def test_cancelling_closes_the_connection(llama: str, stream: bool) -> None:
    async def work() -> tuple[int, Completion]:
        endless = Generation(temperature=1.0, max_tokens=1500)
        async with proxy(llama) as between, engine(between.url, stream=stream) as running:
            tasks = [asyncio.create_task(running.generate(count(s, endless))) for s in range(4)]
            while between.open < 4:
                await asyncio.sleep(0.02)
            before = between.dropped
            for task in tasks:
                task.cancel()
            while between.open:
                await asyncio.sleep(0.02)
            return between.dropped - before, await running.generate(count())

    dropped, after = run(work)
    assert dropped == 4
    assert (after.finish_reason, after.completion_tokens) == ("length", GREEDY.max_tokens)


def test_no_more_requests_in_flight_than_the_limit(llama: str) -> None:
    async def work() -> tuple[int, int]:
        async with proxy(llama) as between, engine(between.url, concurrency=3) as running:
            await many(running, 12)
            return between.most_open, running.concurrency

    assert run(work) == (3, 3)


def test_servers_join_and_leave_by_the_file(llama: str, tmp_path: Path) -> None:
    file = tmp_path / "servers.txt"

    async def work() -> tuple[int, int, list[str]]:
        async with proxy(llama) as first, proxy(llama) as second:
            file.write_text(f"# servers\n{first.url}\n")
            async with engine(servers_file=file) as running:
                await many(running, 2)
                file.write_text(f"{second.url}  # the new one\n")
                while [row["url"] for row in running.servers()] != [second.url]:
                    await asyncio.sleep(0.05)
                before = first.seen
                await many(running, 4)
                return first.seen - before, second.seen, [row["url"] for row in running.servers()]

    old, new, _ = run(work)
    assert old == 0
    assert new >= 4


def test_a_server_that_ignores_parameters_is_noticed_and_told(
    llama: str, capfd: pytest.CaptureFixture[str]
) -> None:
    async def work() -> list[Any]:
        async with (
            proxy(llama, lambda number: "same") as between,
            engine(between.url) as careless,
            engine(llama) as careful,
        ):
            return [*careless.describe()["servers"], *careful.describe()["servers"]]

    careless, careful = run(work)
    assert careless["ignores"] == ["temperature or seed", "max_tokens"]
    assert "ignores temperature or seed, max_tokens" in capfd.readouterr().err
    assert (careful["ignores"], careful["kind"]) == ([], "llamacpp")


def test_the_key_never_shows(
    llama: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MY_KEY", "sk-very-secret")
    address = llama.removeprefix("http://")

    async def work() -> tuple[Any, Any]:
        async with (
            proxy(llama, lambda n: "401" if n > 1 else "") as between,
            engine(between.url, f"http://user:sesame@{address}", api_key_env="MY_KEY", patience=1) as running,
        ):
            found = await many(running, 6)
            return [c.error for c in found], (running.describe(), running.servers())

    shown = str(run(work)) + "".join(capfd.readouterr())
    assert "sk-very-secret" not in shown
    assert "sesame" not in shown


@pytest.mark.parametrize(
    "urls",
    [
        [],
        ["localhost:8000"],
        ["http://[::1/v1"],
        ["http:///v1"],
        ["http://:80"],
        ["http://h:99999"],
        ["me:sesame@h"],
    ],
)
def test_bad_urls_are_config_errors(urls: list[str]) -> None:
    with pytest.raises(ConfigError, match="http://") as caught:
        engine(*urls)
    assert "sesame" not in str(caught.value)
    assert "sesame" not in OpenAIEngine(base_urls=urls).model_dump_json()


def test_a_model_the_server_does_not_have(llama: str) -> None:
    async def work() -> None:
        async with engine(llama, model="gpt-oss"):
            raise AssertionError

    with pytest.raises(EngineError, match="no model 'gpt-oss'"):
        run(work)
