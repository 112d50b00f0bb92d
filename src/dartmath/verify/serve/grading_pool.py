"""GradingPool: verdicts from worker processes that can be killed and replaced."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

from dartmath.base.errors import UsageError
from dartmath.verify.contract.outcome import Outcome, Verdict
from dartmath.verify.contract.question import Gradable
from dartmath.verify.custom import is_own, metadata_for
from dartmath.verify.extract.answer import WINDOW
from dartmath.verify.judge import grade
from dartmath.verify.serve.worker import GradingWorker, WorkerLost, WorkerSlow

if TYPE_CHECKING:
    from dartmath.verify.contract.settings import GradingSettings

MAX_BATCH = 256
_KEYS = ("tolerance", "ordered", "answer_type", "original", "judged_as")


@dataclass(frozen=True, slots=True)
class _Item:
    payload: list[Any]
    future: Future[Verdict]


class GradingPool:
    """Grade responses in `workers` processes; results come as futures.

    Items travel in micro-batches. A worker that is silent for `timeout` seconds, or dies, is
    replaced: what it left of its batch is graded one by one by fresh workers, and only the item
    that is slow or deadly on its own becomes `Outcome.TIMEOUT` or `Outcome.ERROR`.
    `workers=0` grades in the calling thread, with no second line of defence. `settings` say how answers
    are found and compared.
    """

    def __init__(
        self, workers: int = 1, timeout: float = 5.0, settings: GradingSettings | None = None
    ) -> None:
        if workers < 0 or timeout <= 0:
            raise UsageError(
                f"GradingPool needs workers >= 0 and timeout > 0, got {workers} and {timeout}; "
                "use workers=0 to grade in the calling thread"
            )
        self._timeout = timeout
        self._settings = settings
        self._record = _as_json(settings)
        self._waiting: deque[_Item] = deque()
        self._wake = threading.Condition()
        self._closed = False
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def submit(
        self, query: Gradable, response: str, finish_reason: str = "stop", *, in_thought: bool = False
    ) -> Future[Verdict]:
        """Grade one response (see `grade`); the future never raises for what the response says."""
        future: Future[Verdict] = Future()
        if not self._threads:
            self._refuse_if_closed()
            future.set_result(self._grade_inline(query, response, finish_reason, in_thought))
            return future
        item = _Item([*_payload(query, response, finish_reason), in_thought, self._record], future)
        with self._wake:
            self._refuse_if_closed()
            self._waiting.append(item)
            self._wake.notify()
        return future

    def close(self) -> None:
        """Finish what was submitted, then end the workers. Closing twice is fine."""
        with self._wake:
            self._closed = True
            self._wake.notify_all()
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> GradingPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise UsageError("this GradingPool is closed; make a new one to grade more")

    def _grade_inline(self, query: Gradable, response: str, finish_reason: str, in_thought: bool) -> Verdict:
        try:
            return grade(
                query, response, finish_reason=finish_reason, in_thought=in_thought, settings=self._settings
            )
        except (ArithmeticError, LookupError, MemoryError, RecursionError, TypeError, ValueError) as error:
            return Verdict(Outcome.ERROR, None, "error", f"{type(error).__name__}: {error}"[:200])

    def _serve(self) -> None:
        """One thread per worker process: feed it batches until the pool is closed and drained."""
        worker: GradingWorker | None = None
        try:
            while batch := self._next_batch():
                worker = self._grade(worker, batch)
        finally:
            if worker is not None:
                worker.close()

    def _next_batch(self) -> list[_Item]:
        """The next items that nobody cancelled; empty when the pool is closed and drained."""
        while True:
            with self._wake:
                while not self._waiting and not self._closed:
                    self._wake.wait()
                size = min(MAX_BATCH, -(-len(self._waiting) // len(self._threads)))
                batch = [self._waiting.popleft() for _ in range(size)]
            wanted = [item for item in batch if item.future.set_running_or_notify_cancel()]
            if wanted or not batch:
                return wanted

    def _grade(self, worker: GradingWorker | None, batch: list[_Item]) -> GradingWorker | None:
        """Resolve every future of the batch; returns the worker if it is still good."""
        left = deque(batch)
        try:
            worker = worker or GradingWorker()
            for verdict in worker.grade([item.payload for item in batch], self._timeout):
                left.popleft().future.set_result(verdict)
        except (WorkerSlow, WorkerLost) as failure:
            if worker is not None:
                worker.kill()
            if len(batch) == 1:
                batch[0].future.set_result(_failed(failure, self._timeout))
                return None
            return self._grade_one_by_one(left)
        return worker

    def _grade_one_by_one(self, batch: Iterable[_Item]) -> GradingWorker | None:
        worker: GradingWorker | None = None
        for item in batch:
            worker = self._grade(worker, [item])
        return worker


def _as_json(settings: GradingSettings | None) -> str | None:
    if settings is None:
        return None
    from dartmath.verify.contract.settings import settings_record

    record = settings_record(settings)
    return None if record is None else json.dumps(record)


def _failed(failure: WorkerSlow | WorkerLost, timeout: float) -> Verdict:
    if isinstance(failure, WorkerSlow):
        return Verdict(Outcome.TIMEOUT, None, "timeout", f"no verdict within {timeout:g} s")
    return Verdict(Outcome.ERROR, None, "error", f"the grading process died: {failure}")


def _payload(query: Gradable, response: str, finish_reason: str) -> list[Any]:
    read = response if is_own(query.verifier) else response[-WINDOW:]
    known = metadata_for(query, _KEYS)
    return [query.text, list(query.references), query.verifier, known, read, finish_reason]
