"""A server on a virtual clock that takes so many requests at once, and has bad moments."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from dartmath.engines.openai.pace import Pace

_TOKENS = 100
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 10.0


@dataclass
class VirtualServer:
    """Serves the requests that its pace lets through, in seconds of a virtual clock.

    A response takes `seconds` on average. Of more than `slots` at once the server `queues` the rest, or
    refuses them. `refuses(now)` is the chance that a request which ends now is refused all the same. A
    refused one is tried again after a pause, as the engine does.
    """

    slots: int
    seconds: float
    queues: bool = False
    refuses: Callable[[float], float] = lambda now: 0.0
    seed: int = 0
    now: float = 0.0
    answered: int = 0
    limits: list[tuple[float, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.pace = Pace(clock=lambda: self.now)
        self._events: list[tuple[float, int, float, int, bool]] = []
        self._pausing: list[tuple[float, int]] = []
        self._count = self._open = 0

    def run(self, until: float) -> int:
        """Responses until `until`."""
        while self.now < until:
            self._fill()
            waiting = self._pausing and self._open < self.pace.limit
            pause = self._pausing[0][0] if waiting else float("inf")
            end = self._events[0][0] if self._events else float("inf")
            if pause < end:
                self.now = pause
                continue
            self.now, _, began, waits, refused = heapq.heappop(self._events)
            self._end(began, waits, refused)
            self.limits.append((self.now, self.pace.limit))
        return self.answered

    def _fill(self) -> None:
        while self._open < self.pace.limit:
            waits = 0
            if self._pausing and self._pausing[0][0] <= self.now:
                waits = heapq.heappop(self._pausing)[1]
            elif self._open + len(self._pausing) >= self.pace.limit:
                return
            self._start(waits)

    def _start(self, waits: int) -> None:
        self._open += 1
        self._count += 1
        over = self._open > self.slots
        spread = self.random.lognormvariate(-0.125, 0.5)
        busy = max(1.0, self._open / self.slots) if self.queues else 1.0
        refused = over and not self.queues
        end = self.now + (0.02 if refused else self.seconds * spread * busy)
        heapq.heappush(self._events, (end, self._count, self.now, waits, refused))

    def _end(self, began: float, waits: int, refused: bool) -> None:
        self._open -= 1
        if refused or self.random.random() < self.refuses(self.now):
            self.pace.refused(self.now - began)
            pause = self.random.uniform(0, min(_FIRST_PAUSE * 2**waits, _LONGEST_PAUSE))
            heapq.heappush(self._pausing, (self.now + pause, waits + 1))
        else:
            self.answered += 1
            self.pace.finished(_TOKENS, self._open + 1, self.now - began)
