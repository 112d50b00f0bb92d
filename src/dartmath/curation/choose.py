"""Which of a query's right responses a set takes, where the pool holds more than the policy wants.

A way to choose is an order of preference: a set takes the first so many of it. So a larger set of a query
always holds the smaller one, which sets of an exact size rely on.

    first      trial order: what sampling with the policy would have kept
    random     a draw, the unbiased default of studies
    shortest   fewest tokens first
    length     nearest to a quantile of the lengths of the query's right responses
    logprob    highest mean log-probability of the model first
    diverse    farthest-first traversal: each is the one least like those before it (Gonzalez 1985,
               "Clustering to minimize the maximum intercluster distance")
    mmr        maximal marginal relevance: quality against likeness (Carbonell and Goldstein 1998,
               "The use of MMR, diversity-based reranking")
"""

from __future__ import annotations

import random
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from dartmath.base.section import Section
from dartmath.curation.pool import Candidate
from dartmath.curation.signature import Features, likenesses, unpacked

Quality = Literal["shortest", "logprob"]


class Choice(Section):
    """An order of preference among the right responses of one query; `kind` is its name in recipes."""

    kind: str
    in_trials: ClassVar[bool] = False
    """Whether VRT, which takes every right response of its trials, can choose its trials so."""

    @property
    def reads(self) -> Features | None:
        """The features whose likeness it compares."""
        return None

    @property
    def reads_logprobs(self) -> bool:
        """Whether it can act only on responses whose log-probabilities were recorded."""
        return False

    @abstractmethod
    def order(self, candidates: Sequence[Candidate], seed: str | None) -> list[Candidate]:
        """`candidates`, which come in trial order, in order of preference.

        `seed` decides where nothing else does: it is that of the query, and None means trial order.
        """


class First(Choice):
    """Trial order."""

    kind: Literal["first"] = "first"
    """What sampling with the policy would have kept."""

    in_trials: ClassVar[bool] = True

    def order(self, candidates: Sequence[Candidate], seed: str | None) -> list[Candidate]:
        return list(candidates)


class Drawn(Choice):
    """A draw by the seed."""

    kind: Literal["random"] = "random"
    """A draw by `seed`."""

    in_trials: ClassVar[bool] = True

    def order(self, candidates: Sequence[Candidate], seed: str | None) -> list[Candidate]:
        return _shuffled(candidates, seed or "0")


class Shortest(Choice):
    """The shortest responses."""

    kind: Literal["shortest"] = "shortest"
    """Fewest tokens first."""

    def order(self, candidates: Sequence[Candidate], seed: str | None) -> list[Candidate]:
        return _by(candidates, seed, _tokens)


class Length(Choice):
    """Responses of a usual, or an unusual, length for their query."""

    kind: Literal["length"] = "length"
    """Nearest to a quantile of the lengths of the query's right responses."""
    quantile: float = Field(0.5, ge=0, le=1)
    """The quantile: 0 is the shortest, 0.5 the median, 1 the longest."""

    def order(self, candidates: Sequence[Candidate], seed: str | None) -> list[Candidate]:
        lengths = sorted(one.tokens for one in candidates)
        if not lengths:
            return []
        middle = lengths[round(self.quantile * (len(lengths) - 1))]
        return _by(candidates, seed, lambda one: float(abs(one.tokens - middle)))


class Logprob(Choice):
    """The responses of which the model was most certain."""

    kind: Literal["logprob"] = "logprob"
    """Highest mean log-probability first; the server must have been asked for them."""

    @property
    def reads_logprobs(self) -> bool:
        return True

    def order(self, candidates: Sequence[Candidate], seed: str | None) -> list[Candidate]:
        return _by(candidates, seed, _surprise)


class Diverse(Choice):
    """Responses that are least like one another."""

    kind: Literal["diverse"] = "diverse"
    """Each is the one least like those before it."""
    features: Features = "words"
    """What two responses are compared by: word n-grams, or the equations of their steps."""

    @property
    def reads(self) -> Features:
        return self.features

    def order(self, candidates: Sequence[Candidate], seed: str | None) -> list[Candidate]:
        base = list(candidates) if seed is None else _shuffled(candidates, seed)
        return _greedy(base, [0.0] * len(base), 1.0)


class MMR(Choice):
    """Good responses that are not much like one another."""

    kind: Literal["mmr"] = "mmr"
    """Maximal marginal relevance: quality, less likeness to those before."""
    features: Features = "words"
    """What two responses are compared by: word n-grams, or the equations of their steps."""
    quality: Quality = "shortest"
    """What is good: few tokens, or a high mean log-probability; its rank among the query's counts."""
    weight: float = Field(0.5, ge=0, le=1)
    """Weight of quality; that of diversity is the rest."""

    @property
    def reads(self) -> Features:
        return self.features

    @property
    def reads_logprobs(self) -> bool:
        return self.quality == "logprob"

    def order(self, candidates: Sequence[Candidate], seed: str | None) -> list[Candidate]:
        # Sorted best first, so that the place is the rank.
        best = _by(candidates, seed, _surprise if self.reads_logprobs else _tokens)
        most = max(1, len(best) - 1)
        return _greedy(
            best, [self.weight * (1 - place / most) for place in range(len(best))], 1 - self.weight
        )


ChoiceSection = Annotated[
    First | Drawn | Shortest | Length | Logprob | Diverse | MMR, Field(discriminator="kind")
]


def _tokens(one: Candidate) -> float:
    return one.tokens


def _surprise(one: Candidate) -> float:
    assert one.logprob is not None, "checked before anything is ordered"
    return -one.logprob


def _shuffled(candidates: Sequence[Candidate], seed: str) -> list[Candidate]:
    return random.Random(seed).sample(candidates, len(candidates))


def _by(
    candidates: Sequence[Candidate], seed: str | None, key: Callable[[Candidate], float]
) -> list[Candidate]:
    """The smallest key first; of equals, those that a draw puts first, or trial order without a seed."""
    return sorted(candidates if seed is None else _shuffled(candidates, seed), key=key)


def _greedy(base: list[Candidate], quality: Sequence[float], weight: float) -> list[Candidate]:
    """Each next one has the largest quality + weight * distance to the nearest before it; ties by `base`."""
    import numpy as np

    # The first of `base`, then the only other one: most queries of many pools have no more.
    if not base[2:] and weight == 1.0:
        return base
    sketches = unpacked([one.sketch for one in base])
    gain, nearest = np.array(quality), np.ones(len(base))
    order: list[Candidate] = []
    for _ in base:
        place = int(np.argmax(gain + weight * nearest))
        order.append(base[place])
        gain[place] = -np.inf
        nearest = np.minimum(nearest, 1 - likenesses(sketches[place], sketches))
    return order
