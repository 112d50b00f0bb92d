"""How many requests a server can use at once, found by measuring."""

from __future__ import annotations

import time
from collections.abc import Callable

# A change of the limit must gain this share of what perfectly parallel work would gain.
_GAIN = 0.2
_FIRST, _STEP = 16, 8
# Responses of a window, as a multiple of the limit. While the limit doubles a difference of twofold is looked
# for, which one round shows; at the plateau the requests cut at a window's ends must weigh little.
_DOUBLING_WINDOW, _WINDOW, _SMALLEST_WINDOW = 1, 6, 32
# Windows at the plateau until another limit is tried, since load and response lengths change.
_HOLD = 4
# What a cut leaves, and the share of refusals among the outcomes of a round that asks for one: servers and
# gateways refuse one request in a hundred for reasons of their own.
_CUT, _REFUSED = 0.7, 0.15
# Share of the requests in flight on which a server must be shown to work to be sent as many on.
_WORKS = 0.6
# Weight of the newest response in the mean time of one.
_SMOOTHING = 0.05
# Outcomes on which a cut is decided, at least, and as a share of the limit.
_OUTCOMES, _OUTCOME_SHARE = 8, 0.25


class Pace:
    """The limit of requests in flight of one server.

    The limit doubles while the throughput in tokens per second rises with it, then grows by a
    constant until throughput stops rising. From there a little more and a little less are tried
    in turn, and kept where they pay.

    Refusals (HTTP 429, 503) cut it by 30 %, at most once in two round trips, and never below the number
    of requests that the server has just been shown to work on; not at all where that is most of what it was
    sent, since it refuses for another reason then. A server that refuses everything says nothing of how much
    it can take. From a cut the limit climbs by one with every response, back to where the trouble began.
    """

    def __init__(
        self, fixed: int | None = None, most: int = 1024, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.fixed, self.most, self._clock = fixed, most, clock
        self.limit = self.highest = fixed or min(_FIRST, most)
        self.rate = self.best_rate = 0.0
        self._best_rate, self._best_limit, self._doubling, self._hold = 0.0, self.limit, True, 0
        self._direction = 1
        self._goal = 0
        self._cut_at, self._answered_since_cut = float("-inf"), True
        self._proven, self._excesses = False, 0
        self._count = self._tokens = self._open = self._settling = self._good = self._bad = 0
        self._busy = self._latency = 0.0
        self._began = self._round_began = clock()

    def finished(self, tokens: int, in_flight: int, seconds: float = 0.0) -> None:
        """A request ended well after `seconds`, with `tokens` generated, `in_flight` open with it."""
        now = self._clock()
        self._good += 1
        self._latency += _SMOOTHING * (seconds - self._latency) if self._latency else seconds
        self._busy += min(seconds, now - self._round_began)
        self._answered_since_cut |= now - seconds >= self._cut_at
        if self.limit < self._goal:
            self._climb(in_flight)
            return
        if self._settling:
            self._settling -= 1
            self._began = now
            return
        self._count, self._tokens = self._count + 1, self._tokens + tokens
        self._open += in_flight
        factor = _DOUBLING_WINDOW if self._doubling else _WINDOW
        if self._count >= max(factor * self.limit, _SMALLEST_WINDOW):
            self._judge()

    def refused(self, seconds: float = 0.0) -> None:
        """The server had too much for a request that was sent `seconds` ago."""
        if self._clock() - seconds < self._cut_at:
            return  # it says nothing that the cut has not answered
        self._bad += 1
        outcomes = self._good + self._bad
        if outcomes < max(_OUTCOMES, _OUTCOME_SHARE * self.limit) and self._bad < self.limit:
            return
        if self._bad < _REFUSED * outcomes:
            self._new_round()
        elif self._answered_since_cut and self.fixed is None:
            self._consider()

    def _consider(self) -> None:
        """Cut, unless the server works on most of what it is sent, and refuses for another reason."""
        elapsed = max(self._clock() - self._round_began, 1e-9)
        shown = int(self._busy / elapsed)
        if elapsed < 2 * self._latency or not self._latency:
            return  # too early to say: the refused ones pause by themselves
        if shown < _WORKS * self.limit:
            self._cut(shown)
        self._new_round()

    def _cut(self, shown: int) -> None:
        """Cut to no less than `shown`."""
        trusted = self._best_limit if self._proven else self.limit
        # What was never shown to pay is given up at once; what was is left in steps.
        excess = self.limit > trusted
        floor = trusted if excess else int(_CUT * self.limit)
        self._excesses += excess
        self._goal = min(self.limit, trusted)
        self.limit = max(1, floor, min(shown, self.limit))
        self._cut_at, self._answered_since_cut = self._clock(), False
        self._best_rate, self._best_limit = 0.0, max(self.limit, self._goal)
        # Once may be bad luck, a burst that came as the limit had doubled.
        self._doubling &= self._excesses <= 1
        self._hold = 1 if self._doubling else _HOLD
        self._restart()

    def _climb(self, in_flight: int) -> None:
        """One more after a response, where the requests in flight fill the limit."""
        if in_flight >= 0.8 * self.limit:
            self.limit += 1
        if self.limit >= self._goal:
            self._goal = 0
            self._restart()

    def _judge(self) -> None:
        seconds = max(self._clock() - self._began, 1e-9)
        self.rate = self._tokens / seconds
        self.best_rate = max(self.best_rate, self.rate)
        saturated = self._open >= 0.8 * self._count * self.limit
        if self.fixed is None and saturated:
            self._move()
        self._restart()
        if self._bad < _REFUSED * self._good:
            self._new_round()

    def _move(self) -> None:
        change = self.limit / self._best_limit - 1
        if self._hold:
            self._hold -= 1
            self._best_rate, self._best_limit = self.rate, self.limit
            if not self._hold:
                self._direction = -self._direction
                self._go()
        elif self.rate > self._best_rate * (1 + _GAIN * change):
            self._best_rate, self._best_limit, self._proven = self.rate, self.limit, True
            self.highest = max(self.highest, self.limit)
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

    def _new_round(self) -> None:
        """Count outcomes from now on."""
        self._good = self._bad = 0
        self._busy, self._round_began = 0.0, self._clock()
