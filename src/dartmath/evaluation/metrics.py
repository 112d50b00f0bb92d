"""Metrics of repeated trials: pass@k, maj@k; each of one query, to be averaged over queries."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence


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


def majority_at_k(
    answers: Sequence[str | None],
    correct: Sequence[bool],
    k: int,
    *,
    same: Callable[[str, str], bool] = lambda a, b: a == b,
) -> float:
    """The chance that the most frequent of `k` answers is correct (self-consistency).

    Wang et al. 2022, arXiv 2203.11171. Averaged over the disjoint blocks of `k` trials in order;
    NaN with fewer than `k` trials. Trials without an answer (None) do not vote; a block without
    any answer is wrong; the chance is shared among tied answers. Correct answers are equal to the
    reference, so they count as one; `same` says whether two wrong ones do.

    >>> majority_at_k(["1", "2", "2"], [False, True, True], 3)
    1.0
    """
    if k < 1 or len(answers) < k:
        return math.nan
    starts = range(0, len(answers) - k + 1, k)
    blocks = [_majority(answers[i : i + k], correct[i : i + k], same) for i in starts]
    return math.fsum(blocks) / len(blocks)


def _majority(
    answers: Sequence[str | None], correct: Sequence[bool], same: Callable[[str, str], bool]
) -> float:
    right = sum(good for answer, good in zip(answers, correct, strict=True) if answer is not None)
    wrong: dict[str, int] = {}
    for answer, good in zip(answers, correct, strict=True):
        if answer is not None and not good:
            known = answer if answer in wrong else next((a for a in wrong if same(a, answer)), answer)
            wrong[known] = wrong.get(known, 0) + 1
    most = max([right, *wrong.values()])
    if most == 0 or right < most:
        return 0.0
    return 1 / (1 + sum(votes == most for votes in wrong.values()))


def powers_of_two(limit: int) -> list[int]:
    """1, 2, 4 ... and `limit` itself: the values of k that a table shows."""
    found = [2**e for e in range(limit.bit_length()) if 2**e <= limit]
    return found if found[-1] == limit else [*found, limit]
