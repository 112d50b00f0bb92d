"""Forecast: expected rows, samples, tokens, hours, cost and coverage of a policy, with intervals.

Pass rates are Beta-distributed within a band. Each replicate draws the band's Beta (from fits to
bootstraps of what was measured), a pass rate for every query, and then plays the policy: pilot,
target, and a negative binomial number of further trials, cut off at the cap. The spread of the
replicates is the interval, so it holds both the luck of sampling and what a small pilot does not
know.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dartmath.sampling.budget import cost, token_cost
from dartmath.sampling.config import Price, TokenPrice
from dartmath.sampling.policy import PolicySection

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

REPLICATES = 100
# Below this pass rate nothing is ever found under any cap, and NumPy's draws would overflow.
_TINY = 1e-9
# A fit's a and b lie between e^-7 and e^7: beyond, a Beta is a point for every count here.
_STEEP = 7.0


@dataclass(frozen=True, slots=True)
class Beta:
    """Distribution of pass rates of a band."""

    a: float
    b: float

    @classmethod
    def of_mean(cls, mean: float, concentration: float) -> Beta:
        """The Beta of that mean and a + b = concentration."""
        return cls(mean * concentration, (1 - mean) * concentration)


@dataclass(frozen=True)
class BandData:
    """What is known of a band of `size` queries.

    `fits` are equally likely distributions of its pass rates; one, where it is known. `trials`
    and `correct` are of the queries that were tried. `tokens` are the mean tokens of a response,
    `prompt_tokens` those of a prompt.
    """

    name: str
    size: int
    fits: tuple[Beta, ...]
    trials: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    correct: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    tokens: float = 0.0
    prompt_tokens: float = 0.0


@dataclass(frozen=True)
class TakeoverData:
    """What is known of a teacher that takes over: `fits` are of pass rates of the queries that it then has.

    `after`, `trials` and `price` are as in a recipe; `tokens` and `prompt_tokens` the means of a response.
    """

    name: str
    after: int
    trials: int | None
    fits: tuple[Beta, ...]
    tokens: float
    prompt_tokens: float
    price: TokenPrice | None = None
    known: bool = True


@dataclass(frozen=True, slots=True)
class Played:
    """A policy played out: per query, trials, correct responses kept, and whether it got its target."""

    trials: Ints
    correct: Ints
    rows: Ints
    reached: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Expected:
    """An expected value with its 90 % interval."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Expected:
        """Mean and 5 % / 95 % quantiles of replicates."""
        low, high = np.quantile(values, (0.05, 0.95))
        return cls(float(np.mean(values)), float(low), float(high))


@dataclass(frozen=True)
class Forecast:
    """What a policy is expected to take and to give; `bands` holds mean rows per query.

    `rows` are responses in the data set, `correct` all correct responses in the pool. `coverage`
    is the share of queries with at least one row, `reached` of those that get their whole target.
    """

    policy: PolicySection
    rows: Expected
    correct: Expected
    samples: Expected
    tokens: Expected
    coverage: Expected
    reached: Expected
    hours: Expected | None
    cost: Expected | None
    bands: Mapping[str, float]
    teachers: Mapping[str, Expected] = field(default_factory=dict)


def forecast(
    policy: PolicySection,
    bands: Sequence[BandData],
    *,
    tokens_per_second: float | None = None,
    price: Price | None = None,
    takeovers: Sequence[TakeoverData] = (),
    replicates: int = REPLICATES,
    seed: int = 0,
) -> Forecast:
    """Forecast `policy` on queries like those of `bands`.

    Hours need `tokens_per_second`, which holds for all teachers, cost a `price`. `takeovers` are further
    teachers, in their order, each at its own price.
    """
    takeovers = [one for one in takeovers if _asked(policy, one)]
    rng = np.random.default_rng(seed)
    totals = [_replicate(policy, bands, takeovers, rng) for _ in range(replicates)]
    hours = prices = None
    if tokens_per_second:
        spent = [t["tokens"] / tokens_per_second / 3600 for t in totals]
        hours = Expected.of(spent)
        if price is not None:
            prices = Expected.of([_cost(price, takeovers, h, t) for h, t in zip(spent, totals, strict=True)])
    names = ("rows", "correct", "samples", "tokens", "coverage", "reached")
    found = {name: Expected.of([t[name] for t in totals]) for name in names}
    per_query = {b.name: float(np.mean([t["bands"][b.name] for t in totals])) for b in bands}
    asked = {
        one.name: Expected.of([t["teachers"][place] for t in totals]) for place, one in enumerate(takeovers)
    }
    return Forecast(policy=policy, hours=hours, cost=prices, bands=per_query, teachers=asked, **found)


def _asked(policy: PolicySection, one: TakeoverData) -> bool:
    """Whether the policy, which may be another than the recipe's, leaves the teacher anything."""
    return policy.wants_successes and policy.pilot_trials <= one.after < policy.most_trials


def _cost(price: Price, takeovers: Sequence[TakeoverData], hours: float, total: Mapping[str, Any]) -> float:
    """Money for hours and tokens of one replicate, those of each teacher at its price."""
    own_prompt, own = total["prompt_tokens"], total["tokens"]
    money = 0.0
    for one, trials in zip(takeovers, total["teachers"], strict=True):
        prompt, tokens = trials * one.prompt_tokens, trials * one.tokens
        money += token_cost(one.price or price, prompt, tokens)
        own_prompt, own = own_prompt - prompt, own - tokens
    return money + cost(price, hours, own_prompt, own)


def play(
    policy: PolicySection,
    rates: Floats,
    rng: np.random.Generator,
    *,
    trials: Ints | None = None,
    correct: Ints | None = None,
) -> Played:
    """Play `policy` on queries of known pass rates, from `trials` of which `correct` on."""
    size = len(rates)
    rates = np.clip(rates, _TINY, 1.0)
    done = np.zeros(size, np.int64) if trials is None else trials
    right = np.zeros(size, np.int64) if correct is None else correct
    pilot, cap = policy.pilot_trials, policy.most_trials
    more = np.maximum(pilot - done, 0)
    right, done = right + rng.binomial(more, rates), done + more
    return _to_target(rates, rng, done=done, right=right, targets=_targets(policy, done, right), cap=cap)


def _to_target(
    rates: Floats, rng: np.random.Generator, *, done: Ints, right: Ints, targets: Ints, cap: int
) -> Played:
    """Trials until each query has its target, from `done` of which `right` are, or until the cap."""
    owed = np.maximum(targets - right, 0)
    left = np.maximum(cap - done, 0)
    wanted = np.where(owed > 0, owed + rng.negative_binomial(np.maximum(owed, 1), rates), 0)
    reached = wanted <= left
    partly = _fewer(rng, left, rates, owed)
    right = right + np.where(reached, owed, partly)
    return Played(done + np.minimum(wanted, left), right, np.minimum(right, targets), reached)


def play_takeovers(
    policy: PolicySection, rates: Floats, takeovers: Sequence[TakeoverData], rng: np.random.Generator
) -> tuple[Played, list[int]]:
    """Play `policy` with teachers that take over what has no correct response; the trials of each, too.

    `rates` are the pass rates of the teacher before them; those of the others are drawn from what is known of
    them. The first number of trials is that of all teachers before the first of `takeovers`.
    """
    if not takeovers:
        played = play(policy, rates, rng)
        return played, [int(played.trials.sum())]
    size, pilot = len(rates), policy.pilot_trials
    trials, correct = np.zeros(size, np.int64), np.zeros(size, np.int64)
    rows, reached = np.zeros(size, np.int64), np.zeros(size, np.bool_)
    by: list[int] = []
    table = np.array([policy.target(pilot, right) for right in range(pilot + 1)], np.int64)
    waiting, start, cap = np.arange(size), 0, policy.most_trials
    for place in range(len(takeovers) + 1):
        if place:
            one = takeovers[place - 1]
            start, fit = one.after, one.fits[rng.integers(len(one.fits))]
            cap = min(policy.most_trials, start + (one.trials or policy.most_trials))
            known = np.clip(rng.beta(fit.a, fit.b, len(waiting)), _TINY, 1.0)
        else:
            known = np.clip(rates, _TINY, 1.0)
        end = takeovers[place].after if place < len(takeovers) else cap
        first = start + rng.geometric(known)
        solved = first <= end
        done = np.where(solved, np.maximum(first, pilot), end)
        # Of a pilot, the trials after its first right one; a takeover is after the pilot.
        also = rng.binomial(np.maximum(pilot - first, 0) * solved, known)
        early = first <= pilot
        targets = table[np.where(early, 1 + also, 0)]
        ended = _to_target(
            known[solved], rng, done=done[solved], right=1 + also[solved], targets=targets[solved], cap=cap
        )
        found = waiting[solved]
        trials[found], correct[found] = ended.trials, ended.correct
        rows[found], reached[found] = ended.rows, ended.reached
        waiting = waiting[~solved]
        by.append(int((ended.trials - start).sum()) + len(waiting) * (end - start))
        trials[waiting] = end
    return Played(trials, correct, rows, reached), by


def fit_beta(trials: Ints, correct: Ints) -> Beta:
    """The Beta of greatest beta-binomial likelihood, with a weak prior towards Beta(1, 1).

    The prior (one query's worth) keeps the fit finite when all queries behave alike.
    """
    records = np.stack([np.append(trials, 2), np.append(correct, 1)])
    (n, c), weights = np.unique(records, axis=1, return_counts=True)

    def loss(mean: float, size: float) -> float:
        beta = _beta(mean, size)
        a, b = np.array([beta.a]), np.array([beta.b])
        gained = float(np.sum(weights * (_log_beta(a + c, b + n - c) - _log_beta(a, b))))
        return 0.02 * ((size + mean) ** 2 + (size - mean) ** 2) - gained

    return _beta(*_lowest(loss))


def _beta(mean: float, size: float) -> Beta:
    """By half of log(a / b), which its mean hangs on, and half of log(a * b), its concentration."""
    log_a, log_b = (min(_STEEP, max(-_STEEP, value)) for value in (size + mean, size - mean))
    return Beta(math.exp(log_a), math.exp(log_b))


def _log_beta(a: Floats, b: Floats) -> Floats:
    """log of the Beta function, elementwise."""
    return np.array([math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y) for x, y in zip(a, b, strict=True)])


_GRAIN = 0.01  # of the logarithms of a prior: 1 % of either


def _lowest(loss: Callable[[float, float], float]) -> tuple[float, float]:
    """Where a smooth function of two variables is lowest, near (0, 0), to `_GRAIN`: by compass search.

    The variables should turn the function little, so that its valley lies along an axis (Kolda, Lewis
    and Torczon 2003, "Optimization by direct search"). A library for it would be a third of the core.
    """
    place, step = (0.0, 0.0), 1.0
    best = loss(*place)
    while 2 * step > _GRAIN:
        x, y = place
        around = [(x + step, y), (x - step, y), (x, y + step), (x, y - step)]
        value, nearby = min((loss(*one), one) for one in around)
        if value < best:
            best, place = value, nearby
        else:
            step /= 2
    return place


def bootstrap_fits(trials: Ints, correct: Ints, *, count: int = 40, seed: int = 0) -> tuple[Beta, ...]:
    """Fits to `count` bootstraps of the queries: what their number leaves open of the Beta."""
    rng = np.random.default_rng(seed)
    chosen = (rng.integers(0, len(trials), len(trials)) for _ in range(count))
    return tuple(fit_beta(trials[again], correct[again]) for again in chosen)


def _replicate(
    policy: PolicySection,
    bands: Sequence[BandData],
    takeovers: Sequence[TakeoverData],
    rng: np.random.Generator,
) -> dict[str, Any]:
    total: dict[str, Any] = dict.fromkeys(("rows", "correct", "samples", "tokens", "prompt_tokens"), 0.0)
    covered = reached = queries = 0
    total["bands"], total["teachers"] = {}, [0] * len(takeovers)
    for band in bands:
        played, (own, *others) = play_takeovers(policy, _draw(band, rng), takeovers, rng)
        total["rows"] += int(played.rows.sum())
        total["correct"] += int(played.correct.sum())
        total["samples"] += int(played.trials.sum())
        total["tokens"] += own * band.tokens
        total["prompt_tokens"] += own * band.prompt_tokens
        for place, trials in enumerate(others):
            total["teachers"][place] += trials
            total["tokens"] += trials * takeovers[place].tokens
            total["prompt_tokens"] += trials * takeovers[place].prompt_tokens
        total["bands"][band.name] = played.rows.mean() if band.size else 0.0
        covered += int((played.rows > 0).sum())
        reached += int(played.reached.sum())
        queries += band.size
    return {**total, "coverage": covered / max(1, queries), "reached": reached / max(1, queries)}


def _draw(band: BandData, rng: np.random.Generator) -> Floats:
    """A pass rate for each query of the band: posterior of those tried, the fitted Beta for others."""
    fitted = band.fits[rng.integers(len(band.fits))]
    tried = rng.beta(fitted.a + band.correct, fitted.b + band.trials - band.correct)[: band.size]
    return np.concatenate([tried, rng.beta(fitted.a, fitted.b, band.size - len(tried))])


def _targets(policy: PolicySection, trials: Ints, correct: Ints) -> Ints:
    """Targets from the pilot's record; more trials than the pilot are scaled to it."""
    pilot = policy.pilot_trials
    if pilot == 0:
        return np.full(len(trials), policy.target(0, 0), np.int64)
    known = np.rint(correct * (pilot / np.maximum(trials, 1))).astype(np.int64)
    table = np.array([policy.target(pilot, c) for c in range(pilot + 1)], np.int64)
    return table[np.clip(known, 0, pilot)]


def _fewer(rng: np.random.Generator, trials: Ints, rates: Floats, owed: Ints) -> Ints:
    """Binomial successes given that they are fewer than `owed`, by drawing again a few times."""
    found = rng.binomial(trials, rates)
    for _ in range(8):
        over = found >= owed
        if not over.any():
            break
        found[over] = rng.binomial(trials[over], rates[over])
    return np.minimum(found, np.maximum(owed - 1, 0))
