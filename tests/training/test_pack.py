"""Packing loses nothing, fits, wastes little, and depends on nothing but its input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.base.errors import TrainingError
from dartmath.training.pack import alone, next_fit, pack

lengths = st.lists(st.integers(1, 64), max_size=200)


@given(lengths)
def test_every_example_is_packed_once_and_every_sequence_fits(values: list[int]) -> None:
    array = np.asarray(values, dtype=np.int64)
    packing = pack(array, 64)
    assert sorted(packing.order.tolist()) == list(range(len(values)))
    assert all(1 <= array[packing[i]].sum() <= 64 for i in range(len(packing)))


@given(lengths)
def test_at_most_one_sequence_is_less_than_half_full(values: list[int]) -> None:
    array = np.asarray(values, dtype=np.int64)
    packing = pack(array, 64)
    assert sum(array[packing[i]].sum() <= 32 for i in range(len(packing))) <= 1


@given(lengths)
def test_the_same_input_gives_the_same_packing(values: list[int]) -> None:
    array = np.asarray(values, dtype=np.int64)
    one, two = pack(array, 64), pack(array.copy(), 64)
    assert one.order.tolist() == two.order.tolist()
    assert one.starts.tolist() == two.starts.tolist()


def _paper_like(n: int, mean: float) -> np.ndarray:
    """Lengths like the paper's: long-tailed responses to 2048 tokens, and a prompt before each."""
    rng = np.random.default_rng(0)
    responses = np.clip(rng.lognormal(np.log(mean) - 0.18, 0.6, n), 16, 2048)
    return (responses + np.clip(rng.normal(110, 35, n), 50, 400)).astype(np.int64)


@pytest.mark.parametrize("mean", [274, 480])
def test_lengths_like_the_papers_fill_sequences_better_than_first_fit_decreasing(mean: float) -> None:
    array = _paper_like(60_000, mean)
    packed = pack(array, 4096)
    # Without pairs that close a sequence, which is first-fit decreasing, it is at most 0.9962 on these.
    assert packed.efficiency >= 0.998
    assert packed.efficiency > next_fit(array, 4096).efficiency + 0.03


def test_equal_halves_are_paired() -> None:
    packing = pack(np.asarray([32, 32, 32]), 64)
    assert [len(packing[i]) for i in range(len(packing))] == [2, 1]


def test_nothing_to_pack_gives_no_sequence() -> None:
    assert len(pack(np.asarray([], dtype=np.int64), 64)) == 0


@pytest.mark.parametrize("bad", [0, 65])
def test_a_length_that_does_not_fit_is_an_error(bad: int) -> None:
    with pytest.raises(TrainingError, match=f"example 1 has {bad} tokens"):
        pack(np.asarray([5, bad]), 64)


def test_next_fit_and_alone_hold_every_example_too() -> None:
    array = np.asarray([40, 30, 20, 50])
    assert [next_fit(array, 64)[i].tolist() for i in range(3)] == [[0], [1, 2], [3]]
    assert [alone(array, 64)[i].tolist() for i in range(4)] == [[0], [1], [2], [3]]
