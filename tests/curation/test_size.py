from __future__ import annotations

import random
from collections.abc import Sequence
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.memory import pools
from curation.test_select import any_policy, verdicts
from dartmath.curation.choose import Drawn, First, Length, Shortest
from dartmath.curation.pool import QueryPool
from dartmath.curation.select import Selection, count_rows, select
from dartmath.curation.size import Chooser, Unit, drawn, exactly, measure
from dartmath.sampling.policy import VRT, PolicySection, Prop2Diff, Uniform

UNITS: tuple[Unit, ...] = get_args(Unit)
choices = st.sampled_from([First(), Drawn(), Shortest(), Length(quantile=0.7)])
choosers = st.builds(Chooser, st.sampled_from(["pilot", "all"]), st.none() | st.integers(0, 3), choices)


def rows_by_k(made: Sequence[QueryPool], policy: PolicySection, choose: Chooser) -> dict[int, int]:
    return {k: count_rows(choose.select(made, policy.with_size(k))) for k in range(1, 400)}


@given(verdicts, any_policy, st.integers(1, 200), choosers)
def test_a_size_is_met_exactly_or_the_pool_is_exhausted(
    rows: dict[str, list[bool]], policy: PolicySection, size: int, choose: Chooser
) -> None:
    made = pools(rows)
    found, selections = exactly(made, policy, size, choose=choose)
    by_k = rows_by_k(made, policy, choose)
    assert count_rows(selections) == min(size, max(by_k.values()))
    enough = [k for k, held in by_k.items() if held >= min(size, max(by_k.values()))]
    assert found.largest_target == enough[0], "the smallest k that gives as many"


@given(verdicts, any_policy, st.integers(1, 200), choosers)
def test_a_query_gets_what_k_gives_it_or_what_the_k_below_would(
    rows: dict[str, list[bool]], policy: PolicySection, size: int, choose: Chooser
) -> None:
    made = pools(rows)
    found, selections = exactly(made, policy, size, choose=choose)
    full = choose.select(made, found)
    fewer = choose.select(made, found.with_size(found.largest_target - 1)) if found.largest_target > 1 else []
    for place, one in enumerate(selections):
        assert len(one.chosen) in {len(full[place].chosen), len(fewer[place].chosen) if fewer else 0}


@given(verdicts, any_policy, st.integers(10, 3000), choosers)
def test_tokens_come_as_near_below_as_rows_allow(
    rows: dict[str, list[bool]], policy: PolicySection, size: int, choose: Chooser
) -> None:
    made = pools(rows)
    found, selections = exactly(made, policy, size, "tokens", choose)
    most = measure(choose.select(made, policy.with_size(1 << 20)), policy, "tokens")
    held = measure(selections, found, "tokens")
    assert held <= size
    assert held > min(size, most) - 10, "a row of these pools has 10 tokens"


@given(verdicts, any_policy, st.integers(1, 300))
def test_trials_are_those_that_sampling_by_the_policy_makes(
    rows: dict[str, list[bool]], policy: PolicySection, size: int
) -> None:
    made = pools(rows)
    found, selections = exactly(made, policy, size, "trials")
    spent = sum(replayed(rows[s.pool.query.id], found) for s in selections)
    assert measure(selections, found, "trials") == spent
    assert spent <= size or found.largest_target == 1


def replayed(verdict: list[bool], policy: PolicySection) -> int:
    """Trials of a query, one at a time, until nothing is owed or the pool has no more."""
    pilot, correct = policy.pilot_trials, 0
    for done in range(len(verdict) + 1):
        tried = verdict[: min(done, pilot)]
        owed = done < pilot or correct < policy.target(len(tried), sum(tried))
        if done == len(verdict) or done >= policy.most_trials or not owed:
            return done
        correct += verdict[done]
    raise AssertionError


def test_the_rounding_is_spread_over_the_difficulties() -> None:
    # 100 queries from always right to never but for the last; two rows each, of 150 wanted.
    rng = random.Random(1)
    made = pools({f"q{i}": [rng.random() > i / 100 for _ in range(20)] + [True] * 2 for i in range(100)})
    _, selections = exactly(made, Uniform(k=1), 150)
    ranked = sorted(selections, key=lambda s: s.fail_rate or 0.0)
    quarters = [count_rows(ranked[i : i + 25]) for i in range(0, 100, 25)]
    assert sum(quarters) == 150
    assert max(quarters) - min(quarters) <= 4, quarters


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("policy", [VRT(trials=3), Uniform(k=3), Prop2Diff(k=3)])
def test_an_empty_pool_ends(policy: PolicySection, unit: Unit) -> None:
    for made in ([], pools({"a": []})):
        found, selections = exactly(made, policy, 10, unit)
        assert count_rows(selections) == 0
        assert found.kind == policy.kind


def test_everything_but_k_is_kept() -> None:
    made = pools({"a": [True, False] * 20, "b": [True] * 40})
    found, _ = exactly(made, Prop2Diff(k=1, pilot=4, cap=30, exponent=2.0), 11)
    assert found == Prop2Diff(k=found.largest_target, pilot=4, cap=30, exponent=2.0)


def keys(selections: Sequence[Selection]) -> set[tuple[str, int]]:
    return {(s.pool.query.id, c.trial) for s in selections for c in s.chosen}


@given(verdicts, st.integers(1, 100), st.integers(0, 3))
def test_a_random_cut_keeps_some_of_what_is_there(rows: dict[str, list[bool]], size: int, seed: int) -> None:
    every = select(pools(rows), VRT(trials=100))
    cut = drawn(every, size, "rows", seed)
    assert count_rows(cut) == min(size, count_rows(every))
    assert keys(cut) <= keys(every)
    assert keys(cut) == keys(drawn(every, size, "rows", seed))


def test_a_random_cut_treats_all_rows_alike() -> None:
    every = select(pools({"many": [True] * 900, "few": [True] * 100}), VRT(trials=1000))
    share = sum(
        sum(one.pool.query.id == "few" for one in drawn(every, 100, "rows", seed) for _ in one.chosen)
        for seed in range(50)
    ) / (50 * 100)
    assert abs(share - 0.1) < 0.02


def test_vrt_with_a_seed_draws_trials_and_more_of_them_never_give_less() -> None:
    made = pools({"a": [True, False] * 50})
    counts = [count_rows(select(made, VRT(trials=n), seed=3)) for n in range(1, 101)]
    assert counts == sorted(counts)
    assert counts[-1] == 50
    first = keys(select(made, VRT(trials=20), seed=3))
    assert first != keys(select(made, VRT(trials=20), seed=4))
    assert first != keys(select(made, VRT(trials=20)))
