"""A deterministic engine for tests: each trial's success and length follow from its own seed."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dartmath.engines.protocol import Completion, Request
from dartmath.prompts.template import load_template
from dartmath.queries.query import Query
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.journal import open_journal
from dartmath.sampling.run import sample
from dartmath.sampling.sample import Sample
from dartmath.sampling.summary import SamplingSummary
from dartmath.verify.contract.outcome import Outcome

QA = load_template("qa")
MODEL = {"name": "simulated", "revision": None}


def make_queries(count: int, start: int = 0) -> list[Query]:
    """Queries with the references 0, 1, 2 ..."""
    numbers = range(start, start + count)
    return [Query(f"q{i:05d}", "test", f"What is {i}?", (str(i),), "math", {"level": i % 5}) for i in numbers]


class SimulatedEngine:
    """Answers each query right with a pass rate of its own, spread evenly over (0, 1).

    `delay` scales the random time of a request in seconds; 0 answers at once. `before` is called
    with every request first, and may raise or return another completion.
    """

    def __init__(
        self,
        *,
        concurrency: int = 16,
        delay: float = 0.0,
        rates: Mapping[str, float] | None = None,
        before: Callable[[Request], Completion | None] | None = None,
    ) -> None:
        self.concurrency, self.delay = concurrency, delay
        self.rates, self._before = rates or {}, before
        self.launched: Counter[str] = Counter()
        self.busy = self.entered = 0
        self.most_busy = 0

    async def __aenter__(self) -> SimulatedEngine:
        self.entered += 1
        return self

    async def __aexit__(self, *exc: object) -> None:
        return None

    async def generate(self, request: Request) -> Completion:
        self.launched[request.id] += 1
        self.busy += 1
        self.most_busy = max(self.busy, self.most_busy)
        try:
            return await self._generate(request)
        finally:
            self.busy -= 1

    async def _generate(self, request: Request) -> Completion:
        special = self._before(request) if self._before else None
        if special is not None:
            return special
        query = request.id.partition("/")[0]
        number = int(query[1:])
        stream = random.Random(request.seed)
        rate = self.rates.get(query, (number % 20 + 0.5) / 20)
        right, length = stream.random() < rate, stream.randint(1, 100)
        if self.delay:
            await asyncio.sleep(self.delay * length / 50)
        text = f"Thought {stream.randint(0, 10**6)}. The answer is \\boxed{{{number if right else -1}}}."
        return Completion(text, "stop", prompt_tokens=10, completion_tokens=length)

    def describe(self) -> dict[str, Any]:
        return {"kind": "simulated", "concurrency": self.concurrency}


def run(
    folder: Path, engine: SimulatedEngine, section: SamplingSection, *, count: int = 20, **options: Any
) -> SamplingSummary:
    """`sample` with this engine; `count` queries unless `queries` gives others."""
    queries = options.pop("queries", None) or make_queries(count)
    return sample(queries, engine, QA, section, folder, **{"seed": 7, "model": MODEL, **options})


def dataset(folder: Path) -> set[tuple[str, int, str]]:
    """(query, trial, text) of the first responses, in the order of trials, that the policy wants."""
    journal = open_journal(folder)
    counts, chosen = journal.counts(), set()
    pools: dict[str, list[Sample]] = {}
    for one in journal.samples([Outcome.CORRECT]):
        pools.setdefault(one.query_id, []).append(one)
    for query, found in pools.items():
        wanted = journal.section.policy.target(counts[query].pilot_trials, counts[query].pilot_correct)
        first = sorted(found, key=lambda s: s.trial)[:wanted]
        chosen |= {(s.query_id, s.trial, s.text) for s in first}
    return chosen


def assert_sound(folder: Path) -> None:
    """Nothing double, no gap, and counters that equal the samples."""
    journal = open_journal(folder)
    trials: dict[str, list[int]] = {query.id: [] for query in journal.queries()}
    outcomes: dict[str, Counter[Outcome]] = {query.id: Counter() for query in journal.queries()}
    for one in journal.samples():
        trials[one.query_id].append(one.trial)
        outcomes[one.query_id][one.outcome] += 1
    for query, counts in journal.counts().items():
        assert sorted(trials[query]) == list(range(counts.trials))
        assert outcomes[query] == counts.outcomes


def texts(samples: Sequence[Sample]) -> list[str]:
    """Texts in the order of queries and trials."""
    return [s.text for s in sorted(samples, key=lambda s: (s.query_id, s.trial))]
