"""pass@k and maj@k against their definitions, by enumeration."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dartmath.evaluation.metrics import (
    g_pass_at_k,
    joined,
    majority_at_k,
    mean_g_pass_at_k,
    pass_at_k,
    powers_of_two,
)
from dartmath.verify import parse, verify


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


@given(
    st.lists(st.booleans(), min_size=1, max_size=8),
    st.integers(1, 8),
    st.sampled_from([0.5, 0.6, 0.75, 1.0]),
)
def test_g_pass_at_k_is_the_mean_over_all_choices_of_k_trials(
    trials: list[bool], k: int, share: float
) -> None:
    value = g_pass_at_k(len(trials), sum(trials), k, share)
    if k > len(trials):
        assert math.isnan(value)
        return
    choices = list(itertools.combinations(trials, k))
    expected = sum(sum(choice) >= Fraction(str(share)) * k for choice in choices) / len(choices)
    assert value == pytest.approx(expected)
    needed = [right / k for right in range(1, k + 1) if 2 * right > k]
    shares = [g_pass_at_k(len(trials), sum(trials), k, one) for one in needed]
    assert mean_g_pass_at_k(len(trials), sum(trials), k) == pytest.approx(sum(shares) / len(shares))


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
        (["1", "2", "2"], [True, False, False], 2, 1 / 3),
        (["1", "2", "9"], [True, True, False], 2, 2 / 3),
        (["a", "b", "c"], [False, False, True], 3, 1 / 3),
    ],
)
def test_majority(answers: list[str | None], correct: list[bool], k: int, value: float) -> None:
    assert majority_at_k(answers, correct, k) == pytest.approx(value)


SPELLINGS = ["1/2", "0.5", r"\frac{1}{2}", "3", "3.0", "x+1", "1+x", "(1, 2)", "(1,2)", "none"]


def equal(first: str, second: str) -> bool:
    return verify(first, second).correct


def majority_in_pairs(answers: Sequence[str | None], correct: Sequence[bool], k: int) -> float:
    """The definition: in every choice of k trials each wrong answer is compared with those before it."""
    chances = []
    for chosen in itertools.combinations(list(zip(answers, correct, strict=True)), k):
        groups: list[list[str]] = []
        for answer in (one for one, good in chosen if one is not None and not good):
            group = next((group for group in groups if equal(group[0], answer)), None)
            groups.append([answer]) if group is None else group.append(answer)
        right = sum(good for one, good in chosen if one is not None)
        sizes = [len(group) for group in groups]
        chances.append(right >= max(sizes, default=1) and 1 / (1 + sizes.count(right)))
    return math.fsum(chances) / len(chances)


@given(st.data(), st.integers(1, 7))
def test_votes_of_joined_answers_are_those_of_comparing_all_in_pairs(
    data: st.DataObject, trials: int
) -> None:
    answers = data.draw(st.lists(st.sampled_from([*SPELLINGS, None]), min_size=trials, max_size=trials))
    correct = data.draw(st.lists(st.booleans(), min_size=trials, max_size=trials))
    wrong = [a for a, good in zip(answers, correct, strict=True) if a is not None and not good]
    for spelling in (joined(wrong, equal), joined(wrong, equal, key=lambda text: str(parse(text)))):
        alike = [answer and spelling.get(answer, answer) for answer in answers]
        for k in range(1, trials + 1):
            expected = majority_in_pairs(answers, correct, k)
            assert majority_at_k(alike, correct, k) == pytest.approx(expected)


@given(st.lists(st.integers(0, 30), max_size=200), st.integers(1, 5))
def test_comparisons_grow_with_different_answers_and_not_with_trials(values: list[int], repeats: int) -> None:
    calls = Counter[tuple[str, str]]()

    def compared(first: str, second: str) -> bool:
        calls[first, second] += 1
        return int(first) % 7 == int(second) % 7

    answers = [str(value) for value in values] * repeats
    spelling = joined(answers, compared)
    assert {answer: int(group) % 7 for answer, group in spelling.items()} == {a: int(a) % 7 for a in answers}
    assert len(set(spelling.values())) == len({value % 7 for value in values})
    assert max(calls.values(), default=1) == 1
    assert calls.total() <= 7 * len(set(answers))


def test_comparisons_are_bounded_and_spent_on_the_most_frequent_answers() -> None:
    calls = []

    def compared(first: str, second: str) -> bool:
        calls.append((first, second))
        return first.lower() == second.lower()

    assert joined([*"ACcaa"], compared, most=2) == {"a": "a", "A": "a", "C": "C", "c": "c"}
    assert calls == [("a", "A"), ("a", "C")]


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


def majority_by_counting(right: int, wrong: Sequence[int], blank: int, k: int) -> Fraction:
    """The definition in whole numbers: polynomials whose coefficients count choices, one for each answer."""

    def choices(trials: int, most: int) -> list[int]:
        return [math.comb(trials, drawn) for drawn in range(min(trials, most) + 1)]

    won = Fraction(0)
    for most in range(1, min(right, k) + 1):
        table = {(0, drawn): ways for drawn, ways in enumerate(choices(blank, k))}
        for trials in wrong:
            grown: dict[tuple[int, int], int] = {}
            for (ties, total), ways in table.items():
                for drawn, more in enumerate(choices(trials, most)):
                    key = (ties + (drawn == most), total + drawn)
                    grown[key] = grown.get(key, 0) + ways * more
            table = grown
        for (ties, total), ways in table.items():
            if total == k - most:
                won += Fraction(math.comb(right, most) * ways, 1 + ties)
    return won / math.comb(right + sum(wrong) + blank, k)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 25), st.lists(st.integers(1, 20), max_size=3), st.integers(0, 20), st.data())
def test_majority_is_that_of_counting_all_choices(
    right: int, wrong: list[int], blank: int, data: st.DataObject
) -> None:
    total = right + sum(wrong) + blank
    k = data.draw(st.integers(1, max(1, total)))
    answers = _ballot(right, wrong, blank)
    value = majority_at_k(answers, [one == "right" for one in answers], k)
    if k > total:
        assert math.isnan(value)
        return
    assert value == pytest.approx(float(majority_by_counting(right, wrong, blank, k)), abs=1e-9)


def _ballot(right: int, wrong: Sequence[int], blank: int) -> list[str | None]:
    said = [str(number) for number, votes in enumerate(wrong) for _ in range(votes)]
    return ["right"] * right + said + [None] * blank


# 2 of thousands: right, right and blank, and half of right with a wrong one win. All: the most frequent wins.
@pytest.mark.parametrize("scale", [300, 1200])
def test_majority_holds_for_thousands_of_trials(scale: int) -> None:
    right, wrong, blank = 2 * scale, [scale, scale // 2], scale
    answers = _ballot(right, wrong, blank)
    correct = [one == "right" for one in answers]
    total = len(answers)
    pairs = math.comb(right, 2) + right * blank + Fraction(right * sum(wrong), 2)
    assert majority_at_k(answers, correct, 2) == pytest.approx(float(pairs / math.comb(total, 2)), rel=1e-9)
    assert majority_at_k(answers, correct, total) == 1.0
    expected = float(majority_by_counting(right, wrong, blank, 5))
    assert majority_at_k(answers, correct, 5) == pytest.approx(expected, rel=1e-9)


def test_majority_is_undefined_without_k_trials() -> None:
    assert math.isnan(majority_at_k(["1"], [True], 2))


@given(st.lists(st.sampled_from(["1", "2", None]), min_size=1, max_size=9))
def test_majority_of_one_is_the_share_of_correct(answers: list[str | None]) -> None:
    correct = [answer == "1" for answer in answers]
    assert majority_at_k(answers, correct, 1) == pytest.approx(sum(correct) / len(correct))


@pytest.mark.parametrize(("limit", "values"), [(1, [1]), (2, [1, 2]), (5, [1, 2, 4, 5]), (8, [1, 2, 4, 8])])
def test_powers_of_two(limit: int, values: list[int]) -> None:
    assert powers_of_two(limit) == values
