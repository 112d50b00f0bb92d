"""The key-value cache of rows that come and go, of which each takes about as much as it is long.

Rows lie in lanes by their length (up to 256 tokens, 512, 1024 and so on), since the rows of a lane are as
wide as its longest: one response that babbles would else make room for as much beside every other.

Where all prompts begin alike (worked examples, a system message), that prefix can be held once for
all rows instead: reading it once per step and not once per row is what makes few-shot prompts fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers.cache_utils import Cache, CacheLayerMixin

from dartmath.base.errors import EngineError
from dartmath.engines.transformers_lane import Lane, held_bytes

# Tokens of a row in the first lane, fewer than which are not worth a further kernel call in every layer.
_FIRST_LANE = 256
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
    def token_bytes(self) -> int:
        """Memory that the keys and values of one token hold."""
        return held_bytes(*self.keys, *self.values) // len(self.tokens)

    @property
    def bytes(self) -> int:
        """Memory that it holds."""
        return held_bytes(*self.keys, *self.values, self.logits)


@dataclass(frozen=True, slots=True)
class Part:
    """A lane in one step: which rows of the batch are its own (None: all, in their order), and its mask.

    The boolean mask [rows, 1, 1, columns] is None where every row uses every column.
    """

    lane: Lane
    rows: torch.Tensor | None
    mask: torch.Tensor | None

    def of(self, batch: torch.Tensor) -> torch.Tensor:
        """The lane's rows of a batch [rows, ...]."""
        return batch if self.rows is None else batch[self.rows]


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
    """Keys and values of up to `slots` rows; `view` is what a model is given as `past_key_values`.

    `laned`: rows lie in lanes by their length, and attention goes through `parts`; else they lie in one lane,
    which a model's own attention is shown. `sharing`: a prefix that all rows share is held once.
    """

    def __init__(self, slots: int, *, laned: bool = False, sharing: bool = False) -> None:
        self.slots, self.laned, self.sharing = slots, laned, sharing
        self.lanes: list[Lane] = [Lane(slots)]
        self.parts: list[Part] = []
        self._places: list[tuple[Lane, int]] = []
        self.token_bytes = 0
        self.prefix: tuple[int, ...] = ()
        self.prefix_keys: list[torch.Tensor] = []
        self.prefix_values: list[torch.Tensor] = []

    @property
    def lengths(self) -> list[int]:
        """Tokens of each row, without those of the prefix that all rows share."""
        return [lane.lengths[place] for lane, place in self._places]

    @property
    def positions(self) -> list[int]:
        """The position of the next token of every row."""
        return [len(self.prefix) + length for length in self.lengths]

    @property
    def bytes(self) -> int:
        """Memory that it holds."""
        return self._prefix_bytes + sum(lane.bytes for lane in self.lanes)

    @property
    def _prefix_bytes(self) -> int:
        return held_bytes(*self.prefix_keys, *self.prefix_values)

    def planned(self, joining: Sequence[int] = (), *, compact: bool = False) -> int:
        """Memory in bytes once rows of these own lengths have joined and all rows have a further token.

        `compact`: after what is not needed has been given back.
        """
        numbers = [self._lane_of(length) for length in joining]
        total = self._prefix_bytes
        for number, lane in enumerate(self._with(max(numbers, default=0))):
            more = [length for length, of in zip(joining, numbers, strict=True) if of == number]
            total += lane.planned(self.token_bytes, more, compact=compact)
        return total

    def compact(self) -> None:
        """Give back the memory of rows and columns that nobody uses."""
        for lane in self.lanes:
            lane.compact()

    def own(self, prompt: tuple[int, ...]) -> int:
        """Tokens of a prompt that a row of its own would hold, beside the prefix that all share."""
        shared = len(self.prefix)
        # One that begins otherwise would shorten the prefix of all: rare, and this is an estimate.
        return len(prompt) - shared if self._places and prompt[:shared] == self.prefix else len(prompt)

    def view(self) -> Cache:
        """A transformers cache over the rows in use; writing to it fills a column of every lane."""
        return Cache(layers=[_SlotLayer(self, index) for index in range(len(self._keys))])

    def prepare(self, device: Any) -> torch.Tensor | None:
        """Make ready for the next token of every row; the attention mask [rows, columns] of a single lane."""
        for lane in self.lanes:
            if lane.lengths:
                lane.reserve(0, 1)
        if not self.laned:
            return self.lanes[0].mask(device)
        self.parts = [self._part(lane, device) for lane in self.lanes if lane.lengths]
        return None

    def advance(self) -> None:
        """A token has been written for all rows."""
        for lane in self.lanes:
            lane.advance()
        self._sort()

    def add(self, state: PromptState) -> None:
        """Append a row that holds a prompt."""
        self._share(state)
        self.token_bytes, shared = state.token_bytes, len(self.prefix)
        keys, values = ([part[:, shared:] for part in parts] for parts in (state.keys, state.values))
        self._places.append(self._enter(len(self._places), keys, values))

    def remove(self, row: int) -> None:
        """Drop a row; the last row takes its number."""
        self._leave(*self._places[row])
        last = self._places.pop()
        if row < len(self._places):
            lane, place = self._places[row] = last
            lane.members[place] = row

    @property
    def _keys(self) -> list[torch.Tensor]:
        return next((lane.keys for lane in self.lanes if lane.keys), [])

    def _part(self, lane: Lane, device: Any) -> Part:
        alone = lane.members == list(range(len(self._places)))
        rows = None if alone else torch.tensor(lane.members, device=device)
        even = min(lane.lengths) == max(lane.lengths)
        return Part(lane, rows, None if even else lane.mask(device)[:, None, None, :])

    def _enter(self, row: int, keys: list[torch.Tensor], values: list[torch.Tensor]) -> tuple[Lane, int]:
        """Write a row into the lane of its length."""
        number = self._lane_of(keys[0].shape[1])
        lane = self._with(number)[number]
        lane.add(row, keys, values)
        return lane, len(lane.members) - 1

    def _lane_of(self, length: int) -> int:
        return (length // _FIRST_LANE).bit_length() if self.laned else 0

    def _with(self, number: int) -> list[Lane]:
        """The lanes, with one of that number."""
        while len(self.lanes) <= number:
            self.lanes.append(Lane(self.slots))
        return self.lanes

    def _leave(self, lane: Lane, place: int) -> None:
        lane.remove(place)
        if place < len(lane.members):
            self._places[lane.members[place]] = lane, place

    def _sort(self) -> None:
        """Move the rows that have outgrown their lane."""
        for number, lane in enumerate(self.lanes) if self.laned else ():
            bound = _FIRST_LANE << number
            for place in reversed(range(len(lane.lengths))):
                if lane.lengths[place] >= bound:
                    row = lane.members[place]
                    entered = self._enter(row, *lane.row(place))
                    self._leave(lane, place)
                    self._places[row] = entered

    def _share(self, state: PromptState) -> None:
        """Shorten the prefix to what the new prompt shares; the first row's is its whole prompt."""
        if not self.sharing:
            return
        if not self._places:
            self.prefix = state.tokens
            self.prefix_keys, self.prefix_values = list(state.keys), list(state.values)
        shared = common(self.prefix, state.tokens)
        self._shorten(shared if shared >= _MIN_SHARED else 0)

    def _shorten(self, shared: int) -> None:
        """Give every row a copy of what follows the first `shared` tokens of the prefix."""
        if shared == len(self.prefix):
            return
        rest = [[part[:, shared:] for part in parts] for parts in (self.prefix_keys, self.prefix_values)]
        for lane in self.lanes:
            lane.prepend(*rest)
        for parts in (self.prefix_keys, self.prefix_values):
            # A copy, since a view would hold the memory of the whole prompt that it is from.
            parts[:] = [part[:, :shared].clone() for part in parts]
        self.prefix = self.prefix[:shared]


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
        cache = self.cache
        if not cache.laned:
            cache.lanes[0].write(self.index, key_states, value_states)
            return cache.lanes[0].used(self.index)
        for part in cache.parts:
            part.lane.write(self.index, part.of(key_states), part.of(value_states))
        return key_states, value_states

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self.get_seq_length() + query_length, 0

    def get_seq_length(self, *args: Any) -> int:
        return max((max(lane.lengths, default=0) for lane in self.cache.lanes), default=0)

    def get_max_length(self) -> int:
        return -1

    def get_max_cache_shape(self) -> int:
        return -1


def common(a: tuple[int, ...], b: tuple[int, ...]) -> int:
    """How many tokens two prompts begin with in common."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
