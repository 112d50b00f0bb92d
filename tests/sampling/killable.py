"""Run by tests: sample into a folder in child processes that are killed at random moments.

    python killable.py FOLDER ROUNDS ENGINE [torn]

Children are forked from this process, which has imported everything and has no threads, so that a
round takes a fraction of a second. After every kill the journal must hold all it held before; with
`torn` a part of the open segment is cut off at a random byte, as after a power failure, and what was in
it is owed again.
Prints the number of rounds that really cut a run short.
"""

from __future__ import annotations

import math
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

import dartmath.verify.judge  # noqa: F401  (imported before the fork)
from dartmath.base.errors import DataError
from dartmath.engines import create_engine
from dartmath.engines.config import OpenAIEngine, TransformersEngine
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.queries.query import Query
from dartmath.sampling import journal_writer
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.journal import open_journal
from dartmath.sampling.policy import Prop2Diff, Uniform
from dartmath.sampling.run import sample
from dartmath.sampling.teachers import Staff, hire, own_teacher
from sampling.simulated import MODEL, QA, SimulatedEngine, make_queries

# What the first engine of `taught` hardly ever solves.
HARD = [query.id for query in make_queries(60)][::3]

# Small segments, so that kills also hit the moments in which segments are closed.
journal_writer.ROWS = 40


def simulated(folder: Path) -> None:
    """The fast engine."""
    section = SamplingSection(policy=Prop2Diff(k=16, pilot=6, cap=60), workers=0)
    engine = SimulatedEngine(delay=0.002)
    sample(make_queries(60), engine, QA, section, folder, seed=7, model=MODEL)


def real(folder: Path) -> None:
    """SmolLM2 on sums of small numbers, one sequence at a time: bit for bit repeatable."""
    policy = Uniform(k=2, cap=4)
    section = SamplingSection(policy=policy, workers=0, max_tokens=12, temperature=0.8)
    queries = [Query(f"s{i}", "sums", f"What is {i} + {i}?", (str(2 * i),)) for i in range(12)]
    model = ModelSection(name="smollm2-135m-instruct", dtype="float32")
    template = load_template("chat")
    engine: Any = create_engine(TransformersEngine(concurrency=1, device="cpu", threads=1), model, template)
    sample(queries, engine, template, section, folder, seed=7, model=MODEL)


def taught(folder: Path) -> None:
    """Three teachers on two simulated engines: two take turns, one takes over."""
    teachers = [{"name": "hot", "share": 0.5}, {"name": "big", "after": 8}]
    section = SamplingSection.model_validate(
        {"workers": 0, "policy": Uniform(k=2, cap=30), "teachers": teachers}
    )
    weak, strong = dict.fromkeys(HARD, 0.02), dict.fromkeys(HARD, 0.3)
    engines = [SimulatedEngine(delay=0.002, rates=weak), SimulatedEngine(delay=0.003, rates=strong)]
    own = own_teacher(section, QA, MODEL)
    staff = Staff([own, replace(own, name="hot"), replace(own, name="big", engine=1)], engines)
    sample(make_queries(60), engines[0], QA, section, folder, seed=7, model=MODEL, staff=staff)


def hinted(folder: Path) -> None:
    """SmolLM2 as two engines, of two templates: what it cannot do alone it is told the answer of."""
    teachers = [
        {"name": "plain", "template": "qa", "after": 2},
        {"name": "told", "after": 4, "hint": {"kind": "answer"}, "temperature": 1.0},
    ]
    keys = {"workers": 0, "max_tokens": 16, "temperature": 0.8, "policy": Uniform(k=1, cap=7)}
    section = SamplingSection.model_validate({**keys, "teachers": teachers})
    queries = [Query(f"s{i}", "sums", f"What is {i} + {i * 7}?", (str(8 * i),)) for i in range(1, 40, 5)]
    model = ModelSection(name="smollm2-135m-instruct", dtype="float32")
    template, kind = load_template("chat"), TransformersEngine(concurrency=1, device="cpu", threads=1)
    engine: Any = create_engine(kind, model, template)
    staff = hire(section, engine, kind, model, template)
    sample(queries, engine, template, section, folder, seed=7, model=MODEL, staff=staff)


def remote(folder: Path) -> None:
    """The engine for servers, on one whose answers follow from their seeds."""
    section = SamplingSection(policy=Prop2Diff(k=8, pilot=4, cap=24), workers=0, max_tokens=64)
    queries = [Query(str(i), "made", f"What is {i}?", (str(i),)) for i in range(40)]
    together = int(os.environ.get("TOGETHER", "1"))
    servers = OpenAIEngine(base_urls=[os.environ["SERVER"]], max_concurrency=32, n=together)
    engine = create_engine(servers, ModelSection(name="m"), QA)
    sample(queries, engine, QA, section, folder, seed=7, model=MODEL)


# What runs, and whether its length is told in CPU time, which does not depend on what else the machine does.
RUNS = {
    "simulated": (simulated, False),
    "taught": (taught, False),
    "real": (real, True),
    "hinted": (hinted, True),
    "remote": (remote, True),
}

# The latest moment of a kill, as a part of an undisturbed run: however fast the machine and the code are, and
# wherever the moments fall, six kills at least cut a run short.
PART = 1 / 6


def main() -> None:
    folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
    run, working = RUNS[sys.argv[3]]
    longest = PART * length(run, working=working) if rounds else 0.0
    # Of its own for every folder of a test, and the same in every session.
    moments, tears = random.Random(folder.name), sys.argv[4:] == ["torn"]
    before: set[tuple[str, int]] = set()
    killed = 0
    for _ in range(rounds):
        child = os.fork()
        if child == 0:
            run(folder)
            os._exit(0)
        wait(child, moments.uniform(0.005, longest), working=working)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
        now = recorded(folder)
        assert before <= now, f"lost: {sorted(before - now)[:5]}"
        if tears and now:
            _tear(folder, moments)
            now = recorded(folder)
        before = now
    run(folder)
    print(killed)


def _tear(folder: Path, moments: random.Random) -> None:
    """Cut the open segment, if there is one, at a random byte."""
    for path in (folder / "segments").glob("*.jsonl"):
        size = path.stat().st_size
        os.truncate(path, moments.randint(size // 2, size))


def length(run: Callable[[Path], object], *, working: bool) -> float:
    """The seconds that an undisturbed run lives, or works, in a child as those that are killed."""
    with tempfile.TemporaryDirectory() as scratch:
        child = os.fork()
        if child == 0:
            run(Path(scratch) / "run")
            os._exit(0)
        spent = wait(child, math.inf, working=working)
        _, status = os.waitpid(child, 0)
    assert status == 0, "the run that is to be killed does not end by itself"
    return spent


def wait(child: int, seconds: float, *, working: bool) -> float:
    """Until the child has lived, or worked, for so long, or has ended; for how long it did."""
    process, start = psutil.Process(child), time.monotonic()
    while True:
        spent = process.cpu_times().user if working else time.monotonic() - start
        if spent >= seconds or process.status() == psutil.STATUS_ZOMBIE:
            return spent
        time.sleep(0.005)


def recorded(folder: Path) -> set[tuple[str, int]]:
    """The trials in the journal; none where the manifest was not yet written."""
    try:
        found = [(s.query_id, s.trial) for s in open_journal(folder).samples()]
    except DataError:
        return set()
    assert len(found) == len(set(found)), "a trial is there twice"
    return set(found)


if __name__ == "__main__":
    main()
