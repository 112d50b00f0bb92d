"""A cluster of several nodes, each a raylet of its own, that loses one whole, with all that runs on it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from dartmath.engines import Completion, Generation, Request, create_engine
from dartmath.engines.config import RayEngine, TransformersEngine
from dartmath.model import ModelSection
from dartmath.prompts.template import Prompt, Template

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'dartmath[ray]'")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

ROWS, TOKENS, REQUESTS = 4, 24, 12


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A head that runs no replica; nodes with room for one each are for the test to add."""
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        # Ray gives its workers the lowest priority, at which they never start on a busy machine.
        patch.setenv("RAY_worker_niceness", "0")
        made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
        yield made
        ray.shutdown()
        made.shutdown()


def requests() -> list[Request]:
    generation = Generation(temperature=0.8, top_p=0.95, max_tokens=TOKENS)
    return [Request(str(i), Prompt(f"{i}, {i + 1}, {i + 2},"), generation, i) for i in range(REQUESTS)]


def test_a_lost_node_costs_the_requests_on_it_alone_and_its_replica_waits_for_another(
    cluster: Any, smollm2: str
) -> None:
    inner = TransformersEngine(concurrency=ROWS, device="cpu", threads=1)
    section = RayEngine(replicas=2, engine=inner, gpus=0, cpus=1, address=cluster.address)
    model = ModelSection(name=smollm2, dtype="float32")
    nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
    cluster.wait_for_nodes()

    async def until(running: Any, rows: int) -> None:
        while running.concurrency != rows:
            await asyncio.sleep(0.1)

    async def main() -> tuple[list[Completion], list[Completion], int]:
        engine: Any = create_engine(section, model, Template("plain"))
        async with engine as running:
            await until(running, 2 * ROWS)
            calm = await asyncio.gather(*map(running.generate, requests()))
            tasks = [asyncio.create_task(running.generate(request)) for request in requests()]
            await asyncio.sleep(0.5)
            cluster.remove_node(nodes[1], allow_graceful=False)
            await until(running, ROWS)
            found = await asyncio.gather(*tasks)
            lost = sum(row["failed"] for row in running.servers())
            cluster.add_node(num_cpus=1)
            await until(running, 2 * ROWS)
            return calm, found, lost

    calm, found, lost = asyncio.run(main())
    assert [completion.text for completion in found] == [completion.text for completion in calm]
    assert all(completion.finish_reason != "error" for completion in found)
    assert lost == 1
