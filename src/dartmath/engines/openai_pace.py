"""How many requests a server can use at once, found by measuring."""

from __future__ import annotations

import time
from collections.abc import Callable

# A change of the limit must gain this share of what perfectly parallel work would gain.
_GAIN = 0.2
_FIRST, _STEP = 16, 8
# A window is this many times the limit: the requests cut at its ends then weigh little.
_WINDOW = 6
# Windows at the plateau until another limit is tried, since load and response lengths change.
_HOLD = 4


class Pace:
    """The limit of requests in flight of one server.

    The limit doubles while the throughput in tokens per second rises with it, then grows by a
    constant until throughput stops rising. From there a little more and a little less are tried
    in turn, and kept where they pay. A refusal (HTTP 429 or 503, a timeout) cuts it by 30 %.
    """

    def __init__(
        self, fixed: int | None = None, most: int = 1024, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.fixed, self.most, self._clock = fixed, most, clock
        self.limit = fixed or min(_FIRST, most)
        self.rate = 0.0
        self._best_rate, self._best_limit, self._doubling, self._hold = 0.0, self.limit, True, 0
        self._direction = 1
        self._count = self._tokens = self._open = self._settling = 0
        self._began = clock()

    def finished(self, tokens: int, in_flight: int) -> None:
        """A request ended with `tokens` generated, `in_flight` having been open with it."""
        if self._settling:
            self._settling -= 1
            self._began = self._clock()
            return
        self._count, self._tokens = self._count + 1, self._tokens + tokens
        self._open += in_flight
        if self._count >= max(_WINDOW * self.limit, 48):
            self._judge()

    def refused(self) -> None:
        """The server had too much."""
        if self.fixed is None:
            self.limit = max(1, int(self.limit * 0.7))
            self._best_rate, self._best_limit, self._doubling, self._hold = 0.0, self.limit, False, _HOLD
        self._restart()

    def _judge(self) -> None:
        seconds = max(self._clock() - self._began, 1e-9)
        self.rate = self._tokens / seconds
        saturated = self._open >= 0.8 * self._count * self.limit
        if self.fixed is None and saturated:
            self._move()
        self._restart()

    def _move(self) -> None:
        change = self.limit / self._best_limit - 1
        if self._hold:
            self._hold -= 1
            self._best_rate = self.rate
            if not self._hold:
                self._direction = -self._direction
                self._go()
        elif self.rate > self._best_rate * (1 + _GAIN * change):
            self._best_rate, self._best_limit = self.rate, self.limit
            self._go()
        else:
            self.limit, self._hold = self._best_limit, _HOLD
            if self._doubling:
                self._doubling, self._hold = False, 0
                self._go()

    def _go(self) -> None:
        """Try the next limit in the present direction."""
        step = self.limit if self._doubling else self._direction * min(_STEP, max(1, self.limit // 2))
        self.limit = max(1, min(self.most, self.limit + step))
        if self.limit == self._best_limit:
            self._hold = _HOLD

    def _restart(self) -> None:
        """Begin a window, after the requests that began before it have ended."""
        self._count = self._tokens = self._open = 0
        self._settling, self._began = self.limit, self._clock()
