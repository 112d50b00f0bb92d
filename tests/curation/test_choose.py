"""Orders of preference among the right responses of one query."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from curation.memory import MemoryJournal, query, sample
from dartmath.curation.choose import (
    MMR,
    ChoiceSection,
    Diverse,
    Drawn,
    First,
    Length,
    Logprob,
    Shortest,
)
from dartmath.curation.pool import Candidate, read_pool
from dartmath.curation.signature import likeness, signature
from dartmath.curation.size import Chooser
from dartmath.sampling.policy import Uniform

# Three ways to a solution, each told several times with other words at its end.
WAYS = ("we add the two numbers one by one", "a table of all cases shows it", "by symmetry half of them do")
TEXTS = [
    f"{way} and so we find the answer, {'indeed ' * n}five" for n in range(3) for way in WAYS for _ in "ab"
]

KINDS = ["first", "random", "shortest", "length", "logprob", "diverse", "mmr"]
candidates_of = st.lists(
    st.tuples(st.integers(1, 50), st.floats(-3, 0), st.text("ab ", max_size=12)), max_size=9
)


def made(rows: list[tuple[int, float, str]]) -> list[Candidate]:
    return [Candidate(i, i, n, b"", signature(text), logprob) for i, (n, logprob, text) in enumerate(rows)]


def of_texts(texts: list[str]) -> list[Candidate]:
    return [Candidate(i, i, len(text), b"", signature(text)) for i, text in enumerate(texts)]


@given(candidates_of, st.sampled_from(KINDS), st.none() | st.text("ab", max_size=3))
def test_every_order_holds_each_response_once_and_is_the_same_again(
    rows: list[tuple[int, float, str]], kind: str, seed: str | None
) -> None:
    choice = TypeAdapter(ChoiceSection).validate_python({"kind": kind})
    order = choice.order(made(rows), seed)
    assert sorted(one.trial for one in order) == list(range(len(rows)))
    assert order == choice.order(made(rows), seed)


def test_trial_order_lengths_and_log_probabilities() -> None:
    rows = made([(30, -0.3, "a"), (10, -0.1, "b"), (20, -0.9, "c"), (40, -0.2, "d")])
    assert [one.trial for one in First().order(rows, "1")] == [0, 1, 2, 3]
    assert [one.trial for one in Shortest().order(rows, None)] == [1, 2, 0, 3]
    assert [one.trial for one in Length(quantile=1).order(rows, None)] == [3, 0, 2, 1]
    assert [one.trial for one in Length(quantile=0).order(rows, None)] == [1, 2, 0, 3]
    assert [one.trial for one in Logprob().order(rows, None)] == [1, 3, 0, 2]


def test_a_draw_depends_on_the_seed_and_treats_all_alike() -> None:
    rows = made([(1, -1.0, "a")] * 10)
    first = [Drawn().order(rows, str(seed))[0].trial for seed in range(2000)]
    assert all(120 <= first.count(trial) <= 280 for trial in range(10)), "200 each, five deviations of 13"


@pytest.mark.parametrize("seed", [None, "1", "2"])
def test_diverse_takes_one_of_each_way_before_a_second(seed: str | None) -> None:
    order = Diverse().order(of_texts(TEXTS), seed)
    ways = [next(i for i, way in enumerate(WAYS) if TEXTS[one.trial].startswith(way)) for one in order]
    assert sorted(ways[:3]) == [0, 1, 2]


@pytest.mark.parametrize("seed", range(5))
def test_diverse_is_within_twice_the_best_spread(seed: int) -> None:
    """Gonzalez 1985: the smallest distance of the chosen is at least half of the best possible."""
    draw = random.Random(seed)
    texts = [" ".join(draw.choices("abcdefgh", k=14)) for _ in range(9)]
    order = Diverse(features="words").order(of_texts(texts), None)

    def spread(trials: tuple[int, ...]) -> float:
        pairs = itertools.combinations(trials, 2)
        return min(1 - likeness(signature(texts[a]), signature(texts[b])) for a, b in pairs)

    best = max(spread(trials) for trials in itertools.combinations(range(9), 3))
    assert spread(tuple(one.trial for one in order[:3])) >= best / 2


def test_equations_tell_solutions_apart_that_words_do_not() -> None:
    same = "First we work it out and then we are done with it, since"
    texts = [f"{same} 3+4=7, 7*2=14.", f"{same} 3+4=7, 7*2=14!", f"{same} 14=28/2, 28=20+8."]
    assert [one.trial for one in Diverse(features="equations").order(of_equations(texts), None)] == [0, 2, 1]


def of_equations(texts: list[str]) -> list[Candidate]:
    return [Candidate(i, i, 1, b"", signature(text, "equations")) for i, text in enumerate(texts)]


def test_mmr_goes_from_quality_alone_to_diversity_alone() -> None:
    candidates = of_texts(TEXTS)
    by_quality = [one.tokens for one in MMR(weight=1.0).order(candidates, None)]
    assert by_quality == sorted(by_quality)
    shares = []
    for weight in (0.9, 0.5, 0.1):
        chosen = MMR(weight=weight).order(candidates, None)[:4]
        distance = np.mean([1 - likeness(a.sketch, b.sketch) for a, b in itertools.combinations(chosen, 2)])
        shares.append((sum(one.tokens for one in chosen), float(distance)))
    assert shares == sorted(shares), "less weight of quality: longer, and further apart"


@given(st.sampled_from(KINDS), st.integers(1, 6), st.integers(0, 2))
def test_a_larger_k_keeps_what_a_smaller_takes(kind: str, k: int, seed: int) -> None:
    trials = [sample("a", i, True, text) for i, text in enumerate(TEXTS)]
    journal = MemoryJournal({}, [query("a")], trials)
    choice = TypeAdapter(ChoiceSection).validate_python({"kind": kind})
    if kind == "logprob":
        return
    choose = Chooser("pilot", seed, choice)
    pool = read_pool(journal, features="words")
    (fewer,), (more,) = (choose.select(pool, Uniform(k=n, cap=12)) for n in (k, k + 1))
    assert fewer.chosen == more.chosen[:k]
    assert all(one.rank < 12 for one in more.chosen), "trials beyond the cap are not the policy's"
