"""The slot cache against a plain list of rows: rows join, grow and leave in any order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from dartmath.engines.transformers_cache import PromptState, SlotCache  # noqa: E402

LAYERS, HEADS, DIM, SLOTS = 2, 2, 3, 4
moves = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 300)),
        st.tuples(st.just("remove"), st.integers(0, SLOTS)),
        st.tuples(st.just("step"), st.integers(1, 200)),
    ),
    min_size=1,
    max_size=25,
)


def prompt(length: int, number: int) -> PromptState:
    made = torch.arange(HEADS * length * DIM, dtype=torch.float32).reshape(HEADS, length, DIM)
    keys = [made + 1000 * number + layer for layer in range(LAYERS)]
    return PromptState((0,) * length, keys, [-k for k in keys], made)


def step(cache: SlotCache, rows: list[list[Any]], value: float) -> None:
    """Write one column, as a model does, and compare all that attention would see."""
    cache.reserve(0, 1)
    mask = cache.mask("cpu")
    view = cache.view()
    for layer in range(LAYERS):
        new = torch.full((len(rows), HEADS, 1, DIM), value + layer)
        keys, values = view.update(new, -new, layer)
        for index, row in enumerate(rows):
            row[layer] = torch.cat((row[layer], new[index]), dim=1)
            seen = keys[index][:, mask[index]]
            assert torch.equal(seen, row[layer])
            assert torch.equal(values[index][:, mask[index]], -seen)
    cache.advance()


@settings(max_examples=60, deadline=None)
@given(moves)
def test_every_row_sees_exactly_its_own_keys_and_values(script: list[tuple[str, int]]) -> None:
    cache, rows = SlotCache(SLOTS), list[list[Any]]()
    for number, (move, amount) in enumerate(script):
        if move == "add" and len(rows) < SLOTS:
            state = prompt(amount, number)
            cache.add(state)
            rows.append(list(state.keys))
        elif move == "remove" and amount < len(rows):
            cache.remove(amount)
            rows[amount] = rows[-1]
            rows.pop()
        elif move == "step" and rows:
            for one in range(amount):
                step(cache, rows, 10_000.0 * number + one)
        assert cache.lengths == [row[0].shape[1] for row in rows]


def test_memory_follows_the_longest_row_there_is() -> None:
    cache = SlotCache(SLOTS)
    cache.add(prompt(2000, 0))
    cache.add(prompt(10, 1))
    cache.remove(0)
    for _ in range(300):
        cache.reserve(0, 1)
        cache.advance()
    assert cache.keys[0].shape[2] < 700
