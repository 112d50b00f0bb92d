"""The paper's sampling setting as bands of queries, from its published responses per query.

Per level, a Beta of pass rates is fitted to two published numbers: responses per query of
DART-Math-Uniform (k 40, cap 2048) and of DART-Math-Hard (k 192). Everything else that
`docs/forecast.md` shows is then a prediction.

    python benchmarks/sampling_paper.py          # prints the tables of docs/forecast.md
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.optimize import minimize

from dartmath.sampling.config import VRT, PolicySection, Prop2Diff, Uniform
from dartmath.sampling.forecast import BandData, Beta, Forecast, forecast, play

# name, queries, responses per query of Uniform and of Hard (dataset cards and paper, table 2).
LEVELS = (
    ("GSM8K", 7473, 39.93, 8.49),
    ("MATH level 1", 565, 40.00, 14.28),
    ("MATH level 2", 1349, 40.00, 33.52),
    ("MATH level 3", 1592, 39.80, 54.94),
    ("MATH level 4", 1690, 39.54, 79.59),
    ("MATH level 5", 2304, 37.14, 107.06),
)
PUBLISHED = {"vrt": 590_601, "uniform": 590_705, "prop2diff": 585_392}
TOKENS_PER_SECOND = 35_000 / 3600
"""Samples per A100-second; the paper gives 35 k samples per A100-hour."""
HARD = Prop2Diff(k=192, pilot=64, cap=16_384)
_DRAWS = 20_000


@cache
def bands() -> tuple[BandData, ...]:
    """The paper's queries, with a fitted Beta of pass rates for each level."""
    return tuple(BandData(name, size, (_fit(uniform, hard),)) for name, size, uniform, hard in LEVELS)


def _fit(uniform: float, hard: float) -> Beta:
    """The Beta under which both policies give the published responses per query."""

    def loss(logits: np.ndarray) -> float:
        beta = Beta.of_mean(1 / (1 + np.exp(-logits[0])), float(np.exp(logits[1])))
        return (
            ((_rows(Uniform(), beta) - uniform) / 0.02) ** 2
            + ((_rows(HARD, beta) - hard) / 0.2) ** 2
            # Where Uniform is complete, any narrow Beta would do: prefer one like the others'.
            + 0.5 * (logits[1] - 0.2) ** 2
        )

    start = np.array([np.log((192 - hard) / hard), 0.2])
    found = minimize(loss, start, method="Nelder-Mead", options={"maxiter": 120, "xatol": 1e-3}).x
    return Beta.of_mean(float(1 / (1 + np.exp(-found[0]))), float(np.exp(found[1])))


def _rows(policy: PolicySection, beta: Beta) -> float:
    """Expected responses per query; the same random numbers each time, so that a fit converges."""
    from scipy.special import betaincinv

    rates = betaincinv(beta.a, beta.b, (np.arange(_DRAWS) + 0.5) / _DRAWS)
    return float(play(policy, rates, np.random.default_rng(0)).rows.mean())


def main() -> None:
    policies: list[PolicySection] = [VRT(), Uniform(), *(Prop2Diff(pilot=64, cap=c) for c in _CAPS)]
    print("| level | queries | mean pass rate | Beta a | Beta b |\n| --- | ---: | ---: | ---: | ---: |")
    for band in bands():
        (beta,) = band.fits
        print(
            f"| {band.name} | {band.size} | {beta.a / (beta.a + beta.b):.3f} | {beta.a:.3f} | {beta.b:.3f} |"
        )
    print("\n| policy | cap | rows | published | raw samples | target reached | at least one | A100-days |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for policy in policies:
        print(_line(policy, forecast(policy, bands(), replicates=40)))


_CAPS = (2048, 8192, 16_384, 65_536, 1 << 20, 1 << 22)


def _line(policy: PolicySection, found: Forecast) -> str:
    cap = getattr(policy, "cap", policy.trials if isinstance(policy, VRT) else 0)
    rows = f"{found.rows.mean:,.0f} ({found.rows.low:,.0f} to {found.rows.high:,.0f})"
    days = found.samples.mean / TOKENS_PER_SECOND / 86_400
    return (
        f"| {policy.kind} | {cap:,} | {rows} "
        f"| {PUBLISHED[policy.kind]:,} | {found.samples.mean / 1e6:,.2f} M | {found.reached.mean:.1%} "
        f"| {found.coverage.mean:.1%} | {days:,.1f} |"
    )


if __name__ == "__main__":
    main()
