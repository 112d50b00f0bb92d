"""Time and memory until a big run goes on after it was killed.

    python benchmarks/sampling_resume.py [--samples 1000000] [--queries 15000]

Writes a run directory of that size with the real journal (open segment included), then starts
`sample` on it in a fresh process and stops the clock at the first request to the engine.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from dartmath.base.errors import EngineError
from dartmath.engines.protocol import Completion, Request
from dartmath.prompts.template import load_template
from dartmath.queries.query import Query
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.journal_manifest import open_run
from dartmath.sampling.journal_writer import JournalWriter
from dartmath.sampling.policy import Uniform
from dartmath.sampling.run import run_identity, sample
from dartmath.sampling.sample import Sample, hash_text
from dartmath.sampling.tally import Tally
from dartmath.verify.contract.outcome import Outcome

_SECTION = SamplingSection(policy=Uniform(k=1000, cap=100_000))
_TEMPLATE = load_template("alpaca")


class FirstRequest:
    """Stops the clock at the first request."""

    concurrency = 256

    async def __aenter__(self) -> FirstRequest:
        return self

    async def __aexit__(self, *exc: object) -> None:
        return None

    async def generate(self, request: Request) -> Completion:
        raise EngineError("first request")

    def describe(self) -> dict[str, Any]:
        return {"kind": "none"}


def make_queries(count: int) -> list[Query]:
    """Queries with texts of about the length of the paper's."""
    return [Query(f"{i:016x}", "made", f"What is {i}? " + "word " * 40, (str(i),)) for i in range(count)]


def write_run(folder: Path, samples: int, queries: int) -> None:
    """A run directory with that many samples, the last segment still open."""
    stream = random.Random(0)
    made = make_queries(queries)
    open_run(folder, made, run_identity(made, _SECTION, _TEMPLATE, model={}, seed=0, shots={}), amend=False)
    tally = Tally(queries)
    bodies = ["".join(stream.choices("abcdefghij klmnop", k=1200)) for _ in range(500)]
    with JournalWriter(folder, tally) as journal:
        for number in range(samples):
            index = stream.randrange(queries)
            outcome = Outcome.CORRECT if stream.random() < 0.4 else Outcome.WRONG
            text = f"{bodies[number % 500]} {number}"
            one = Sample(
                made[index].id, tally.following(index), text, "stop", 100, 300, number, outcome,
                str(number), "", 1.0, hash_text(text),
            )  # fmt: skip
            tally.record(index, one.trial, outcome, prompt_tokens=100, tokens=300, text_hash=one.text_hash)
            journal.append(one)
            if number % 256 == 0:
                journal.flush()


def resume(folder: Path, queries: int, started: float) -> dict[str, float]:
    """Seconds since `started` at the first request, and the peak memory in MB."""
    try:
        sample(make_queries(queries), FirstRequest(), _TEMPLATE, _SECTION, folder, seed=0, model={})
    except EngineError:
        pass
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime
    return {"seconds": time.time() - started, "cpu": cpu, "peak_mb": used.ru_maxrss / 1024}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=15_000)
    parser.add_argument("--resume", type=Path)
    chosen = parser.parse_args()
    if chosen.resume:
        print(json.dumps(resume(chosen.resume, chosen.queries, float(sys.stdin.read()))))
        return
    folder = Path(tempfile.mkdtemp())
    try:
        write_run(folder, chosen.samples, chosen.queries)
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
        command = [sys.executable, __file__, "--resume", str(folder), "--queries", str(chosen.queries)]
        clock = str(time.time())
        row = json.loads(subprocess.run(command, check=True, input=clock, stdout=-1, text=True).stdout)
    finally:
        shutil.rmtree(folder)
    print("| samples | queries | journal, MB | seconds to go on | CPU seconds | peak memory, MB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    result = f"{row['seconds']:.1f} | {row['cpu']:.1f} | {row['peak_mb']:.0f}"
    print(f"| {chosen.samples:,} | {chosen.queries:,} | {size:,.0f} | {result} |")


if __name__ == "__main__":
    main()
