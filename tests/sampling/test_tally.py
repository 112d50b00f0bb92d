"""The tally is a function of the set of recorded trials, whatever their order."""

from __future__ import annotations

import random
from array import array
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from dartmath.sampling.sample import PRICED, Sample
from dartmath.sampling.tally import QueryCounts, Tally, TeacherCounts
from dartmath.verify.contract.outcome import Outcome

SIZE, PILOT = 3, 4
trials = st.dictionaries(
    st.tuples(st.integers(0, SIZE - 1), st.integers(0, 12)),
    st.tuples(st.sampled_from(list(Outcome)), st.integers(0, 9), st.integers(0, 3)),
    max_size=25,
)
Trials = dict[tuple[int, int], tuple[Outcome, int, int]]


def tally_of(rows: Trials, order: int = 0) -> Tally:
    tally = Tally(SIZE, PILOT)
    items = list(rows.items())
    random.Random(order).shuffle(items)
    for (index, trial), (outcome, tokens, text) in items:
        assert not tally.has(index, trial)
        assert tally.record(
            index,
            trial,
            outcome,
            prompt_tokens=2 * trial,
            tokens=tokens,
            text_hash=text,
            cached=trial,
            reasoning=tokens // 3,
        )
        assert tally.has(index, trial)
    return tally


def state(tally: Tally) -> list[object]:
    return [[tally.counts(i), tally.missing(i), tally.following(i)] for i in range(tally.size)]


@given(trials, st.integers(0, 5))
def test_order_does_not_matter(rows: Trials, order: int) -> None:
    assert state(tally_of(rows)) == state(tally_of(rows, order))


@given(trials)
def test_counts_are_counts(rows: Trials) -> None:
    tally = tally_of(rows)
    for index in range(SIZE):
        mine = {t: row for (i, t), row in rows.items() if i == index}
        counts = tally.counts(index)
        right = [row for row in mine.values() if row[0] is Outcome.CORRECT]
        valid_pilot = [r for t, r in mine.items() if t < PILOT and r[0] is not Outcome.ERROR]
        assert (counts.trials, counts.correct) == (len(mine), len(right))
        assert counts.distinct == len({row[2] for row in right})
        assert counts.completion_tokens == sum(row[1] for row in mine.values())
        assert counts.pilot_trials == len(valid_pilot)
        assert counts.pilot_correct == sum(r[0] is Outcome.CORRECT for r in valid_pilot)
        assert sum(counts.outcomes.values()) == counts.trials
        assert counts.valid == sum(row[0] is not Outcome.ERROR for row in mine.values())
        assert counts.duplicates == len(right) - len({row[2] for row in right})
        assert not tally.has(index, 13)
        gap_free = [t for t in range(tally.following(index)) if t not in mine]
        assert tally.missing(index) == gap_free


@given(trials)
def test_a_trial_is_counted_once(rows: Trials) -> None:
    tally = tally_of(rows)
    before = state(tally)
    for (index, trial), (outcome, tokens, text) in rows.items():
        assert not tally.record(index, trial, outcome, prompt_tokens=1, tokens=tokens, text_hash=text)
    assert state(tally) == before


@given(trials)
def test_snapshot_restores(rows: Trials) -> None:
    tally, copy = tally_of(rows), Tally(SIZE + 1, PILOT)
    copy.restore(tally.snapshot())
    assert state(copy)[:SIZE] == state(tally)
    totals = (
        *("total", "total_correct", "total_tokens", "total_prompt_tokens"),
        *("total_cached_tokens", "total_reasoning_tokens"),
    )
    assert [getattr(copy, name) for name in totals] == [getattr(tally, name) for name in totals]
    assert tally.total_cached_tokens == sum(trial for _, trial in rows) == sum(tally.cached_tokens)
    thought = sum(tokens // 3 for _, tokens, _ in rows.values())
    assert tally.total_reasoning_tokens == thought == sum(tally.reasoning_tokens)
    assert tally.total == len(rows) and tally.total_correct == sum(tally.correct)
    assert tally.total_prompt_tokens == sum(2 * trial for _, trial in rows)
    assert tally.total_tokens == sum(tokens for _, tokens, _ in rows.values())


def test_a_query_without_a_trial_counts_nothing() -> None:
    tally = Tally(1)
    assert tally.windows.pilot == 0 and tally.counts(0) == QueryCounts()
    assert (QueryCounts().prompt_tokens, QueryCounts().valid, QueryCounts().duplicates) == (0, 0, 0)
    assert tally.add(0, Sample("q", 0, "5", "stop", 3, 7, seed=1, outcome=Outcome.CORRECT))
    assert (tally.counts(0).pilot_trials, tally.total_correct) == (0, 1)
    assert (tally.total_tokens, tally.total_cached_tokens, tally.total_reasoning_tokens) == (7, 0, 0)


def test_responses_without_a_hash_are_all_distinct() -> None:
    tally = Tally(1)
    for trial in range(2):
        tally.record(0, trial, Outcome.CORRECT, prompt_tokens=0, tokens=0, text_hash=None)
    assert tally.counts(0).distinct == 2


bounds = st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True).map(sorted)


@given(trials, bounds)
def test_trials_from_a_bound_on_are_counted_apart(rows: Trials, parts: list[int]) -> None:
    tally, copy = Tally(SIZE, PILOT, parts), Tally(SIZE, PILOT, parts)
    for (index, trial), (outcome, tokens, text) in rows.items():
        tally.record(index, trial, outcome, prompt_tokens=1, tokens=tokens, text_hash=text)
    copy.restore(tally.snapshot())
    for index in range(SIZE):
        for number, bound in enumerate([0, *parts]):
            outcomes = [row[0] for (i, t), row in rows.items() if i == index and t >= bound]
            valid = sum(outcome is not Outcome.ERROR for outcome in outcomes)
            expected = (valid, outcomes.count(Outcome.CORRECT))
            assert tally.since(index, number) == copy.since(index, number) == expected
    tally.forget_windows()
    assert [tally.since(index, 0) for index in range(SIZE)] == [(0, 0)] * SIZE
    assert list(tally.pilot_trials) == list(tally.pilot_correct) == [0] * SIZE


@given(trials)
def test_totals_are_the_trials_of_each_outcome(rows: Trials) -> None:
    assert {o: n for o, n in tally_of(rows).totals().items() if n} == Counter(r[0] for r in rows.values())


def test_what_a_teacher_did_is_counted_apart_and_kept() -> None:
    tally, copy = Tally(2), Tally(3)
    for trial, outcome in enumerate((Outcome.CORRECT, Outcome.WRONG, Outcome.CORRECT)):
        sample = Sample("q", trial, "5", "stop", 3, 7, seed=1, outcome=outcome, teacher="big")
        tally.add(1, sample)
    tally.record(0, 0, Outcome.CORRECT, prompt_tokens=1, tokens=1, text_hash=1)
    tally.record(
        *(0, 1, Outcome.WRONG), prompt_tokens=2, tokens=9, text_hash=2, cached=4, reasoning=5, teacher="small"
    )
    copy.restore(tally.snapshot())
    big = TeacherCounts(trials=3, correct=2, prompt_tokens=9, tokens=21)
    small = TeacherCounts(trials=1, prompt_tokens=2, tokens=9, cached=4, reasoning=5)
    assert tally.teachers == copy.teachers == {"big": big, "small": small}


def test_texts_of_a_snapshot_are_known_again() -> None:
    tally = Tally(2)
    tally.remember_all(1, array("q", (5, 6)).tobytes())
    tally.remember_all(1, array("q", (7,)).tobytes())
    assert [tally.remember(1, text) for text in (5, 6, 7, 8, 8)] == [False, False, False, True, False]
    assert tally.remember(0, 5)


def test_a_snapshot_of_before_cached_tokens_were_counted_has_none_of_them() -> None:
    tally = tally_of({(0, 3): (Outcome.CORRECT, 9, 1)})
    old = {name: column for name, column in tally.snapshot().items() if name not in PRICED}
    copy = Tally(SIZE, PILOT)
    copy.restore(old)
    assert (copy.total_cached_tokens, copy.total_reasoning_tokens, copy.total_tokens) == (0, 0, 9)
    assert state(copy) == state(tally)
