"""Continuous batching on a transformers model: rows join and leave at every step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import torch

from dartmath.base.errors import EngineError
from dartmath.engines.protocol import Completion, Generation, Request
from dartmath.engines.stops import Ends
from dartmath.engines.transformers_attention import attending, slot_cache
from dartmath.engines.transformers_cache import PromptState
from dartmath.engines.transformers_memory import CacheBudget
from dartmath.engines.transformers_prefill import Prefill
from dartmath.engines.transformers_sampling import choose, uniforms

_SHARE = 16
"""One prompt in so many slots makes a pass pay."""

_PASSES = 4
"""Tokens of the others that a prompt waits for company at most."""


@dataclass(slots=True)
class DecodingRow:
    """One request on its way: its prompt, what has been generated, and whom to tell."""

    request: Request
    prompt: tuple[int, ...]
    limit: int
    ends: Ends
    done: Callable[[Completion], None]
    tokens: list[int] = field(default_factory=list)
    aborted: bool = False
    number: int = 0

    @property
    def so_far(self) -> tuple[int, ...]:
        """What the next token follows."""
        return (*self.prompt, *self.tokens)


class Decoder:
    """Rows in decoding and rows that wait for a slot. Not thread-safe: one thread drives it.

    Where the keys and values of all rows would take more than `budget` allows, the youngest wait again, and
    what they hold is computed anew when there is room: their text stays as it is.
    """

    def __init__(
        self, model: Any, tokenizer: Any, slots: int, prompt_cache: int, budget: CacheBudget
    ) -> None:
        self.model, self.tokenizer, self.slots, self.budget = model, tokenizer, slots, budget
        self.rows: list[DecodingRow] = []
        self.waiting: list[DecodingRow] = []
        self.put_back = 0
        self._cache = slot_cache(model, slots)
        self._prefill, self._waited, self._admitted = Prefill(model, prompt_cache), 0, 0

    @property
    def busy(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.rows or self.waiting)

    @property
    def holds(self) -> int:
        """Bytes of keys and values of the rows in decoding."""
        return self._cache.bytes

    @torch.inference_mode()  # type: ignore[untyped-decorator]
    def step(self) -> None:
        """Admit waiting rows where it pays, then generate one token of every row."""
        self._drop(index for index, row in enumerate(self.rows) if row.aborted)
        self.waiting = [row for row in self.waiting if not row.aborted]
        if self._worthwhile():
            self._admit()
        if self.rows:
            self._fit()
            self._extend(self._forward())

    def _worthwhile(self) -> bool:
        """Whether to admit now: a pass for a single short prompt costs nearly as much as for several."""
        ready = len(self._next_in_line())
        if not ready:
            return False
        self._waited += 1
        return ready >= self.slots // _SHARE or not self.rows or self._waited > _PASSES

    def _next_in_line(self) -> list[DecodingRow]:
        """The rows that wait and for which there are slots and memory; one at least where nothing runs."""
        room = self.slots - len(self.rows)
        if not self.waiting or not room:
            return []
        if not self.budget.known:
            return self.waiting[:1]
        cache, expect = self._cache, self.budget.more_tokens
        held = sum(cache.lengths) + sum(expect(len(row.tokens), row.limit) for row in self.rows)
        ready, lengths = list[DecodingRow](), list[int]()
        for row in self.waiting[:room]:
            length = cache.own(row.prompt) + len(row.tokens)
            held += length + expect(len(row.tokens), row.limit)
            fits = self.budget.fits(held) and self.budget.allows(cache.planned([*lengths, length]))
            if not fits and (ready or self.rows):
                break
            ready.append(row)
            lengths.append(length)
        return ready

    def _admit(self) -> None:
        joining, self._waited = self._next_in_line(), 0
        longest = max(len(row.prompt) + row.limit for row in self.waiting[: self.slots])
        self.waiting = self.waiting[len(joining) :]
        prompts = [row.so_far for row in joining]
        passing = [row.so_far for row in joining if row.tokens]
        for found in self._prefill.states(prompts, passing):
            rows, states = [joining[place] for place, _ in found], [state for _, state in found]
            self.budget.know(max((state.token_bytes for state in states), default=0), longest)
            for group in _by_generation(rows, states):
                self._enter(group)

    def _enter(self, group: list[tuple[DecodingRow, PromptState]]) -> None:
        """Choose the first token of rows that are decoded alike, and let them join."""
        rows = [row for row, _ in group]
        tokens = self._choose(torch.stack([state.logits for _, state in group]), rows)
        for (row, state), token in zip(group, tokens, strict=True):
            if not self._finish(row, token):
                self._cache.add(state)
                self._admitted += 1
                row.number = row.number or self._admitted
                self.rows.append(row)

    def _fit(self) -> None:
        """Let the youngest rows wait again where all together would not fit."""
        if self.budget.allows(self._cache.planned()):
            return
        while len(self.rows) > 1 and not self.budget.allows(self._cache.planned(compact=True)):
            youngest = max(range(len(self.rows)), key=lambda index: self.rows[index].number)
            self.waiting.insert(0, self.rows[youngest])
            self.put_back += 1
            self._drop([youngest])
        self._cache.compact()

    def _forward(self) -> torch.Tensor:
        """Logits [rows, vocabulary] after the latest token of every row."""
        cache, device = self._cache, self.model.device
        mask = cache.prepare(device)
        latest = torch.tensor([[row.tokens[-1]] for row in self.rows], device=device)
        positions = torch.tensor([[position] for position in cache.positions], device=device)
        with attending(cache):
            logits = self.model(
                input_ids=latest,
                attention_mask=mask,
                position_ids=positions,
                past_key_values=cache.view(),
                use_cache=True,
            ).logits[:, -1]
        cache.advance()
        return logits

    def _extend(self, logits: torch.Tensor) -> None:
        finished = []
        for indices in _same_generation(self.rows):
            rows = [self.rows[i] for i in indices]
            tokens = self._choose(logits if len(rows) == len(self.rows) else logits[indices], rows)
            ended = map(self._finish, rows, tokens)
            finished += [i for i, end in zip(indices, ended, strict=True) if end]
        self._drop(finished)

    def _choose(self, logits: torch.Tensor, rows: list[DecodingRow]) -> list[int]:
        if bool(logits[:, :1].isnan().any()):
            raise EngineError("the model produces NaN logits; set model.dtype to float32")
        draws = uniforms([row.request.seed for row in rows], [len(row.tokens) for row in rows])
        return choose(logits, rows[0].request.generation, draws)

    def _finish(self, row: DecodingRow, token: int) -> bool:
        """Append `token`; when the row ends with it, tell its owner and return True."""
        row.tokens.append(token)
        text, stop = None, None
        if token in row.ends.ids:
            reason, text = "stop", self._text(row.tokens[:-1])
        elif row.ends.strings and (found := self._stopped(row)) is not None:
            reason, (text, stop) = "stop", found
        elif len(row.tokens) >= row.limit:
            reason, text = "length", self._text(row.tokens)
        if text is None:
            return False
        self.budget.ended(len(row.tokens))
        row.done(Completion(text, reason, len(row.prompt), len(row.tokens), details={"stop": stop}))
        return True

    def _stopped(self, row: DecodingRow) -> tuple[str, str] | None:
        """The text before the first stop string and that string, or None when there is none yet."""
        # A token carries at least a byte, so a stop string that has just ended lies within these.
        tail = max(len(stop.encode()) for stop in row.ends.strings) + 8
        recent = self._text(row.tokens[-tail:])
        if not any(stop in recent for stop in row.ends.strings):
            return None
        text = self._text(row.tokens)
        found = [(place, stop) for stop in row.ends.strings if (place := text.find(stop)) >= 0]
        return (text[: min(found)[0]], min(found)[1]) if found else None

    def _text(self, tokens: list[int]) -> str:
        text = self.tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return str(text)

    def _drop(self, indices: Iterable[int]) -> None:
        for index in sorted(indices, reverse=True):
            self._cache.remove(index)
            self.rows[index] = self.rows[-1]
            self.rows.pop()


def _same_generation(rows: list[DecodingRow]) -> list[list[int]]:
    """Indices of rows, grouped by how they are to be decoded; one group in nearly every run."""
    groups: dict[Generation, list[int]] = {}
    for index, row in enumerate(rows):
        groups.setdefault(row.request.generation, []).append(index)
    return list(groups.values())


def _by_generation(
    rows: list[DecodingRow], states: list[PromptState]
) -> list[list[tuple[DecodingRow, PromptState]]]:
    return [[(rows[i], states[i]) for i in group] for group in _same_generation(rows)]
