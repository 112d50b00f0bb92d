"""A deterministic engine for tests: each trial's success and length follow from its own seed."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

from dartmath.engines.protocol import Completion, Request
from dartmath.queries.query import Query


def make_queries(count: int) -> tuple[list[Query], dict[str, float]]:
    """Queries with references 0, 1, 2 ... and pass rates spread evenly over (0, 1)."""
    queries = [
        Query(f"q{i:05d}", "test", f"What is {i}?", (str(i),), "math", {"level": i * 5 // count})
        for i in range(count)
    ]
    return queries, {q.id: (i + 0.5) / count for i, q in enumerate(queries)}


class SimulatedEngine:
    """Answers a query right with its own pass rate; waits a little, as a model would.

    `delay` scales the random time of a request in seconds; 0 answers at once.
    """

    def __init__(self, rates: Mapping[str, float], *, concurrency: int = 16, delay: float = 0.0) -> None:
        self.rates, self.concurrency, self.delay = rates, concurrency, delay
        self.launched: Counter[str] = Counter()
        self.entered = 0

    async def __aenter__(self) -> SimulatedEngine:
        self.entered += 1
        return self

    async def __aexit__(self, *exc: object) -> None:
        return None

    async def generate(self, request: Request) -> Completion:
        query = request.id.partition("/")[0]
        self.launched[request.id] += 1
        stream = random.Random(request.seed)
        right, length = stream.random() < self.rates[query], stream.randint(1, 100)
        if self.delay:
            await asyncio.sleep(self.delay * length / 50)
        answer = int(query[1:]) if right else -1
        text = f"Thought {stream.randint(0, 10**9)}. The answer is \\boxed{{{answer}}}."
        return Completion(text, "stop", prompt_tokens=10, completion_tokens=length)

    def describe(self) -> dict[str, Any]:
        return {"kind": "simulated", "concurrency": self.concurrency}
