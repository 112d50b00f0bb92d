"""Output of a block: the head and the tail of it, in bounded memory."""

from __future__ import annotations

from collections import deque


class Capture:
    """Collects bytes and keeps at most `keep` at either end.

    >>> capture = Capture(4)
    >>> capture.add(b"0123456789")
    >>> capture.head, capture.tail, capture.size
    (b'0123', b'6789', 10)
    """

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._head = bytearray()
        self._tail: deque[int] = deque(maxlen=keep)
        self.size = 0

    def add(self, data: bytes) -> None:
        """Take in the next bytes."""
        self.size += len(data)
        room = self._keep - len(self._head)
        self._head += data[:room]
        self._tail.extend(data[room:][-self._keep :])

    @property
    def head(self) -> bytes:
        """The first bytes."""
        return bytes(self._head)

    @property
    def tail(self) -> bytes:
        """The last bytes, without those already in the head."""
        return bytes(self._tail)

    def text(self) -> str:
        """Everything as text, or head and tail where the middle was dropped."""
        dropped = self.size - len(self._head) - len(self._tail)
        middle = f"\n[... {dropped} bytes left out ...]\n".encode() if dropped > 0 else b""
        return (self.head + middle + self.tail).decode("utf-8", "replace")
