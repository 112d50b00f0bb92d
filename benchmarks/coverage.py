"""True coverage of the 95 % intervals of small evaluations, by simulation.

    python benchmarks/coverage.py [--repeats 400]

Queries have pass rates of a Beta distribution, each is asked some times, and an interval either holds the
true mean or not. One row per case: the share of intervals that do, for the mean and for the paired
difference of two runs, beside the plain normal interval over queries (the usual rival).
"""

from __future__ import annotations

import argparse
import math
import random

from dartmath.evaluation.intervals import Z95, clustered, paired, standard_error

BETAS = ((0.05, 1.0), (0.1, 0.5), (0.3, 0.3), (0.5, 5.0), (1.0, 1.0), (5.0, 5.0), (20.0, 20.0))


def means_of(generator: random.Random, rates: list[float], trials: int) -> list[float]:
    """Shares of correct trials of queries with these pass rates."""
    return [sum(generator.random() < rate for _ in range(trials)) / trials for rate in rates]


def case(queries: int, trials: int, a: float, b: float, repeats: int) -> tuple[float, float, float]:
    """Coverage of the normal interval, of ours, and of the paired one."""
    generator, mean = random.Random(f"{queries} {trials} {a} {b}"), a / (a + b)
    normal = ours = pairs = 0
    for _ in range(repeats):
        rates = [generator.betavariate(a, b) for _ in range(queries)]
        first, second = means_of(generator, rates, trials), means_of(generator, rates, trials)
        value = math.fsum(first) / queries
        normal += abs(value - mean) <= Z95 * standard_error(first)
        estimate = clustered(first)
        ours += estimate.low <= mean <= estimate.high
        found = paired(first, second, single=trials == 1)
        pairs += found.low <= 0 <= found.high
    return normal / repeats, ours / repeats, pairs / repeats


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="True coverage of 95 %% intervals, by simulation.")
    parser.add_argument("--repeats", type=int, default=400)
    repeats = parser.parse_args().repeats
    print(f"{'queries':>8}{'trials':>8}{'Beta':>14}{'normal':>9}{'ours':>9}{'paired':>9}   % of intervals")
    worst = [1.0, 1.0, 1.0]
    for queries in (30, 50, 100):
        for trials in (1, 8, 64):
            for a, b in BETAS:
                found = case(queries, trials, a, b, repeats)
                worst = [min(pair) for pair in zip(worst, found, strict=True)]
                shown = "".join(f"{100 * share:9.1f}" for share in found)
                print(f"{queries:8}{trials:8}{f'({a:g}, {b:g})':>14}{shown}")
    print(f"{'worst':>30}" + "".join(f"{100 * share:9.1f}" for share in worst))


if __name__ == "__main__":
    main()
