"""Several responses of a query in one request: who gives them, what becomes of them, and what they cost."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.base.manifest import read_manifest
from dartmath.engines import Completion, Generation, OpenAIEngine, Request, create_engine
from dartmath.engines.openai.answer import read_answers
from dartmath.engines.openai.said import Asked
from dartmath.engines.openai.usage import ResponseShare, Usage
from dartmath.model import ModelSection
from dartmath.prompts.template import Prompt, load_template
from dartmath.queries.query import Query
from dartmath.sampling.config import Budget, SamplingSection
from dartmath.sampling.journal import open_journal
from dartmath.sampling.policy import VRT, Prop2Diff
from dartmath.sampling.run import sample
from dartmath.sampling.sample import SERIES, Sample, series_seed
from engines.openai.misbehaving import misbehaving
from engines.servers import llama_server
from sampling.simulated import assert_sound, dataset

QA = load_template("qa")
QUERIES = [Query(str(i), "made", f"What is {i}?", (str(i),)) for i in range(12)]
ASK = Prompt("What is 3?", ({"role": "user", "content": "What is 3?"},))


def engine(*urls: str, **keys: Any) -> Any:
    section = OpenAIEngine(base_urls=list(urls), **{"patience": 5, "concurrency": 16, "n": 8, **keys})
    return create_engine(section, ModelSection(name="m"), QA)


def sampled(folder: Path, *urls: str, trials: int = 8, **keys: Any) -> list[Sample]:
    """The samples of all queries, by query and trial."""
    section = SamplingSection(policy=VRT(trials=trials), workers=0, max_tokens=64)
    sample(QUERIES, engine(*urls, **keys), QA, section, folder, seed=0, model={"name": "m"})
    assert_sound(folder)
    rows = list(open_journal(folder).samples())
    assert len(rows) == len(QUERIES) * trials and not any(row.finish_reason == "error" for row in rows)
    return sorted(rows, key=lambda row: (int(row.query_id), row.trial))


def together(folder: Path) -> list[int]:
    """How many responses each server of a run was asked for at once, in the end."""
    return [server["n"] for server in read_manifest(folder)["engines"][0]["servers"]]


def read_once(rows: list[Sample]) -> float:
    """The share of the trials whose prompt was billed."""
    return sum(row.prompt_tokens > 0 for row in rows) / len(rows)


@pytest.mark.parametrize("stream", [False, True])
def test_trials_are_asked_for_at_once_and_are_what_they_are_alone(tmp_path: Path, stream: bool) -> None:
    with misbehaving(several="seeds") as url:
        rows = sampled(tmp_path / "n", url, stream=stream)
        alone = sampled(tmp_path / "alone", url, n=2, concurrency=1)
    assert read_once(rows) == 1 / 8 and read_once(alone) == 1
    assert [(row.text, row.seed) for row in rows] == [(row.text, row.seed) for row in alone]
    # The server counts those of a request together.
    assert sum(row.completion_tokens for row in rows) == sum(row.completion_tokens for row in alone)
    assert all(f" {row.seed}. " in row.text for row in rows)
    assert together(tmp_path / "n") == [8]


@pytest.mark.parametrize(
    ("mood", "found"),
    [
        ({}, (1, 1.0, "answers 1 of 8 responses asked for at once")),
        ({"several": "copies"}, (1, 1.0, "copies of one response")),
        ({"several": "seeds", "most": 1}, (1, 1.0, "n must be at most 1")),
        # A gateway answers a refusal with a good status, and other servers break over it.
        ({"several": "seeds", "most": 1, "refusal": 200}, (1, 1.0, "refuses 2 responses at once")),
        ({"several": "seeds", "most": 1, "refusal": 500}, (1, 1.0, "refuses 2 responses at once")),
        ({"several": "seeds", "most": 4}, (4, 1 / 4, "refuses 8 responses at once")),
        ({"several": "own"}, (8, 1 / 8, "gives other responses to the same seeds")),
        ({"several": "first"}, (8, 1 / 8, "counts the tokens of the first of several")),
    ],
)
def test_what_a_server_makes_of_it_is_found_out_recorded_and_said_once(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    mood: dict[str, Any],
    found: tuple[int, float, str],
) -> None:
    left, billed, said = found
    with misbehaving(**mood) as url:
        rows = sampled(tmp_path, url)
    told = " ".join(capfd.readouterr().err.split())
    assert told.count(said) == 1
    assert together(tmp_path) == [left] and read_once(rows) == billed
    assert len({row.text for row in rows if row.query_id == "3"}) == 8
    assert all(50 <= row.completion_tokens <= 70 for row in rows)


@pytest.mark.parametrize(
    ("mood", "most", "said"),
    [
        ({"several": "seeds", "later": 4}, 4, "refuses 8 responses at once (http"),
        ({"several": "tiring"}, 1, "answers with copies of one response where several are asked for"),
    ],
)
def test_what_a_server_makes_of_it_later_is_noticed_too(
    capfd: pytest.CaptureFixture[str], mood: dict[str, Any], most: int, said: str
) -> None:
    """One prompt after the other, so that every request is for all of its trials until that is noticed."""

    async def work(url: str) -> tuple[int, list[list[str]]]:
        async with engine(url) as running:
            found = []
            for query in QUERIES:
                ask = Prompt(query.text, ({"role": "user", "content": query.text},))
                made = [Request(query.id, ask, Generation(max_tokens=64), s, series_seed=s) for s in range(8)]
                found.append([one.text for one in await asyncio.gather(*map(running.generate, made))])
            return running.describe()["servers"][0]["n"], found

    with misbehaving(**mood) as url:
        together, texts = asyncio.run(work(url))
    assert " ".join(capfd.readouterr().err.split()).count(said) == 1
    assert together == most
    assert len(set(texts[-1])) == 8


def test_only_trials_whose_seeds_follow_each_other_are_one_request() -> None:
    async def work(url: str) -> list[Completion]:
        async with engine(url) as running:
            generation, seeds = Generation(max_tokens=64), (16, 17, 20, 21, 23)
            made = [Request(f"q/{s}", ASK, generation, s, series_seed=s) for s in seeds]
            found: list[Completion] = await asyncio.gather(*map(running.generate, made))
            return found

    with misbehaving(several="seeds") as url:
        found = asyncio.run(work(url))
    assert [(one.seed, f" {one.seed}. " in one.text) for one in found] == [
        (seed, True) for seed in (16, 17, 20, 21, 23)
    ]
    assert [one.prompt_tokens > 0 for one in found] == [True, False, True, False, True]


def test_faults_cost_no_trial_and_no_seed(tmp_path: Path) -> None:
    with ExitStack() as stack:
        urls = [
            stack.enter_context(misbehaving(several="seeds", faults=0.3, kinds="500 429 garbage half"))
            for _ in range(2)
        ]
        rows = sampled(tmp_path, *urls, patience=60, timeout=10)
    assert [(row.query_id, row.trial) for row in rows] == [(q.id, t) for q in QUERIES for t in range(8)]
    assert all(f" {row.seed}. " in row.text for row in rows)
    assert {row.seed for row in rows} == {series_seed(0, q.id, t) for q in QUERIES for t in range(8)}


def test_one_prompt_is_read_by_one_server(tmp_path: Path) -> None:
    with ExitStack() as stack:
        urls = [stack.enter_context(misbehaving(several="seeds", seconds=0.05)) for _ in range(2)]
        rows = sampled(tmp_path, *urls)
    servers = {query.id: {row.server for row in rows if row.query_id == query.id} for query in QUERIES}
    assert set(map(len, servers.values())) == {1} and len({row.server for row in rows}) == 2


def test_more_trials_and_other_budgets_later_end_where_one_run_ends(tmp_path: Path) -> None:
    """Amended, stopped by a budget, or at once: the same responses, whatever was asked for with what."""
    keys: dict[str, Any] = {"workers": 0, "max_tokens": 64}
    whole = SamplingSection(policy=Prop2Diff(k=8, pilot=4, cap=24), **keys)
    steps = [
        SamplingSection(policy=Prop2Diff(k=2, pilot=4, cap=24), **keys),
        whole.model_copy(update={"budget": Budget(tokens=5_000)}),
        whole,
    ]
    with misbehaving(several="seeds", seconds=0.01) as url:
        for folder, sections in (("whole", [whole]), ("steps", steps)):
            for section in sections:
                made = engine(url, concurrency=5 if section is steps[1] else 16)
                options: dict[str, Any] = {"seed": 0, "model": {"name": "m"}, "amend": True}
                found = sample(QUERIES, made, QA, section, tmp_path / folder, **options)
                if section is steps[1]:
                    assert found.tokens <= 1.1 * 5_000
    assert_sound(tmp_path / "steps")
    assert dataset(tmp_path / "steps") == dataset(tmp_path / "whole")


@pytest.mark.parametrize("left", [0, 3])
def test_who_is_cancelled_takes_nobody_along(left: int) -> None:
    """The request goes on while anyone waits for it, and is aborted once nobody does."""

    async def work(url: str) -> list[Any]:
        async with engine(url) as running:
            generation = Generation(max_tokens=64)
            made = [Request(f"q/{s}", ASK, generation, s, series_seed=s) for s in range(8)]
            tasks = [asyncio.ensure_future(running.generate(one)) for one in made]
            await asyncio.sleep(0.2)
            for task in tasks[left:]:
                task.cancel()
            found = await asyncio.gather(*tasks, return_exceptions=True)
            assert running.servers()[0]["in_flight"] == 0
            return found

    with misbehaving(several="seeds", seconds=0.5) as url:
        found = asyncio.run(work(url))
    kinds = Counter(type(one) for one in found)
    assert kinds == Counter({Completion: left, asyncio.CancelledError: 8 - left})


def test_who_is_cancelled_at_any_step_leaves_no_place_taken_and_nobody_waiting() -> None:
    async def work(url: str) -> None:
        async with engine(url) as running:
            generation = Generation(max_tokens=64)
            for step in range(12):
                first, second = (Request(f"q/{s}", ASK, generation, s, series_seed=s) for s in (0, 5))
                cancelled = asyncio.ensure_future(running.generate(first))
                for _ in range(step):
                    await asyncio.sleep(0)
                cancelled.cancel()
                found = await asyncio.wait_for(running.generate(second), 20)
                assert found.finish_reason == "stop", (step, found)
                await asyncio.gather(cancelled, return_exceptions=True)
                assert running.servers()[0]["in_flight"] == 0, step

    with misbehaving(several="seeds") as url:
        asyncio.run(work(url))


def test_requests_of_other_tools_are_not_sent_as_one() -> None:
    tool = {"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}

    async def work(url: str) -> list[Completion]:
        async with engine(url) as running:
            made = [
                Request(f"q/{s}", ASK, Generation(max_tokens=64), s, series_seed=s, tools=tools)
                for s, tools in enumerate([(), (tool,), (), (tool,)])
            ]
            return list(await asyncio.gather(*map(running.generate, made)))

    with misbehaving(several="seeds") as url:
        found = asyncio.run(work(url))
    # Seeds 0 and 2, 1 and 3 do not follow each other: nobody shares a prompt that is read once.
    assert all(one.prompt_tokens > 0 for one in found)


def test_a_request_alone_of_a_bundle_that_fails_says_why(tmp_path: Path) -> None:
    """A filter that withholds one response of several is a verdict on that trial."""
    choices = [
        {"index": 1, "text": "second", "finish_reason": "stop"},
        {"index": 0, "text": "", "finish_reason": "content_filter"},
        {"index": 2, "text": "third and longer", "finish_reason": "length"},
    ]
    usage = {"prompt_tokens": 5, "completion_tokens": 30}
    found = read_answers({"choices": choices, "usage": usage}, Asked("s", 20, responses=3))
    assert "withheld" in str(found[0])
    second, third = found[1:]
    assert isinstance(second, Completion) and isinstance(third, Completion)
    assert (second.text, third.text) == ("second", "third and longer")
    assert third.completion_tokens == 20 and second.completion_tokens <= 10


PARTS = st.lists(
    st.builds(ResponseShare, st.integers(1, 9999), st.integers(0, 99), st.none() | st.integers(1, 500)),
    min_size=1,
)


@given(PARTS, st.integers(0, 9999), st.integers(0, 9999), st.integers(0, 99))
def test_nothing_of_what_several_responses_cost_is_lost(
    parts: list[ResponseShare], prompt: int, completion: int, cached: int
) -> None:
    whole = Usage(prompt, completion, min(cached, prompt), completion // 2)
    shares = whole.divided(parts)
    assert sum(one.completion for one in shares) in (completion, sum(part.tokens or 0 for part in parts))
    assert all(one.completion >= one.reasoning >= 0 for one in shares)
    assert [(one.prompt, one.cached) for one in shares[1:]] == [(0, 0)] * (len(parts) - 1)
    assert (shares[0].prompt, shares[0].cached) == (whole.prompt, whole.cached)


@given(st.integers(0, 2**31), st.integers(0, 10_000))
def test_seeds_of_a_series_count_on_and_fit_servers(run: int, trial: int) -> None:
    first = trial - trial % SERIES
    seeds = [series_seed(run, "q", first + place) for place in range(SERIES)]
    assert seeds == list(range(seeds[0], seeds[0] + SERIES))
    assert seeds[0] >= 0 and seeds[-1] < 2**31
    assert series_seed(run, "q", first + SERIES) != seeds[-1] + 1


@pytest.fixture(scope="module")
def llama() -> Iterator[str]:
    with llama_server(slots=4, context=2048) as url:
        yield url


@pytest.mark.parametrize("endpoint", ["completions", "chat"])
def test_a_real_server_reads_the_prompt_once_for_all(llama: str, tmp_path: Path, endpoint: str) -> None:
    """llama.cpp: no more at once than it has slots, the same responses as alone, and one prompt for four."""
    texts = {}
    for n in (4, 2):
        section = OpenAIEngine.model_validate(
            {"base_urls": [llama], "n": n, "concurrency": n if n == 4 else 1, "endpoint": endpoint}
        )
        made = create_engine(section, ModelSection(name="smollm2-135m-instruct"), QA)
        run = SamplingSection(policy=VRT(trials=4), workers=0, max_tokens=24, temperature=1.0)
        folder = tmp_path / str(n)
        sample(QUERIES[:3], made, QA, run, folder, seed=1, model={"name": "m"})
        rows = list(open_journal(folder).samples())
        texts[n] = {(row.query_id, row.trial, row.seed): row.text for row in rows}
        assert together(folder) == [n] and read_once(rows) == (1 / 4 if n == 4 else 1)
    same = sum(texts[2][key] == text for key, text in texts[4].items())
    # A batch of other sizes adds up in another order, which may turn a draw.
    assert texts[4].keys() == texts[2].keys() and same >= 9, json.dumps([*texts[4].values()])
