"""Samples per second, and memory, through controller, verification and journal.

    python benchmarks/sampling_overhead.py [--samples 50000 100000 200000] [--workers 1]

The engine answers at once, with responses of about 1,200 characters that end in a boxed answer;
everything else is what `dartmath sample` runs. Each row is a process of its own.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from dartmath.engines.protocol import Completion, Request
from dartmath.prompts.template import load_template
from dartmath.queries.query import Query
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.policy import VRT
from dartmath.sampling.run import sample

_WORDS = "the sum of first terms so we have x equals by adding both sides therefore".split()  # noqa: SIM905
_QUERIES = 2000


class InstantEngine:
    """Answers at once; half of the responses are right."""

    concurrency = 256

    def __init__(self) -> None:
        stream = random.Random(0)
        self._bodies = [" ".join(stream.choices(_WORDS, k=230)) for _ in range(500)]

    async def __aenter__(self) -> InstantEngine:
        return self

    async def __aexit__(self, *exc: object) -> None:
        return None

    async def generate(self, request: Request) -> Completion:
        answer = request.id.split("/")[0] if request.seed % 2 else "-1"
        body = f"{self._bodies[request.seed % 500]} {request.seed}. The answer is \\boxed{{{answer}}}."
        return Completion(body, "stop", 100, 300)

    def describe(self) -> dict[str, Any]:
        return {"kind": "instant"}


def measure(samples: int, workers: int) -> dict[str, float]:
    """One run; seconds, rate and the largest resident memory in MB."""
    import resource

    queries = [Query(str(i), "made", f"What is {i}?", (str(i),)) for i in range(_QUERIES)]
    section = SamplingSection(policy=VRT(trials=samples // _QUERIES), workers=workers)
    folder = Path(tempfile.mkdtemp())
    try:
        start = time.perf_counter()
        found = sample(queries, InstantEngine(), load_template("alpaca"), section, folder, seed=0, model={})
        seconds = time.perf_counter() - start
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    finally:
        shutil.rmtree(folder)
    own, workers_own = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu = own.ru_utime + own.ru_stime + workers_own.ru_utime + workers_own.ru_stime
    peak = own.ru_maxrss / 1024
    row = {"samples": found.samples, "seconds": seconds, "cpu": cpu}
    return {**row, "peak_mb": peak, "disk_mb": size / 2**20}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, nargs="+", default=[50_000, 100_000, 200_000])
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--one", action="store_true")
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(measure(chosen.samples[0], chosen.workers)))
        return
    print("| samples | seconds | samples/s | samples per CPU second | peak memory, MB | journal, MB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for samples in chosen.samples:
        command = [
            sys.executable,
            __file__,
            "--one",
            "--samples",
            str(samples),
            "--workers",
            str(chosen.workers),
        ]
        row = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        print(
            f"| {row['samples']:,} | {row['seconds']:.1f} | {row['samples'] / row['seconds']:,.0f} "
            f"| {row['samples'] / row['cpu']:,.0f} | {row['peak_mb']:.0f} | {row['disk_mb']:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
