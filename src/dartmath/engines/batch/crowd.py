"""How large batches may be where a service has no room for more: halved, grown again, and waited for."""

from __future__ import annotations

import time

# Between two tries where the account has no room, at most, in seconds.
_LONGEST_PAUSE = 600.0


class Crowd:
    """How many requests a service takes at a time where it has said that they were too many."""

    def __init__(self, pause: float, patience: float) -> None:
        self.pause, self._patience = pause, patience
        self._first, self._taken, self._since = pause, 0, 0.0
        self.known = False

    @property
    def lasts(self) -> bool:
        """Whether nothing has been taken for as long as one is patient."""
        return self._since > 0 and time.monotonic() - self._since > self._patience

    def cut(self, size: int) -> int:
        """The size of the next wave after one of `size` was refused: half, or what was taken before."""
        self._since = self._since or time.monotonic()
        self.pause = min(2 * self.pause, _LONGEST_PAUSE) if self.known else self.pause
        self.known = True
        # What has been taken before is refused for what others have sent meanwhile.
        return size if size <= self._taken else max(1, size // 2)

    def grown(self, size: int, most: int, limit: int) -> int:
        """The most requests of the next wave after one of `size` was taken."""
        self._taken, self._since, self.pause = max(self._taken, size), 0.0, self._first
        return min(limit, 2 * most) if size >= most else most
