"""The paper's sampling setting as pass rates of its queries, fitted to what it publishes.

Pass rates of a level are a mixture: a Beta, and a share that is uniform in log(pass rate) from a
floor up to 1, under which the share of queries that reach a target grows with the logarithm of
the trial cap, as the paper says. Both data sets are taken as cut from one pool, in which every
query was tried until it had 40 correct responses and its Prop2Diff target, or a cap that all
share. Fitted are the floor, the cap, the Betas' concentration, and a mean and a share per level,
to: responses per query of both data sets, rows of VRT, raw samples, and the share of queries that
reach Uniform's target within 2048 trials. All else that is printed is a prediction.

    python benchmarks/sampling_paper.py          # prints the tables of docs/forecast.md
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.special import betainc, expit, logit, ndtr

from dartmath.sampling.forecast import Beta, play
from dartmath.sampling.policy import VRT, PolicySection, Prop2Diff, Uniform

Floats = NDArray[np.float64]

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
RAW, PER_A100_DAY = 150e6, 35_000 * 24
"""Raw samples in all, and those of an A100-day."""
SIZES = np.array([size for _, size, _, _ in LEVELS], float)
K_UNIFORM, K_HARD = 40, 192
# Pass rates of the integrals: even in log(p) below 0.1, in logit(p) above.
_EDGES = np.concatenate([np.geomspace(1e-7, 0.1, 300), expit(np.linspace(logit(0.1), 14, 200))[1:], [1.0]])
_RATES = np.sqrt(_EDGES[1:] * _EDGES[:-1])


@dataclass(frozen=True)
class Level:
    """Pass rates of one level: a share of `tail` even in log(p) from `floor` to 1, the rest a Beta."""

    name: str
    size: int
    beta: Beta
    tail: float
    floor: float

    def draw(self, rng: np.random.Generator, size: int) -> Floats:
        """Pass rates of `size` queries."""
        tail = np.exp(rng.uniform(np.log(self.floor), 0.0, size))
        return np.where(rng.random(size) < self.tail, tail, rng.beta(self.beta.a, self.beta.b, size))

    def weights(self) -> Floats:
        """The share of queries at each of `_RATES`."""
        beta = np.diff(betainc(self.beta.a, self.beta.b, _EDGES), prepend=0)[1:]
        tail = np.diff(np.clip(np.log(_EDGES / self.floor) / -np.log(self.floor), 0, 1))
        return (1 - self.tail) * beta / beta.sum() + self.tail * tail


@dataclass(frozen=True)
class Setting:
    """The paper's queries, and the most trials of one in its pool."""

    levels: tuple[Level, ...]
    cap: float

    def facts(self) -> dict[str, Any]:
        """What the paper says of such a setting, computed."""
        weights = np.array([level.weights() for level in self.levels])
        whole = SIZES @ weights
        hard, both = _hard(), np.maximum(K_UNIFORM, _hard())
        missed = 1 - _reached(both, self.cap)
        raw = _correct(both, self.cap) / _RATES
        return {
            "uniform": weights @ _correct(K_UNIFORM, self.cap),
            "hard": weights @ _correct(hard, self.cap),
            "vrt": whole @ (52 * _RATES),
            "raw": whole @ raw,
            "share missed": whole @ (missed * self.cap) / (whole @ raw),
            "reached": whole @ _reached(hard, self.cap) / SIZES.sum(),
            "uniform 2048": whole @ _reached(K_UNIFORM, 2048) / SIZES.sum(),
            "uniform 2048 raw": whole @ (_correct(K_UNIFORM, 2048) / _RATES),
            "hard 8192": whole @ _reached(hard, 8192) / SIZES.sum(),
            "hard 8192 raw": whole @ (_correct(hard, 8192) / _RATES),
        }


def _hard() -> Floats:
    return np.maximum(1.0, K_HARD * (1 - _RATES))


def _correct(target: Floats | int, cap: float) -> Floats:
    """Expected min(target, correct responses in `cap` trials), by the normal approximation."""
    mean, spread = cap * _RATES, np.sqrt(cap * _RATES * (1 - _RATES))
    z = (target - mean) / spread
    density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    return np.clip(mean * ndtr(z) - spread * density + target * ndtr(-z), 0, None)


def _reached(target: Floats | int, cap: float) -> Floats:
    """P(at least `target` correct responses in `cap` trials), by the normal approximation."""
    return ndtr((cap * _RATES - target + 0.5) / np.sqrt(cap * _RATES * (1 - _RATES)))


def _setting(x: Sequence[float]) -> Setting:
    """The setting of a point of the fit: log cap, log concentration, log floor, then two logits a level."""
    cap, concentration, floor = np.exp(x[:3])
    levels = [
        Level(name, size, Beta.of_mean(expit(x[3 + 2 * i]), concentration), expit(x[4 + 2 * i]), floor)
        for i, (name, size, _, _) in enumerate(LEVELS)
    ]
    return Setting(tuple(levels), cap)


def _misfit(x: Sequence[float]) -> Floats:
    """Differences to the published numbers, in units of how exactly each is meant."""
    found = _setting(x).facts()
    published = np.array([[uniform, hard] for _, _, uniform, hard in LEVELS]).T
    return np.concatenate(
        [
            (found["uniform"] - published[0]) / 0.05,
            (found["hard"] - published[1]) / 0.3,
            [(found["vrt"] / PUBLISHED["vrt"] - 1) / 0.005],
            [np.log(found["raw"] / RAW) / 0.05],
            [(found["uniform 2048"] - 0.9) / 0.01],
        ]
    )


@cache
def setting() -> Setting:
    """The paper's setting, fitted."""
    start = [np.log(1e5), 0.2, np.log(1e-4)]
    for (_, _, _, hard), tail in zip(LEVELS, (-4.0, -6.0, -6.0, -3.0, -2.0, -0.5), strict=True):
        start += [np.log((K_HARD - hard) / hard), tail]
    return _setting(least_squares(_misfit, start, max_nfev=200).x)


def main() -> None:
    fitted = setting()
    found = fitted.facts()
    body = fitted.levels[0].beta
    print(f"cap {fitted.cap:,.0f}, floor {fitted.levels[0].floor:.1e}, concentration {body.a + body.b:.1f}\n")
    print("| level | queries | mean pass rate | share of the tail | Uniform | published | Hard | published |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for level, (_, _, uniform, hard), u, h in zip(
        fitted.levels, LEVELS, found["uniform"], found["hard"], strict=True
    ):
        mean = level.weights() @ _RATES
        print(
            f"| {level.name} | {level.size} | {mean:.3f} | {level.tail:.1%} "
            f"| {u:.2f} | {uniform:.2f} | {h:.2f} | {hard:.2f} |"
        )
    print(f"\n| | the paper | here | |\n| --- | ---: | ---: | --- |\n{_facts(found)}")
    print("\n| policy | cap | rows | raw samples | target reached | at least one | A100-days |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for policy in (
        VRT(),
        Uniform(),
        *(Prop2Diff(pilot=64, cap=cap) for cap in (2048, 8192, 65_536, 139_000)),
    ):
        print(_line(policy))


def _facts(found: dict[str, Any]) -> str:
    rows = (
        ("rows of Uniform", f"{PUBLISHED['uniform']:,}", f"{SIZES @ found['uniform']:,.0f}", "fitted"),
        ("rows of Prop2Diff", f"{PUBLISHED['prop2diff']:,}", f"{SIZES @ found['hard']:,.0f}", "fitted"),
        ("rows of VRT", f"{PUBLISHED['vrt']:,}", f"{found['vrt']:,.0f}", "fitted"),
        ("raw samples", "about 150 M", f"{found['raw'] / 1e6:.0f} M", "fitted"),
        ("Uniform, cap 2048: reached", "90 %", f"{found['uniform 2048']:.1%}", "fitted"),
        ("its raw samples", "about 5 M", f"{found['uniform 2048 raw'] / 1e6:.1f} M", "predicted"),
        ("Prop2Diff, cap 8192: reached", "90 %", f"{found['hard 8192']:.1%}", "predicted"),
        ("its raw samples", "over 15 M", f"{found['hard 8192 raw'] / 1e6:.1f} M", "predicted"),
        ("reached in the end", "over 95 %", f"{found['reached']:.1%}", "predicted"),
        ("share of samples on queries that miss", "-", f"{found['share missed']:.0%}", "predicted"),
    )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _line(policy: PolicySection) -> str:
    """The policy played out by the forecast's own simulation."""
    rng = np.random.default_rng(0)
    rates = np.concatenate([level.draw(rng, level.size) for level in setting().levels])
    found = play(policy, rates, rng)
    samples, days = int(found.trials.sum()), found.trials.sum() / PER_A100_DAY
    return (
        f"| {policy.kind} | {policy.most_trials:,} | {found.rows.sum():,} | {samples / 1e6:,.2f} M "
        f"| {found.reached.mean():.1%} | {(found.rows > 0).mean():.1%} | {days:,.1f} |"
    )


if __name__ == "__main__":
    main()
