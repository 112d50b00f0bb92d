"""The key-value cache of rows that come and go.

All rows are aligned at their right end, so that one column is written per step:

    row 0   . . . p p p p r r r |        p = prompt, r = response, . = masked
    row 1   p p p p p p p p p r |        a row that joins is written to the left of the end,
    row 2   . . . . . . p p p p |        a row that ends is replaced by the last row.
            ^start              ^end

Where all prompts begin alike (worked examples, a system message), that prefix can be held once for
all rows instead: reading it once per step and not once per row is what makes few-shot prompts fast.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from transformers.cache_utils import Cache, CacheLayerMixin

from dartmath.base.errors import EngineError

# Columns allocated ahead. Moving everything once in as many steps costs little beside reading it in each.
_HEADROOM = 128
# The shortest prefix worth holding apart, in tokens.
_MIN_SHARED = 48
_ATTENTION = {"full_attention", "sliding_attention", "chunked_attention"}


@dataclass(frozen=True, slots=True)
class PromptState:
    """What a prompt leaves behind: per layer keys and values [heads, tokens, dim], and the next logits."""

    tokens: tuple[int, ...]
    keys: list[torch.Tensor]
    values: list[torch.Tensor]
    logits: torch.Tensor

    @property
    def bytes(self) -> int:
        """Memory that it holds."""
        tensors = [*self.keys, *self.values, self.logits]
        return sum(t.numel() * t.element_size() for t in tensors)


def check_supported(model: Any) -> None:
    """Raise `EngineError` for a model whose layers keep something else than keys and values."""
    config = model.config.get_text_config()
    others = set(getattr(config, "layer_types", None) or ()) - _ATTENTION
    if others or getattr(model, "_is_stateful", False):
        kind = ", ".join(sorted(others)) or "a recurrent state"
        raise EngineError(
            f"the transformers engine cannot run {config.model_type!r} ({kind}); "
            "set engine.kind to vllm, or to openai with a server that can"
        )


class SlotCache:
    """Keys and values of up to `slots` rows; `view` is what a model is given as `past_key_values`."""

    def __init__(self, slots: int, *, sharing: bool = False) -> None:
        self.slots, self.sharing, self.end = slots, sharing, 0
        # Tokens of each row, without those of the prefix that all rows share.
        self.lengths: list[int] = []
        self.prefix: tuple[int, ...] = ()
        self.prefix_keys: list[torch.Tensor] = []
        self.prefix_values: list[torch.Tensor] = []
        self.keys: list[torch.Tensor] = []
        self.values: list[torch.Tensor] = []

    @property
    def start(self) -> int:
        """The first column that any row uses."""
        return self.end - max(self.lengths, default=0)

    @property
    def positions(self) -> list[int]:
        """The position of the next token of every row."""
        return [len(self.prefix) + length for length in self.lengths]

    def view(self) -> Cache:
        """A transformers cache over the rows in use; writing to it fills the column at `end`."""
        return Cache(layers=[_SlotLayer(self, index) for index in range(len(self.keys))])

    def mask(self, device: Any) -> torch.Tensor:
        """Attention mask [rows, columns] of the next step, the new column included."""
        lengths = torch.tensor(self.lengths, device=device)
        columns = torch.arange(self.end - self.start, -1, -1, device=device)
        return columns[None, :] <= lengths[:, None]

    def advance(self) -> None:
        """The column at `end` has been written for all rows."""
        self.end += 1
        self.lengths = [length + 1 for length in self.lengths]

    def add(self, state: PromptState) -> None:
        """Append a row that holds a prompt."""
        self._share(state)
        shared, row = len(self.prefix), len(self.lengths)
        length = len(state.tokens) - shared
        if not self.keys:
            self._allocate(state, length)
        if not self.lengths:
            self.end = length
        self.reserve(length, 0)
        self.lengths.append(length)
        for buffers, parts in ((self.keys, state.keys), (self.values, state.values)):
            for buffer, part in zip(buffers, parts, strict=True):
                buffer[row, :, self.end - length : self.end] = part[:, shared:]

    def remove(self, row: int) -> None:
        """Drop a row; the last row takes its place."""
        last = len(self.lengths) - 1
        if row != last:
            columns = slice(self.end - self.lengths[last], self.end)
            for buffer in (*self.keys, *self.values):
                buffer[row, :, columns] = buffer[last, :, columns]
        self.lengths[row] = self.lengths[last]
        self.lengths.pop()

    def reserve(self, left: int, right: int) -> None:
        """Make room for `left` columns before `end` and `right` columns after it."""
        if self.end >= left and self.end + right <= self.keys[0].shape[2]:
            return
        start, end, rows = self.start, self.end, len(self.lengths)
        self.end = max(end - start, left)
        columns = self.end + right + _HEADROOM
        for buffers in (self.keys, self.values):
            for index, old in enumerate(buffers):
                new = old.new_zeros(self.slots, old.shape[1], columns, old.shape[3])
                new[:rows, :, self.end - (end - start) : self.end] = old[:rows, :, start:end]
                buffers[index] = new

    def _share(self, state: PromptState) -> None:
        """Shorten the prefix to what the new prompt shares; the first row's is its whole prompt."""
        if not self.sharing:
            return
        if not self.lengths:
            self.prefix = state.tokens
            self.prefix_keys, self.prefix_values = list(state.keys), list(state.values)
        shared = common(self.prefix, state.tokens)
        self._shorten(shared if shared >= _MIN_SHARED else 0)

    def _shorten(self, shared: int) -> None:
        """Give every row a copy of what follows the first `shared` tokens of the prefix."""
        extra = len(self.prefix) - shared
        if not extra:
            return
        if self.lengths:
            self.reserve(max(self.lengths) + extra, 0)
        for buffers, parts in ((self.keys, self.prefix_keys), (self.values, self.prefix_values)):
            for index, part in enumerate(parts):
                for row, length in enumerate(self.lengths):
                    start = self.end - length
                    buffers[index][row, :, start - extra : start] = part[:, shared:]
                parts[index] = part[:, :shared]
        self.lengths = [length + extra for length in self.lengths]
        self.prefix = self.prefix[:shared]

    # Buffers are zeroed since a masked column still enters as 0 x value, which garbage may turn into NaN.
    def _allocate(self, state: PromptState, columns: int) -> None:
        for buffers, parts in ((self.keys, state.keys), (self.values, state.values)):
            for part in parts:
                heads, _, dim = part.shape
                buffers.append(part.new_zeros(self.slots, heads, columns + _HEADROOM, dim))


class _SlotLayer(CacheLayerMixin):  # type: ignore[misc]
    """One layer of a `SlotCache`, as transformers sees it."""

    is_sliding = False

    def __init__(self, cache: SlotCache, index: int) -> None:
        super().__init__()
        self.cache, self.index, self.is_initialized = cache, index, True

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Nothing: the buffers are the slot cache's."""

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        cache, rows = self.cache, key_states.shape[0]
        keys, values = cache.keys[self.index], cache.values[self.index]
        keys[:rows, :, cache.end] = key_states[:, :, 0]
        values[:rows, :, cache.end] = value_states[:, :, 0]
        used = slice(cache.start, cache.end + 1)
        return keys[:rows, :, used], values[:rows, :, used]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self.get_seq_length() + query_length, 0

    def get_seq_length(self, *args: Any) -> int:
        return self.cache.end - self.cache.start

    def get_max_length(self) -> int:
        return -1

    def get_max_cache_shape(self) -> int:
        return -1


def common(a: tuple[int, ...], b: tuple[int, ...]) -> int:
    """How many tokens two prompts begin with in common."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
