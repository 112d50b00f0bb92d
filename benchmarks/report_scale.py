"""How the report and curation scale: seconds, memory and file size against the number of samples.

    python benchmarks/report_scale.py --samples 10000 100000 600000

Journals are written by the sampler itself, with an engine that draws verdicts instead of tokens.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from dartmath.base.terminal import print_table
from dartmath.curation.config import CurationSection
from dartmath.curation.run import curate
from dartmath.engines.protocol import Completion, Request
from dartmath.prompts.template import load_template
from dartmath.queries.query import make_query
from dartmath.report import write_report
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.policy import VRT
from dartmath.sampling.run import sample

TRIALS = 40
LEVELS = 5


class DrawnEngine:
    """Answers with the pass rate of the query's level, in about 150 characters."""

    concurrency = 64
    tokenizer = None

    async def __aenter__(self) -> DrawnEngine:
        return self

    async def __aexit__(self, *exc: object) -> None:
        return None

    async def generate(self, request: Request) -> Completion:
        draw = random.Random(request.seed)
        number, level = (int(word) for word in (request.prompt.text or "").split("#")[1].split()[:2])
        answer = number if draw.random() < 1 - level / (LEVELS + 1) else number + draw.randint(1, 9)
        text = f"First $\\frac{{{number}}}{{1}} = {number}$ ({draw.random()}). " * 2 + f"\\boxed{{{answer}}}"
        return Completion(text, "stop", 40, draw.randint(20, 400))

    def describe(self) -> dict[str, Any]:
        return {"kind": "drawn"}


def measure(samples: int, root: Path) -> tuple[object, ...]:
    """Write a journal of `samples` samples in `root`, curate it, report on it."""
    queries = [
        make_query("made", f"What is #{i} {1 + i % LEVELS} ?", str(i), level=str(1 + i % LEVELS))
        for i in range(samples // TRIALS)
    ]
    section = SamplingSection(policy=VRT(trials=TRIALS), workers=0)
    sample(
        queries, DrawnEngine(), load_template("qa"), section, root / "sample", seed=0, model={"name": "drawn"}
    )
    start = time.perf_counter()
    curate(root / "sample", CurationSection(), root / "dataset")
    curated = time.perf_counter()
    page = write_report([root], root / "report.html")
    done = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    size = page.stat().st_size / 1e6
    return (
        f"{samples:,}",
        f"{curated - start:.1f} s",
        f"{done - curated:.1f} s",
        f"{memory:.0f} MB",
        f"{size:.1f} MB",
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, nargs="+", default=[10_000, 100_000, 600_000])
    rows = []
    for samples in parser.parse_args().samples:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(measure(samples, Path(folder)))
    print_table("Curation and report", ("samples", "curate", "report", "peak memory", "file"), rows)


if __name__ == "__main__":
    main()
