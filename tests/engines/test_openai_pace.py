"""Finding a server's concurrency, on a server whose throughput saturates at a known point."""

from __future__ import annotations

import heapq
import random

import pytest

from dartmath.engines.openai_pace import Pace


class Simulated:
    """A server that gives each of `c` requests in flight 50 tokens/s, and no more than `knee` times that."""

    def __init__(self, knee: int, seed: int) -> None:
        self.now, self.count = 0.0, 0
        self.knee, self.random = knee, random.Random(seed)
        self.pace = Pace(clock=lambda: self.now)
        self.running: list[tuple[float, int, int]] = []

    def run(self, requests: int) -> list[int]:
        limits = []
        for _ in range(requests):
            while len(self.running) < self.pace.limit:
                self._start()
            in_flight = len(self.running)
            self.now, _, tokens = heapq.heappop(self.running)
            self.pace.finished(tokens, in_flight)
            limits.append(self.pace.limit)
        return limits

    def _start(self) -> None:
        tokens = max(1, int(self.random.lognormvariate(5, 0.6)))
        speed = 50 * min(1, self.knee / (len(self.running) + 1))
        self.count += 1
        heapq.heappush(self.running, (self.now + tokens / speed, self.count, tokens))


def simulate(knee: int, seed: int = 0, requests: int = 30_000) -> tuple[Pace, list[int]]:
    server = Simulated(knee, seed)
    return server.pace, server.run(requests)


@pytest.mark.parametrize("knee", [4, 16, 64, 200])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_limit_settles_near_the_point_of_saturation(knee: int, seed: int) -> None:
    _, limits = simulate(knee, seed)
    settled = limits[-8000:]
    assert sum(settled) / len(settled) >= 0.8 * knee
    assert sum(settled) / len(settled) <= 2.2 * knee + 4


def test_it_reports_the_throughput() -> None:
    pace, _ = simulate(32)
    assert pace.rate == pytest.approx(32 * 50, rel=0.25)


def test_a_refusal_cuts_the_limit_and_it_grows_again() -> None:
    server = Simulated(64, 0)
    pace = server.pace
    server.run(10_000)
    before = pace.limit
    pace.refused()
    assert pace.limit == int(before * 0.7)
    server.run(30_000)
    assert pace.limit >= before * 0.8


def test_refusals_never_end_it() -> None:
    pace = Pace()
    for _ in range(100):
        pace.refused()
    assert pace.limit == 1


def test_a_fixed_limit_stays() -> None:
    pace = Pace(fixed=5)
    pace.refused()
    for _ in range(1000):
        pace.finished(100, 5)
    assert pace.limit == 5


def test_it_does_not_grow_while_there_is_too_little_work() -> None:
    now = iter(range(10**6))
    pace = Pace(clock=lambda: float(next(now)))
    for _ in range(1000):
        pace.finished(100, 2)
    assert pace.limit == 16
