"""The circuit breaker: closed, open, half-open."""

from __future__ import annotations

import pytest

from dartmath.engines.openai.breaker import Breaker


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(clock)
    for _ in range(5):
        breaker.failure()
    return breaker


def test_it_opens_only_after_five_failures_in_a_row(clock: Clock) -> None:
    breaker = Breaker(clock)
    for _ in range(4):
        breaker.failure()
    breaker.success()
    for _ in range(4):
        breaker.failure()
    assert breaker.allows
    breaker.failure()
    assert not breaker.allows
    assert breaker.state == "open"


def test_half_open_lets_one_request_through_and_its_success_closes(clock: Clock) -> None:
    breaker = opened(clock)
    clock.now = 1.0
    assert breaker.allows
    breaker.sent()
    assert breaker.state == "half-open"
    assert not breaker.allows
    breaker.success()
    assert breaker.state == "closed"
    assert breaker.allows


def test_every_failed_trial_doubles_the_pause_up_to_eight_seconds(clock: Clock) -> None:
    breaker = opened(clock)
    pauses = []
    for _ in range(9):
        began = clock.now
        while breaker.state == "open":
            clock.now += 0.5
        pauses.append(clock.now - began)
        breaker.sent()
        breaker.failure()
    assert pauses == [1, 2, 4, 8, 8, 8, 8, 8, 8]


def test_failures_of_requests_sent_before_it_opened_do_not_lengthen_the_pause(clock: Clock) -> None:
    breaker = opened(clock)
    for _ in range(20):
        breaker.failure()
    clock.now = 1.0
    assert breaker.state == "half-open"


def test_a_cancelled_trial_lets_the_next_one_try(clock: Clock) -> None:
    breaker = opened(clock)
    clock.now = 1.0
    breaker.sent()
    breaker.abandoned()
    assert breaker.allows
