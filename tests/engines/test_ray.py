"""The cluster engine on a local Ray cluster of several processes, with a real model in every actor."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from dartmath.base.errors import EngineError, UsageError
from dartmath.engines import Completion, Generation, Request, create_engine
from dartmath.engines.config import RayEngine, TransformersEngine
from dartmath.engines.ray_grading import RayGradingPool
from dartmath.model import ModelSection
from dartmath.prompts.template import Prompt, Template
from dartmath.queries.query import make_query
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.policy import VRT
from dartmath.sampling.run import sample
from dartmath.verify.contract.outcome import Outcome

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'dartmath[ray]'")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

PLAIN = Template("plain")
INNER = TransformersEngine(concurrency=4, device="cpu", threads=1)


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        # Ray gives its workers the lowest priority, at which they never start on a busy machine.
        patch.setenv("RAY_worker_niceness", "0")
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


def engine(model: str, replicas: int = 2, **keys: Any) -> Any:
    section = RayEngine(replicas=replicas, engine=INNER, gpus=0, **keys)
    return create_engine(section, ModelSection(name=model, dtype="float32"), PLAIN)


def requests(number: int, tokens: int) -> list[Request]:
    generation = Generation(temperature=0.8, top_p=0.95, max_tokens=tokens)
    return [Request(str(i), Prompt(f"{i}, {i + 1}, {i + 2},"), generation, i) for i in range(number)]


async def both_ready(running: Any) -> None:
    while running.concurrency < 8:
        await asyncio.sleep(0.1)


def test_killed_actors_are_replaced_and_only_their_requests_run_again(cluster: None, smollm2: str) -> None:
    async def undisturbed() -> list[Completion]:
        async with engine(smollm2) as running:
            await both_ready(running)
            found: list[Completion] = await asyncio.gather(*map(running.generate, requests(12, 24)))
            return found

    async def disturbed() -> tuple[list[Completion], int, int]:
        async with engine(smollm2) as running:
            await both_ready(running)
            first = [replica.actor._actor_id for replica in running.replicas]
            tasks = [asyncio.create_task(running.generate(r)) for r in requests(12, 24)]
            await asyncio.sleep(0.5)
            ray.kill(running.replicas[0].actor)
            found = await asyncio.gather(*tasks)
            await both_ready(running)
            again = [replica.actor._actor_id for replica in running.replicas]
            replaced = sum(row["failed"] for row in running.servers())
            assert replaced == sum(a != b for a, b in zip(first, again, strict=True))
            return found, replaced, running.concurrency

    calm = asyncio.run(undisturbed())
    found, replaced, concurrency = asyncio.run(disturbed())
    assert [c.text for c in found] == [c.text for c in calm]
    assert replaced == 1
    assert concurrency == 8


def test_cancelling_aborts_on_the_actor(cluster: None, smollm2: str) -> None:
    async def main() -> Completion:
        async with engine(smollm2, replicas=1) as running:
            hogs = [asyncio.create_task(running.generate(r)) for r in requests(4, 8000)]
            await asyncio.sleep(1)
            for hog in hogs:
                hog.cancel()
            await asyncio.gather(*hogs, return_exceptions=True)
            found: Completion = await running.generate(requests(1, 8)[0])
            return found

    assert asyncio.run(main()).completion_tokens == 8


def test_a_model_that_cannot_load_stops_with_the_reason(cluster: None, tmp_path: Any) -> None:
    async def main() -> None:
        async with engine(str(tmp_path), replicas=1):
            raise AssertionError

    with pytest.raises(EngineError, match=r"cannot start.*no config\.json"):
        asyncio.run(main())


def test_describe_names_the_inner_engine(cluster: None, smollm2: str) -> None:
    async def main() -> dict[str, Any]:
        async with engine(smollm2, replicas=1) as running:
            return dict(running.describe())

    found = asyncio.run(main())
    assert (found["kind"], found["replicas"], found["engine"]["kind"]) == ("ray", 1, "transformers")


def test_grading_on_the_cluster_survives_a_lost_actor(cluster: None) -> None:
    items = [(make_query("test", f"What is {i} + 1?", str(i + 1)), i) for i in range(600)]
    with RayGradingPool(workers=1) as pool:
        futures = [
            pool.submit(query, f"The answer is \\boxed{{{i + (1 if i % 3 else 2)}}}.") for query, i in items
        ]
        futures[0].result(timeout=120)
        for process in psutil.Process().children(recursive=True):
            if "ray::Grader" in " ".join(process.cmdline()):
                process.kill()
        outcomes = [future.result(timeout=120).outcome for future in futures]
    assert outcomes == [Outcome.CORRECT if i % 3 else Outcome.WRONG for _, i in items]
    with pytest.raises(UsageError, match="closed"):
        pool.submit(items[0][0], "2")


def test_sampling_verifies_on_the_cluster_where_asked(cluster: None, smollm2: str, tmp_path: Path) -> None:
    section = SamplingSection(policy=VRT(trials=2), max_tokens=8)
    queries = [make_query("made", f"{n} + 1 =", str(n + 1)) for n in range(3)]
    running = engine(smollm2, replicas=1, grading=1)
    summary = sample(queries, running, PLAIN, section, tmp_path / "run", seed=0, model={"name": smollm2})
    assert summary.complete and summary.samples == 6
    assert not summary.outcomes.get("error")
