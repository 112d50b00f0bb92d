"""The schedule launches only what is owed, and everything that is."""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import betabinom

from dartmath.sampling.config import Price, SamplingSection
from dartmath.sampling.difficulty import posterior_mean
from dartmath.sampling.policy import VRT, Band, Budgeted, PolicySection, Prop2Diff, Uniform
from dartmath.sampling.schedule import Schedule, State
from dartmath.sampling.tally import Tally
from dartmath.verify.contract.outcome import Outcome

policies = st.one_of(
    st.builds(VRT, trials=st.integers(1, 12)),
    st.builds(Uniform, k=st.integers(1, 8), cap=st.integers(1, 40)),
    st.builds(Prop2Diff, k=st.integers(1, 16), pilot=st.integers(1, 8), cap=st.integers(1, 60)),
    st.builds(
        Budgeted,
        k=st.integers(1, 16),
        pilot=st.integers(1, 8),
        cap=st.integers(1, 60),
        goal=st.sampled_from(["reached", "rows"]),
    ),
    st.builds(Band, k=st.integers(1, 4), pilot=st.integers(1, 8), cap=st.integers(1, 30), high=st.just(0.7)),
)


def record(tally: Tally, index: int, trial: int, outcome: Outcome) -> None:
    tally.record(index, trial, outcome, prompt_tokens=1, tokens=1, text_hash=trial)


def outcome_of(index: int, trial: int, rate: float) -> Outcome:
    lucky = random.Random(index * 1000 + trial).random() < rate
    return Outcome.CORRECT if lucky else Outcome.WRONG


@settings(deadline=None, max_examples=60)
@given(policies, st.integers(1, 12), st.integers(1, 20), st.randoms(use_true_random=False))
def test_every_run_ends_with_each_query_at_its_target_or_cap(
    policy: PolicySection, size: int, slots: int, chance: random.Random
) -> None:
    tally = Tally(size, policy.pilot_trials)
    schedule = Schedule(policy, tally)
    flying: list[tuple[int, int]] = []
    while not schedule.done:
        while len(flying) < slots and (launch := schedule.launch()) is not None:
            flying.append(launch)
        assert flying, "something is owed and nothing in flight, yet nothing may be launched"
        index, trial = flying.pop(chance.randrange(len(flying)))
        record(tally, index, trial, outcome_of(index, trial, index / size))
        schedule.landed(index)
    for index in range(size):
        counts = tally.counts(index)
        assert counts.trials <= policy.most_trials
        assert not tally.missing(index)
        enough = counts.correct >= policy.target(counts.pilot_trials, counts.pilot_correct)
        assert enough or counts.trials == policy.most_trials
        assert schedule.state(index) is (State.REACHED if enough else State.CAPPED)
    assert schedule.remaining == pytest.approx(0, abs=1e-6)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 12), st.integers(0, 30), st.integers(1, 30))
def test_expected_correct_in_flight_stays_below_what_is_owed(k: int, trials: int, successes: int) -> None:
    tally = Tally(1)
    correct = min(successes, trials, k - 1)
    for trial in range(trials):
        record(tally, 0, trial, Outcome.CORRECT if trial < correct else Outcome.WRONG)
    schedule = Schedule(Uniform(k=k, cap=10_000), tally)
    rate, owed = posterior_mean(trials, correct), k - correct
    while schedule.launch() is not None:
        assert rate * (schedule.flying[0] - 1) < owed
    assert rate * schedule.flying[0] >= owed


budgeted = st.builds(
    Budgeted,
    k=st.integers(1, 12),
    pilot=st.integers(1, 6),
    cap=st.integers(1, 60),
    goal=st.sampled_from(["reached", "rows"]),
)


def launches(policy: PolicySection, tally: Tally, count: int) -> list[tuple[int, int]]:
    """The first trials that a schedule launches, one after the other."""
    schedule = Schedule(policy, tally)
    found: list[tuple[int, int]] = []
    while len(found) < count and (launch := schedule.launch()) is not None:
        found.append(launch)
        record(tally, *launch, outcome_of(*launch, (launch[0] + 1) / (tally.size + 1)))
        schedule.landed(launch[0])
    return found


@settings(deadline=None, max_examples=60)
@given(budgeted, st.integers(1, 10), st.integers(0, 80), st.integers(0, 80))
def test_a_larger_budget_does_all_that_a_smaller_one_does(
    policy: Budgeted, size: int, budget: int, more: int
) -> None:
    """So what is reached never falls with the budget, and a stopped run goes on as if it were not."""
    whole = launches(policy, Tally(size, policy.pilot_trials), budget + more)
    tally = Tally(size, policy.pilot_trials)
    first = launches(policy, tally, budget)
    # The schedule of the second part knows nothing but the record of the first.
    assert first + launches(policy, tally, more) == whole


@settings(deadline=None, max_examples=60)
@given(budgeted, st.integers(1, 8), st.integers(1, 12), st.randoms(use_true_random=False))
def test_the_order_of_finishing_does_not_change_what_a_query_is_given(
    policy: Budgeted, size: int, slots: int, chance: random.Random
) -> None:
    """Nor does the price: its first correct responses, and its target, are those of one slot."""

    def run(slots: int, price: Price) -> list[list[int]]:
        tally = Tally(size, policy.pilot_trials)
        schedule, flying = Schedule(policy, tally, price=price), list[tuple[int, int]]()
        correct: list[list[int]] = [[] for _ in range(size)]
        while not schedule.done:
            while len(flying) < slots and (launch := schedule.launch()) is not None:
                flying.append(launch)
            index, trial = flying.pop(chance.randrange(len(flying)))
            outcome = outcome_of(index, trial, (index + 1) / (size + 1))
            record(tally, index, trial, outcome)
            schedule.landed(index)
            if outcome is Outcome.CORRECT:
                correct[index].append(trial)
        return [sorted(found)[: schedule.targets[i]] for i, found in enumerate(correct)]

    assert run(slots, Price(per_million_prompt_tokens=3)) == run(1, Price(per_million_tokens=1))


def known(*records: tuple[int, int, int], policy: PolicySection, price: Price) -> Schedule:
    """The schedule after (correct, trials, tokens of each) of queries."""
    tally = Tally(len(records), policy.pilot_trials)
    for index, (correct, trials, tokens) in enumerate(records):
        for trial in range(trials):
            outcome = Outcome.CORRECT if trial < correct else Outcome.WRONG
            tally.record(index, trial, outcome, prompt_tokens=10 * tokens, tokens=tokens, text_hash=trial)
    return Schedule(policy, tally, price=price)


TOKENS, PROMPTS = Price(per_million_tokens=1), Price(per_million_prompt_tokens=1)


@pytest.mark.parametrize(
    ("goal", "records", "price", "first"),
    [
        # Of nearly the same number of responses owed, those of the easiest query are the soonest there.
        ("reached", [(4, 8, 100), (1, 8, 100), (7, 8, 100)], TOKENS, 2),
        ("reached", [(4, 8, 100), (1, 8, 100)], TOKENS, 0),
        # A tenth of the price turns it round, in tokens of prompts as well.
        ("reached", [(4, 8, 1000), (1, 8, 100)], TOKENS, 1),
        ("reached", [(4, 8, 1000), (1, 8, 100)], PROMPTS, 1),
        # A right response of a query that is right every second time weighs most, for its probability.
        ("rows", [(7, 8, 100), (4, 8, 100), (0, 8, 100)], TOKENS, 1),
        ("rows", [(7, 8, 10), (4, 8, 100), (0, 8, 100)], TOKENS, 0),
    ],
)
def test_the_next_trial_is_the_one_that_gains_most_for_its_price(
    goal: str, records: list[tuple[int, int, int]], price: Price, first: int
) -> None:
    policy = Budgeted.model_validate({"k": 100, "pilot": 8, "cap": 1000, "goal": goal, "exponent": 0.01})
    launch = known(*records, policy=policy, price=price).launch()
    assert launch is not None and launch[0] == first


@pytest.mark.parametrize(
    ("budget", "price", "first"),
    [
        ({"tokens": 9}, {"per_million_prompt_tokens": 1}, 1),
        ({"money": 9}, {"per_million_prompt_tokens": 1}, 0),
        ({"money": 9}, {"per_million_tokens": 1}, 1),
        ({"money": 9}, {"per_hour": 1}, 1),  # hours go with the tokens that are generated
    ],
)
def test_a_budget_of_money_is_spent_by_the_price(
    budget: dict[str, float], price: dict[str, float], first: int
) -> None:
    """The first query has cheap prompts, the second cheap responses."""
    tally = Tally(2, 4)
    for index, (prompt, tokens) in enumerate(((10, 200), (100, 20))):
        for trial in range(4):
            outcome = Outcome.CORRECT if trial < 2 else Outcome.WRONG
            tally.record(index, trial, outcome, prompt_tokens=prompt, tokens=tokens, text_hash=trial)
    policy = {"kind": "budget", "k": 50, "pilot": 4, "cap": 100}
    section = SamplingSection.model_validate({"policy": policy, "budget": budget, "price": price})
    assert Schedule.of(section, tally).launch() == (first, 4)


def test_queries_whose_tokens_nobody_counted_are_weighed_alike() -> None:
    policy = Budgeted(k=100, pilot=8, cap=1000)
    launch = known((4, 8, 0), (1, 8, 0), policy=policy, price=TOKENS).launch()
    assert launch == (0, 8)


def test_engine_hours_are_not_counted_twice_in_the_price_of_a_trial() -> None:
    """They go with the tokens: the cheaper query stays first however dear an hour is."""
    policy = Budgeted.model_validate({"k": 100, "pilot": 8, "cap": 1000, "exponent": 0.01})
    dear = Price(per_million_tokens=1, per_hour=1000)
    assert known((5, 8, 100), (4, 8, 50), policy=policy, price=dear).launch() == (1, 8)


def test_trials_that_the_engine_has_already_come_first_with_all_before_them() -> None:
    schedule = Schedule(Uniform(k=1, cap=10), Tally(2))
    schedule.relaunch(1, [2, 1])
    found = [schedule.launch() for _ in range(5)]
    assert found[:3] == [(1, 0), (1, 1), (1, 2)]
    assert (1, 3) not in found
    schedule.relaunch(0, [6])
    assert [schedule.launch() for _ in range(5)] == [(0, trial) for trial in range(2, 7)]


def test_trials_lost_in_a_crash_come_first() -> None:
    tally = Tally(2)
    for trial in (0, 2, 5):
        record(tally, 1, trial, Outcome.CORRECT)
    schedule = Schedule(Uniform(k=2, cap=10), tally)
    assert [schedule.launch() for _ in range(3)] == [(1, 1), (1, 3), (1, 4)]


def test_hard_queries_go_first_once_they_are_known() -> None:
    tally = Tally(3)
    for index, correct in enumerate((8, 1, 5)):
        for trial in range(8):
            record(tally, index, trial, Outcome.CORRECT if trial < correct else Outcome.WRONG)
    schedule = Schedule(Uniform(k=20, cap=1000), tally)
    first = [schedule.launch() for _ in range(5)]
    assert {launch[0] for launch in first if launch} == {1}


@pytest.mark.parametrize(
    ("policy", "record", "flying", "remaining"),
    [
        (Prop2Diff(k=8, pilot=4, cap=100), [], 0, 8.0),  # 4 owed at a rate of 1/2
        (Prop2Diff(k=8, pilot=4, cap=100), [], 3, 8.0),  # of which three are in flight
        (Band(k=2, pilot=6, cap=50), [], 0, 6.0),  # no fewer than the pilot
        (Band(k=2, pilot=6, cap=50), [], 2, 6.0),
        (Band(k=2, pilot=6, cap=50), [Outcome.ERROR] * 2, 0, 4.0),  # errors are trials of it
        (Uniform(k=100, cap=10), [], 0, 10.0),  # no more than the cap
        (Uniform(k=100, cap=10), [], 4, 10.0),
        (Uniform(k=4, cap=100), [Outcome.CORRECT], 0, 4.5),  # 3 owed at 2/3
        (Uniform(k=4, cap=100), [Outcome.CORRECT, Outcome.ERROR], 1, 4.5),  # errors say nothing of the rate
        (Uniform(k=1, cap=100), [Outcome.CORRECT], 0, 0.0),
        (Uniform(k=1, cap=100), [], 0, 2.0),  # 1 owed at a rate of 1/2
        (Uniform(k=1, cap=100), [], 2, 2.0),  # and no more than those in flight
    ],
)
def test_what_a_query_still_needs(
    policy: PolicySection, record: list[Outcome], flying: int, remaining: float
) -> None:
    tally = Tally(1, policy.pilot_trials)
    for trial, outcome in enumerate(record):
        tally.record(0, trial, outcome, prompt_tokens=1, tokens=1, text_hash=trial)
    schedule = Schedule(policy, tally)
    assert [schedule.launch() for _ in range(flying)] == [(0, len(record) + n) for n in range(flying)]
    assert schedule.remaining == pytest.approx(remaining)


def test_two_standard_deviations_within_what_is_owed_are_safe() -> None:
    """At a rate of 1/2, 16 trials bring 8 and twice 2: exactly the 12 that are owed."""
    tally = Tally(2)
    for index, (correct, trials) in enumerate(((4, 8), (15, 16))):
        for trial in range(trials):
            record(tally, index, trial, Outcome.CORRECT if trial < correct else Outcome.WRONG)
    schedule = Schedule(Uniform(k=16, cap=1000), tally)
    while (launch := schedule.launch()) is not None and launch[0] == 0:
        pass
    assert schedule.flying[0] == 16


def test_a_launch_that_may_overshoot_waits_for_those_that_hardly_can() -> None:
    """Class 3 before class 4, although the hard query has more trials left at that moment."""
    tally = Tally(2)
    for index, correct in enumerate((1, 5)):
        for trial in range(8):
            record(tally, index, trial, Outcome.CORRECT if trial < correct else Outcome.WRONG)
    schedule = Schedule(Uniform(k=20, cap=1000), tally)
    rate, owed = posterior_mean(8, 1), 19
    while (launch := schedule.launch()) is not None and launch[0] == 0:
        pass
    flying = schedule.flying[0]
    # The expected number in flight and two standard deviations, before and after one more.
    above = [rate * n + 2 * (n * rate * (1 - rate)) ** 0.5 for n in (flying, flying + 1)]
    assert above[0] <= owed < above[1]
    assert rate * flying < owed and owed / rate - flying > 15 / posterior_mean(8, 5)


def test_while_the_pilot_runs_the_target_is_judged_by_laplaces_rule() -> None:
    tally = Tally(1, 4)
    schedule = Schedule(Prop2Diff(k=8, pilot=4, cap=100), tally)
    assert schedule.expected_target(0) == 4  # of 0 in 0, as of 1 in 2
    record(tally, 0, 0, Outcome.WRONG)
    assert schedule.expected_target(0) == 6  # of 0 in 1, as of 1 in 3
    record(tally, 0, 1, Outcome.ERROR)
    assert schedule.expected_target(0) == 6  # an error says nothing


@given(
    st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 10)),
    st.integers(1, 30),
    st.integers(0, 30),
    st.sampled_from([(), (5,), (3, 7)]),
)
def test_the_chance_of_a_query_is_the_beta_binomial_tail_of_what_is_left(
    counts: tuple[int, int, int], k: int, left: int, bounds: tuple[int, ...]
) -> None:
    """Of whoever took the query over last, after wrong responses alone, the record goes by."""
    correct, wrong, errors = counts
    outcomes = [Outcome.WRONG] * wrong + [Outcome.ERROR] * errors + [Outcome.CORRECT] * correct
    start = bounds[-1] if bounds else 0
    cap = start + len(outcomes) + left
    assume(cap > start)  # whoever takes a query over has a trial of it
    takers = [{"name": f"t{after}", "after": after} for after in bounds]
    section = SamplingSection.model_validate(
        {"policy": {"kind": "uniform", "k": k, "cap": cap}, "teachers": takers}
    )
    tally = Tally(1, 0, section.bounds)
    for trial, outcome in enumerate([Outcome.WRONG] * start + outcomes):
        record(tally, 0, trial, outcome)
    found = Schedule.of(section, tally).chance(0)
    assert found == pytest.approx(betabinom.sf(k - correct - 1, left, 1 + correct, 1 + wrong), abs=1e-9)


def test_a_taker_is_given_up_by_the_trials_that_it_has_left() -> None:
    """Thirty of 40 trials were another's: of the ten of its own, eight failed."""

    def state(cap: int) -> State:
        keys = {"policy": {"kind": "uniform", "k": 1, "cap": cap}, "give_up": 0.25}
        section = SamplingSection.model_validate({**keys, "teachers": [{"name": "big", "after": 30}]})
        tally = Tally(1, 0, section.bounds)
        for trial in range(38):
            record(tally, 0, trial, Outcome.WRONG)
        return Schedule.of(section, tally).state(0)

    # At least one correct of 2, and of 9, after 8 failures: 1 - 9/11 = 0.18, and 1 - 9/18 = 0.5.
    assert (state(40), state(47)) == (State.GAVE_UP, State.OPEN)


def test_a_long_run_loses_no_query_when_stale_entries_are_swept_out() -> None:
    size, policy = 40, Uniform(k=60, cap=100)
    tally = Tally(size)
    schedule = Schedule(policy, tally)
    while (launch := schedule.launch()) is not None:
        record(tally, *launch, outcome_of(*launch, rate=0.5))
        schedule.landed(launch[0])
    assert schedule.done
    assert {schedule.state(index) for index in range(size)} <= {State.REACHED, State.CAPPED}


def test_errors_use_up_the_cap_when_a_query_is_given_up() -> None:
    def state(errors: int) -> State:
        tally = Tally(1)
        for trial in range(10 + errors):
            record(tally, 0, trial, Outcome.WRONG if trial < 10 else Outcome.ERROR)
        return Schedule(Uniform(k=1, cap=40), tally, give_up=0.2).state(0)

    assert (state(0), state(28)) == (State.OPEN, State.GAVE_UP)


@pytest.mark.parametrize(("wrong", "state"), [(7, State.OPEN), (8, State.GAVE_UP)])
def test_errors_are_no_failures_of_a_query_that_is_weighed(wrong: int, state: State) -> None:
    tally = Tally(1)
    for trial in range(wrong + 5):
        record(tally, 0, trial, Outcome.WRONG if trial < wrong else Outcome.ERROR)
    assert Schedule(Uniform(k=20, cap=40), tally, give_up=0.99).state(0) is state


def test_errors_say_nothing_of_what_a_trial_gains() -> None:
    """Of two queries that are right every second time, the one with free errors is the cheaper one."""
    tally = Tally(2, 8)
    for index, errors in enumerate((0, 4)):
        for trial in range(8 + errors):
            outcome = Outcome.CORRECT if trial < 4 else Outcome.WRONG if trial < 8 else Outcome.ERROR
            tally.record(index, trial, outcome, prompt_tokens=0, tokens=10 * (trial < 8), text_hash=trial)
    launch = Schedule(Budgeted(k=50, pilot=8, cap=100), tally).launch()
    assert launch == (1, 12)


def test_suspects_are_the_queries_that_ended_without_a_correct_response() -> None:
    tally = Tally(3)
    for index, correct in enumerate((0, 1, 0)):
        for trial in range(10 if index < 2 else 2):
            record(tally, index, trial, Outcome.CORRECT if trial < correct else Outcome.WRONG)
    assert Schedule(Uniform(k=5, cap=10), tally).suspects() == [0]


def test_pilot_runs_before_the_rest_and_fixes_the_target() -> None:
    tally = Tally(2, 4)
    schedule = Schedule(Prop2Diff(k=8, pilot=4, cap=100), tally)
    launches = [schedule.launch() for _ in range(8)]
    assert sorted(launch for launch in launches if launch) == [(i, t) for i in range(2) for t in range(4)]
    assert schedule.launch() is None
    for trial in range(4):
        record(tally, 0, trial, Outcome.CORRECT if trial < 2 else Outcome.WRONG)
        schedule.landed(0)
    assert schedule.targets[0] == 4 and schedule.launch() == (0, 4)


def test_give_up_when_the_target_is_out_of_reach() -> None:
    def end(give_up: float) -> tuple[State, int]:
        tally = Tally(1)
        schedule = Schedule(Uniform(k=40, cap=2048), tally, give_up=give_up)
        while not schedule.done:
            launch = schedule.launch()
            assert launch is not None
            record(tally, *launch, Outcome.WRONG)
            schedule.landed(0)
        return schedule.state(0), tally.trials[0]

    assert end(0.0) == (State.CAPPED, 2048)
    state, trials = end(0.01)
    assert state is State.GAVE_UP and 100 < trials < 400


@settings(deadline=None, max_examples=60)
@given(policies, st.sampled_from([0.0, 0.05, 0.4]), st.integers(1, 20), st.randoms(use_true_random=False))
def test_a_run_that_goes_on_stands_where_the_record_says(
    policy: PolicySection, give_up: float, slots: int, chance: random.Random
) -> None:
    tally = Tally(4, policy.pilot_trials)
    schedule = Schedule(policy, tally, give_up=give_up)
    flying: list[tuple[int, int]] = []
    while not schedule.done:
        while len(flying) < slots and (launch := schedule.launch()) is not None:
            flying.append(launch)
        index, trial = flying.pop(chance.randrange(len(flying)))
        failed = chance.random() < 0.2
        record(tally, index, trial, Outcome.ERROR if failed else outcome_of(index, trial, index / 8))
        schedule.landed(index)
        assert schedule.states() == Schedule(policy, tally, give_up=give_up).states()


def test_vrt_never_gives_up() -> None:
    tally = Tally(1, 20)
    schedule = Schedule(VRT(trials=20), tally, give_up=0.5)
    while (launch := schedule.launch()) is not None:
        record(tally, *launch, Outcome.WRONG)
        schedule.landed(0)
    assert tally.trials[0] == 20


def test_a_query_the_engine_refuses_is_left_alone() -> None:
    tally = Tally(1)
    schedule = Schedule(Uniform(k=4, cap=500), tally)
    while (launch := schedule.launch()) is not None:
        record(tally, *launch, Outcome.ERROR)
        schedule.landed(0)
    assert schedule.state(0) is State.REFUSED and tally.trials[0] == 8


def test_distinct_counts_equal_responses_once() -> None:
    tally = Tally(1)
    for trial in range(3):
        tally.record(0, trial, Outcome.CORRECT, prompt_tokens=0, tokens=0, text_hash=7)
    assert Schedule(Uniform(k=2), tally).state(0) is State.REACHED
    assert Schedule(Uniform(k=2), tally, distinct=True).state(0) is State.OPEN
