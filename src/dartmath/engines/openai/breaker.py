"""Circuit breaker: a server that keeps failing is left alone for a while, then tried again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

_FAILURES = 5
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 8.0


class Breaker:
    """Closed (all requests), open (none) or half-open (one, whose outcome decides).

    Five failures in a row open it for a second; each failure of the trial request doubles the
    pause, up to eight; a success closes it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures, self._pause, self._until, self._trial = 0, _FIRST_PAUSE, 0.0, False
        self._open = False

    @property
    def state(self) -> Literal["closed", "open", "half-open"]:
        """What it lets through now."""
        if not self._open:
            return "closed"
        return "open" if self._clock() < self._until else "half-open"

    @property
    def allows(self) -> bool:
        """Whether a request may be sent now."""
        state = self.state
        return state == "closed" or (state == "half-open" and not self._trial)

    def sent(self) -> None:
        """A request is being sent."""
        self._trial = self._open

    def success(self) -> None:
        """A request was answered well."""
        self._failures, self._pause, self._open, self._trial = 0, _FIRST_PAUSE, False, False

    def failure(self) -> None:
        """A request failed in a way that says something about the server."""
        self._failures += 1
        if self._open:
            if self.state == "open":  # a straggler from before it opened
                return
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        elif self._failures < _FAILURES:
            return
        self._open, self._trial, self._until = True, False, self._clock() + self._pause

    def abandoned(self) -> None:
        """A request was cancelled: nothing is known, and the next may try."""
        self._trial = False
