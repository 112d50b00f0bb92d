"""Fail rate and the Beta posterior."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import betabinom

from dartmath.sampling.difficulty import fail_rate, posterior_mean, reach_probability

records = st.integers(0, 300).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@given(records)
def test_rates_are_rates(record: tuple[int, int]) -> None:
    assert 0 <= fail_rate(*record) <= 1
    assert 0 < posterior_mean(*record) < 1


@settings(max_examples=60)
@given(records, st.integers(1, 60), st.integers(1, 2000))
def test_reach_probability_is_the_beta_binomial_tail(
    record: tuple[int, int], owed: int, remaining: int
) -> None:
    trials, correct = record
    expected = betabinom.sf(owed - 1, remaining, 1 + correct, 1 + trials - correct)
    assert reach_probability(owed, remaining, trials, correct) == pytest.approx(expected, abs=1e-6)


@given(records, st.integers(1, 40), st.integers(1, 500))
def test_reach_probability_falls_with_what_is_owed(
    record: tuple[int, int], owed: int, remaining: int
) -> None:
    less = reach_probability(owed, remaining, *record)
    more = reach_probability(owed + 1, remaining, *record)
    assert more <= less + 1e-9


def test_reach_probability_at_its_ends() -> None:
    assert reach_probability(0, 10, 5, 0) == 1
    assert reach_probability(11, 10, 5, 5) == 0
