"""Lane: the keys and values of rows of about the same length.

All rows are aligned at their right end, so that one column is written per step:

    row 0   . . . p p p p r r r |        p = prompt, r = response, . = masked
    row 1   p p p p p p p p p r |        a row that joins is written to the left of the end,
    row 2   . . . . . . p p p p |        a row that ends is replaced by the last row.
            ^start              ^end
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

# Columns allocated ahead. Moving everything once in as many steps costs little beside reading it in each.
HEADROOM = 64


def held_bytes(*tensors: torch.Tensor) -> int:
    """Memory that the elements of tensors take."""
    return int(sum(tensor.numel() * tensor.element_size() for tensor in tensors))


class Lane:
    """Rows side by side; `members` are their numbers outside, by place."""

    def __init__(self, most: int) -> None:
        self.most, self.end = most, 0
        self.members: list[int] = []
        self.lengths: list[int] = []
        self.keys: list[torch.Tensor] = []
        self.values: list[torch.Tensor] = []

    @property
    def start(self) -> int:
        """The first column that any row uses."""
        return self.end - max(self.lengths, default=0)

    @property
    def bytes(self) -> int:
        """Memory that it holds."""
        return held_bytes(*self.keys, *self.values)

    def planned(self, token_bytes: int, joining: Sequence[int] = (), *, compact: bool = False) -> int:
        """Memory that it will hold once rows of these lengths have joined and each has a further token.

        `compact`: where it gives back what is not needed first.
        """
        rows = len(self.lengths) + len(joining)
        if not rows:
            return 0
        wide = max(*self.lengths, *joining, 0)
        if not compact and self._has_room(rows, wide, 1):
            return self.bytes
        return _capacity(rows, self.most) * (wide + 1 + HEADROOM) * token_bytes

    def compact(self) -> None:
        """Give back the memory of rows and columns that nobody uses."""
        if self.lengths:
            self._lay(len(self.lengths), 0, 1)

    def _has_room(self, rows: int, left: int, right: int) -> bool:
        if not self.keys:
            return False
        capacity, _, columns, _ = self.keys[0].shape
        return bool(rows <= capacity and self.end >= left and self.end + right <= columns)

    def mask(self, device: Any) -> torch.Tensor:
        """Attention mask [rows, columns] of the next step, the new column included."""
        lengths = torch.tensor(self.lengths, device=device)
        columns = torch.arange(self.end - self.start, -1, -1, device=device)
        return columns[None, :] <= lengths[:, None]

    def advance(self) -> None:
        """The column at `end` has been written for all rows."""
        self.end += 1
        self.lengths = [length + 1 for length in self.lengths]

    def add(self, member: int, keys: Sequence[torch.Tensor], values: Sequence[torch.Tensor]) -> None:
        """Append a row that holds these keys and values [heads, tokens, dim] of every layer."""
        length, row = keys[0].shape[1], len(self.lengths)
        if not self.lengths:
            self.end = length
        self.reserve(length, 1, keys, values)
        self.members.append(member)
        self.lengths.append(length)
        for buffers, parts in ((self.keys, keys), (self.values, values)):
            for buffer, part in zip(buffers, parts, strict=True):
                buffer[row, :, self.end - length : self.end] = part

    def row(self, place: int) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """Keys and values [heads, tokens, dim] of the row at a place, of every layer."""
        columns = slice(self.end - self.lengths[place], self.end)
        return [k[place, :, columns] for k in self.keys], [v[place, :, columns] for v in self.values]

    def prepend(self, keys: Sequence[torch.Tensor], values: Sequence[torch.Tensor]) -> None:
        """Put the same tokens [heads, tokens, dim] before those of every row."""
        if not self.lengths:
            return
        extra = keys[0].shape[1]
        self.reserve(max(self.lengths) + extra, 0)
        for buffers, parts in ((self.keys, keys), (self.values, values)):
            for buffer, part in zip(buffers, parts, strict=True):
                for row, length in enumerate(self.lengths):
                    buffer[row, :, self.end - length - extra : self.end - length] = part
        self.lengths = [length + extra for length in self.lengths]

    def remove(self, place: int) -> None:
        """Drop a row; the last row takes its place. What nobody uses is given back."""
        last = len(self.lengths) - 1
        if place != last:
            columns = slice(self.end - self.lengths[last], self.end)
            for buffer in (*self.keys, *self.values):
                buffer[place, :, columns] = buffer[last, :, columns]
        for of_rows in (self.lengths, self.members):
            of_rows[place] = of_rows[last]
            of_rows.pop()
        if not self.lengths:
            self.keys, self.values = [], []

    def write(self, layer: int, keys: torch.Tensor, values: torch.Tensor) -> None:
        """Write keys and values [rows, heads, 1, dim] of a layer into the column at `end`."""
        rows = len(self.lengths)
        self.keys[layer][:rows, :, self.end] = keys[:, :, 0]
        self.values[layer][:rows, :, self.end] = values[:, :, 0]

    def used(self, layer: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Keys and values [rows, heads, columns, dim] of a layer, the column at `end` included."""
        rows, columns = len(self.lengths), slice(self.start, self.end + 1)
        return self.keys[layer][:rows, :, columns], self.values[layer][:rows, :, columns]

    def reserve(
        self,
        left: int,
        right: int,
        keys: Sequence[torch.Tensor] = (),
        values: Sequence[torch.Tensor] = (),
    ) -> None:
        """Make room for `left` columns before `end` and `right` after it, and for a row of `keys` if any."""
        rows = len(self.lengths) + bool(keys)
        if self._has_room(rows, left, right):
            return
        if not self.keys:
            empty = [[p.new_zeros(0, p.shape[0], 0, p.shape[2]) for p in parts] for parts in (keys, values)]
            self.keys, self.values = empty
        self._lay(rows, left, right)

    def _lay(self, rows: int, left: int, right: int) -> None:
        """Move everything into buffers for so many rows and columns."""
        held, start, end = len(self.lengths), self.start, self.end
        self.end = max(end - start, left)
        capacity, columns = _capacity(rows, self.most), self.end + right + HEADROOM
        # Zeros, since a masked column still enters as 0 x value, which garbage may turn into NaN.
        for buffers in (self.keys, self.values):
            for index, old in enumerate(buffers):
                new = old.new_zeros(capacity, old.shape[1], columns, old.shape[3])
                new[:held, :, self.end - (end - start) : self.end] = old[:held, :, start:end]
                buffers[index] = new


def _capacity(rows: int, most: int) -> int:
    """Rows allocated for so many: a quarter more, so that not every row that joins moves all others."""
    return min(most, rows + rows // 4)
