"""pass@k and maj@k against their definitions, by enumeration."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.evaluation.metrics import majority_at_k, pass_at_k, powers_of_two


@given(st.lists(st.booleans(), min_size=1, max_size=8), st.integers(1, 8))
def test_pass_at_k_is_the_mean_over_all_choices_of_k_trials(trials: list[bool], k: int) -> None:
    value = pass_at_k(len(trials), sum(trials), k)
    if k > len(trials):
        assert math.isnan(value)
        return
    choices = list(itertools.combinations(trials, k))
    assert value == pytest.approx(sum(any(choice) for choice in choices) / len(choices))


@given(st.integers(1, 200), st.data())
def test_pass_at_k_grows_with_k_and_with_correct_trials(trials: int, data: st.DataObject) -> None:
    correct = data.draw(st.integers(0, trials))
    values = [pass_at_k(trials, correct, k) for k in range(1, trials + 1)]
    assert values == sorted(values)
    assert values[0] == pytest.approx(correct / trials)
    assert values[-1] == (1.0 if correct else 0.0)


@pytest.mark.parametrize("k", [0, -1, 3])
def test_pass_at_k_is_undefined_without_k_trials(k: int) -> None:
    assert math.isnan(pass_at_k(2, 1, k))


@pytest.mark.parametrize(
    ("answers", "correct", "k", "value"),
    [
        (["1", "1", "2"], [False, False, True], 3, 0.0),
        (["1", "2", "2"], [False, True, True], 3, 1.0),
        (["1", "2"], [False, True], 2, 0.5),
        ([None, None, "2"], [False, False, True], 3, 1.0),
        ([None, None], [False, False], 2, 0.0),
        (["1", "1", "2", "2"], [True, True, False, False], 2, 0.5),
        (["1", "2", "9"], [True, True, False], 2, 1.0),
        (["a", "b", "c"], [False, False, True], 3, 1 / 3),
    ],
)
def test_majority(answers: list[str | None], correct: list[bool], k: int, value: float) -> None:
    assert majority_at_k(answers, correct, k) == pytest.approx(value)


def test_majority_joins_equal_answers() -> None:
    answers, correct = ["1/2", "0.5", "3", "3.0", "4"], [True, True, False, False, False]
    assert majority_at_k(answers, correct, 5) == 1.0
    assert majority_at_k(answers, correct, 5, same=lambda a, b: float(a) == float(b)) == 0.5


def test_correct_answers_are_never_compared() -> None:
    def compared(first: str, second: str) -> bool:
        raise AssertionError((first, second))

    assert majority_at_k(["1/2", "0.5", "4"], [True, True, False], 3, same=compared) == 1.0


@given(st.lists(st.sampled_from(["1", "2", "3", None]), min_size=1, max_size=9), st.randoms())
def test_majority_does_not_depend_on_the_order_of_votes(answers: list[str | None], random: Random) -> None:
    shuffled = random.sample(answers, len(answers))
    values = [majority_at_k(row, [a == "1" for a in row], len(row)) for row in (answers, shuffled)]
    assert values[0] == values[1]


@given(st.lists(st.sampled_from(["1", "2", "3", None]), min_size=1, max_size=9))
def test_majority_is_the_share_of_the_most_frequent_that_is_correct(answers: list[str | None]) -> None:
    votes = Counter(answer for answer in answers if answer)
    winners = [a for a, count in votes.items() if count == max(votes.values())]
    expected = winners.count("1") / len(winners) if winners else 0.0
    assert majority_at_k(answers, [a == "1" for a in answers], len(answers)) == pytest.approx(expected)


def test_majority_is_undefined_without_k_trials() -> None:
    assert math.isnan(majority_at_k(["1"], [True], 2))


@given(st.lists(st.sampled_from(["1", "2", None]), min_size=1, max_size=9))
def test_majority_of_one_is_the_share_of_correct(answers: list[str | None]) -> None:
    correct = [answer == "1" for answer in answers]
    assert majority_at_k(answers, correct, 1) == pytest.approx(sum(correct) / len(correct))


@pytest.mark.parametrize(("limit", "values"), [(1, [1]), (2, [1, 2]), (5, [1, 2, 4, 5]), (8, [1, 2, 4, 8])])
def test_powers_of_two(limit: int, values: list[int]) -> None:
    assert powers_of_two(limit) == values
