"""Choosing tokens: the nucleus is exact and the draws are uniform, per request and reproducible."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from dartmath.engines.protocol import Generation
from dartmath.engines.transformers_sampling import choose, choose_on_device, cutoff, uniforms

torch = pytest.importorskip("torch")


def nucleus(row: np.ndarray, top_k: int, top_p: float) -> set[int]:
    """The definition, by a full sort: top-k, renormalised, then the shortest head of mass `top_p`."""
    order = np.argsort(-row, kind="stable")[: top_k or row.size]
    mass = np.cumsum(row[order].astype(np.float64))
    total = mass[-1] if top_k else 1.0
    return set(order[: int(np.searchsorted(mass, top_p * total)) + 1].tolist())


logit_rows = st.lists(st.floats(-20, 20, width=32), min_size=2, max_size=300, unique=True)


@settings(max_examples=300, deadline=None)
@given(logit_rows, st.sampled_from([0, 1, 3, 50]), st.sampled_from([0.1, 0.5, 0.9, 0.95, 0.999]))
def test_cutoff_keeps_the_nucleus(logits: list[float], top_k: int, top_p: float) -> None:
    row = torch.tensor(logits).softmax(-1).numpy()
    kept = set(np.flatnonzero(row >= cutoff(row, top_k, top_p)).tolist())
    expected = nucleus(row, top_k, top_p)
    least = min(row[list(expected)])
    ties = set(np.flatnonzero(np.isclose(row, least, rtol=1e-5)).tolist())
    assert expected <= kept | ties
    assert kept <= expected | ties


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.5, 2.0]), st.sampled_from([0.5, 0.95, 0.999]))
def test_cutoff_of_a_nucleus_of_thousands(seed: int, scale: float, top_p: float) -> None:
    logits = np.random.default_rng(seed).normal(size=30_000) * scale
    row = np.exp(logits - logits.max()).astype(np.float32)
    row /= row.sum()
    kept = np.flatnonzero(row >= cutoff(row, 0, top_p))
    assert abs(kept.size - len(nucleus(row, 0, top_p))) <= 2
    assert row[kept].sum(dtype=np.float64) >= top_p - 1e-6


@pytest.mark.parametrize("top_k", [0, 5])
@pytest.mark.parametrize("top_p", [0.3, 0.95, 1.0])
@pytest.mark.parametrize("scale", [0.1, 4.0])
def test_the_batched_way_of_accelerators_chooses_the_same(top_k: int, top_p: float, scale: float) -> None:
    generator = torch.Generator().manual_seed(7)
    logits = torch.randn(64, 3000, generator=generator) * scale
    draws = uniforms(range(64), [0] * 64)
    generation = Generation(temperature=1.0, top_k=top_k, top_p=top_p)
    rowwise = choose(logits, generation, draws)
    batched = choose_on_device(logits.softmax(-1), generation, draws)
    assert rowwise == batched


def test_choices_follow_the_distribution() -> None:
    probabilities = np.array([0.4, 0.05, 0.3, 0.01, 0.2, 0.04])
    trials = 20_000
    logits = torch.tensor(np.log(probabilities), dtype=torch.float32).expand(trials, -1)
    draws = uniforms(range(trials), [3] * trials)
    found = np.bincount(choose(logits, Generation(top_p=0.92), draws), minlength=6)
    kept = np.array([0.4, 0.05, 0.3, 0, 0.2, 0]) / 0.95
    assert found[[3, 5]].sum() == 0
    live = kept > 0
    assert stats.chisquare(found[live], kept[live] * trials).pvalue > 1e-3


def test_temperature_scales_and_zero_is_greedy() -> None:
    logits = torch.tensor([[1.0, 2.0, 0.5]]).expand(5000, -1)
    draws = uniforms(range(5000), [0] * 5000)
    assert set(choose(logits, Generation(temperature=0), draws)) == {1}
    found = np.bincount(choose(logits, Generation(temperature=2.0), draws), minlength=3)
    expected = np.exp([0.5, 1.0, 0.25]) / np.exp([0.5, 1.0, 0.25]).sum()
    assert stats.chisquare(found, expected * 5000).pvalue > 1e-3


def test_draws_are_uniform_and_independent_over_seeds_and_positions() -> None:
    seeds, positions = np.meshgrid(np.arange(200), np.arange(200))
    draws = uniforms(seeds.ravel().tolist(), positions.ravel().tolist())
    assert stats.kstest(draws, "uniform").pvalue > 1e-3
    table = draws.reshape(200, 200)
    assert abs(np.corrcoef(table[:-1].ravel(), table[1:].ravel())[0, 1]) < 0.03
    assert abs(np.corrcoef(table[:, :-1].ravel(), table[:, 1:].ravel())[0, 1]) < 0.03


def test_a_draw_depends_on_its_own_seed_and_position_alone() -> None:
    assert uniforms([5, 9], [2, 4])[1] == uniforms([9], [4])[0]
    assert uniforms([9], [4])[0] != uniforms([9], [5])[0]
    assert uniforms([2**70 + 1], [0]).shape == (1,)
