"""Suspected references, on pools whose wrong references are known since they are made here."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.memory import MemoryJournal, query, sample
from dartmath.curation.pool import Watched, read_pool
from dartmath.curation.suspects import Suspect, WrongAnswers, suspects_of
from dartmath.sampling.sample import Sample

TRIALS = 16


def trials_of(name: str, answers: Sequence[str]) -> list[Sample]:
    """Trials of a query with reference 1, by their answers."""
    return [replace(sample(name, i, answer == "1"), answer=answer) for i, answer in enumerate(answers)]


def asked(name: str, p: float, rng: random.Random, *, usual: str = "", agree: float = 0.0) -> list[Sample]:
    """Trials with pass rate `p`; a share of `agree` of the wrong ones says `usual`, the others anything."""

    def answer() -> str:
        if rng.random() < p:
            return "1"
        return usual if rng.random() < agree else f"w{rng.randrange(8)}"

    return trials_of(name, [answer() for _ in range(TRIALS)])


def found(
    samples: Sequence[Sample], bands: dict[str, str] | None = None, least: float = 0.5
) -> list[Suspect]:
    names = list(dict.fromkeys(s.query_id for s in samples))
    answers = WrongAnswers()
    journal = MemoryJournal({}, [query(name) for name in names], list(samples))
    pools = read_pool(Watched(journal, [answers]))
    return suspects_of(pools, answers, bands or dict.fromkeys(names, "band"), least=least)


def solved(count: int, rng: random.Random, prefix: str = "q") -> list[Sample]:
    """Queries that a strong model solves, some of them with trouble."""
    return [s for i in range(count) for s in asked(f"{prefix}{i}", rng.choice([0.95, 0.9, 0.8, 0.5]), rng)]


@pytest.mark.parametrize("wrong", [1, 4, 8, 60])
def test_wrong_references_of_a_strong_model_are_suspected(wrong: int) -> None:
    """One of 300 or many: they must not make one another usual."""
    rng = random.Random(wrong)
    bad = [s for i in range(wrong) for s in asked(f"bad{i}", 0.0, rng, usual="2", agree=1.0)]
    listed = found([*solved(300, rng), *bad])
    assert {one.query.id for one in listed} == {f"bad{i}" for i in range(wrong)}
    assert all(one.answer == "2" for one in listed)


def test_a_mistake_that_a_weak_model_makes_again_and_again_does_not_count() -> None:
    rng = random.Random(1)
    weak = [s for i in range(30) for s in asked(f"weak{i}", 0.02, rng, usual="2", agree=0.9)]
    able = [s for i in range(15) for s in asked(f"able{i}", 0.6, rng, usual="2", agree=0.3)]
    names = [f"weak{i}" for i in range(30)] + [f"able{i}" for i in range(15)]
    bands = {f"q{i}": "easy" for i in range(200)} | dict.fromkeys(names, "hard")
    samples = [*solved(200, rng), *weak, *able]
    assert found(samples, bands) == []
    assert len(found(samples, bands, least=0.0)) > 20, "that wrong answers agree would have named them"


def test_a_query_without_agreement_is_hard_and_no_more() -> None:
    rng = random.Random(2)
    hard = [s for i in range(5) for s in asked(f"hard{i}", 0.0, rng)]
    assert found([*solved(200, rng), *hard]) == []


def test_few_answers_say_nothing() -> None:
    rng = random.Random(3)
    assert found([*solved(200, rng), *trials_of("few", ["2"] * 5)]) == []
    assert [one.query.id for one in found([*solved(200, rng), *trials_of("more", ["2"] * 12)])] == ["more"]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**16), st.integers(1, 40))
def test_scores_are_probabilities_and_do_not_depend_on_the_order(seed: int, queries: int) -> None:
    rng = random.Random(seed)
    samples = [
        s for i in range(queries) for s in asked(f"q{i}", rng.random(), rng, usual="2", agree=rng.random())
    ]
    listed = found(samples, least=0.0)
    assert all(0 <= one.score <= 1 for one in listed)
    assert [one.score for one in listed] == sorted((one.score for one in listed), reverse=True)
    shuffled = list(samples)
    rng.shuffle(shuffled)
    again = {one.query.id: one.score for one in found(shuffled, least=0.0)}
    assert again == pytest.approx({one.query.id: one.score for one in listed})


def test_a_frequent_wrong_answer_is_found_among_many() -> None:
    answers = WrongAnswers()
    for trial in range(400):
        answer = "7" if trial % 4 == 0 else f"other {trial}"
        answers.see(replace(sample("a", trial, False), answer=answer))
    found = answers.favourite("a")
    assert found is not None and (found[0], found[2]) == ("7", 400) and 50 <= found[1] <= 100
    assert answers.favourite("b") is None
