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
    any answer is wrong; the chance is shared among tied answers. `same` says whether two
    answers count as one.

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
    groups: list[tuple[str, bool, int]] = []
    for answer, right in zip(answers, correct, strict=True):
        if answer is None:
            continue
        for index, (first, judged, votes) in enumerate(groups):
            # Judged differently, they cannot be one answer.
            if judged == right and (first == answer or same(first, answer)):
                groups[index] = (first, judged, votes + 1)
                break
        else:
            groups.append((answer, right, 1))
    if not groups:
        return 0.0
    most = max(votes for *_, votes in groups)
    tied = [judged for _, judged, votes in groups if votes == most]
    return sum(tied) / len(tied)


def powers_of_two(limit: int) -> list[int]:
    """1, 2, 4 ... and `limit` itself: the values of k that a table shows."""
    found = [2**e for e in range(limit.bit_length()) if 2**e <= limit]
    return found if found[-1] == limit else [*found, limit]
