"""Policies: from a query's record to what it is still owed, in pure functions.

Every policy is the same three numbers. A query gets `pilot` trials that measure how hard it is;
then it is sampled until it has `target` correct responses or `cap` trials:

    policy      pilot   target                                     source (arXiv 2407.13690)
    VRT         n       n, so that only the cap of n trials stops   §2.1, §4.1 (n = 52)
    Uniform     0       k                                          §2.2 (k_u = 40)
    Prop2Diff   n_d     max(1, ceil(k * fail_rate))                §2.2 (k_p = 192)
    Budgeted    n_d     as Prop2Diff, in the order of what a token is expected to gain
    Band        n_d     k where low <= pass rate <= high, else 0
    Custom      n_d     your function of (trials, correct, k), and of the pilot where it asks for it
"""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from dartmath.base.errors import ConfigError
from dartmath.base.functions import load_function, parameters
from dartmath.base.section import Section
from dartmath.sampling.difficulty import fail_rate, hard_success, posterior_mean
from dartmath.sampling.pilot import PilotRecord

FUNCTION = "sampling.policy.function"
"""The key of a user's own policy."""

# What counters hold (see `dartmath.sampling.tally`), and more than any run can sample of one query.
_LARGEST = 2**31 - 1


class Policy(Section):
    """The three numbers that a policy is, and what follows from them; each kind is a section of a recipe."""

    wants_successes: ClassVar[bool] = True
    """Whether it wants correct responses, so that a hopeless query may be given up; VRT wants trials."""

    @property
    @abstractmethod
    def pilot_trials(self) -> int:
        """Trials that every query gets unconditionally, and that measure its difficulty."""

    @property
    @abstractmethod
    def most_trials(self) -> int:
        """Most trials of one query."""

    @property
    @abstractmethod
    def largest_target(self) -> int:
        """The most correct responses it may ever want of a query: its k (VRT: its trials)."""

    @abstractmethod
    def with_size(self, size: int) -> Self:
        """The same policy with its k (VRT: its trials) set to `size`."""

    @abstractmethod
    def _target(self, trials: int, correct: int, pilot: PilotRecord | None = None) -> int:
        """As `target`, unbounded."""

    def gain(self, trials: int, correct: int, owed: int) -> float | None:
        """What the next trial of a query is expected to bring, where trials go to those that bring most for
        their price; None where they go to the hardest query first.

        `correct` of `trials` say what its pass rate may be, and `owed` correct responses are missing.
        """
        return None

    @property
    def own_function(self) -> str | None:
        """The function of the user's own that it calls, if it does."""
        return None

    @property
    def reads_pilot(self) -> bool:
        """Whether its target may depend on more than the counts of the pilot."""
        return False

    def target(self, trials: int, correct: int, pilot: PilotRecord | None = None) -> int:
        """Correct responses wanted of a query that answered `correct` of `trials` pilot trials.

        For VRT this is the number of trials itself: all correct ones of that many are wanted. A
        query without any valid trial (0, 0) counts as one that always fails. At most 2^31 - 1. `pilot` is the
        query with those trials, where there is one and the policy looks at it.
        Raises `ConfigError`, with the arguments, for whatever a function of the user's own raises.
        """
        return min(_LARGEST, self._target(trials, correct, pilot))

    def describe(self) -> str:
        """One line for people, such as "prop2diff k=192 pilot=16 cap=8192"."""
        values = self.model_dump()
        kind = str(values.pop("kind"))
        shown = [f"{key}={value}" for key, value in values.items() if (key, value) != ("exponent", 1)]
        return " ".join([kind, *shown])


class VRT(Policy):
    """Vanilla rejection tuning, the baseline: the same number of trials for every query."""

    kind: Literal["vrt"] = "vrt"
    """Vanilla rejection tuning."""
    trials: int = Field(52, ge=1)
    """Trials of each query (paper: 52)."""

    wants_successes: ClassVar[bool] = False

    @property
    def pilot_trials(self) -> int:
        return self.trials

    @property
    def most_trials(self) -> int:
        return self.trials

    @property
    def largest_target(self) -> int:
        return self.trials

    def with_size(self, size: int) -> Self:
        return self.model_copy(update={"trials": size})

    def _target(self, trials: int, correct: int, pilot: PilotRecord | None = None) -> int:
        return self.trials


class Uniform(Policy):
    """DARS-Uniform: sample until every query has `k` correct responses."""

    kind: Literal["uniform"] = "uniform"
    """DARS-Uniform."""
    k: int = Field(40, ge=1)
    """Correct responses wanted of each query (paper: 40)."""
    cap: int = Field(2048, ge=1)
    """Most trials of one query (paper: 2048)."""

    @property
    def pilot_trials(self) -> int:
        return 0

    @property
    def most_trials(self) -> int:
        return self.cap

    @property
    def largest_target(self) -> int:
        return self.k

    def with_size(self, size: int) -> Self:
        return self.model_copy(update={"k": size})

    def _target(self, trials: int, correct: int, pilot: PilotRecord | None = None) -> int:
        return self.k


class Proportional(Policy):
    """Correct responses in proportion to the fail rate of the query."""

    kind: str
    """Which of the policies it is."""
    k: int = Field(192, ge=1)
    """Correct responses wanted of a query that always fails (paper: 192)."""
    pilot: int = Field(16, ge=1)
    """Trials of each query that measure the fail rate; kept as data."""
    cap: int = Field(8192, ge=1)
    """Most trials of one query (paper: above 8192)."""
    exponent: float = Field(1.0, gt=0)
    """target = ceil(k * fail_rate ** exponent); 1 is the paper's."""

    @property
    def pilot_trials(self) -> int:
        return min(self.pilot, self.cap)

    @property
    def most_trials(self) -> int:
        return self.cap

    @property
    def largest_target(self) -> int:
        return self.k

    def with_size(self, size: int) -> Self:
        return self.model_copy(update={"k": size})

    def _target(self, trials: int, correct: int, pilot: PilotRecord | None = None) -> int:
        return proportional(self.k, fail_rate(trials, correct), self.exponent)


class Prop2Diff(Proportional):
    """DARS-Prop2Diff: correct responses in proportion to the fail rate of the query."""

    kind: Literal["prop2diff"] = "prop2diff"
    """DARS-Prop2Diff."""


class Budgeted(Proportional):
    """Prop2Diff's targets for less than they cost: `sampling.budget` is spent where a token gains most.

    What a trial gains follows from the posterior of the query's pass rate, and so changes with every result.
    """

    kind: Literal["budget"] = "budget"
    """The most for a budget."""
    goal: Literal["reached", "rows"] = "reached"
    """What is to be as much as possible: queries at their target (with k = 1: queries with a correct
    response), or rows, each weighted by the difficulty of its query."""

    def gain(self, trials: int, correct: int, owed: int) -> float:
        if self.goal == "reached":
            # The rate at which a query comes to its target: the inverse of the trials that it is expected to
            # need. It is the Gittins index of a job of known pass rate, and of any that owes one response.
            return posterior_mean(trials, correct) / max(1, owed)
        return hard_success(trials, correct)


class Band(Policy):
    """`k` correct responses of every query whose pilot pass rate lies in a band, none of others."""

    kind: Literal["band"] = "band"
    """A pass-rate band."""
    k: int = Field(4, ge=1)
    """Correct responses wanted of each query in the band."""
    low: float = Field(0.0, ge=0, le=1)
    """Lowest pass rate, inclusive."""
    high: float = Field(1.0, ge=0, le=1)
    """Highest pass rate, inclusive."""
    pilot: int = Field(16, ge=1)
    """Trials of each query that measure the pass rate."""
    cap: int = Field(2048, ge=1)
    """Most trials of one query."""

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}, so no query lies in the band")
        return self

    @property
    def pilot_trials(self) -> int:
        return min(self.pilot, self.cap)

    @property
    def most_trials(self) -> int:
        return self.cap

    @property
    def largest_target(self) -> int:
        return self.k

    def with_size(self, size: int) -> Self:
        return self.model_copy(update={"k": size})

    def _target(self, trials: int, correct: int, pilot: PilotRecord | None = None) -> int:
        # Not 1 - fail rate, which is not quite 0.3 for 3 of 10.
        pass_rate = correct / trials if trials else 0.0
        return self.k if self.low <= pass_rate <= self.high else 0


class Custom(Policy):
    """Your own target: a Python function of (trials, correct, k) that returns correct responses wanted.

    A function with a parameter `pilot` is given the query with the responses of its pilot too, or None where
    no query is meant, as in a forecast.
    """

    kind: Literal["custom"] = "custom"
    """A function of your own."""
    function: str
    """`file.py:name` or `package.module:name`."""
    k: int = Field(40, ge=1)
    """Passed to the function."""
    pilot: int = Field(16, ge=1)
    """Trials of each query that measure the pass rate; kept as data."""
    cap: int = Field(2048, ge=1)
    """Most trials of one query."""

    @property
    def pilot_trials(self) -> int:
        return min(self.pilot, self.cap)

    @property
    def most_trials(self) -> int:
        return self.cap

    @property
    def largest_target(self) -> int:
        return self.k

    def with_size(self, size: int) -> Self:
        return self.model_copy(update={"k": size})

    def _target(self, trials: int, correct: int, pilot: PilotRecord | None = None) -> int:
        function = load_function(self.function, FUNCTION)
        beside = {"pilot": pilot} if self.reads_pilot else {}
        try:
            return max(0, int(function(trials, correct, self.k, **beside)))
        except Exception as error:
            raise ConfigError(
                f"{FUNCTION}: {self.function} failed for trials={trials}, correct={correct}, "
                f"k={self.k}: {type(error).__name__}: {error}"
            ) from error

    @property
    def own_function(self) -> str:
        return self.function

    @property
    def reads_pilot(self) -> bool:
        return "pilot" in parameters(load_function(self.function, FUNCTION))


PolicySection = Annotated[VRT | Uniform | Prop2Diff | Budgeted | Band | Custom, Field(discriminator="kind")]


def proportional(k: int, difficulty: float, exponent: float = 1.0) -> int:
    """max(1, ceil(k * difficulty ** exponent)): Prop2Diff's number of responses (§2.2).

    >>> [proportional(192, d) for d in (0, 0.001, 0.5, 1)]
    [1, 1, 96, 192]
    """
    # The tolerance keeps 192 * (1 - 5/6) at 32, which floating point puts a hair above.
    wanted: float = k * difficulty**exponent
    return max(1, math.ceil(wanted - 1e-9))
