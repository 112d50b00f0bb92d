"""Difficulty of a query: its fail rate, and what a Beta posterior knows about its pass rate.

All trials of a query are Bernoulli with the same unknown pass rate p. With a uniform prior, after
c correct ones of n the posterior is Beta(1 + c, 1 + n - c), of mean (c + 1) / (n + 2).
"""

from __future__ import annotations

import math


def fail_rate(trials: int, correct: int) -> float:
    """1 - pass rate (paper §2.2); 1 for a query without trials.

    >>> fail_rate(16, 4)
    0.75
    """
    return 1.0 if trials <= 0 else 1.0 - correct / trials


def posterior_mean(trials: int, correct: int) -> float:
    """Expected pass rate after `correct` of `trials`, under a uniform prior (Laplace's rule)."""
    return (correct + 1) / (trials + 2)


def hard_success(trials: int, correct: int) -> float:
    """Expected p (1 - p) of the pass rate p: that a trial is right, weighted by the fail rate of its query.

    For the posterior Beta(a, b) it is a b / ((a + b) (a + b + 1)).
    """
    return (correct + 1) * (trials - correct + 1) / ((trials + 2) * (trials + 3))


def reach_probability(owed: int, remaining: int, trials: int, correct: int) -> float:
    """P(at least `owed` correct among `remaining` more trials), given `correct` of `trials`.

    The number of successes is beta-binomial under the posterior; its terms are summed in log
    space, at most `owed` of them.
    """
    if owed <= 0:
        return 1.0
    if owed > remaining:
        return 0.0
    a, b = 1.0 + correct, 1.0 + trials - correct
    below = math.fsum(math.exp(_log_beta_binomial(x, remaining, a, b)) for x in range(owed))
    return min(1.0, max(0.0, 1.0 - below))


def _log_beta_binomial(x: int, n: int, a: float, b: float) -> float:
    """Log probability of `x` successes of `n` when p ~ Beta(a, b)."""
    choose = math.lgamma(n + 1) - math.lgamma(x + 1) - math.lgamma(n - x + 1)
    return choose + _log_beta(a + x, b + n - x) - _log_beta(a, b)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
