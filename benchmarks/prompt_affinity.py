"""How often each prompt is read by servers that keep what they have read, against the least loaded server.

    python benchmarks/prompt_affinity.py

The whole sampling stage against servers in processes of their own with eight slots each, which take 0.1 s
a response and have the prompts of all earlier requests in their cache. The least that is possible is once.
The rival is the same engine where no server is the home of a prompt: each request goes to the least loaded.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from dartmath.engines import OpenAIEngine, create_engine
from dartmath.engines.openai.pool import Pool
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.queries.query import Query
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.journal import open_journal
from dartmath.sampling.policy import VRT
from dartmath.sampling.run import sample

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from engines.openai.misbehaving import misbehaving

_QUERIES, _TRIALS, _SLOTS, _SECONDS = 80, 8, 8, 0.1


def reads(servers: int) -> float:
    """How often a prompt was read, on the average."""
    queries = [Query(str(i), "made", f"What is {i}?", (str(i),)) for i in range(_QUERIES)]
    section = SamplingSection(policy=VRT(trials=_TRIALS), workers=0, max_tokens=64)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        urls = [stack.enter_context(misbehaving(seconds=_SECONDS, caches=True)) for _ in range(servers)]
        made = OpenAIEngine(base_urls=urls, concurrency=_SLOTS)
        engine = create_engine(made, ModelSection(name="m"), load_template("qa"))
        sample(queries, engine, load_template("qa"), section, folder, seed=0, model={"name": "m"})
        return sum(not row.cached_tokens for row in open_journal(folder).samples()) / _QUERIES


def main() -> None:
    print("| servers | reads of a prompt, 8 trials | by the least loaded server |")
    print("| ---: | ---: | ---: |")
    for servers in (2, 4, 8):
        found = reads(servers)
        with patch.object(Pool, "_home", lambda self, place: None):
            rival = reads(servers)
        print(f"| {servers} | {found:.2f} | {rival:.2f} |", flush=True)


if __name__ == "__main__":
    main()
