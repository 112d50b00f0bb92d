"""Policies: pure functions from a query's record to what it is still owed.

Every policy is the same three numbers. A query gets `pilot` trials that measure how hard it is;
then it is sampled until it has `target` correct responses or `cap` trials:

    policy      pilot   target                                     source (arXiv 2407.13690)
    VRT         n       n, so that only the cap of n trials stops   §2.1, §4.1 (n = 52)
    Uniform     0       k                                          §2.2 (k_u = 40)
    Prop2Diff   n_d     max(1, ceil(k * fail_rate))                §2.2 (k_p = 192)
    Band        n_d     k where low <= pass rate <= high, else 0
    Custom      n_d     your function of (trials, correct, k); trials is 0 where every request failed
"""

from __future__ import annotations

import math

from dartmath.base.errors import ConfigError
from dartmath.base.functions import load_function
from dartmath.sampling.config import VRT, Band, Custom, PolicySection, Prop2Diff, Uniform
from dartmath.sampling.difficulty import fail_rate

FUNCTION = "sampling.policy.function"
"""The key of a user's own policy."""

# What counters hold (see `dartmath.sampling.tally`), and more than any run can sample of one query.
_LARGEST = 2**31 - 1


def pilot(policy: PolicySection) -> int:
    """Trials that every query gets unconditionally, and that measure its difficulty."""
    match policy:
        case VRT():
            return policy.trials
        case Uniform():
            return 0
        case _:
            return min(policy.pilot, policy.cap)


def cap(policy: PolicySection) -> int:
    """Most trials of one query."""
    return policy.trials if isinstance(policy, VRT) else policy.cap


def target(policy: PolicySection, trials: int, correct: int) -> int:
    """Correct responses wanted of a query that answered `correct` of `trials` pilot trials.

    For VRT this is the number of trials itself: all correct ones of that many are wanted. A
    query without any valid trial (0, 0) counts as one that always fails. At most 2^31 - 1.
    """
    return min(_LARGEST, _target(policy, trials, correct))


def _target(policy: PolicySection, trials: int, correct: int) -> int:
    match policy:
        case VRT():
            return policy.trials
        case Uniform():
            return policy.k
        case Prop2Diff():
            return proportional(policy.k, fail_rate(trials, correct), policy.exponent)
        case Band():
            # Not 1 - fail rate, which is not quite 0.3 for 3 of 10.
            pass_rate = correct / trials if trials else 0.0
            return policy.k if policy.low <= pass_rate <= policy.high else 0
        case Custom():
            return _custom(policy, trials, correct)


def proportional(k: int, difficulty: float, exponent: float = 1.0) -> int:
    """max(1, ceil(k * difficulty ** exponent)): Prop2Diff's number of responses (§2.2).

    >>> [proportional(192, d) for d in (0, 0.001, 0.5, 1)]
    [1, 1, 96, 192]
    """
    # The tolerance keeps 192 * (1 - 5/6) at 32, which floating point puts a hair above.
    wanted: float = k * difficulty**exponent
    return max(1, math.ceil(wanted - 1e-9))


def largest_target(policy: PolicySection) -> int:
    """The most correct responses the policy may ever want of a query."""
    return policy.trials if isinstance(policy, VRT) else policy.k


def may_give_up(policy: PolicySection) -> bool:
    """Whether the give-up rule applies: not to VRT, which wants trials and not successes."""
    return not isinstance(policy, VRT)


def describe_policy(policy: PolicySection) -> str:
    """One line for people, such as "prop2diff k=192 pilot=16 cap=8192"."""
    values = policy.model_dump(exclude={"kind"}, exclude_defaults=False)
    shown = [f"{key}={value}" for key, value in values.items() if not (key == "exponent" and value == 1)]
    return " ".join([policy.kind, *shown])


def _custom(policy: Custom, trials: int, correct: int) -> int:
    """The user's own target; whatever it raises becomes a `ConfigError` with the arguments."""
    function = load_function(policy.function, FUNCTION)
    try:
        return max(0, int(function(trials, correct, policy.k)))
    except Exception as error:
        raise ConfigError(
            f"{FUNCTION}: {policy.function} failed for trials={trials}, correct={correct}, "
            f"k={policy.k}: {type(error).__name__}: {error}"
        ) from error
