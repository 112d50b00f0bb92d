"""How often each prompt is read by servers that keep what they have read, against the least loaded server.

    python benchmarks/prompt_affinity.py
    python benchmarks/prompt_affinity.py --real

The whole sampling stage against servers in processes of their own with eight slots each, which take 0.1 s
a response and have in their cache the prompts that they have read last, 16 or all. The least is once.
The rival is the same engine where no server is the home of a prompt: each request goes to the least loaded.
Then what several responses to a request cost: three responses in ten take five times as long as the others,
and a request ends with its longest.

With `--real`, two llama.cpp servers with SmolLM2 and four slots each, and tokens in place of reads: those
that the servers say they have read for the eight trials of a query, over the tokens of its prompt. Prompts
have about 700 tokens: worked examples, which all share, and a problem; or a long problem alone.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from dartmath.engines import OpenAIEngine, create_engine
from dartmath.engines.openai.server_pool import Pool
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.queries.query import Query
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.journal import open_journal
from dartmath.sampling.policy import VRT
from dartmath.sampling.run import sample

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from engines.openai.misbehaving import misbehaving
from engines.servers import llama_server

_QUERIES, _TRIALS, _SLOTS, _SECONDS = 80, 8, 8, 0.1
# Of real servers: queries, and sentences of about eight tokens in each.
_LONG_QUERIES, _SENTENCES = 4, 85
_NAMES = ("Ann", "Bob", "Carla", "Dan", "Eve", "Frank", "Gina", "Hugo")


def reads(servers: int, kept: int) -> float:
    """How often a prompt was read, on the average, by servers that keep so many."""
    queries = [Query(str(i), "made", f"What is {i}?", (str(i),)) for i in range(_QUERIES)]
    section = SamplingSection(policy=VRT(trials=_TRIALS), workers=0, max_tokens=64)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        mood = {"seconds": _SECONDS, "caches": True, "remembers": kept}
        urls = [stack.enter_context(misbehaving(**mood)) for _ in range(servers)]
        made = OpenAIEngine(base_urls=urls, concurrency=_SLOTS)
        engine = create_engine(made, ModelSection(name="m"), load_template("qa"))
        sample(queries, engine, load_template("qa"), section, folder, seed=0, model={"name": "m"})
        return sum(not row.cached_tokens for row in open_journal(folder).samples()) / _QUERIES


def seconds_of(n: int, concurrency: int | None) -> float:
    """Seconds of a run whose responses differ in length, by the clock of the heartbeat."""
    queries = [Query(str(i), "made", f"What is {i}?", (str(i),)) for i in range(_QUERIES)]
    section = SamplingSection(policy=VRT(trials=2 * _TRIALS), workers=0, max_tokens=64)
    with tempfile.TemporaryDirectory() as folder, misbehaving(several="seeds", seconds=0.2, long=5) as url:
        made = OpenAIEngine(base_urls=[url], concurrency=concurrency, n=n, max_concurrency=128)
        engine = create_engine(made, ModelSection(name="m"), load_template("qa"))
        return sample(
            queries, engine, load_template("qa"), section, folder, seed=0, model={"name": "m"}
        ).seconds


def reads_of_real(servers: int, queries: list[Query], n: int) -> tuple[float, float, float]:
    """How often a prompt was read and on how many servers, on the average, and the tokens of a prompt."""
    section = SamplingSection(policy=VRT(trials=_TRIALS), workers=0, max_tokens=16)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        urls = [stack.enter_context(llama_server(slots=4, context=4 * 1024)) for _ in range(servers)]
        made = OpenAIEngine(base_urls=urls, concurrency=4, n=n, timeout=600)
        model = ModelSection(name="smollm2-135m-instruct")
        engine = create_engine(made, model, load_template("qa"))
        sample(queries, engine, load_template("qa"), section, folder, seed=0, model={"name": model.name})
        rows = list(open_journal(folder).samples())
    size = max(row.prompt_tokens for row in rows)
    read = sum(row.prompt_tokens - (row.cached_tokens or 0) for row in rows)
    used = len({(row.query_id, row.server) for row in rows})
    return read / size / len(queries), used / len(queries), size


def long_prompts(shared: bool) -> list[Query]:
    """Queries of about 700 tokens: worked examples that all share before them, or all their own."""
    made = []
    for number in range(_LONG_QUERIES):
        stream = random.Random(0 if shared else number)
        names = [f"{stream.choice(_NAMES)} has {stream.randint(2, 99)} apples." for _ in range(_SENTENCES)]
        made.append(Query(str(number), "made", f"{' '.join(names)} What is {number}?", (str(number),)))
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", action="store_true", help="ask llama.cpp servers")
    if parser.parse_args().real:
        print("| prompts | engine.n | tokens | reads of a prompt, 8 trials | servers used | reads a server |")
        print("| --- | ---: | ---: | ---: | ---: | ---: |")
        for what, shared in (("worked examples and a problem", True), ("a long problem", False)):
            for n in (1, 4):
                read, used, size = reads_of_real(2, long_prompts(shared), n)
                cells = f"{what} | {n} | {size:.0f} | {read:.2f} | {used:.2f} | {read / used:.2f}"
                print(f"| {cells} |", flush=True)
        return
    print("| servers | prompts kept | reads of a prompt, 8 trials | by the least loaded server |")
    print("| ---: | ---: | ---: | ---: |")
    for kept in (16, _QUERIES):
        for servers in (2, 4, 8):
            found = reads(servers, kept)
            with patch.object(Pool, "_home", lambda self, place: None):
                rival = reads(servers, kept)
            print(f"| {servers} | {kept} | {found:.2f} | {rival:.2f} |", flush=True)
    print("\n| requests in flight | engine.n | seconds |\n| --- | ---: | ---: |")
    for concurrency in (64, None):
        for n in (1, 8):
            what = "found by measuring" if concurrency is None else f"{concurrency}"
            print(f"| {what} | {n} | {seconds_of(n, concurrency):.1f} |", flush=True)


if __name__ == "__main__":
    main()
