"""Finding a server's concurrency, on a server whose throughput saturates at a known point."""

from __future__ import annotations

import heapq
import random

import pytest

from dartmath.engines.openai.pace import Pace
from engines.openai.simulated import VirtualServer


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


HOURS = {
    "nothing": lambda now: 0.0,
    "a burst": lambda now: float(1800 <= now < 1802),
    "loading": lambda now: float(now < 20),
}


@pytest.mark.parametrize("queues", [False, True])
@pytest.mark.parametrize("trouble", HOURS)
def test_six_hours_of_long_responses_lose_little(trouble: str, queues: bool) -> None:
    server = VirtualServer(256, 60.0, queues, HOURS[trouble])
    assert server.run(6 * 3600) >= 0.95 * 256 * 6 * 60


def test_refusals_that_do_not_depend_on_the_load_do_not_cut() -> None:
    server = VirtualServer(256, 10.0, refuses=lambda now: 0.3)
    assert server.run(3600) >= 0.7 * 0.7 * 256 * 360


@pytest.mark.parametrize("fewer", [8, 32, 128])
def test_a_server_that_takes_fewer_than_before_is_sent_fewer(fewer: int) -> None:
    server = VirtualServer(256, 10.0)
    server.run(1800)
    server.slots, before = fewer, server.answered
    server.run(3 * 3600)
    assert server.pace.limit <= 2 * fewer + 8
    assert server.answered - before >= 0.9 * fewer * 9000 / 10


def test_a_cut_leaves_what_was_shown_to_work_and_is_made_good_when_the_server_takes_more_again() -> None:
    server = VirtualServer(256, 10.0)
    server.run(1800)
    before, server.slots = server.pace.limit, 64
    server.run(3600)
    assert min(limit for _, limit in server.limits) >= 16
    assert 40 <= server.pace.limit < before
    server.slots = 256
    server.run(6 * 3600)
    assert server.pace.limit >= 0.9 * before


def test_a_server_that_refuses_everything_keeps_its_limit() -> None:
    server = VirtualServer(256, 1.0, refuses=lambda now: float(600 <= now < 700))
    server.run(600)
    before = server.pace.limit
    server.run(700)
    assert server.pace.limit >= int(0.7 * before)


def test_refusals_at_first_contact_say_nothing() -> None:
    pace = Pace()
    for _ in range(100):
        pace.refused()
    assert pace.limit == 16


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
