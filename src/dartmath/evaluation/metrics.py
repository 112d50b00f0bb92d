"""Metrics of repeated trials: pass@k, maj@k; each of one query, to be averaged over queries."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

MAX_COMPARISONS = 125_000
"""Calls of the verifier for the votes of one query: all pairs of 500 different answers, some seconds."""


def pass_at_k(trials: int, correct: int, k: int) -> float:
    """The chance that at least one of `k` trials is correct, from `correct` of `trials`.

    The unbiased estimator 1 - C(n-c, k) / C(n, k) of Chen et al. 2021 (arXiv 2107.03374, eq. 1).
    NaN where it is undefined: with fewer than `k` trials.

    >>> pass_at_k(4, 1, 2)
    0.5
    """
    if k < 1 or trials < k:
        return math.nan
    return 1.0 - math.comb(trials - correct, k) / math.comb(trials, k)


def majority_at_k(answers: Sequence[str | None], correct: Sequence[bool], k: int) -> float:
    """The chance that the most frequent of `k` answers is correct (self-consistency).

    Wang et al. 2022, arXiv 2203.11171. Averaged over the disjoint blocks of `k` trials in order;
    NaN with fewer than `k` trials. Trials without an answer (None) do not vote; a block without
    any answer is wrong; the chance is shared among tied answers. Correct answers are equal to the
    reference, so they count as one; wrong ones are one answer when they are the same text (see `joined`).

    >>> majority_at_k(["1", "2", "2"], [False, True, True], 3)
    1.0
    """
    if k < 1 or len(answers) < k:
        return math.nan
    starts = range(0, len(answers) - k + 1, k)
    blocks = [_majority(answers[i : i + k], correct[i : i + k]) for i in starts]
    return math.fsum(blocks) / len(blocks)


def _majority(answers: Sequence[str | None], correct: Sequence[bool]) -> float:
    votes = [(answer, good) for answer, good in zip(answers, correct, strict=True) if answer is not None]
    right = sum(good for _, good in votes)
    wrong = Counter(answer for answer, good in votes if not good)
    most = max([right, *wrong.values()])
    if most == 0 or right < most:
        return 0.0
    return 1 / (1 + sum(count == most for count in wrong.values()))


def joined(
    answers: Sequence[str],
    same: Callable[[str, str], bool],
    *,
    key: Callable[[str], str] = str,
    most: int = MAX_COMPARISONS,
) -> dict[str, str]:
    """For each different answer the spelling that stands for all answers equal to it.

    Answers with the same `key` are equal; of the others `same` compares each, the most frequent
    first, with one spelling of every group found before: its calls grow with keys times groups, not
    with trials. After `most` calls the keys left, those with the fewest votes, stand for themselves.

    >>> joined(["1/2", "0.5", "3", "0.5"], lambda a, b: {a, b} == {"1/2", "0.5"})
    {'1/2': '0.5', '0.5': '0.5', '3': '3'}
    """
    keys = {answer: key(answer) for answer in dict.fromkeys(answers)}
    first = {own: answer for answer, own in reversed(keys.items())}
    spelling: dict[str, str] = {}
    groups: list[str] = []
    for own, _ in Counter(keys[answer] for answer in answers).most_common():
        compared = groups[:most]
        known = next((group for group in compared if same(group, first[own])), None)
        most -= len(compared) if known is None else groups.index(known) + 1
        if known is None:
            groups.append(first[own])
        spelling[own] = known or first[own]
    return {answer: spelling[own] for answer, own in keys.items()}


def powers_of_two(limit: int) -> list[int]:
    """1, 2, 4 ... and `limit` itself: the values of k that a table shows."""
    found = [2**e for e in range(limit.bit_length()) if 2**e <= limit]
    return found if found[-1] == limit else [*found, limit]
