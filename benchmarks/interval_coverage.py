"""True coverage of the 95 % intervals of small evaluations, by simulation.

    python benchmarks/interval_coverage.py [--repeats 2000]

Queries have pass rates of a Beta distribution, each is asked some times, and an interval either holds the
true mean or not. One row per case: the share of intervals that do, for the mean, for the paired difference of
two runs of one model, and for that of two models whose queries have pass rates of their own, beside the plain
normal interval over queries (the usual rival). The noise of a
share near 95 % is a percentage point (two standard errors) at 2,000 repeats.
"""

from __future__ import annotations

import argparse
import math
import zlib

import numpy as np

from dartmath.evaluation.intervals import Z95, clustered, paired_interval, standard_error

BETAS = ((0.05, 1.0), (0.1, 0.5), (0.3, 0.3), (0.5, 5.0), (1.0, 1.0), (5.0, 5.0), (20.0, 20.0))


def case(queries: int, trials: int, a: float, b: float, repeats: int) -> tuple[float, ...]:
    """Coverage of the normal interval, of ours, and of the paired one of one model and of two."""
    generator = np.random.default_rng(zlib.crc32(f"{queries} {trials} {a} {b}".encode()))
    rates = generator.beta(a, b, (repeats, queries))
    first, second = ((generator.binomial(trials, rates) / trials).tolist() for _ in range(2))
    other = (generator.binomial(trials, generator.beta(a, b, (repeats, queries))) / trials).tolist()
    mean = a / (a + b)
    normal = ours = pairs = models = 0
    for one, two, three in zip(first, second, other, strict=True):
        normal += abs(math.fsum(one) / queries - mean) <= Z95 * standard_error(one)
        estimate = clustered(one)
        ours += estimate.low <= mean <= estimate.high
        low, high = paired_interval(one, two)
        pairs += low <= 0 <= high
        low, high = paired_interval(one, three)
        models += low <= 0 <= high
    return normal / repeats, ours / repeats, pairs / repeats, models / repeats


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="True coverage of 95 %% intervals, by simulation.")
    parser.add_argument("--repeats", type=int, default=2000)
    repeats = parser.parse_args().repeats
    print(f"{'queries':>8}{'trials':>8}{'Beta':>14}{'normal':>9}{'ours':>9}{'paired':>9}{'models':>9}   %")
    found = []
    for queries in (30, 50, 100):
        for trials in (1, 8, 64):
            for a, b in BETAS:
                found.append(case(queries, trials, a, b, repeats))
                shown = "".join(f"{100 * share:9.1f}" for share in found[-1])
                print(f"{queries:8}{trials:8}{f'({a:g}, {b:g})':>14}{shown}")
    columns = list(zip(*found, strict=True))
    for name, pick in (("least", min), ("mean", lambda shares: sum(shares) / len(shares)), ("most", max)):
        print(f"{name:>30}" + "".join(f"{100 * pick(shares):9.1f}" for shares in columns))


if __name__ == "__main__":
    main()
