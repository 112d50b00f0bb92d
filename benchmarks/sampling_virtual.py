"""The controller on a virtual clock, with an engine of realistic lengths.

The real controller runs unchanged on an event loop whose clock jumps to the next timer whenever
nothing is left to do, so an hour of sampling takes seconds.
"""

from __future__ import annotations

import asyncio
import random
import selectors
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from dartmath.engines.openai.pace import Pace
from dartmath.engines.protocol import Completion, Generation, Request
from dartmath.prompts.template import Prompt
from dartmath.queries.query import Query
from dartmath.sampling.budget import BudgetGuard, Meter, Tariff
from dartmath.sampling.config import Budget, Price
from dartmath.sampling.controller import Controller
from dartmath.sampling.policy import PolicySection
from dartmath.sampling.sample import Sample
from dartmath.sampling.schedule import Schedule
from dartmath.sampling.tally import Tally
from dartmath.sampling.trials import Trials, Voice
from dartmath.verify.contract.outcome import Outcome, Verdict

TOKENS_PER_SECOND = 25.0
MAX_TOKENS = 2048
# Of a server: a few-shot prompt, how fast one is read, and how many it keeps.
PROMPT_TOKENS, PREFILL_PER_SECOND, CACHED_PROMPTS = 700, 20_000.0, 256
_VERDICTS = {"right": Verdict(Outcome.CORRECT, "1"), "wrong": Verdict(Outcome.WRONG, "2")}


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop that never waits: its clock jumps to the next timer."""

    def __init__(self) -> None:
        super().__init__(_JumpingSelector(self))
        self.now = 0.0

    def time(self) -> float:
        return self.now


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is not None and timeout > 0:
            self._loop.now += timeout
            timeout = 0
        return super().select(timeout)


@dataclass
class Workload:
    """Pass rates of queries; every trial's success and length follow from the seed of the trial."""

    rates: Sequence[float]

    def trial(self, index: int, trial: int) -> tuple[bool, int]:
        """(right, tokens) of one trial. Lengths are log-normal; harder queries have longer ones."""
        stream = random.Random(index * 1_000_003 + trial)
        rate = self.rates[index]
        right = stream.random() < rate
        # Means as published: 274 tokens a response under Uniform, 480 under Prop2Diff.
        median = 230 + 330 * (1 - rate) + (0 if right else 150)
        return right, max(16, min(MAX_TOKENS, int(stream.lognormvariate(0, 0.5) * median)))

    def seconds(self, index: int, trial: int) -> float:
        """Engine time of one trial in one slot."""
        return self.trial(index, trial)[1] / TOKENS_PER_SECOND


class VirtualEngine:
    """Generates in virtual time and integrates how many slots are busy."""

    def __init__(self, workload: Workload, slots: int) -> None:
        self.workload, self.concurrency = workload, slots
        self.busy = 0
        self.marks: list[tuple[float, int]] = []
        """(time, busy slots) at every end of a trial."""

    async def generate(self, request: Request) -> Completion:
        index, trial = map(int, request.id.split("/"))
        right, tokens = self.workload.trial(index, trial)
        self.busy += 1
        await asyncio.sleep(tokens / TOKENS_PER_SECOND)
        self.marks.append((asyncio.get_running_loop().time(), self.busy))
        self.busy -= 1
        return Completion("right" if right else "wrong", "stop", 100, tokens)


class ServedEngine(VirtualEngine):
    """A server behind the client's own pace, which has to find out how much it takes.

    It reads one prompt at a time, keeps the latest ones in its cache, decodes up to `slots` responses at once
    and lets the rest wait.
    """

    def __init__(self, workload: Workload, slots: int) -> None:
        self.pace = Pace(None, clock=_virtual_time)
        self._slots, self._cached = asyncio.Semaphore(slots), OrderedDict[int, None]()
        self._reader = asyncio.Lock()
        self.open = 0
        super().__init__(workload, slots)

    @property
    def concurrency(self) -> int:  # type: ignore[override]
        """What the pace lets through."""
        return self.pace.limit

    @concurrency.setter
    def concurrency(self, slots: int) -> None:
        """Nothing: the slots are the server's, which does not tell."""

    async def generate(self, request: Request) -> Completion:
        began = _virtual_time()
        self.open += 1
        async with self._slots:
            await self._prefill(int(request.id.split("/")[0]))
            found = await super().generate(request)
        self.open -= 1
        self.pace.finished(found.completion_tokens, self.open, _virtual_time() - began)
        return found

    async def _prefill(self, index: int) -> None:
        async with self._reader:
            if index not in self._cached:
                await asyncio.sleep(PROMPT_TOKENS / PREFILL_PER_SECOND)
            self._cached[index] = None
            self._cached.move_to_end(index)
            while len(self._cached) > CACHED_PROMPTS:
                self._cached.popitem(last=False)


def _virtual_time() -> float:
    try:
        return asyncio.get_running_loop().time()
    except RuntimeError:  # before the run
        return 0.0


class VirtualGrader:
    """A verdict 50 ms later, as from another process."""

    def submit(
        self, query: object, response: str, finish_reason: str = "stop", *, in_thought: bool = False
    ) -> Future[Verdict]:
        future: Future[Verdict] = Future()
        finish: Callable[[Verdict], None] = future.set_result
        asyncio.get_running_loop().call_later(0.05, finish, _VERDICTS[response])
        return future


@dataclass
class Watcher:
    """Keeps nothing, since the journal has a benchmark of its own, and tells of every trial."""

    tally: Tally
    seen: Callable[[Tally, int], None]

    def append(self, sample: Sample) -> None:
        self.seen(self.tally, int(sample.query_id))

    def flush(self) -> None: ...


def run_virtually(
    workload: Workload,
    policy: PolicySection,
    slots: int,
    budget: Budget | None = None,
    *,
    seen: Callable[[Tally, int], None] = lambda tally, index: None,
    kind: type[VirtualEngine] = VirtualEngine,
) -> tuple[Tally, VirtualEngine, float]:
    """The tally, the engine and the virtual seconds of a run of the controller.

    `seen` is called with the tally and the query of every trial that was just counted.
    """
    size = len(workload.rates)
    queries = [Query(str(i), "paper", "", ("1",)) for i in range(size)]
    tally, prompt = Tally(size, policy.pilot_trials), Prompt("")
    engine = kind(workload, slots)
    voice = Voice(lambda _: prompt, Generation(max_tokens=MAX_TOKENS))
    trials = Trials(queries, [voice], 0, "counts")
    guard = BudgetGuard(budget or Budget(), Tariff(Price(), {}), tally, Meter(), largest=trials.largest())
    controller = Controller(
        trials,
        engine,
        grader=VirtualGrader(),
        schedule=Schedule(policy, tally),
        tally=tally,
        sink=Watcher(tally, seen),
        budget=guard,
    )
    loop = VirtualLoop()
    loop.run_until_complete(controller.run())
    took = loop.time()
    loop.close()
    return tally, engine, took
