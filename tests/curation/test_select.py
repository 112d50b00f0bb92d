from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from curation.memory import pools
from dartmath.curation.pool import QueryPool
from dartmath.curation.select import pool_fail_rate, select
from dartmath.sampling.policy import VRT, Band, PolicySection, Prop2Diff, Uniform

verdicts = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3), st.lists(st.booleans(), max_size=30), min_size=1, max_size=8
)
any_policy = st.one_of(
    st.builds(VRT, trials=st.integers(1, 40)),
    st.builds(Uniform, k=st.integers(1, 20), cap=st.integers(1, 40)),
    st.builds(Prop2Diff, k=st.integers(1, 40), pilot=st.integers(1, 10), cap=st.integers(1, 40)),
    st.builds(Band, k=st.integers(1, 10), low=st.just(0.2), high=st.just(0.8), pilot=st.integers(1, 10)),
)


def trials_of(made: list[QueryPool], policy: PolicySection, **options: object) -> dict[str, list[int]]:
    return {s.pool.query.id: [c.trial for c in s.chosen] for s in select(made, policy, **options)}  # type: ignore[arg-type]


def test_vrt_keeps_every_correct_one_of_the_first_trials() -> None:
    made = pools({"easy": [True] * 6, "hard": [False, False, True, False, True, True]})
    assert trials_of(made, VRT(trials=5)) == {"easy": [0, 1, 2, 3, 4], "hard": [2, 4]}


def test_vrt_misses_trials_and_not_responses() -> None:
    (one,) = select(pools({"a": [True, False]}), VRT(trials=5))
    assert (one.wanted, one.available, one.missing) == (5, 2, 3)


def test_uniform_keeps_the_first_k_within_the_cap() -> None:
    made = pools({"easy": [True] * 6, "hard": [False] * 5 + [True]})
    assert trials_of(made, Uniform(k=2, cap=5)) == {"easy": [0, 1], "hard": []}


def test_prop2diff_measures_the_pilot_alone_unless_told_otherwise() -> None:
    made = pools({"a": [True, False, True, True, True, True, True, True]})
    policy = Prop2Diff(k=4, pilot=2, cap=10)
    assert trials_of(made, policy) == {"a": [0, 2]}
    assert trials_of(made, policy, difficulty="all") == {"a": [0]}


def test_band_takes_only_queries_of_its_pass_rate() -> None:
    made = pools({"easy": [True] * 4, "middle": [True, False] * 2, "hard": [False] * 4})
    wanted = {s.pool.query.id: s.wanted for s in select(made, Band(k=3, low=0.25, high=0.75, pilot=4))}
    assert wanted == {"easy": 0, "middle": 3, "hard": 0}


def test_a_query_without_trials_is_wanted_like_the_hardest() -> None:
    (one,) = select(pools({"a": []}), Prop2Diff(k=7))
    assert (one.fail_rate, one.wanted, one.missing) == (None, 7, 7)


@given(verdicts, any_policy, st.sampled_from(["pilot", "all"]), st.none() | st.integers(0, 3))
def test_no_policy_takes_more_than_it_wants_or_what_is_not_correct(
    rows: dict[str, list[bool]], policy: PolicySection, difficulty: str, seed: int | None
) -> None:
    for one in select(pools(rows), policy, difficulty=difficulty, seed=seed):  # type: ignore[arg-type]
        verdict = rows[one.pool.query.id]
        assert all(verdict[c.trial] for c in one.chosen)
        assert len(one.chosen) <= min(one.wanted, sum(verdict))
        assert len({c.trial for c in one.chosen}) == len(one.chosen)


@given(verdicts, st.integers(1, 40), st.integers(1, 12))
def test_prop2diff_wants_the_ceiling_of_k_times_the_fail_rate(
    rows: dict[str, list[bool]], k: int, pilot: int
) -> None:
    for one in select(pools(rows), Prop2Diff(k=k, pilot=pilot)):
        rate = pool_fail_rate(one.pool, pilot)
        if rate is not None:
            assert one.wanted == max(1, math.ceil(round(k * rate, 9)))
