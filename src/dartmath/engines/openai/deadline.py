"""How long a response may take: as long as its tokens need at the pace that the server has shown.

A limit that is the same for all responses cuts off the long ones, and a pool of the short ones that are
left is another distribution. So the limit follows `max_tokens`, and grows with every time-out of a request.
"""

from __future__ import annotations

from collections import deque

# Responses whose pace is remembered, and how many of them make it known.
_REMEMBERED, _KNOWN = 256, 8
# Responses until it is computed anew: sorting 256 numbers for each would cost more than the exchange.
_STALE = 16
# A response may take this many times what its tokens need at a slow one's pace: load changes.
_PATIENCE = 3.0
# Nothing is late before that, in seconds: servers pause for garbage, compilation, long prompts.
_SHORTEST = 5.0
# While nothing is known, in seconds: a base, and for each token what a slow server on a CPU takes.
_UNKNOWN, _UNKNOWN_TOKEN = 600.0, 0.2
# Of a stream that has begun, seconds without an event.
_SILENCE = 60.0


class Deadline:
    """What one server's responses took. `least` is what every response may take, in seconds."""

    def __init__(self, least: float | None = None) -> None:
        self._least = least
        self._paces: deque[float] = deque(maxlen=_REMEMBERED)
        self._seconds: deque[float] = deque(maxlen=_REMEMBERED)
        self._slow = self._longest = 0.0
        self._news = 0

    @property
    def seconds_per_token(self) -> float | None:
        """The pace of a slow response (the 95th percentile); None while too few are known."""
        self._refresh()
        return self._slow if len(self._paces) >= _KNOWN else None

    @property
    def longest(self) -> float | None:
        """Seconds of the longest response lately; None while too few are known."""
        self._refresh()
        return self._longest if len(self._seconds) >= _KNOWN else None

    def answered(self, seconds: float, tokens: int) -> None:
        """A response of `tokens` tokens took `seconds`."""
        # The prompt takes its time too: a response of a token or two says nothing of the pace.
        self._paces.append(seconds / max(tokens, 8))
        self._seconds.append(seconds)
        self._news += 1

    def limit(self, tokens: int, *, pace: float | None = None, late: int = 0) -> float:
        """Seconds that a response of at most `tokens` may take, after `late` time-outs of its request.

        `pace` is that of other servers, for one whose own is not known.
        """
        known = self.seconds_per_token or pace
        if known is None:
            found = _UNKNOWN + _UNKNOWN_TOKEN * tokens
        else:
            found = max(_SHORTEST, _PATIENCE * known * tokens, 2 * (self.longest or 0.0))
        return max(found, self._least or 0.0) * 2.0**late

    def silence(self) -> float:
        """Seconds that a stream which has begun may be silent."""
        return max(_SILENCE, self._least or 0.0)

    def _refresh(self) -> None:
        if self._news >= _STALE or (self._news and len(self._paces) <= 4 * _KNOWN):
            ordered = sorted(self._paces)
            self._slow, self._longest, self._news = ordered[int(0.95 * len(ordered))], max(self._seconds), 0
