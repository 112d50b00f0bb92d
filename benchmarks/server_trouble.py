"""What trouble with servers costs a sampling run, in wall time against the same run without it.

    python benchmarks/server_trouble.py

The whole sampling stage against servers in processes of their own that take 0.2 s a response: 1.5 seconds in
which every answer is HTTP 429; 20 seconds of HTTP 503, as of a server that loads; and three servers of
which 30 % of the answers are HTTP 500, HTTP 429, no JSON, half a body, or none at all.
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from dartmath.engines import OpenAIEngine, create_engine
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.queries.query import Query
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.policy import VRT
from dartmath.sampling.run import sample

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from engines.openai.misbehaving import misbehaving

_QUERIES, _TRIALS, _SECONDS, _SLOTS = 60, 64, 0.2, 64
_RUNS: dict[str, tuple[int, dict[str, Any]]] = {
    "one server, no trouble": (1, {}),
    "1.5 s of HTTP 429": (1, {"status": 429, "begin": 3.0, "end": 4.5}),
    "20 s of HTTP 503": (1, {"status": 503, "begin": 3.0, "end": 23.0}),
    "three servers, no trouble": (3, {}),
    "30 % faulty answers": (3, {"faults": 0.3}),
}


def run(servers: int, mood: dict[str, Any]) -> tuple[float, int]:
    """(seconds, samples that are no error) of one run."""
    queries = [Query(str(i), "made", f"What is {i}?", (str(i),)) for i in range(_QUERIES)]
    section = SamplingSection(policy=VRT(trials=_TRIALS), max_tokens=256)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        urls = [stack.enter_context(misbehaving(seconds=_SECONDS, **mood)) for _ in range(servers)]
        engine = OpenAIEngine(base_urls=urls, max_concurrency=_SLOTS // servers)
        start = time.perf_counter()
        made = create_engine(engine, ModelSection(name="m"), load_template("qa"))
        found = sample(queries, made, load_template("qa"), section, Path(folder), seed=0, model={"name": "m"})
        return time.perf_counter() - start, found.samples - found.outcomes.get("error", 0)


def main() -> None:
    print("| run | samples | seconds | more than without |")
    print("| --- | ---: | ---: | ---: |")
    without = 0.0
    for name, (servers, mood) in _RUNS.items():
        seconds, samples = run(servers, mood)
        without = without if mood else seconds
        more = f"+{seconds - without:.1f} s ({seconds / without:.2f} x)" if mood else ""
        print(f"| {name} | {samples:,} | {seconds:.1f} | {more} |", flush=True)


if __name__ == "__main__":
    main()
