"""Packing: examples of different lengths into sequences of one length, with almost no waste.

Sequence by sequence, the longest example left that fits goes in (which is first-fit decreasing,
https://en.wikipedia.org/wiki/First-fit-decreasing_bin_packing), and as soon as one or two examples
fill the rest exactly, they close it. Examples are never cut. Examples of one length are alike, so
only the set of lengths left matters: one integer whose bit l says that a length l is left, which
finds the longest that fits, or a pair that fills the rest, in one operation on 4096 bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dartmath.base.errors import TrainingError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Packing:
    """Sequences as lists of examples: sequence i holds `order[starts[i]:starts[i + 1]]`.

    Attributes:
        order: example numbers, each exactly once.
        starts: where each sequence begins in `order`, and its end.
        capacity: tokens that fit into a sequence.
        tokens: tokens of all examples together.
    """

    order: Ints
    starts: Ints
    capacity: int
    tokens: int

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, index: int) -> Ints:
        """The example numbers of one sequence."""
        return self.order[self.starts[index] : self.starts[index + 1]]

    @property
    def efficiency(self) -> float:
        """Share of the sequences' room that holds tokens."""
        return self.tokens / (len(self) * self.capacity) if len(self) else 1.0


def pack(lengths: Ints, capacity: int) -> Packing:
    """Pack examples of the given `lengths` (tokens) into sequences of at most `capacity`.

    The result depends on nothing but the arguments. Raises `TrainingError` for a length that does
    not fit or is not positive.
    """
    import numpy as np

    lengths = np.asarray(lengths, dtype=np.int64)
    bad = np.flatnonzero((lengths < 1) | (lengths > capacity))
    if len(bad):
        raise TrainingError(
            f"example {bad[0]} has {lengths[bad[0]]} tokens; a packed sequence takes 1 to {capacity}"
        )
    lefts = _Lengths(np.bincount(lengths).tolist(), capacity)
    sequences: list[int] = []
    starts = [0]
    while lefts:
        sequences += lefts.fill()
        starts.append(len(sequences))
    return Packing(
        _examples(lengths, np.asarray(sequences)), np.asarray(starts), capacity, int(lengths.sum())
    )


def alone(lengths: Ints, capacity: int) -> Packing:
    """One example per sequence: training without packing."""
    import numpy as np

    n = len(lengths)
    return Packing(np.arange(n), np.arange(n + 1), capacity, int(np.sum(lengths)))


def next_fit(lengths: Ints, capacity: int) -> Packing:
    """Examples in their order; a new sequence when one does not fit. The common simple packer."""
    import numpy as np

    starts, room = [0], capacity
    for index, length in enumerate(np.asarray(lengths).tolist()):
        if length > room:
            starts.append(index)
            room = capacity
        room -= length
    starts.append(len(lengths))
    return Packing(np.arange(len(lengths)), np.asarray(starts), capacity, int(np.sum(lengths)))


def _examples(lengths: Ints, sequences: Ints) -> Ints:
    """The examples of a sequence of lengths: those of one length are given out in their order."""
    import numpy as np

    order = np.empty(len(lengths), dtype=np.int64)
    order[np.argsort(sequences, kind="stable")] = np.argsort(lengths, kind="stable")
    return order


class _Lengths:
    """The lengths that are left, with their counts.

    `_left` has bit l set when a length l is left; `_mirror` has bit capacity - l.
    """

    def __init__(self, counts: list[int], capacity: int) -> None:
        self._counts, self._capacity = counts, capacity
        self._left = sum(1 << length for length, count in enumerate(counts) if count)
        self._mirror = sum(1 << (capacity - length) for length, count in enumerate(counts) if count)

    def __bool__(self) -> bool:
        return self._left != 0

    def fill(self) -> list[int]:
        """Take the lengths of one sequence."""
        taken: list[int] = []
        room = self._capacity
        while fitting := self._left & ((2 << room) - 1):
            if closing := self._close(room):
                return taken + closing
            longest = fitting.bit_length() - 1
            self._take(longest)
            taken.append(longest)
            room -= longest
        return taken

    def _close(self, room: int) -> list[int]:
        """Take one or two lengths that fill `room` exactly; nothing when there are none."""
        if self._left >> room & 1:
            self._take(room)
            return [room]
        # Bit l of the shifted mirror is set when room - l is left.
        pairs = self._left & (self._mirror >> (self._capacity - room))
        if pairs and room % 2 == 0 and self._counts[room // 2] == 1:
            pairs &= ~(1 << room // 2)
        if not pairs:
            return []
        longer = pairs.bit_length() - 1
        self._take(longer)
        self._take(room - longer)
        return [longer, room - longer]

    def _take(self, length: int) -> None:
        self._counts[length] -= 1
        if not self._counts[length]:
            self._left ^= 1 << length
            self._mirror ^= 1 << (self._capacity - length)
