"""Policies are pure functions with the laws of the paper."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.base.errors import ConfigError
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.policy import VRT, Band, Budgeted, Custom, PolicySection, Prop2Diff, Uniform
from dartmath.sampling.schedule import Schedule
from dartmath.sampling.tally import Tally

records = st.integers(1, 64).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
prop2diff = st.builds(Prop2Diff, k=st.integers(1, 300), exponent=st.floats(0.25, 4), pilot=st.integers(1, 64))


@given(prop2diff, records)
def test_prop2diff_lies_between_one_and_k(policy: Prop2Diff, record: tuple[int, int]) -> None:
    assert 1 <= policy.target(*record) <= policy.k


@given(prop2diff, st.integers(1, 64))
def test_prop2diff_never_falls_with_difficulty(policy: Prop2Diff, trials: int) -> None:
    targets = [policy.target(trials, correct) for correct in range(trials + 1)]
    assert targets == sorted(targets, reverse=True)
    assert targets[0] == policy.k


@given(st.integers(1, 300), records)
def test_prop2diff_is_the_papers_formula(k: int, record: tuple[int, int]) -> None:
    trials, correct = record
    exact = -(-k * (trials - correct) // trials)
    assert Prop2Diff(k=k).target(trials, correct) == max(1, exact)


@given(prop2diff, records)
def test_a_budget_is_spent_on_prop2diffs_targets(policy: Prop2Diff, record: tuple[int, int]) -> None:
    same = Budgeted(**policy.model_dump(exclude={"kind"}))
    assert same.target(*record) == policy.target(*record)
    assert (same.pilot_trials, same.most_trials) == (policy.pilot_trials, policy.most_trials)
    assert policy.gain(*record, 3) is None and same.gain(*record, 3) > 0


@given(records, st.integers(1, 300))
def test_what_is_owed_and_what_fails_lower_the_gain_of_reaching(record: tuple[int, int], owed: int) -> None:
    trials, correct = record
    policy = Budgeted()
    assert policy.gain(trials, correct, owed) > policy.gain(trials, correct, owed + 1)
    assert policy.gain(trials, correct, owed) > policy.gain(trials + 1, correct, owed)


@given(records)
def test_the_gain_of_a_row_is_the_mean_of_a_right_response_by_difficulty(record: tuple[int, int]) -> None:
    """Against the integral of p (1 - p) over the posterior, by the midpoint rule."""
    trials, correct = record
    points = [(i + 0.5) / 4000 for i in range(4000)]
    density = [p**correct * (1 - p) ** (trials - correct) for p in points]
    mean = sum(d * p * (1 - p) for d, p in zip(density, points, strict=True)) / sum(density)
    assert Budgeted(goal="rows").gain(trials, correct, 1) == pytest.approx(mean, rel=1e-4)


@pytest.mark.parametrize("budget", [{"tokens": 5}, {"samples": 5}, {"hours": 0.5}])
def test_a_policy_of_a_budget_needs_one(budget: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="policy budget spends a budget, and there is none"):
        SamplingSection(policy=Budgeted())
    assert SamplingSection.model_validate({"policy": Budgeted(), "budget": budget}).policy == Budgeted()


@given(st.integers(1, 100), records)
def test_uniform_and_vrt_ignore_difficulty(k: int, record: tuple[int, int]) -> None:
    assert Uniform(k=k).target(*record) == k
    assert VRT(trials=k).target(*record) == VRT(trials=k).most_trials == VRT(trials=k).pilot_trials == k


@given(records, st.floats(0, 0.5), st.floats(0.5, 1))
def test_band_wants_only_its_pass_rates(record: tuple[int, int], low: float, high: float) -> None:
    trials, correct = record
    inside = low <= correct / trials <= high
    assert Band(k=3, low=low, high=high).target(trials, correct) == (3 if inside else 0)


@given(records)
def test_both_bounds_of_a_band_are_in_it(record: tuple[int, int]) -> None:
    rate = record[1] / record[0]
    assert Band(k=3, low=rate, high=rate).target(*record) == 3


@pytest.mark.parametrize(
    "policy",
    [VRT(trials=10**12), Uniform(k=10**12), Prop2Diff(k=10**12), Band(k=10**12)],
    ids=lambda p: p.kind,
)
def test_a_target_beyond_all_counters_is_the_largest(policy: PolicySection) -> None:
    assert policy.target(10, 0) == 2**31 - 1
    schedule = Schedule(policy, Tally(1, policy.pilot_trials))
    assert schedule.launch() == (0, 0)


def test_untried_query_counts_as_one_that_always_fails() -> None:
    assert Prop2Diff(k=192).target(0, 0) == 192


@pytest.mark.parametrize("policy", [VRT(), Uniform(), Prop2Diff(), Budgeted(), Band()])
def test_description_names_kind_and_size(policy: PolicySection) -> None:
    text = policy.describe()
    assert text.startswith(policy.kind) and str(policy.largest_target) in text


def test_custom_policy_of_ten_lines(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "import math\n\ndef root(trials, correct, k):\n    return math.isqrt(k * (trials - correct))\n"
    )
    policy = Custom(function=f"{file}:root", k=64, pilot=4)
    assert policy.target(4, 3) == 8
    assert (policy.pilot_trials, policy.most_trials) == (4, 2048)


def test_custom_policy_that_raises(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def f(trials, correct, k):\n    return k * correct // trials\n")
    with pytest.raises(ConfigError, match=r"mine\.py:f failed for trials=0, correct=0, k=40: ZeroDivision"):
        Custom(function=f"{tmp_path / 'mine.py'}:f").target(0, 0)


def test_custom_policy_that_cannot_be_loaded() -> None:
    with pytest.raises(ConfigError, match=r"sampling\.policy\.function: cannot load 'none\.py:f'"):
        Custom(function="none.py:f").target(4, 1)


def test_paper_values_are_the_defaults() -> None:
    assert (VRT().trials, Uniform().k, Uniform().cap, Prop2Diff().k) == (52, 40, 2048, 192)
    assert math.isclose(Prop2Diff().exponent, 1.0)


def test_defaults_and_least_values_are_those_of_the_reference() -> None:
    own = Custom(function="mine.py:f")
    assert (own.k, own.pilot, own.cap) == (40, 16, 2048)
    assert (Prop2Diff().pilot, Prop2Diff().cap, Band().pilot, Band().cap, Band().k) == (16, 8192, 16, 2048, 4)
    for kind in (Uniform, Prop2Diff, Band):
        least = kind(k=1, cap=1)
        assert (least.most_trials, least.largest_target) == (1, 1)
        for bad in ({"k": 0}, {"cap": 0}):
            with pytest.raises(ValueError, match="greater than or equal to 1"):
                kind.model_validate(bad)
    for piloted in (Prop2Diff, Band):
        assert piloted(pilot=1).pilot_trials == 1
        with pytest.raises(ValueError, match="greater than or equal to 1"):
            piloted.model_validate({"pilot": 0})
    assert VRT(trials=1).pilot_trials == 1


@pytest.mark.parametrize("policy", [VRT(), Uniform(), Prop2Diff(), Budgeted(), Band()], ids=lambda p: p.kind)
def test_another_size_is_the_same_policy_otherwise(policy: PolicySection) -> None:
    other = policy.with_size(7)
    assert other.largest_target == 7
    assert other.with_size(policy.largest_target) == policy


def test_a_function_of_ones_own_is_named_and_keeps_its_size(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def f(trials, correct, k):\n    return k - trials\n")
    policy = Custom(function=f"{tmp_path / 'mine.py'}:f", k=3).with_size(5)
    assert policy.own_function == policy.function and Uniform().own_function is None
    assert [policy.target(trials, 0) for trials in (0, 4, 5, 9)] == [5, 1, 0, 0]


def test_a_band_that_begins_at_zero_holds_a_query_without_trials() -> None:
    assert Band(low=0.0, high=0.5, k=3).target(0, 0) == 3
    assert Band(low=0.1, high=1.0, k=3).target(0, 0) == 0
