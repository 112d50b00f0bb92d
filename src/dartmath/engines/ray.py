"""The cluster engine: replicas of another engine as actors of a Ray cluster."""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dartmath.base.errors import EngineError
from dartmath.base.terminal import info
from dartmath.engines.protocol import Completion, Request
from dartmath.engines.ray_cluster import connect
from dartmath.engines.ray_replica import Replica, ReplicaLostError
from dartmath.model import load_tokenizer
from dartmath.prompts.template import Template

if TYPE_CHECKING:
    from dartmath.engines.config import RayEngine
    from dartmath.engines.ray_grading import RayGradingPool
    from dartmath.model import ModelSection
    from dartmath.verify.contract.settings import GradingSettings

# A request that has outlived this many replicas is what kills them.
_TRIES = 4


class ReplicatedEngine:
    """Least-loaded dispatch over actors; a lost actor or node is replaced.

    Only the requests in flight on a lost actor are sent again, with their own seeds, so the result
    is the same. Replicas that the cluster has no room for yet join as soon as it has.
    """

    def __init__(self, section: RayEngine, model: ModelSection, template: Template) -> None:
        self.section, self.model_section, self.template = section, model, template
        self.replicas: list[Replica] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._changed = asyncio.Condition()
        self._own_cluster = False

    @property
    def concurrency(self) -> int:
        """Requests that the live replicas decode together; at least 1, so that someone waits for them."""
        return max(1, sum(replica.limit for replica in self.replicas))

    @cached_property
    def tokenizer(self) -> Any:
        """The model's tokenizer."""
        return load_tokenizer(self.model_section)

    async def __aenter__(self) -> ReplicatedEngine:
        self._own_cluster = connect(self.section.address)
        try:
            self._say_what_is_missing()
            self.replicas = [
                Replica(self.section, self.model_section, self.template) for _ in range(self.section.replicas)
            ]
            self._tasks = [asyncio.create_task(replica.live(self._changed)) for replica in self.replicas]
            await self._until(lambda: any(replica.limit for replica in self.replicas))
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        import ray

        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for replica in self.replicas:
            replica.kill()
        self.replicas = []
        if self._own_cluster:
            ray.shutdown()

    async def generate(self, request: Request) -> Completion:
        """Generate one response on the least loaded replica."""
        reason = ""
        for _ in range(_TRIES):
            replica = await self._acquire()
            try:
                return await replica.generate(request)
            except ReplicaLostError as error:
                reason = str(error)
            finally:
                replica.in_flight -= 1
                async with self._changed:
                    self._changed.notify_all()
        return Completion(
            "", "error", error=f"{_TRIES} replicas were lost with this request; the last: {reason}"
        )

    def grading_pool(self, timeout: float, settings: GradingSettings) -> RayGradingPool | None:
        """Verification on the cluster, where the section asks for it."""
        from dartmath.engines.ray_grading import RayGradingPool

        workers = self.section.grading
        if not workers:
            return None
        return RayGradingPool(workers, timeout, address=self.section.address, settings=settings)

    def servers(self) -> list[dict[str, Any]]:
        """State and load of every replica, for a status display."""
        return [replica.snapshot(number) for number, replica in enumerate(self.replicas)]

    def describe(self) -> dict[str, Any]:
        """Kind, replicas, and what the first replica says of itself."""
        inner = next((replica.description for replica in self.replicas if replica.description), {})
        return {"kind": "ray", "replicas": self.section.replicas, "engine": inner}

    def _say_what_is_missing(self) -> None:
        """Tell when not all replicas fit; raise `EngineError` when a local cluster never fits one."""
        import ray

        resources = ray.cluster_resources()
        wanted = {"CPU": self.section.cpus, "GPU": self.section.gpus}
        room = min(
            (int(resources.get(k, 0) / n) for k, n in wanted.items() if n), default=self.section.replicas
        )
        if room >= self.section.replicas:
            return
        has = ", ".join(f"{resources.get(k, 0):g} {k}" for k in wanted)
        if not room and self.section.address is None:
            raise EngineError(
                f"this machine has {has}: no room for a replica with engine.cpus {self.section.cpus:g} "
                f"and engine.gpus {self.section.gpus:g}; lower them, or give engine.address of a cluster"
            )
        info(f"the Ray cluster ({has}) has room for {room} of {self.section.replicas} replicas now")

    async def _acquire(self) -> Replica:
        await self._until(lambda: any(replica.room > 0 for replica in self.replicas))
        replica = max(self.replicas, key=lambda r: r.room / max(1, r.limit))
        replica.in_flight += 1
        return replica

    async def _until(self, ready: Any) -> None:
        """Wait until `ready()`; raises `EngineError` when no replica can ever serve."""

        def done() -> bool:
            return ready() or all(replica.error for replica in self.replicas)

        if not self._tasks:
            raise EngineError("the engine is not running; use it in `async with`")
        async with self._changed:
            await self._changed.wait_for(done)
        if not ready():
            raise self.replicas[0].error or EngineError("no replica is left")
