"""How fast two threads of PyTorch are beside other work, by how their OpenMP threads wait.

    python benchmarks/openmp_wait.py [--busy 0 1 6] [--seconds 4] [--repeats 2]

A step is what a small model does for a token: many products of small matrices, and after each of them all
threads meet. Those that are done first wait for the others: by spinning, for as long as `GOMP_SPINCOUNT` or
`OMP_WAIT_POLICY` says. Beside them run so many processes that only count. Each figure is a process of its
own, the policies in turn, and the best of the repeats.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

POLICIES: dict[str, dict[str, str]] = {
    "its default": {},
    "dartmath's": {"DARTMATH": "1"},
    "passive": {"OMP_WAIT_POLICY": "passive"},
    "spin 1,000": {"GOMP_SPINCOUNT": "1000"},
    "spin 10,000": {"GOMP_SPINCOUNT": "10000"},
}
_NAMES = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "DARTMATH")


def steps(seconds: float) -> float:
    """Steps per second in this process."""
    if os.environ.get("DARTMATH"):
        from dartmath.base.pytorch import prepare_pytorch

        prepare_pytorch()
    import torch

    torch.set_num_threads(2)
    weights = [torch.randn(576, 576) for _ in range(60)]
    rows = torch.randn(16, 576)

    def step() -> None:
        x = rows
        for weight in weights:
            x = torch.nn.functional.silu(x @ weight) / 24

    with torch.no_grad():
        step()
        count, began = 0, time.perf_counter()
        while time.perf_counter() - began < seconds:
            step()
            count += 1
        return count / (time.perf_counter() - began)


@contextmanager
def counting(processes: int) -> Iterator[None]:
    """So many processes that keep a core busy."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def measured(policy: str, seconds: float) -> float:
    """Steps per second of a process that waits so."""
    kept = {key: value for key, value in os.environ.items() if key not in (*_NAMES, "OMP_NUM_THREADS")}
    command = [sys.executable, __file__, "--one", "--seconds", str(seconds)]
    return float(subprocess.check_output(command, text=True, env={**kept, **POLICIES[policy]}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--busy", type=int, nargs="+", default=[0, 1, 6])
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--one", action="store_true")
    chosen = parser.parse_args()
    if chosen.one:
        print(steps(chosen.seconds))
        return
    best: dict[tuple[str, int], float] = {}
    for busy in chosen.busy:
        with counting(busy):
            for _ in range(chosen.repeats):
                for policy in POLICIES:
                    rate = measured(policy, chosen.seconds)
                    best[policy, busy] = max(rate, best.get((policy, busy), 0.0))
    print("| how threads wait | " + " | ".join(f"steps/s beside {busy}" for busy in chosen.busy) + " |")
    print("| --- |" + " ---: |" * len(chosen.busy))
    for policy in POLICIES:
        print(f"| {policy} | " + " | ".join(f"{best[policy, busy]:.1f}" for busy in chosen.busy) + " |")


if __name__ == "__main__":
    main()
