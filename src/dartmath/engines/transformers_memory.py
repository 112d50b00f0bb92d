"""How much memory keys and values of the embedded engine may take, and what responses will need of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dartmath.base.memory import available_memory
from dartmath.engines.transformers_lane import HEADROOM

_MIB = 2**20
# Of what all rows at their longest would take: responses are a quarter as long as their limit, or shorter. On
# a GPU nothing else is in want of the memory.
_SHARE = {"cpu": 0.25, "gpu": 1.0}
# Of the memory that is free: the rest is for prompts, logits and other programs.
_OF_FREE = {"cpu": 0.5, "gpu": 0.8}
# Weight of the latest response in the mean length.
_LATEST = 0.02
# The bound is told again where rows may be so much longer than when it was told.
_TELL_AGAIN = 1.25


class CacheBudget:
    """Memory for keys and values: `most` bytes, or where that is None as much as responses need.

    That is a quarter of what all `slots` rows at their longest would take, and all of it on a GPU, but no
    more than the machine has, and no less than one row takes. `tell` is told what it comes to.
    """

    def __init__(self, slots: int, device: Any, most: int | None, tell: Callable[[str], None]) -> None:
        self._slots, self._device, self._most, self._tell = slots, device, most, tell
        self._token_bytes = self._longest = self._bytes = self._told = 0
        self._length: float | None = None

    @property
    def known(self) -> bool:
        """Whether a first prompt has told what a token takes."""
        return self._token_bytes > 0

    def know(self, token_bytes: int, longest: int) -> None:
        """A token takes so many bytes, and a row has up to `longest` tokens."""
        if not token_bytes or (token_bytes <= self._token_bytes and longest <= self._longest):
            return
        self._token_bytes = max(token_bytes, self._token_bytes)
        self._longest = max(longest, self._longest)
        row = row_bytes(self._token_bytes, self._longest)
        if self._most is None:
            on_gpu = self._device.type != "cpu"
            self._bytes = wanted_bytes(self._slots, row, _free(self._device), on_gpu=on_gpu)
        else:
            self._bytes = max(row, self._most)
        if self._longest > _TELL_AGAIN * self._told:
            self._told = self._longest
            self._tell(self._sentence(row))

    def allows(self, held: int) -> bool:
        """Whether rows may hold so many bytes."""
        return held <= self._bytes

    def fits(self, tokens: int) -> bool:
        """Whether so many tokens of all rows fit."""
        return tokens * self._token_bytes <= self._bytes

    def more_tokens(self, done: int, limit: int) -> int:
        """Tokens that a response of `done` ones will yet have: as others had, or a quarter of its limit."""
        usual = _SHARE["cpu"] * limit if self._length is None else self._length
        return max(1, min(limit, int(usual)) - done)

    def ended(self, tokens: int) -> None:
        """A response ended after so many tokens."""
        self._length = tokens if self._length is None else self._length + _LATEST * (tokens - self._length)

    def _sentence(self, row: int) -> str:
        fit = min(self._slots, self._bytes // row)
        said = f"{fit} responses of {self._longest:,} tokens with their prompts"
        if fit < self._slots:
            said += f", or {self._slots} of {self._bytes // self._slots // self._token_bytes:,}; others wait"
        return f"keys and values take at most {self._bytes / _MIB:,.0f} MiB (engine.cache_mb): {said}"


def row_bytes(token_bytes: int, longest: int) -> int:
    """Bytes that a row of `longest` tokens takes, with the columns that are allocated ahead."""
    return token_bytes * (longest + HEADROOM)


def wanted_bytes(slots: int, row: int, free: int, *, on_gpu: bool) -> int:
    """Bytes for the keys and values of `slots` rows that take `row` at their longest, of `free` bytes.

    Never less than one row takes.
    """
    place = "gpu" if on_gpu else "cpu"
    return max(row, int(min(_SHARE[place] * slots * row, _OF_FREE[place] * free)))


def _free(device: Any) -> int:
    """Bytes that are free on a device."""
    if device.type != "cuda":
        return available_memory()
    import torch

    free, _ = torch.cuda.mem_get_info(device)
    # What the allocator holds and nothing uses can be had too.
    return int(free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device))
