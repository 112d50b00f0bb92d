"""Running prompts through the model, once each: equal prompts and common prefixes are re-used."""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import torch
from transformers.cache_utils import DynamicCache

from dartmath.engines.transformers_cache import PromptState, common

# Tokens of one forward pass, whose keys and values are held three times for a moment, and the shortest
# common prefix worth copying.
_CHUNK = 4096
_MIN_PREFIX = 16


class Prefill:
    """Computes `PromptState`s and keeps the most recent ones, up to `budget` bytes."""

    def __init__(self, model: Any, budget: int) -> None:
        self.model, self.budget, self.held = model, budget, 0
        self._states: OrderedDict[tuple[int, ...], PromptState] = OrderedDict()
        self._sliding = bool(getattr(model.config.get_text_config(), "sliding_window", None))
        self._keep = "logits_to_keep" in inspect.signature(model.forward).parameters

    def states(
        self, prompts: Sequence[tuple[int, ...]], passing: Collection[tuple[int, ...]] = ()
    ) -> Iterator[list[tuple[int, PromptState]]]:
        """The state of every prompt with its place, in any order, as many at a time as one pass computes.

        Those in `passing` will not be asked for again, and are not kept.
        """
        places: dict[tuple[int, ...], list[int]] = {}
        for place, prompt in enumerate(prompts):
            places.setdefault(prompt, []).append(place)
        known = [self._states[prompt] for prompt in places if prompt in self._states]
        missing = sorted((prompt for prompt in places if prompt not in self._states), key=len)
        yield [(place, state) for state in known for place in places[state.tokens]]
        for chunk in self._plan(missing):
            found = self._run(chunk)
            for state in found:
                if state.tokens not in passing:
                    self._remember(state)
            yield [(place, state) for state in found for place in places[state.tokens]]

    def _plan(self, missing: list[tuple[int, ...]]) -> list[list[tuple[int, ...]]]:
        """Chunks of prompts; the very first prompt runs alone, so that all others can share its prefix."""
        alone = not self._states and len(missing) > 1 and common(missing[0], missing[-1]) >= _MIN_PREFIX
        return [missing[:1], *_chunks(missing[1:])] if alone else _chunks(missing)

    def _remember(self, state: PromptState) -> None:
        if state.tokens not in self._states:
            self.held += state.bytes
        self._states[state.tokens] = state
        self._states.move_to_end(state.tokens)
        while self.held > self.budget and len(self._states) > 1:
            self.held -= self._states.popitem(last=False)[1].bytes

    def _run(self, prompts: list[tuple[int, ...]]) -> list[PromptState]:
        """One forward pass over prompts of similar length, padded on the left."""
        past, shared = self._prefix(prompts)
        lengths = [len(p) - shared for p in prompts]
        width, device = max(lengths), self.model.device
        ids = torch.zeros(len(prompts), width, dtype=torch.long)
        mask = torch.ones(len(prompts), shared + width, dtype=torch.bool)
        positions = torch.zeros_like(ids)
        for row, (prompt, length) in enumerate(zip(prompts, lengths, strict=True)):
            ids[row, width - length :] = torch.tensor(prompt[shared:])
            mask[row, shared : shared + width - length] = False
            positions[row, width - length :] = torch.arange(shared, len(prompt))
        logits = self.model(
            input_ids=ids.to(device),
            attention_mask=mask.to(device),
            position_ids=positions.to(device),
            past_key_values=past,
            use_cache=True,
            **({"logits_to_keep": 1} if self._keep else {}),
        ).logits[:, -1]
        return [self._take(past, row, p, shared, logits[row]) for row, p in enumerate(prompts)]

    def _prefix(self, prompts: list[tuple[int, ...]]) -> tuple[DynamicCache, int]:
        """A cache that holds what all `prompts` and the latest known prompt begin with, and its length."""
        cache = DynamicCache()
        if self._sliding or not self._states:  # padding after a prefix would shift a sliding window
            return cache, 0
        state = next(reversed(self._states.values()))
        shared = min(common(state.tokens, p) for p in prompts)
        shared = min(shared, min(map(len, prompts)) - 1)
        if shared < _MIN_PREFIX:
            return cache, 0
        for index, (keys, values) in enumerate(zip(state.keys, state.values, strict=True)):
            head = (len(prompts), -1, -1, -1)
            cache.update(keys[None, :, :shared].expand(head), values[None, :, :shared].expand(head), index)
        return cache, shared

    def _take(
        self, cache: DynamicCache, row: int, tokens: tuple[int, ...], shared: int, logits: torch.Tensor
    ) -> PromptState:
        own = len(tokens) - shared

        def pick(tensor: torch.Tensor) -> torch.Tensor:
            return torch.cat((tensor[row, :, :shared], tensor[row, :, tensor.shape[2] - own :]), dim=1)

        layers = cache.layers
        keys, values = [pick(layer.keys) for layer in layers], [pick(layer.values) for layer in layers]
        return PromptState(tokens, keys, values, logits.clone())


def _chunks(prompts: list[tuple[int, ...]]) -> list[list[tuple[int, ...]]]:
    """Split prompts sorted by length so that each padded chunk has at most `_CHUNK` tokens."""
    chunks: list[list[tuple[int, ...]]] = []
    for prompt in prompts:
        if not chunks or len(prompt) * (len(chunks[-1]) + 1) > _CHUNK:
            chunks.append([])
        chunks[-1].append(prompt)
    return chunks
