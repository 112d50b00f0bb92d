"""The remote engine and the sampling stage against servers that misbehave."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dartmath.base.errors import ConfigError, EngineError
from dartmath.engines import Completion, Generation, OpenAIEngine, Request, create_engine
from dartmath.engines.openai.deadline import Deadline
from dartmath.engines.openai.identity import same_model
from dartmath.model import ModelSection
from dartmath.prompts.template import Prompt, load_template
from dartmath.queries.query import Query
from dartmath.sampling.config import Budget, Price, SamplingSection
from dartmath.sampling.journal import open_journal
from dartmath.sampling.policy import VRT
from dartmath.sampling.run import sample
from dartmath.sampling.status import run_status
from engines.openai.misbehaving import misbehaving

QA = load_template("qa")
ASK = Prompt("What is 3?", ({"role": "user", "content": "What is 3?"},))


def engine(*urls: str, **keys: Any) -> Any:
    section = OpenAIEngine(base_urls=list(urls), **{"patience": 5, **keys})
    return create_engine(section, ModelSection(name="m"), QA)


def answers(
    running: Any, seeds: range, tokens: int = 64, prompt: Prompt = ASK
) -> Awaitable[list[Completion]]:
    generation = Generation(max_tokens=tokens)
    return asyncio.gather(*(running.generate(Request(f"q/{s}", prompt, generation, s)) for s in seeds))


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        async with asyncio.timeout(100):
            return await work()

    return asyncio.run(main())


@pytest.mark.parametrize("mood", [{"model": "other"}, {"echo": "other"}])
def test_two_servers_with_two_models_are_refused(mood: dict[str, Any]) -> None:
    async def work(*urls: str) -> None:
        async with engine(*urls) as running:
            while len(running.describe()["servers"]) < 2:
                await answers(running, range(4))
                await asyncio.sleep(0.05)
            await answers(running, range(4))

    with misbehaving() as one, misbehaving(**mood) as two:
        if "model" in mood:
            section = {row["state"] for row in run(lambda: states(one, two))}
            assert section == {"up", "refused"}
        else:
            with pytest.raises(
                EngineError, match=r"answers as 'other' .* as 'm'|answers as 'm' .* as 'other'"
            ):
                run(lambda: work(one, two))


async def states(*urls: str) -> list[dict[str, Any]]:
    async with engine(*urls) as running:
        while any(row["state"] == "starting" for row in running.servers()):
            await asyncio.sleep(0.05)
        return list(running.servers())


def test_a_server_with_another_model_than_the_recipes_is_refused_with_the_way_out() -> None:
    async def work(url: str, **keys: Any) -> int:
        async with engine(url, **keys) as running:
            return len(await answers(running, range(2)))

    with misbehaving(model="other") as url:
        with pytest.raises(EngineError, match=r"serves 'other', and the recipe's model is 'm'.*engine.model"):
            run(lambda: work(url))
        assert run(lambda: work(url, model="other")) == 2


@pytest.mark.parametrize(
    ("wanted", "told", "same"),
    [
        ("Qwen/Qwen3-8B", "qwen3-8b", True),
        ("smollm2-135m-instruct", "/x/SmolLM2-135M-Instruct.Q4_1.gguf", True),
        ("gpt-4.1-mini", "gpt-4.1-mini-2025-04-14", True),
        ("Qwen3-8B", "Qwen3-8B-FP8", True),
        ("Qwen3-8B", "Qwen3-8B-Base", False),
        ("gpt-4.1", "gpt-4.1-mini", False),
        ("m", "m2", False),
        ("", "m", False),
    ],
)
def test_names_of_one_model(wanted: str, told: str, same: bool) -> None:
    assert same_model(wanted, told) is same is same_model(told, wanted)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_server_that_refuses_for_a_moment_takes_part_again(status: int) -> None:
    async def work(url: str) -> list[Completion]:
        async with engine(url, patience=30) as running:
            return [one for _ in range(5) for one in await answers(running, range(8))]

    with misbehaving(seconds=0.1, status=status, begin=0.35, end=1.2) as url:
        assert {found.finish_reason for found in run(lambda: work(url))} == {"stop"}


def test_a_server_that_refuses_the_key_at_first_contact_is_out() -> None:
    async def work(url: str) -> None:
        async with engine(url, api_key_env="NO_SUCH_KEY"):
            raise AssertionError

    with misbehaving(status=401, end=60.0) as url, pytest.raises(EngineError, match=r"engine\.api_key_env"):
        run(lambda: work(url))


def test_long_responses_are_kept_as_often_as_they_are_served(tmp_path: Path) -> None:
    queries = [Query(str(i), "made", f"What is {i}?", (str(i),)) for i in range(10)]
    section = SamplingSection(policy=VRT(trials=12), workers=0, max_tokens=400)
    with misbehaving(seconds=0.1, long=25.0) as url:
        found = sample(queries, engine(url, timeout=0.5), QA, section, tmp_path, seed=0, model={"name": "m"})
    rows = list(open_journal(tmp_path).samples())
    assert found.complete and len(rows) == 120
    assert {row.completion_tokens == 300 for row in rows if row.seed % 10 < 3} == {True}
    assert {row.completion_tokens == 60 for row in rows if row.seed % 10 >= 3} == {True}


def test_a_request_that_a_server_forgets_is_asked_for_again_once_others_have_overtaken_it() -> None:
    async def work(url: str) -> list[Completion]:
        # By its own time limit a forgotten one would be waited for 10 minutes.
        async with engine(url, timeout=600, concurrency=16) as running:
            return await answers(running, range(200))

    with misbehaving(seconds=0.02, faults=0.1, kinds="hang") as url:
        assert {found.finish_reason for found in run(lambda: work(url))} == {"stop"}


@pytest.mark.parametrize("meaning", ["thoughts", "text", "ignore"])
def test_a_field_of_a_servers_own_is_what_the_user_says(meaning: str) -> None:
    async def work(url: str, **keys: Any) -> Completion:
        async with engine(url, endpoint="chat", **keys) as running:
            return (await answers(running, range(1)))[0]

    with misbehaving(musings="deep_and wide") as url:
        found = run(lambda: work(url, text_fields={"musings": meaning}))
        assert found.thoughts == ("deep_and wide" if meaning == "thoughts" else None)
        assert ("deep_and wide" in found.text) == (meaning == "text") and r"\boxed{" in found.text
        with pytest.raises(EngineError, match=r"'musings'.*engine\.text_fields: \{musings: thoughts\}"):
            run(lambda: work(url))


def test_cached_tokens_and_thoughts_have_prices_of_their_own(tmp_path: Path) -> None:
    queries = [Query(str(i), "made", f"What is {i}?", (str(i),)) for i in range(5)]
    price = Price(
        per_million_prompt_tokens=1e6,
        per_million_tokens=1e6,
        per_million_cached_tokens=1e5,
        per_million_reasoning_tokens=3e6,
    )
    section = SamplingSection(policy=VRT(trials=4), workers=0, max_tokens=64, price=price)
    with misbehaving(cached=2, reasoning=10) as url:
        sample(queries, engine(url), QA, section, tmp_path, seed=0, model={"name": "m"})
    rows = list(open_journal(tmp_path).samples())
    assert {(row.cached_tokens, row.reasoning_tokens) for row in rows} == {(2, 10)}
    paid = [row.prompt_tokens - 2 + 2 * 0.1 + (row.completion_tokens - 10) + 10 * 3 for row in rows]
    assert run_status(tmp_path).cost == pytest.approx(sum(paid))


@pytest.mark.parametrize("counts", [0, 9])
def test_a_budget_ends_a_run_whose_server_counts_no_tokens_or_stops_to(tmp_path: Path, counts: int) -> None:
    queries = [Query(str(i), "made", f"What is {i}?", (str(i),)) for i in range(20)]
    section = SamplingSection(policy=VRT(trials=50), workers=0, max_tokens=256, budget=Budget(tokens=6000))
    with misbehaving(counts=counts, several="seeds") as url:
        found = sample(queries, engine(url, n=4), QA, section, tmp_path, seed=0, model={"name": "m"})
    assert found.stopped == "the budget of 6000 tokens is used up"
    rows = list(open_journal(tmp_path).samples())
    # The server's tokens are words of eight letters, so its count is less than the estimate.
    estimated = [row for row in rows if row.completion_tokens == min(256, -(-len(row.text) * 2 // 5))]
    assert len(estimated) >= len(rows) - 4 * counts and len(estimated) > 10
    # The prompt of several responses is read once.
    assert 0 < sum(row.prompt_tokens > 0 for row in estimated) < len(estimated)


def test_the_trials_of_a_query_go_to_the_server_that_has_read_its_prompt(tmp_path: Path) -> None:
    queries = [Query(str(i), "made", f"What is {i}?", (str(i),)) for i in range(60)]
    section = SamplingSection(policy=VRT(trials=8), workers=0, max_tokens=64)
    with ExitStack() as stack:
        urls = [stack.enter_context(misbehaving(seconds=0.05, caches=True)) for _ in range(4)]
        running = engine(*urls, concurrency=8)
        sample(queries, running, QA, section, tmp_path, seed=0, model={"name": "m"})
    rows = list(open_journal(tmp_path).samples())
    share = Counter(row.server for row in rows)
    assert len(rows) == 480 and len(share) == 4 and min(share.values()) > 60, share
    # The least loaded server would read 3.6 prompts for a query (`benchmarks/prompt_affinity.py`).
    assert sum(not row.cached_tokens for row in rows) < 2.4 * len(queries)


def test_the_time_a_response_may_take_follows_its_tokens_and_its_time_outs() -> None:
    deadline = Deadline()
    assert deadline.limit(32_768) > 3600
    for _ in range(20):
        deadline.answered(40.0, 1000)
    assert deadline.limit(32_768) == pytest.approx(3 * 0.04 * 32_768, rel=0.01)
    assert deadline.limit(32_768, late=2) == pytest.approx(4 * deadline.limit(32_768))
    assert Deadline(least=900.0).limit(8, pace=0.01) == 900.0


def test_a_prompt_with_less_room_than_asked_for_gets_what_the_context_has() -> None:
    long = Prompt("word " * 30, ({"role": "user", "content": "word " * 30},))

    async def work(url: str, prompt: Prompt) -> list[Completion]:
        async with engine(url) as running:
            return await answers(running, range(3), tokens=64, prompt=prompt)

    with misbehaving(context=50, tokens=100) as url:
        assert {one.completion_tokens for one in run(lambda: work(url, long))} == {20}
        over = Prompt("word " * 60, ({"role": "user", "content": "word " * 60},))
        found = run(lambda: work(url, over))
        assert {(one.finish_reason, one.hopeless) for one in found} == {("error", True)}


def test_the_newer_name_of_the_limit_is_found_out_and_null_leaves_fields_out() -> None:
    async def work(url: str, **keys: Any) -> list[Completion]:
        async with engine(url, **keys) as running:
            return await answers(running, range(2), tokens=32)

    with misbehaving(limit_name="max_completion_tokens") as url:
        for keys in ({}, {"extra_body": {"max_tokens": None, "max_completion_tokens": 32, "seed": None}}):
            assert {one.completion_tokens for one in run(partial(work, url, **keys))} == {32}


@pytest.mark.parametrize("line", ["http://h/v1 key=", "http://h/v1 KEY", "http://h/v1 key=A b"])
def test_a_line_of_a_server_that_is_none(line: str) -> None:
    with pytest.raises(ConfigError, match="URL key=NAME"):
        engine(line)


def test_keys_that_are_not_set_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(*urls: str, **keys: Any) -> None:
        async with engine(*urls, **keys):
            raise AssertionError

    with ExitStack() as stack:
        url = stack.enter_context(misbehaving())
        for lines, keys in (([f"{url} key=NOT_SET"], {}), ([url], {"headers": {"api-key": "$NOT_SET"}})):
            with pytest.raises(ConfigError, match="NOT_SET is not set"):
                run(partial(work, *lines, **keys))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("https://a.example/v1/chat/completions", "write https://a.example/v1$"),
        ("http://u:p@a.example/v1/models?v=2", "write http://a.example/v1$"),
        ("https://a.example/v1 key=sk-4f9a0c", "no name of an environment variable"),
    ],
)
def test_a_line_that_is_not_a_servers_is_refused_without_its_secrets(line: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        engine(line)
    assert "sk-4f9a0c" not in str(caught.value)
    assert "u:p" not in str(caught.value)


def test_a_file_that_names_no_server_is_waited_for_and_given_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "servers.txt"
    file.write_text("# soon\n")

    async def work() -> None:
        async with engine(servers_file=file, patience=0.5):
            pass

    with pytest.raises(EngineError, match=r"servers\.txt has named no server for 0\.5 s"):
        run(work)
    assert "servers.txt names no server; waiting for one" in capsys.readouterr().err


def test_a_redirection_is_told_and_not_followed() -> None:
    async def moved(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        place = "https://other.example/v1/models?k=1"
        writer.write(f"HTTP/1.1 301 M\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    async def work() -> None:
        server = await asyncio.start_server(moved, "127.0.0.1", 0)
        async with server, engine(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"):
            pass

    with pytest.raises(EngineError, match=r"name that in engine\.base_urls: https://other\.example/v1\)"):
        run(work)
