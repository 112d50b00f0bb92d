"""Several teachers in one pool: who makes which trial follows from the record, whatever the timing."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dartmath.base.errors import ConfigError, JournalError
from dartmath.base.manifest import read_manifest
from dartmath.base.section import validate
from dartmath.engines.protocol import Completion, Request
from dartmath.sampling.assignment import Assignment, pattern
from dartmath.sampling.budget import Tariff, counts_by_teacher, spent_by
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.journal import open_journal
from dartmath.sampling.journal_writer import JournalWriter
from dartmath.sampling.policy import Uniform
from dartmath.sampling.run import sample
from dartmath.sampling.schedule import Schedule, State
from dartmath.sampling.status import run_status
from dartmath.sampling.summary import SamplingSummary
from dartmath.sampling.tally import Tally
from dartmath.sampling.teachers import Staff, Teacher, own_teacher
from dartmath.verify.contract.outcome import Outcome
from sampling.simulated import MODEL, QA, SimulatedEngine, assert_sound, dataset, make_queries
from sampling.test_served import ServedEngine

HARD = {f"q{number:05d}" for number in range(0, 20, 2)}
# Of the recipe's own teacher: it never solves every other query.
WEAK = {f"q{number:05d}": 0.9 * (number % 2) for number in range(20)}


def section(*teachers: dict[str, Any], **keys: Any) -> SamplingSection:
    policy = keys.pop("policy", {"kind": "uniform", "k": 2, "cap": 40})
    made = {"policy": policy, "workers": 0, "teachers": list(teachers), **keys}
    return validate(SamplingSection, made, where="test")


def staff(found: SamplingSection, *engines: SimulatedEngine) -> Staff:
    """The recipe's own on the first engine, and each further teacher on the next, or on the first."""
    own = own_teacher(found, QA, MODEL)
    others = [
        Teacher(one.name, min(place, len(engines) - 1), QA, own.generation, MODEL, one.shots, one.hint)
        for place, one in enumerate(found.teachers, start=1)
    ]
    return Staff([own, *others], engines)


def teach(
    folder: Path, found: SamplingSection, *engines: SimulatedEngine, count: int = 20, **options: Any
) -> SamplingSummary:
    return sample(
        make_queries(count),
        engines[0],
        QA,
        found,
        folder,
        seed=7,
        model=MODEL,
        staff=staff(found, *engines),
        **options,
    )


def who(folder: Path) -> dict[tuple[str, int], str | None]:
    return {(one.query_id, one.trial): one.teacher for one in open_journal(folder).samples()}


def test_turns_keep_to_their_shares() -> None:
    made = Counter(pattern([(0, 1.0), (1, 0.5), (2, 2.0)], 700))
    assert made == {0: 200, 1: 100, 2: 400}
    for length in range(1, 50):
        two = Counter(pattern([(0, 1.0), (1, 3.0)], length))
        assert abs(two[1] - 0.75 * length) <= 1


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.integers(1, 12), max_size=3, unique=True),
    st.integers(1, 4),
    st.tuples(st.integers(1, 6), st.integers(1, 12)),
    st.sampled_from([0.0, 0.3]),
    st.randoms(use_true_random=False),
)
def test_who_makes_a_trial_follows_from_the_record(
    bounds: list[int], k: int, size_and_slots: tuple[int, int], give_up: float, chance: random.Random
) -> None:
    """Whatever the timing, a kill in between, and which teachers have room."""
    size, slots = size_and_slots
    takers = [{"name": f"t{after}", "after": after} for after in bounds]
    found = section({"name": "turns", "share": 2}, *takers, policy={"kind": "uniform", "k": k, "cap": 20})
    found = found.model_copy(update={"give_up": give_up})
    tally = Tally(size, 0, found.bounds)
    schedule = Schedule.of(found, tally)
    made: dict[tuple[int, int], int] = {}
    outcomes: dict[tuple[int, int], Outcome] = {}
    flying: list[tuple[int, int]] = []
    while not schedule.done:
        everyone = range(len(takers) + 2)
        free = chance.sample(everyone, chance.randint(1, len(takers) + 2))
        while len(flying) < slots and (launch := schedule.launch(free)) is not None:
            made[launch] = schedule.teacher(*launch)
            assert made[launch] in free
            flying.append(launch)
        if not flying and (launch := schedule.launch()) is not None:
            made[launch] = schedule.teacher(*launch)
            flying.append(launch)
        assert flying, "something is owed and nothing in flight, yet nothing may be launched"
        index, trial = flying.pop(chance.randrange(len(flying)))
        rate = 0.1 + 0.2 * made[index, trial] if index % 2 else 0.0
        lucky = random.Random(index * 1000 + trial).random() < rate
        outcome = Outcome.CORRECT if lucky else chance.choice([Outcome.WRONG, Outcome.ERROR])
        outcomes[index, trial] = outcome
        tally.record(index, trial, outcome, prompt_tokens=1, tokens=1, text_hash=trial)
        schedule.landed(index)
        if chance.random() < 0.05:
            # What was in flight is lost, and the rest is all that the next session knows.
            schedule, flying = Schedule.of(found, tally), []
    teachers = Assignment(found, cap=20)
    for (index, trial), teacher in made.items():
        assert teachers.teacher(tally, index, trial) == teacher
        if (index, trial) in outcomes:
            assert teachers.names[teacher] in _expected(outcomes, index, trial, bounds)
    for index in range(size):
        assert not tally.missing(index)
        reached = tally.correct[index] >= k
        assert schedule.state(index) in (
            {State.REACHED} if reached else {*State} - {State.REACHED, State.OPEN}
        )


def _expected(
    outcomes: dict[tuple[int, int], Outcome], index: int, trial: int, bounds: list[int]
) -> set[str]:
    """Who may have made a trial, by the definition: the last one that took over before it."""
    unsolved = [
        after
        for after in sorted(bounds)
        if after <= trial and all(outcomes[index, t] is not Outcome.CORRECT for t in range(after))
    ]
    return {f"t{unsolved[-1]}"} if unsolved else {"main", "turns"}


def test_unsolved_queries_go_to_the_next_teacher_and_solved_ones_stay(tmp_path: Path) -> None:
    found = section({"name": "big", "after": 5}, policy={"kind": "uniform", "k": 2, "cap": 12})
    weak, strong = SimulatedEngine(rates=WEAK), SimulatedEngine(rates=dict.fromkeys(HARD, 0.8))
    assert teach(tmp_path, found, weak, strong).complete
    assert_sound(tmp_path)
    counts, made = open_journal(tmp_path).counts(), who(tmp_path)
    for query, one in counts.items():
        by = {trial: teacher for (id, trial), teacher in made.items() if id == query}
        if query in HARD:
            assert all(by[trial] == (None if trial < 5 else "big") for trial in by)
            assert one.correct >= 1 and one.trials > 5
    solved = {s.query_id for s in open_journal(tmp_path).samples([Outcome.CORRECT]) if s.trial < 5}
    assert not any(teacher for (query, _), teacher in made.items() if query in solved)
    # The dear one is asked no more than two right answers need, and never because of a backlog of failures.
    asked = [count for id, count in strong.launched.items() if id.partition("/")[0] in HARD]
    assert sum(asked) <= 4 * len(HARD)


def test_each_engine_is_kept_busy_within_its_own_room(tmp_path: Path) -> None:
    found = section({"name": "other", "share": 1}, policy={"kind": "vrt", "trials": 20})
    a, b = SimulatedEngine(concurrency=3, delay=0.001), SimulatedEngine(concurrency=5, delay=0.001)
    assert teach(tmp_path, found, a, b, count=10).complete
    assert (a.most_busy, b.most_busy) == (3, 5)
    assert Counter(who(tmp_path).values()) == {None: 100, "other": 100}


@pytest.mark.parametrize("slots", [1, 7, 64])
def test_the_same_set_whatever_the_timing(tmp_path: Path, slots: int) -> None:
    found = section({"name": "hot", "share": 0.5}, {"name": "big", "after": 6}, {"name": "last", "after": 12})

    def engines(concurrency: int, delay: float) -> list[SimulatedEngine]:
        rates = [WEAK, WEAK, dict.fromkeys(HARD, 0.1), dict.fromkeys(HARD, 0.5)]
        return [SimulatedEngine(rates=one, concurrency=concurrency, delay=delay) for one in rates]

    teach(tmp_path / "a", found, *engines(1, 0.0))
    teach(tmp_path / "b", found, *engines(slots, 0.002))
    assert dataset(tmp_path / "a") == dataset(tmp_path / "b")
    a, b = who(tmp_path / "a"), who(tmp_path / "b")
    both = a.keys() & b.keys()
    assert {key: a[key] for key in both} == {key: b[key] for key in both}
    assert {"hot", "big", "last", None} <= {*a.values()}


def test_changed_teachers_are_refused_and_engines_and_prices_are_free(tmp_path: Path) -> None:
    found = section({"name": "big", "after": 5, "share": None})
    teach(tmp_path, found, SimulatedEngine(), SimulatedEngine())
    for changed in ({"name": "big", "after": 6}, {"name": "large", "after": 5}, {"name": "big"}):
        with pytest.raises(JournalError, match="teachers"):
            teach(tmp_path, section(changed), SimulatedEngine(), SimulatedEngine(), amend=True)
    with pytest.raises(JournalError, match=r"teachers\.big"):
        teach(tmp_path, section(), SimulatedEngine(), amend=True)
    priced = {"name": "big", "after": 5, "price": {"per_million_tokens": 3}, "engine": {"kind": "openai"}}
    assert teach(tmp_path, section(priced), SimulatedEngine(), SimulatedEngine()).complete


def test_a_server_of_a_teacher_that_answers_as_another_model_is_refused(tmp_path: Path) -> None:
    found = section({"name": "big", "after": 5}, budget={"samples": 130})
    strong = ServedEngine("large", rates=dict.fromkeys(HARD, 0.2))
    teach(tmp_path, found, ServedEngine("small", rates=WEAK), strong)
    assert read_manifest(tmp_path)["served_others"] == {"big": "large"}
    rest = section({"name": "big", "after": 5})
    with pytest.raises(JournalError, match="'large', and the servers now answer as 'other'"):
        teach(tmp_path, rest, ServedEngine("small", rates=WEAK), ServedEngine("other"))
    assert teach(tmp_path, rest, ServedEngine("small", rates=WEAK), strong).complete


def test_a_teacher_may_join_for_what_the_others_left(tmp_path: Path) -> None:
    """After a finished run: the cap is raised, and what has no correct response goes to the new one."""
    plain = section(policy={"kind": "uniform", "k": 1, "cap": 8})
    teach(tmp_path, plain, SimulatedEngine(rates=WEAK))
    policy = {"kind": "uniform", "k": 1, "cap": 16}
    early = section({"name": "big", "after": 7}, policy=policy)
    strong = SimulatedEngine(rates=dict.fromkeys(HARD, 0.9))
    with pytest.raises(JournalError, match="another goal"):
        teach(tmp_path, section({"name": "big", "after": 8}, policy=policy), SimulatedEngine(), strong)
    with pytest.raises(JournalError, match="say after: 8"):
        teach(tmp_path, early, SimulatedEngine(), strong, amend=True)
    later = section({"name": "big", "after": 8}, policy=policy)
    assert teach(tmp_path, later, SimulatedEngine(rates=WEAK), strong, amend=True).complete
    made = who(tmp_path)
    assert {query for (query, _), teacher in made.items() if teacher} == HARD
    assert all((trial >= 8) == (teacher == "big") for (_, trial), teacher in made.items())
    assert all(one.correct for one in open_journal(tmp_path).counts().values())


def test_what_is_too_long_for_one_teacher_goes_to_the_next(tmp_path: Path) -> None:
    def too_long(request: Request) -> Completion | None:
        return Completion("", "error", error="too long", hopeless=True) if request.id < "q00001" else None

    found = section({"name": "long", "after": 8}, policy={"kind": "uniform", "k": 1, "cap": 40})
    rates = {"q00000": 1.0}
    made = teach(tmp_path, found, SimulatedEngine(before=too_long), SimulatedEngine(rates=rates), count=3)
    assert made.complete and not made.refused
    assert open_journal(tmp_path).counts()["q00000"].correct >= 1


def test_counters_of_teachers_survive_segments_and_sessions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dartmath.sampling.journal_writer.ROWS", 25)
    found = section({"name": "big", "after": 5}, budget={"samples": 150})
    engines = [SimulatedEngine(rates=WEAK), SimulatedEngine(rates=dict.fromkeys(HARD, 0.3))]
    assert teach(tmp_path, found, *engines).stopped
    whole = section({"name": "big", "after": 5})
    assert teach(tmp_path, whole, *engines).complete
    journal = open_journal(tmp_path)
    tally = journal.tally()
    counted = Counter[str]()
    for one in journal.samples():
        counted[one.teacher or "main"] += one.completion_tokens
    assert {name: counts.tokens for name, counts in counts_by_teacher(tally).items()} == counted
    for path in (tmp_path / "segments").glob("*.counters.parquet"):
        path.unlink()
    assert open_journal(tmp_path).tally().snapshot() == tally.snapshot()
    status = run_status(tmp_path)
    assert [(one.name, one.trials) for one in status.teachers] == [
        ("main", tally.total - tally.teachers["big"].trials),
        ("big", tally.teachers["big"].trials),
    ]


def test_money_is_counted_by_each_teachers_price(tmp_path: Path) -> None:
    dear = {"name": "big", "after": 3, "price": {"per_million_tokens": 1000.0}}
    found = section(dear, price={"per_million_tokens": 1.0}, budget={"money": 0.5})
    engines = [SimulatedEngine(rates=WEAK), SimulatedEngine(rates=dict.fromkeys(HARD, 0.05))]
    made = teach(tmp_path, found, *engines)
    assert made.stopped == "the budget of 0.5 (money) is used up"
    tally = open_journal(tmp_path).tally()
    spent = spent_by(tally, Tariff.of(found), 0)
    own = tally.total_tokens - tally.teachers["big"].tokens
    assert spent == pytest.approx(tally.teachers["big"].tokens / 1000 + own / 1e6)
    assert 0.45 < spent < 0.55


@pytest.mark.parametrize(
    ("budget", "slots"),
    [({"tokens": 500}, 1), ({"tokens": 500}, 8), ({"money": 0.5}, 1), ({"money": 0.5}, 8)],
)
def test_a_teacher_is_asked_no_more_than_its_budget_buys(
    tmp_path: Path, budget: dict[str, Any], slots: int
) -> None:
    """The others go on without it; what waits for it stays owed, and a larger budget goes on."""
    dear = {"name": "big", "after": 3, "budget": budget, "price": {"per_million_tokens": 1000.0}}
    found = section(dear, max_tokens=100)
    hard = dict.fromkeys(HARD, 0.05)
    engines = [SimulatedEngine(rates=WEAK), SimulatedEngine(rates=hard, concurrency=slots)]
    made = teach(tmp_path, found, *engines, count=20)
    limit = "500 tokens" if "tokens" in budget else "0.5 (money)"
    assert made.stopped == f"the budget of teacher 'big', {limit}, is used up"
    spent = open_journal(tmp_path).tally().teachers["big"].tokens
    assert 500 <= spent <= 600, "a tenth, or a response of at most 100 tokens"
    assert_sound(tmp_path)
    counts = open_journal(tmp_path).counts()
    assert all(one.correct >= 2 for id, one in counts.items() if id not in HARD)
    more = section({**dear, "budget": {}}, max_tokens=100)
    assert teach(tmp_path, more, *engines, count=20).stopped is None


def test_teachers_of_one_engine_have_budgets_of_their_own(tmp_path: Path) -> None:
    found = section({"name": "big", "after": 3, "budget": {"tokens": 300}}, max_tokens=100)
    made = teach(tmp_path, found, SimulatedEngine(rates=WEAK))
    assert made.stopped == "the budget of teacher 'big', 300 tokens, is used up"
    assert 300 <= open_journal(tmp_path).tally().teachers["big"].tokens <= 400


@pytest.mark.parametrize(
    ("teachers", "why"),
    [
        ([{"name": "main"}], "'main' is the recipe's own"),
        ([{"name": "a b"}], "no name"),
        ([{"name": "a"}, {"name": "a"}], "two teachers are called 'a'"),
        ([{"name": "a", "hint": {}}], "say after how many"),
        ([{"name": "a", "budget": {"tokens": 9}}], "budget is of a teacher that takes over"),
        ([{"name": "a", "after": 9, "budget": {"money": 9}}], "its tokens are free; set price"),
        ([{"name": "a", "after": 9, "share": 1}], "one that takes over"),
        ([{"name": "a", "after": 40}], "never asked: a query has at most 40"),
        ([{"name": "a", "after": 9}, {"name": "b", "after": 9}], "not later than another; say 10"),
        ([{"name": "a", "after": 9, "trials": 2}, {"name": "b", "after": 20}], "ends after 11"),
        ([{"name": "a", "after": 9, "hint": {"text": "no place"}}], "holds {hint} once"),
    ],
)
def test_teachers_that_cannot_be_are_refused(teachers: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        section(*teachers)


def test_no_takeover_within_the_pilot_and_none_for_trials(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="within the pilot"):
        section({"name": "a", "after": 3}, policy={"kind": "prop2diff", "pilot": 4, "cap": 9})
    with pytest.raises(ConfigError, match="vrt wants trials"):
        section({"name": "a", "after": 3}, policy={"kind": "vrt", "trials": 9})


def test_nothing_is_given_up_while_another_may_take_it_over(tmp_path: Path) -> None:
    found = section({"name": "big", "after": 30}, policy={"kind": "uniform", "k": 1, "cap": 60}, give_up=0.9)
    strong = SimulatedEngine(rates=dict.fromkeys(HARD, 0.9))
    teach(tmp_path, found, SimulatedEngine(rates=WEAK), strong)
    counts = open_journal(tmp_path).counts()
    assert all(counts[query].correct for query in HARD)
    (tmp_path / "alone").mkdir()
    teach(tmp_path / "alone", found.model_copy(update={"teachers": []}), SimulatedEngine(rates=WEAK))
    assert sum(one.gave_up for one in run_status(tmp_path / "alone").bands) == len(HARD)


def test_most_trials_of_a_taker(tmp_path: Path) -> None:
    found = section({"name": "big", "after": 5, "trials": 3})
    weak, strong = SimulatedEngine(rates=WEAK), SimulatedEngine(rates=WEAK)
    teach(tmp_path, found, weak, strong)
    counts = open_journal(tmp_path).counts()
    assert {counts[query].trials for query in HARD} == {8}
    assert {*read_manifest(tmp_path)["summary"]["suspects"]} == HARD


def test_writers_and_readers_of_a_run_without_teachers_see_none(tmp_path: Path) -> None:
    tally = Tally(1)
    with JournalWriter(tmp_path, tally):
        pass
    teach(tmp_path / "run", SamplingSection(policy=Uniform(k=1, cap=4), workers=0), SimulatedEngine())
    assert {*who(tmp_path / "run").values()} == {None}
    assert read_manifest(tmp_path / "run")["teachers"] == {}
