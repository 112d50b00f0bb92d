"""Controller: a stream of trials that keeps the engine's slots full and never waits for grading.

    schedule -> slot (engine.generate) -> grader (other processes) -> tally + journal -> schedule

As many slots run as the engine says it can serve. A slot takes the next trial from the schedule,
generates, hands the response to the grader and goes on; it ends when nothing may be launched.
Verdicts come back in batches: each is counted, journalled and re-enters its query in the
schedule, and then slots are filled again.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import Protocol

from dartmath.base.errors import EngineError
from dartmath.base.text import encodable
from dartmath.engines.protocol import Completion, Engine, Request
from dartmath.sampling.budget import BudgetGuard
from dartmath.sampling.config import MAIN
from dartmath.sampling.engine_group import EngineGroup
from dartmath.sampling.sample import Sample
from dartmath.sampling.schedule import Schedule
from dartmath.sampling.tally import Tally
from dartmath.sampling.trials import Landed, Trials
from dartmath.verify.contract.outcome import Outcome, Verdict
from dartmath.verify.serve.batch import Grader

_BATCH = 256
_RETRY_SECONDS = (0.5, 2.0)
# Failed requests in a row until all are held to fail, where there are few in flight: more than one server
# that restarts fails, fewer than what a run can afford to sample again.
_FAILURES = 64


# Responses whose duration is remembered; what an interrupted run waits for them, in seconds: at least, where
# none is known, and at most.
_LATELY = 512
_LEAST_SECONDS, _UNKNOWN_SECONDS, _MOST_SECONDS = 5.0, 20.0, 600.0


class Sink(Protocol):
    """Takes finished samples: a `JournalWriter`, or anything like it."""

    def append(self, sample: Sample) -> None:
        """Take one sample."""
        ...

    def flush(self) -> None:
        """Make all taken samples safe."""
        ...


class Controller:
    """Runs the trials that a schedule launches, until it is done, stopped or has failed.

    `run` returns when nothing is owed, when the budget is used up or `stop` was called and all that was
    in flight is recorded, or raises what ended it: `EngineError`, `JournalError`. A request that the
    engine fails is tried three times and then recorded as outcome `error`, at once where the query itself is
    refused, as one that is too long is, which is then not asked again in this session; when a long series of
    requests fails without one success between, none of them is recorded and the run stops. Nor is one
    that `stop` keeps from being tried again: its trial stays owed.
    """

    def __init__(
        self,
        trials: Trials,
        engine: Engine,
        *,
        grader: Grader,
        schedule: Schedule,
        tally: Tally,
        sink: Sink,
        budget: BudgetGuard,
    ) -> None:
        self._trials, self._engine, self._grader = trials, engine, grader
        self._schedule, self._tally, self._sink, self._budget = schedule, tally, sink, budget
        self._slots: set[asyncio.Task[None]] = set()
        self._inbox: deque[tuple[Landed, Future[Verdict]]] = deque()
        # By engine, since one may be down while another answers.
        self._failed: dict[int, list[Landed]] = {}
        # By query and teacher: what is too long for one may not be for another.
        self._hopeless: dict[tuple[int, int], Completion] = {}
        self._group = engine if isinstance(engine, EngineGroup) else None
        self._asked = Counter[int]()
        self._asking = Counter[str]()
        self._failures = Counter[int]()
        self._lately: deque[float] = deque(maxlen=_LATELY)
        self._draining = self._interrupted = False
        self._error: BaseException | None = None
        self.stopped: str | None = None
        self.generating = 0
        self.grading = 0

    async def run(self) -> None:
        """Run the stream; see the class."""
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        self._fill()
        self._look()
        await self._ended.wait()
        if self._error is not None:
            raise self._error

    def stop(self, reason: str) -> None:
        """Launch nothing more; `run` returns when all in flight is recorded."""
        self._interrupted = True
        self.stopped = self.stopped or reason
        self._look()

    def abort(self, reason: str) -> None:
        """As `stop`, and abort what is being generated; its trials stay owed."""
        self.stop(reason)
        for slot in self._slots:
            slot.cancel()

    @property
    def seconds_to_finish(self) -> float:
        """Seconds that what is being generated is given to end after `stop`.

        As long as the longest response lately and half as much again; an engine may say it by itself.
        """
        own: float | None = getattr(self._engine, "finish_seconds", None)
        if own is not None:
            return own
        longest = max(self._lately, default=_UNKNOWN_SECONDS)
        return min(max(_LEAST_SECONDS, 1.5 * longest), _MOST_SECONDS)

    @property
    def _room(self) -> int:
        """Slots to fill. One even when the engine has none now: its `generate` waits for a server."""
        return max(1, self._engine.concurrency)

    def _fill(self) -> None:
        """Start slots while the engine has room and something may be launched."""
        try:
            while len(self._slots) < self._room and (launch := self._next()) is not None:
                slot = self._loop.create_task(self._slot(*launch))
                self._slots.add(slot)
                slot.add_done_callback(self._slot_ended)
        except Exception as error:  # as in `_drain`
            self._fail(error)

    def _next(self) -> tuple[int, int, int] | None:
        """The next (query, trial, teacher), from now on counted as generating; None while there is none."""
        # Verification that lags behind holds generation back, so that responses do not fill the memory.
        if self.stopped or self._error or self.grading > 1024 + 4 * self._room:
            return None
        reason = self._budget.exhausted(self._schedule.in_flight, self.generating)
        if reason is not None:
            # What is being generated may take less than it counts for, so there may be room again.
            if not self.generating:
                self.stopped = reason
            return None
        launch = self._schedule.launch(self._free())
        if launch is None:
            return None
        teacher = self._schedule.teacher(*launch)
        self.generating += 1
        self._asking[self._name(teacher)] += 1
        self._asked[self._place(teacher)] += 1
        return (*launch, teacher)

    def _free(self) -> list[int] | None:
        """The teachers that may be asked now, those of the idlest engine first; None where all may."""
        closed = self._budget.closed(self._asking)
        if self._group is None:
            everyone = range(len(self._trials.voices))
            return [one for one in everyone if self._name(one) not in closed] if closed else None
        rooms = self._group.rooms
        busy = {
            teacher: self._asked[place] / rooms[place] for teacher, place in enumerate(self._group.of_teacher)
        }
        open_ = (one for one, share in busy.items() if share < 1 and self._name(one) not in closed)
        return sorted(open_, key=busy.__getitem__)

    def _name(self, teacher: int) -> str:
        """What a teacher is called in tables."""
        return self._trials.voices[teacher].name or MAIN

    def _place(self, teacher: int) -> int:
        """The place of a teacher's engine."""
        return self._group.of_teacher[teacher] if self._group else 0

    async def _slot(self, index: int, trial: int, teacher: int) -> None:
        turns = 0
        while True:
            await self._one(index, trial, teacher)
            turns += 1
            if turns % 16 == 0:
                # An engine that answers at once never suspends, and verdicts must get in.
                await asyncio.sleep(0)
            if len(self._slots) > self._room:
                return
            launch = self._next()
            if launch is None:
                return
            index, trial, teacher = launch

    async def _one(self, index: int, trial: int, teacher: int) -> None:
        start = self._loop.time()
        try:
            request = self._trials.request(index, trial, teacher)
            completion = self._hopeless.get((index, teacher)) or await self._attempt(request)
        finally:
            self.generating -= 1
            self._asking[self._name(teacher)] -= 1
            self._asked[self._place(teacher)] -= 1
        seconds = round(self._loop.time() - start, 3)
        text = encodable(completion.text)
        seed = request.seed if completion.seed is None else completion.seed
        landed = Landed(index, trial, seed, text, completion, seconds, teacher=teacher)
        if completion.hopeless:
            self._hopeless[index, teacher] = completion
        if completion.finish_reason == "error":
            if not self._interrupted:
                self._hold(landed)
            return
        self._lately.append(seconds)
        self._release(self._place(teacher))
        self._grade(landed)

    async def _attempt(self, request: Request) -> Completion:
        for pause in (*_RETRY_SECONDS, None):
            completion = await self._engine.generate(request)
            self._budget.spent(completion, self._name(request.teacher))
            if (
                completion.finish_reason != "error"
                or completion.hopeless
                or completion.final
                or self._interrupted
                or pause is None
            ):
                break
            await asyncio.sleep(pause)
        return completion

    def _slot_ended(self, slot: asyncio.Task[None]) -> None:
        self._slots.discard(slot)
        if not slot.cancelled():
            error = slot.exception()
            if error is not None:
                self._fail(error)
        # A verdict may have come in while this slot, already over, still counted as busy.
        self._fill()
        self._look()

    def _hold(self, landed: Landed) -> None:
        """Keep a failed request back until it is known that not all requests fail."""
        place = self._place(landed.teacher)
        self._failed.setdefault(place, []).append(landed)
        limit = max(_FAILURES, 2 * self._room)
        # A verdict on a query says nothing of the engine.
        self._failures[place] += not landed.completion.hopeless
        if self._failures[place] >= limit:
            self._fail(
                EngineError(
                    f"the last {limit} requests all failed, the last one with: {landed.completion.error}; "
                    "mend the engine and run the same command again: their trials are still owed"
                )
            )

    def _check_hopeless(self) -> None:
        """Raise where every query that was asked was refused, and none was ever answered."""
        failed = [held for one in self._failed.values() for held in one]
        if self._tally.total or not all(held.completion.hopeless for held in failed):
            return
        raise EngineError(
            f"no query can be asked: all {len(self._hopeless)} are refused, the last one with: "
            f"{failed[-1].completion.error}; mend that and run the same command again: "
            "nothing is recorded"
        )

    def _release(self, place: int) -> None:
        """Record the requests to an engine that failed before one that succeeded."""
        for landed in self._failed.pop(place, ()):
            self._record(landed, Verdict(Outcome.ERROR, reason=landed.completion.error))
        self._failures[place] = 0

    def _grade(self, landed: Landed) -> None:
        self.grading += 1
        query, reason = self._trials.queries[landed.index], landed.completion.finish_reason
        in_thought = self._trials.opens_thought(landed)
        future = self._grader.submit(query, landed.text, finish_reason=reason, in_thought=in_thought)
        future.add_done_callback(partial(self._graded, landed))

    def _graded(self, landed: Landed, future: Future[Verdict]) -> None:
        """Take a verdict, in whatever thread it arrives; one wake-up serves many."""
        self._inbox.append((landed, future))
        if not self._draining:
            self._draining = True
            self._loop.call_soon_threadsafe(self._drain)

    def _drain(self) -> None:
        """Record the verdicts that have arrived, and fill the slots again."""
        self._draining = False
        try:
            for _ in range(min(_BATCH, len(self._inbox))):
                landed, future = self._inbox.popleft()
                self.grading -= 1
                self._judged(landed, _verdict(future))
            self._sink.flush()
        except Exception as error:  # `run` raises it: what a callback raises, the loop would only log
            self._fail(error)
        if self._inbox and not self._draining:
            self._draining = True
            self._loop.call_soon(self._drain)
        self._fill()
        self._look()

    def _judged(self, landed: Landed, verdict: Verdict) -> None:
        """Record a verdict; grade once more where grading itself broke, which may be no one's fault."""
        if verdict.outcome is Outcome.ERROR and not landed.graded_before:
            self._grade(replace(landed, graded_before=True))
        else:
            self._record(landed, verdict)

    def _record(self, landed: Landed, verdict: Verdict) -> None:
        # What a dead engine had finished is kept; after any other failure nothing more can be.
        if self._error is not None and not isinstance(self._error, EngineError):
            return
        sample = self._trials.sample(landed, verdict)
        if self._tally.add(landed.index, sample):
            self._sink.append(sample)
        self._schedule.landed(landed.index)

    def _fail(self, error: BaseException) -> None:
        if self._error is None:
            self._error = error
            for slot in self._slots:
                slot.cancel()

    def _look(self) -> None:
        """End the run when there is nothing left to wait for."""
        if self._slots or self.grading:
            return
        if self._failed and not self._error and not self._interrupted:
            try:
                self._check_hopeless()
                for place in [*self._failed]:
                    self._release(place)
            except Exception as error:  # as in `_drain`
                self._fail(error)
            self._fill()
        if not self._slots:
            self.stopped = self.stopped or next(iter(self._budget.closed({}).values()), None)
            self._ended.set()


def _verdict(future: Future[Verdict]) -> Verdict:
    error = future.exception()
    if error is not None:
        return Verdict(Outcome.ERROR, reason=f"verification failed: {error}")
    return future.result()
