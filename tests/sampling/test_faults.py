"""Sampling when things break: servers, grading processes, clocks."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from dartmath.base.errors import EngineError
from dartmath.engines import create_engine
from dartmath.engines.config import OpenAIEngine
from dartmath.engines.protocol import Request
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.queries.query import Query
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.journal import open_journal
from dartmath.sampling.policy import VRT, Uniform
from dartmath.sampling.run import sample
from dartmath.sampling.status import run_status
from dartmath.sampling.summary import SamplingSummary
from engines.servers import Proxy, llama_server, proxy
from sampling.simulated import SimulatedEngine, assert_sound, dataset, run

Fault = Callable[[int], str]
WRONG = ("500", "429", "garbage", "half", "nothing", "empty")
UNIFORM = SamplingSection(policy=Uniform(k=4, cap=60))


@pytest.fixture(scope="module")
def llama() -> Iterator[str]:
    with llama_server() as url:
        yield url


@contextmanager
def proxies(backend: str, *faults: Fault) -> Iterator[list[Proxy]]:
    """Running proxies in a thread of their own, one for each fault."""
    made: list[Proxy] = []
    ready, loop = threading.Event(), asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with AsyncExitStack() as stack:
            made.extend([await stack.enter_async_context(proxy(backend, fault)) for fault in faults])
            ready.set()
            await stop.wait()
            open_answers = asyncio.all_tasks() - {asyncio.current_task()}
            for answer in open_answers:
                answer.cancel()
            await asyncio.gather(*open_answers, return_exceptions=True)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)


def sample_from(
    folder: Path, servers: list[Proxy], *, queries: int = 8, trials: int = 3, **keys: Any
) -> SamplingSummary:
    """VRT on sums of digits from these servers."""
    sums = [Query(f"s{i}", "sums", f"{i} + 1 =", (str(i + 1),)) for i in range(queries)]
    section = SamplingSection(policy=VRT(trials=trials), temperature=0.8, max_tokens=6, workers=0)
    options = {"timeout": 20, "concurrency": 4, **keys}
    engine = OpenAIEngine(base_urls=[server.url for server in servers], **options)
    template, model = load_template("qa"), ModelSection(name="smollm2-135m-instruct")
    made = create_engine(engine, model, template)
    return sample(sums, made, template, section, folder, seed=1, model={"name": model.name})


def sometimes(share: float, seed: int = 0) -> Fault:
    """A different fault for that share of requests."""
    stream = random.Random(seed)
    return lambda number: stream.choice(WRONG) if stream.random() < share else ""


def test_servers_that_answer_wrongly_a_third_of_the_time(tmp_path: Path, llama: str) -> None:
    with proxies(llama, sometimes(0.3), sometimes(0.3, seed=1)) as servers:
        summary = sample_from(tmp_path, servers)
        wrong = sum(n for s in servers for fault, n in s.faults.items() if fault)
    assert summary.complete and summary.samples == 24 and summary.outcomes["error"] == 0
    assert wrong >= 5
    assert_sound(tmp_path)


def test_one_of_two_servers_dies_for_good(tmp_path: Path, llama: str) -> None:
    with proxies(llama, lambda number: "", lambda number: "nothing" if number > 5 else "") as servers:
        summary = sample_from(tmp_path, servers)
    assert summary.complete and summary.samples == 24 and summary.outcomes["error"] == 0
    assert_sound(tmp_path)


def test_all_servers_die_and_the_run_goes_on_later(tmp_path: Path, llama: str) -> None:
    with proxies(llama, lambda number: "nothing" if number > 9 else "") as servers:
        with pytest.raises(EngineError, match="same command again"):
            sample_from(tmp_path, servers, patience=1.0, retries=1)
        kept = sum(1 for _ in open_journal(tmp_path).samples())
    assert 0 < kept <= 10
    with proxies(llama, lambda number: "") as servers:
        assert sample_from(tmp_path, servers).samples == 24
    assert_sound(tmp_path)


def test_one_server_is_far_slower(tmp_path: Path, llama: str) -> None:
    probes = 3
    with proxies(llama, lambda number: "", lambda number: "slow" if number >= probes else "") as servers:
        summary = sample_from(tmp_path, servers, concurrency=2)
        quick, slow = (server.seen - probes for server in servers)
    assert summary.complete and summary.samples == 24
    assert slow < quick / 2
    assert_sound(tmp_path)


def test_killed_grading_processes_are_replaced(tmp_path: Path) -> None:
    killed: list[int] = []
    others = {child.pid for child in psutil.Process().children(recursive=True)}

    def kill(request: Request) -> None:
        if sum(engine.launched.values()) % 60 == 0:
            for child in psutil.Process().children(recursive=True):
                if child.pid not in others:
                    killed.append(child.pid)
                    with suppress(psutil.NoSuchProcess):
                        child.kill()

    engine = SimulatedEngine(before=kill, delay=0.002)
    summary = run(tmp_path, engine, UNIFORM)
    assert killed and summary.complete
    run(tmp_path / "calm", SimulatedEngine(), UNIFORM)
    assert dataset(tmp_path) == dataset(tmp_path / "calm")
    assert_sound(tmp_path)


@pytest.mark.parametrize("jump", [-1e6, 1e6])
def test_clock_that_jumps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump: float) -> None:
    real = time.time

    def leap(request: Request) -> None:
        if sum(engine.launched.values()) == 50:
            monkeypatch.setattr(time, "time", lambda: real() + jump)

    engine = SimulatedEngine(before=leap, delay=0.002)
    limited = UNIFORM.model_copy(update={"workers": 0})
    summary = run(tmp_path, engine, limited)
    assert summary.complete and 0 < summary.seconds < 100
    assert run_status(tmp_path).finished
    run(tmp_path / "calm", SimulatedEngine(), limited)
    assert dataset(tmp_path) == dataset(tmp_path / "calm")
