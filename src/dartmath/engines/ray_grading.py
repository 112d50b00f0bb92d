"""Verification in actors of a Ray cluster: the same face as `dartmath.verify.GradingPool`."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Self

from dartmath.base.errors import UsageError
from dartmath.engines.ray_cluster import connect
from dartmath.verify.contract.outcome import Outcome, Verdict

if TYPE_CHECKING:
    from dartmath.verify.contract.settings import GradingSettings

_BATCH = 256
# Times a batch is sent before it is taken apart, and an item before it is given up.
_TRIES = 2

_Item = tuple[Any, str, str, bool]


class GradingActor:
    """What runs in the actor: a grading process, guarded against items that hang or kill it."""

    def __init__(self, timeout: float, settings: GradingSettings | None) -> None:
        from dartmath.verify import GradingPool

        self.pool = GradingPool(1, timeout, settings)

    def grade(self, items: list[_Item]) -> list[Verdict]:
        """One verdict per item."""
        futures = [
            self.pool.submit(query, response, reason, in_thought=in_thought)
            for query, response, reason, in_thought in items
        ]
        return [future.result() for future in futures]


class RayGradingPool:
    """Grade responses on `workers` actors; results come as futures.

    Worth it only where the machine that runs dartmath lacks the cores: one local process grades
    thousands of responses a second. A lost actor is replaced and its batch graded again.
    """

    def __init__(
        self,
        workers: int,
        timeout: float = 5.0,
        address: str | None = None,
        settings: GradingSettings | None = None,
    ) -> None:
        if workers < 1 or timeout <= 0:
            raise UsageError(
                f"RayGradingPool needs workers >= 1 and timeout > 0, got {workers} and {timeout}"
            )
        self._own_cluster = connect(address)
        self._timeout = timeout
        self._settings = settings
        self._waiting: queue.SimpleQueue[tuple[_Item, Future[Verdict]] | None] = queue.SimpleQueue()
        self._closed = False
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def submit(
        self, query: Any, response: str, finish_reason: str = "stop", *, in_thought: bool = False
    ) -> Future[Verdict]:
        """Grade one response; the future yields its verdict and never raises for what it says."""
        if self._closed:
            raise UsageError("this RayGradingPool is closed; make a new one to grade more")
        future: Future[Verdict] = Future()
        self._waiting.put(((query, response, finish_reason, in_thought), future))
        return future

    def close(self) -> None:
        """Finish what was submitted, then end the actors. Closing twice is fine."""
        if self._closed:
            return
        self._closed = True
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()
        if self._own_cluster:
            import ray

            ray.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _serve(self) -> None:
        """One thread per actor: feed it batches until the pool is closed and drained."""
        import ray

        actor = None
        while batch := self._next():
            actor = self._grade(actor, batch)
        if actor is not None:
            ray.kill(actor)

    def _next(self) -> list[tuple[_Item, Future[Verdict]]]:
        """What waits, at most a batch; empty at the end."""
        batch = []
        item = self._waiting.get()
        while item is not None:
            batch.append(item)
            if len(batch) == _BATCH or self._waiting.empty():
                return batch
            item = self._waiting.get()
        if batch:
            self._waiting.put(None)
        return batch

    def _grade(self, actor: Any, batch: list[tuple[_Item, Future[Verdict]]]) -> Any:
        """Resolve every future of the batch; returns an actor that still works, if any."""
        import ray

        reason = ""
        for _ in range(_TRIES):
            actor = actor or ray.remote(GradingActor).options(num_cpus=1).remote(
                self._timeout, self._settings
            )
            try:
                verdicts = ray.get(actor.grade.remote([item for item, _ in batch]))
            except ray.exceptions.RayError as error:
                reason, actor = str(error).strip().splitlines()[0], None
                continue
            for (_, future), verdict in zip(batch, verdicts, strict=True):
                future.set_result(verdict)
            return actor
        if len(batch) > 1:
            for one in batch:
                actor = self._grade(actor, [one])
            return actor
        batch[0][1].set_result(Verdict(Outcome.ERROR, None, "error", f"the grading actor died: {reason}"))
        return None
