"""Samples per second, and memory, through controller, verification and journal.

    python benchmarks/sampling_overhead.py [--samples 50000 100000 200000] [--workers 1]
    python benchmarks/sampling_overhead.py --in-flight 256 1024 [--samples 10000]

The engine answers at once, with responses of about 1,200 characters that end in a boxed answer;
everything else is what `dartmath sample` runs. With `--in-flight` the engine is the one for servers, and a
server in a process of its own answers after so long that as many requests are open as are asked for; the CPU
time is that of client, graders and journal. Each row is a process of its own.
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

from dartmath.engines import OpenAIEngine, create_engine
from dartmath.engines.protocol import Completion, Engine, Request
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.queries.query import Query
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.policy import VRT
from dartmath.sampling.run import sample

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from engines.openai.misbehaving import misbehaving

_WORDS = "the sum of first terms so we have x equals by adding both sides therefore".split()  # noqa: SIM905
_QUERIES = 2000
# Responses a second that the server gives with all requests open: well below what a core can take.
_RATE = 400.0


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


def measure(samples: int, workers: int, engine: Any) -> dict[str, float]:
    """One run; seconds, rate and the largest resident memory in MB."""
    import resource

    queries = [Query(str(i), "made", f"What is {i}?", (str(i),)) for i in range(_QUERIES)]
    section = SamplingSection(policy=VRT(trials=samples // _QUERIES), workers=workers)
    folder = Path(tempfile.mkdtemp())
    try:
        start = time.perf_counter()
        found = sample(queries, engine, load_template("qa"), section, folder, seed=0, model={})
        seconds = time.perf_counter() - start
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    finally:
        shutil.rmtree(folder)
    own, workers_own = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu = own.ru_utime + own.ru_stime + workers_own.ru_utime + workers_own.ru_stime
    peak = own.ru_maxrss / 1024
    row = {"samples": found.samples, "seconds": seconds, "cpu": cpu}
    return {**row, "peak_mb": peak, "disk_mb": size / 2**20}


def remote(url: str, in_flight: int) -> Engine:
    """The engine for a server, with that many requests open."""
    section = OpenAIEngine(base_urls=[url], concurrency=in_flight)
    return create_engine(section, ModelSection(name="m"), load_template("qa"))


def row_of(*arguments: object) -> dict[str, float]:
    """What `measure` finds in a process of its own."""
    command = [sys.executable, __file__, "--one", *map(str, arguments)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def instant(samples: list[int], workers: int) -> None:
    """The table of an engine that answers at once."""
    print("| samples | seconds | samples/s | samples per CPU second | peak memory, MB | journal, MB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for wanted in samples:
        row = row_of("--samples", wanted, "--workers", workers)
        print(
            f"| {row['samples']:,} | {row['seconds']:.1f} | {row['samples'] / row['seconds']:,.0f} "
            f"| {row['samples'] / row['cpu']:,.0f} | {row['peak_mb']:.0f} | {row['disk_mb']:.1f} |",
            flush=True,
        )


def served(in_flight: list[int], samples: int, workers: int) -> None:
    """The table of a server; CPU time is of the samples after the first fifth, so without the start."""
    print("| in flight | samples | seconds | samples/s | CPU ms a sample | peak memory, MB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for count in in_flight:
        with misbehaving(seconds=count / _RATE, tokens=230) as url:
            same = ("--workers", workers, "--in-flight", count, "--url", url)
            few, row = (row_of("--samples", wanted, *same) for wanted in (samples // 5, samples))
        cpu = 1000 * (row["cpu"] - few["cpu"]) / (row["samples"] - few["samples"])
        rate = row["samples"] / row["seconds"]
        print(
            f"| {count:,} | {row['samples']:,} | {row['seconds']:.1f} | {rate:,.0f} | {cpu:.2f} "
            f"| {row['peak_mb']:.0f} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, nargs="+")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--in-flight", type=int, nargs="+")
    parser.add_argument("--one", action="store_true")
    parser.add_argument("--url")
    chosen = parser.parse_args()
    if chosen.one:
        engine = remote(chosen.url, chosen.in_flight[0]) if chosen.url else InstantEngine()
        print(json.dumps(measure(chosen.samples[0], chosen.workers, engine)))
    elif chosen.in_flight:
        served(chosen.in_flight, (chosen.samples or [10_000])[0], chosen.workers)
    else:
        instant(chosen.samples or [50_000, 100_000, 200_000], chosen.workers)


if __name__ == "__main__":
    main()
