"""True coverage of the 95 % intervals of small evaluations, by simulation.

    python benchmarks/interval_coverage.py [--repeats 2000] [--others] [--average]

Queries have pass rates of a Beta distribution, each is asked some times, and an interval either holds the
true value or not. One row per case: the share of intervals that do, for the mean, beside the plain normal
interval over queries (the usual rival), and for three paired differences: of one model run twice, of two
models whose queries have pass rates of their own, and of a model that is better at every query. The noise
of a share near 95 % is a percentage point (two standard errors) at 2,000 repeats. `--others` takes Beta
distributions that nothing was chosen by. `--average` asks the same of the plain mean over six benchmarks,
one for each of the first six Beta distributions.

"Least" is the lowest that equal runs of single trials allow, where it is above 97: where few queries differ,
a rule claims nothing, or too much at another rate of differing queries. It is found as the best set of
outcomes at which an interval leaves 0 out (by how many queries one run alone solved; monotone, and alike for
both runs), such that at no rate more than 7 % of comparisons fall into it: an integer program.
"""

from __future__ import annotations

import argparse
import math
import zlib

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.stats import binom

from dartmath.evaluation.intervals import (
    Z95,
    Paired,
    clustered,
    macro,
    macro_paired,
    paired_interval,
    standard_error,
)

BETAS = ((0.05, 1.0), (0.1, 0.5), (0.3, 0.3), (0.5, 5.0), (1.0, 1.0), (5.0, 5.0), (20.0, 20.0))
OTHERS = ((0.04, 0.5), (0.15, 1.5), (0.4, 1.2), (0.7, 0.7), (1.5, 6.0), (4.0, 2.0), (0.2, 0.1))
MOST, FLOOR = 97.0, 0.93
_RATES = np.linspace(0.005, 0.6, 80)
# Expected queries that differ, above which it is no question; and more than there are by chance below it.
_MANY, _DISCORDANT = 8, 26


def average(
    queries: int, trials: int, betas: tuple[tuple[float, float], ...], repeats: int
) -> tuple[float, ...]:
    """Coverage of the interval of the mean over benchmarks, and of the three paired ones of such means."""
    generator = np.random.default_rng(zlib.crc32(f"average {queries} {trials} {betas}".encode()))
    held = np.zeros(4)
    many = [generator.beta(a, b, 1_000_000) for a, b in betas]
    mean = math.fsum(a / (a + b) for a, b in betas) / len(betas)
    gain = math.fsum(float((_better(rates) - rates).mean()) for rates in many) / len(betas)
    for _ in range(repeats):
        drawn = [generator.beta(a, b, queries) for a, b in betas]
        others = [generator.beta(a, b, queries) for a, b in betas]
        first, again, other, better = (
            [(generator.binomial(trials, rates) / trials).tolist() for rates in sets]
            for sets in (drawn, drawn, others, [_better(rates) for rates in drawn])
        )
        estimate = macro([clustered(means) for means in first])
        held[0] += estimate.low <= mean <= estimate.high
        for place, (second, truth) in enumerate(((again, 0.0), (other, 0.0), (better, gain)), start=1):
            found = macro_paired([_paired(*pair) for pair in zip(first, second, strict=True)])
            held[place] += found.low <= truth <= found.high
    return tuple(held / repeats)


def _paired(first: list[float], second: list[float]) -> Paired:
    """A comparison of which the difference and its interval alone are asked."""
    count, (low, high) = len(first), paired_interval(first, second)
    means = math.fsum(first) / count, math.fsum(second) / count
    return Paired(count, *means, means[1] - means[0], low, high, math.nan, math.nan, 0, 0, math.nan, "z")


def case(queries: int, trials: int, a: float, b: float, repeats: int) -> tuple[float, ...]:
    """Coverage of the normal interval, of ours, and of the three paired ones."""
    generator = np.random.default_rng(zlib.crc32(f"{queries} {trials} {a} {b}".encode()))
    rates = generator.beta(a, b, (repeats, queries))

    def run(rates: np.ndarray) -> list[list[float]]:
        return (generator.binomial(trials, rates) / trials).tolist()

    first, again, other, better = (
        run(rates),
        run(rates),
        run(generator.beta(a, b, rates.shape)),
        run(_better(rates)),
    )
    many = generator.beta(a, b, 1_000_000)
    mean, gain = a / (a + b), float((_better(many) - many).mean())
    held = np.zeros(5)
    for one, two, three, four in zip(first, again, other, better, strict=True):
        estimate = clustered(one)
        held += (
            abs(math.fsum(one) / queries - mean) <= Z95 * standard_error(one),
            estimate.low <= mean <= estimate.high,
            *(_holds(one, second, truth) for second, truth in ((two, 0.0), (three, 0.0), (four, gain))),
        )
    return tuple(held / repeats)


def _better(rates: np.ndarray) -> np.ndarray:
    """Pass rates of a model that fails a query as often as three half tries of the first."""
    return 1 - (1 - rates) ** 1.5


def _holds(first: list[float], second: list[float], truth: float) -> bool:
    low, high = paired_interval(first, second)
    return low <= truth <= high


def least(queries: int, a: float, b: float) -> tuple[float, float]:
    """The lowest coverage that single trials allow: of one model run twice, and of two models alike."""
    mean = a / (a + b)
    square = mean * (a + 1) / (a + b + 1)
    return _least(queries, 2 * (mean - square)), _least(queries, 2 * mean * (1 - mean))


def _least(queries: int, rate: float) -> float:
    """That of equal runs of which each query tells apart with a chance of `rate`; 0 where many queries do."""
    if queries * rate > _MANY:
        return 0.0
    cells = [(b, c) for b in range(queries + 1) for c in range(b) if b + c <= min(queries, _DISCORDANT)]
    place = {cell: i for i, cell in enumerate(cells)}

    def chances(rate: float) -> np.ndarray:
        return np.array([2 * binom.pmf(b + c, queries, rate) * binom.pmf(b, b + c, 0.5) for b, c in cells])

    order = []
    for (b, c), i in place.items():
        for farther in ((b + 1, c), (b, c - 1)):
            if farther in place:
                row = np.zeros(len(cells))
                row[i], row[place[farther]] = 1, -1
                order.append(row)
    limits = [
        LinearConstraint(np.array([chances(one) for one in _RATES]), -np.inf, 1 - FLOOR),
        LinearConstraint(np.array(order), -np.inf, 0),
    ]
    best = milp(-chances(rate), constraints=limits, integrality=np.ones(len(cells)), bounds=Bounds(0, 1))
    return float(1 + best.fun)


def _shown_least(queries: int, trials: int, a: float, b: float) -> str:
    bounds = [100 * bound for bound in least(queries, a, b)] if trials == 1 else []
    return "".join(f"{bound:9.1f}" if bound > MOST else f"{'':9}" for bound in bounds)


def _print_average(betas: tuple[tuple[float, float], ...], repeats: int) -> None:
    print(
        f"{'queries':>8}{'trials':>8}"
        + "".join(f"{n:>9}" for n in ("mean", "twice", "models", "better"))
        + "   %"
    )
    for queries in (30, 100):
        for trials in (1, 8):
            shown = "".join(f"{100 * share:9.1f}" for share in average(queries, trials, betas, repeats))
            print(f"{queries:8}{trials:8}{shown}", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="True coverage of 95 %% intervals, by simulation.")
    parser.add_argument("--repeats", type=int, default=2000)
    parser.add_argument("--others", action="store_true")
    parser.add_argument("--average", action="store_true")
    chosen = parser.parse_args()
    if chosen.average:
        _print_average((OTHERS if chosen.others else BETAS)[:6], chosen.repeats)
        return
    names = ("normal", "ours", "twice", "models", "better")
    print(
        f"{'queries':>8}{'trials':>8}{'Beta':>14}"
        + "".join(f"{n:>9}" for n in names)
        + "   %   least: twice, models"
    )
    found = []
    for queries in (30, 50, 100):
        for trials in (1, 8, 64):
            for a, b in OTHERS if chosen.others else BETAS:
                found.append(case(queries, trials, a, b, chosen.repeats))
                shown = "".join(f"{100 * share:9.1f}" for share in found[-1])
                allowed = _shown_least(queries, trials, a, b)
                print(f"{queries:8}{trials:8}{f'({a:g}, {b:g})':>14}{shown}    {allowed}", flush=True)
    columns = list(zip(*found, strict=True))
    for name, pick in (("least", min), ("mean", lambda shares: sum(shares) / len(shares)), ("most", max)):
        print(f"{name:>30}" + "".join(f"{100 * pick(shares):9.1f}" for shares in columns))


if __name__ == "__main__":
    main()
