"""Metrics of repeated trials: pass@k, G-Pass@k, maj@k; each of one query, to be averaged over queries."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

MAX_COMPARISONS = 125_000
"""Calls of the verifier for the votes of one query: all pairs of 500 different answers, some seconds."""

NEGLIGIBLE = 1e-20
"""Chances below it are left out of a vote: what is divided by, the chance of drawing k, is over 1e-4."""


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


def g_pass_at_k(trials: int, correct: int, k: int, share: float) -> float:
    """The chance that at least this share of `k` trials is correct, from `correct` of `trials`.

    G-Pass@k of Liu et al. 2024 (arXiv 2412.13147, eq. 5): stability, where pass@k is potential. With share 1
    all `k` are correct. NaN with fewer than `k` trials.

    >>> g_pass_at_k(4, 3, 2, 1.0)
    0.5
    """
    if k < 1 or trials < k:
        return math.nan
    # 0.6 of 5 is 3 trials, whatever floating point makes of it.
    least = max(1, math.ceil(share * k - 1e-9))
    ways = sum(
        math.comb(correct, right) * math.comb(trials - correct, k - right)
        for right in range(least, min(correct, k) + 1)
    )
    return ways / math.comb(trials, k)


def mean_g_pass_at_k(trials: int, correct: int, k: int) -> float:
    """The mean of G-Pass@k over the shares above one half (mG-Pass@k, arXiv 2412.13147, eq. 7).

    >>> mean_g_pass_at_k(4, 3, 2)
    0.5
    """
    if k < 1 or trials < k:
        return math.nan
    needed = range(k // 2 + 1, k + 1)
    return math.fsum(g_pass_at_k(trials, correct, k, right / k) for right in needed) / len(needed)


def majority_at_k(answers: Sequence[str | None], correct: Sequence[bool], k: int) -> float:
    """The chance that the most frequent of `k` answers is correct (self-consistency).

    Wang et al. 2022, arXiv 2203.11171. Exact over all choices of `k` of the trials; NaN with fewer than
    `k`. Trials without an answer (None) do not vote; a choice without any answer is wrong; the chance is
    shared among tied answers. Correct answers are equal to the reference, so they count as one; wrong ones
    are one answer when they are the same text (see `joined`).

    >>> majority_at_k(["1", "2", "2"], [False, True, True], 3)
    1.0
    """
    if k < 1 or len(answers) < k:
        return math.nan
    votes = [(answer, good) for answer, good in zip(answers, correct, strict=True) if answer is not None]
    right = sum(good for _, good in votes)
    # Sorted, so that the rounding does not depend on the order of the trials.
    wrong = sorted(Counter(answer for answer, good in votes if not good).values())
    blank = len(answers) - len(votes)
    share = k / len(answers)
    drawn, of_none, *of_wrong = (binomial(trials, share) for trials in (right, blank, *wrong))
    won = math.fsum(
        drawn[most] * _won_with(most, k - most, of_wrong, of_none)
        for most in range(1, min(right, k) + 1)
        if drawn[most] > NEGLIGIBLE
    )
    return min(1.0, won / binomial(len(answers), share)[k])


def binomial(trials: int, share: float) -> list[float]:
    """The chances that 0, 1 ... of `trials` are drawn when each is drawn with this chance, 0 < share <= 1.

    Drawing `k` of `n` trials is drawing each with chance k / n, given that k are drawn, so that chances stand
    for the numbers of choices, which no float holds from about a thousand trials on.
    """
    if share == 1:
        return [0.0] * trials + [1.0]
    log_drawn, log_left, total = math.log(share), math.log1p(-share), math.lgamma(trials + 1)
    return [
        math.exp(
            total
            - math.lgamma(drawn + 1)
            - math.lgamma(trials - drawn + 1)
            + drawn * log_drawn
            + (trials - drawn) * log_left
        )
        for drawn in range(trials + 1)
    ]


def _won_with(most: int, others: int, wrong: Sequence[Sequence[float]], blank: Sequence[float]) -> float:
    """The chance that `others` trials without a correct answer are drawn, no answer more often than `most`.

    It is shared by 1 / (1 + t) where t wrong answers come just as often. `wrong` are the chances of 0, 1 ...
    votes for each wrong answer (see `binomial`), `blank` those of trials without one. The table holds, by t
    and by how many trials are drawn, the chance among the answers that were looked at.
    """
    import numpy as np

    ties = others // most + 1
    table = np.zeros((ties + 1, others + 1))
    table[0, : len(blank)] = blank[: others + 1]
    for chances in wrong:
        grown = table * chances[0]
        for chosen in range(1, min(len(chances) - 1, most, others) + 1):
            if chances[chosen] < NEGLIGIBLE:
                continue
            ways = chances[chosen] * table[:, : others + 1 - chosen]
            if chosen < most:
                grown[:, chosen:] += ways
            else:
                grown[1:, chosen:] += ways[:-1]
        table = grown
    return math.fsum(table[tied, others] / (1 + tied) for tied in range(ties + 1))


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
