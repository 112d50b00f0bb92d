"""Waste and slot occupancy of the controller against a batch-synchronous loop.

    python benchmarks/sampling_efficiency.py [--queries 3000] [--slots 512]

The workload is the paper's: its queries per level, a Beta of pass rates for each, fitted to the
published responses per query at trial caps of 2048 and 16,384, and lengths as published. The
controller is the real one on a virtual clock. The rival fills batches with the unfinished queries in
turn, generates the whole batch, then grades it: batches of 2^14 requests, and of as many for the work
at hand as 2^14 are for the paper's queries, since large batches waste more of a small run. *A server*
is the controller again, where the slots are a server's behind the client's own pace, which has to find
them, and where few-shot prompts are read one after another unless the server has them in its cache; the
others have all slots at once, and prompts for nothing.

* beyond need: trials beyond the one that met the target, over all trials that were needed
* occupancy: busy slots over all slots, until 99 % of the trials are done
* time / bound: against max(work that was needed / slots, longest single trial)
"""

from __future__ import annotations

import argparse
import heapq
from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sampling_paper import LEVELS
from sampling_virtual import ServedEngine, Workload, run_virtually
from scipy.optimize import minimize
from scipy.special import betaincinv

from dartmath.sampling.forecast import Beta, play
from dartmath.sampling.policy import PolicySection, Prop2Diff, Uniform

BATCH = 2**14
GRADED_PER_SECOND = 2000.0
_HARD = Prop2Diff(k=192, pilot=64, cap=16_384)
_DRAWS = 20_000


def make_workload(queries: int, seed: int = 0) -> Workload:
    """Pass rates of `queries` queries in the paper's proportions."""
    rng = np.random.default_rng(seed)
    total = sum(size for _, size, _, _ in LEVELS)
    shares = [(fit(uniform, hard), round(queries * size / total)) for _, size, uniform, hard in LEVELS]
    drawn = [rng.beta(beta.a, beta.b, size) for beta, size in shares]
    return Workload(rng.permutation(np.concatenate(drawn)).tolist())


def fit(uniform: float, hard: float) -> Beta:
    """The Beta under which both policies give the published responses per query."""

    def loss(logits: NDArray[np.float64]) -> float:
        beta = Beta.of_mean(1 / (1 + np.exp(-logits[0])), float(np.exp(logits[1])))
        return (
            ((_rows(Uniform(), beta) - uniform) / 0.02) ** 2
            + ((_rows(_HARD, beta) - hard) / 0.2) ** 2
            # Where Uniform is complete, any narrow Beta would do: prefer one like the others'.
            + 0.5 * (logits[1] - 0.2) ** 2
        )

    start = np.array([np.log((192 - hard) / hard), 0.2])
    found = minimize(loss, start, method="Nelder-Mead", options={"maxiter": 120, "xatol": 1e-3}).x
    return Beta.of_mean(float(1 / (1 + np.exp(-found[0]))), float(np.exp(found[1])))


def _rows(policy: PolicySection, beta: Beta) -> float:
    """Expected responses per query; the same random numbers each time, so that a fit converges."""
    rates = betaincinv(beta.a, beta.b, (np.arange(_DRAWS) + 0.5) / _DRAWS)
    return float(play(policy, rates, np.random.default_rng(0)).rows.mean())


def needed(workload: Workload, policy: PolicySection) -> list[int]:
    """Trials that each query needs: up to the one that meets its target, or the cap."""
    return [_needed(workload, policy, index) for index in range(len(workload.rates))]


def _needed(workload: Workload, policy: PolicySection, index: int) -> int:
    pilot, correct, target = policy.pilot_trials, 0, -1
    for trial in range(policy.most_trials + 1):
        if trial >= pilot:
            target = policy.target(pilot, correct) if target < 0 else target
            if correct >= target:
                return trial
        if trial < policy.most_trials:
            correct += workload.trial(index, trial)[0]
    return policy.most_trials


def stream(workload: Workload, policy: PolicySection, slots: int) -> tuple[list[int], float, float]:
    """(trials of each query, virtual seconds, occupancy) of the controller."""
    tally, engine, took = run_virtually(workload, policy, slots)
    return list(tally.trials), took, _occupancy(engine.marks, slots)


def served(workload: Workload, policy: PolicySection, slots: int) -> tuple[list[int], float, float]:
    """As `stream`, against a server that reads prompts, has so many slots and does not tell."""
    tally, engine, took = run_virtually(workload, policy, slots, kind=ServedEngine)
    return list(tally.trials), took, _occupancy(engine.marks, slots)


def _occupancy(marks: list[tuple[float, int]], slots: int) -> float:
    """Mean share of busy slots up to the time at which 99 % of the trials had ended."""
    head = marks[: int(len(marks) * 0.99)]
    times = np.array([0.0, *(t for t, _ in head)])
    return float(np.sum(np.diff(times) * [busy for _, busy in head]) / times[-1] / slots)


def batches(
    workload: Workload, policy: PolicySection, slots: int, room: int = BATCH
) -> tuple[list[int], float, float]:
    """(trials of each query, seconds, occupancy) of a batch-synchronous loop with batches of `room`."""
    size, pilot = len(workload.rates), policy.pilot_trials
    trials, correct, first = [0] * size, [0] * size, [0] * size
    now = busy = 0.0
    while True:
        batch = list(_fill(trials, correct, first, policy, room))
        if not batch:
            return trials, now, busy / now / slots
        free = [0.0] * slots
        for index in batch:
            right, _ = workload.trial(index, trials[index])
            seconds = workload.seconds(index, trials[index])
            busy += seconds
            heapq.heapreplace(free, free[0] + seconds)
            first[index] += right and trials[index] < pilot
            trials[index] += 1
            correct[index] += right
        now += max(free) + len(batch) / GRADED_PER_SECOND


def _fill(
    trials: list[int], correct: list[int], first: list[int], policy: PolicySection, room: int
) -> Iterator[int]:
    """Unfinished queries in turn, until the batch is full."""
    pilot, cap = policy.pilot_trials, policy.most_trials
    wanted = [
        i
        for i in range(len(trials))
        if trials[i] < pilot or (trials[i] < cap and correct[i] < policy.target(pilot, first[i]))
    ]
    given = dict.fromkeys(wanted, 0)
    while room and wanted:
        for index in wanted[:room]:
            given[index] += 1
            yield index
        room -= len(wanted[:room])
        wanted = [i for i in wanted if trials[i] + given[i] < cap]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=3000)
    parser.add_argument("--slots", type=int, default=512)
    chosen = parser.parse_args()
    workload = make_workload(chosen.queries)
    print(f"{len(workload.rates)} queries, {chosen.slots} slots\n")
    print("| policy | loop | samples | beyond need | occupancy | hours | time / bound |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for policy in (Uniform(k=40, cap=2048), Prop2Diff(k=192, pilot=16, cap=2048)):
        need = needed(workload, policy)
        seconds = [workload.seconds(i, t) for i, n in enumerate(need) for t in range(n)]
        bound = max(sum(seconds) / chosen.slots, *seconds)
        scaled = max(1, round(BATCH * chosen.queries / sum(size for _, size, _, _ in LEVELS)))
        loops = {
            "dartmath": stream,
            "dartmath, a server": served,
            f"batches of {BATCH:,}": batches,
            f"batches of {scaled:,}": partial(batches, room=scaled),
        }
        for name, loop in loops.items():
            trials, took, occupancy = loop(workload, policy, chosen.slots)
            beyond = sum(trials) / sum(need) - 1
            print(
                f"| {policy.kind} k={policy.k} | {name} | {sum(trials):,} | {beyond:.2%} | {occupancy:.2%} "
                f"| {took / 3600:.2f} | {took / bound:.3f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
