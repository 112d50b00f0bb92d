"""The slot cache against a plain list of rows: rows join, grow and leave in any order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from dartmath.engines.transformers_attention import attend_with_prefix  # noqa: E402
from dartmath.engines.transformers_cache import PromptState, SlotCache  # noqa: E402

LAYERS, HEADS, DIM, SLOTS = 2, 2, 3, 4
moves = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 300), st.sampled_from([0, 30, 60, 150, 300])),
        st.tuples(st.just("remove"), st.integers(0, SLOTS), st.just(0)),
        st.tuples(st.just("step"), st.integers(1, 150), st.just(0)),
    ),
    min_size=1,
    max_size=25,
)


def prompt(length: int, alike: int, number: int) -> PromptState:
    """A prompt whose first `alike` tokens are those of all others; keys depend on the token and its place."""
    tokens = tuple(i if i < alike else 1000 * (number + 1) + i for i in range(length))
    base = torch.tensor(tokens, dtype=torch.float32)[None, :, None].expand(HEADS, length, DIM)
    keys = [base + layer / 4 for layer in range(LAYERS)]
    return PromptState(tokens, keys, [-key for key in keys], base)


def step(cache: SlotCache, rows: list[list[Any]], value: float) -> None:
    """Write one column, as a model does, and compare all that attention would see."""
    held = cache.planned()
    mask = cache.prepare("cpu")
    view = cache.view()
    for layer in range(LAYERS):
        new = torch.full((len(rows), HEADS, 1, DIM), value + layer)
        new += torch.arange(len(rows))[:, None, None, None] / 64
        keys, values = view.update(new, -new, layer)
        seen = dict(enumerate(zip(keys, values, strict=True))) if mask is not None else by_lanes(cache, layer)
        for index, row in enumerate(rows):
            row[layer] = torch.cat((row[layer], new[index]), dim=1)
            found, negated = seen[index] if mask is None else (part[:, mask[index]] for part in seen[index])
            if cache.prefix:
                found = torch.cat((cache.prefix_keys[layer], found), dim=1)
                negated = torch.cat((cache.prefix_values[layer], negated), dim=1)
            assert torch.equal(found, row[layer])
            assert torch.equal(negated, -found)
    assert cache.bytes <= held
    cache.advance()


def by_lanes(cache: SlotCache, layer: int) -> dict[int, tuple[Any, Any]]:
    """Keys and values of every row, as the parts of a step show them to attention."""
    found = {}
    for part in cache.parts:
        rows = range(len(cache.lengths)) if part.rows is None else part.rows.tolist()
        keys, values = part.lane.used(layer)
        for place, row in enumerate(rows):
            shown = slice(None) if part.mask is None else part.mask[place, 0, 0]
            found[row] = keys[place][:, shown], values[place][:, shown]
    assert sorted(found) == list(range(len(cache.lengths)))
    return found


@settings(max_examples=60, deadline=None)
@given(moves, st.sampled_from([(False, False), (True, False), (True, True)]))
def test_every_row_sees_exactly_its_own_keys_and_values(
    script: list[tuple[str, int, int]], kind: tuple[bool, bool]
) -> None:
    laned, sharing = kind
    cache, rows = SlotCache(SLOTS, laned=laned, sharing=sharing), list[list[Any]]()
    for number, (move, amount, alike) in enumerate(script):
        if move == "add" and len(rows) < SLOTS:
            state = prompt(amount, alike, number)
            cache.add(state)
            rows.append(list(state.keys))
        elif move == "remove" and amount < len(rows):
            cache.remove(amount)
            rows[amount] = rows[-1]
            rows.pop()
        elif move == "step" and rows:
            if amount % 5 == 0:
                planned = cache.planned(compact=True)
                cache.compact()
                assert cache.bytes <= planned
            for one in range(amount):
                step(cache, rows, 10_000.0 * number + one)
        assert cache.positions == [row[0].shape[1] for row in rows]


def test_a_long_common_prefix_is_held_once() -> None:
    cache = SlotCache(SLOTS, laned=True, sharing=True)
    for number, length in enumerate((310, 320, 330)):
        cache.add(prompt(length, 300, number))
    assert len(cache.prefix) == 300
    assert cache.lengths == [10, 20, 30]
    cache.add(prompt(200, 100, 9))
    assert len(cache.prefix) == 100
    assert cache.lengths == [210, 220, 230, 100]


def test_a_long_row_makes_no_room_beside_short_ones() -> None:
    cache = SlotCache(64, laned=True)
    cache.add(prompt(2000, 0, 0))
    for number in range(40):
        cache.add(prompt(100, 0, number))
    token = cache.token_bytes
    assert cache.planned() < (2000 + 100 + 50 * (100 + 100)) * token
    assert cache.planned([2000]) > cache.planned([100]) + 1800 * token
    cache.remove(0)
    assert cache.planned() < 50 * (100 + 100) * token


def test_rows_move_up_as_they_grow() -> None:
    cache = SlotCache(SLOTS, laned=True)
    rows = [list(prompt(length, 0, number).keys) for number, length in enumerate((250, 5, 255))]
    for number, length in enumerate((250, 5, 255)):
        cache.add(prompt(length, 0, number))
    for one in range(20):
        step(cache, rows, float(one))
    assert [len(lane.members) for lane in cache.lanes] == [1, 2]


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_attention_over_a_shared_prefix_equals_attention_over_all(masked: bool, dtype: Any) -> None:
    torch.manual_seed(0)
    rows, heads, groups, dim, columns, tokens = 5, 3, 2, 16, 37, 80
    query = torch.randn(rows, heads, groups, dim).to(dtype)
    own = torch.randn(2, rows, heads, columns, dim).to(dtype)
    prefix = torch.randn(2, heads, tokens, dim).to(dtype)
    mask = torch.ones(rows, 1, 1, columns, dtype=torch.bool)
    if masked:
        mask[1, :, :, :20] = mask[3, :, :, :36] = False
    found = attend_with_prefix(query, (own[0], own[1]), (prefix[0], prefix[1]), mask if masked else None, 0.3)
    key, value = torch.cat((prefix[:, None].expand(-1, rows, -1, -1, -1), own), dim=3).float()
    seen = torch.cat((torch.ones(rows, 1, 1, tokens, dtype=torch.bool), mask), dim=3)
    whole = torch.nn.functional.scaled_dot_product_attention(
        query.float(), key, value, attn_mask=seen, scale=0.3
    )
    assert torch.allclose(found.float(), whole, atol=1e-5 if dtype == torch.float32 else 0.02)
