"""The sampling stage as a whole: complete, continued, amended, refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulated import SimulatedEngine, make_queries

from dartmath.prompts.template import load_template
from dartmath.sampling.config import SamplingSection, Uniform
from dartmath.sampling.journal import open_journal
from dartmath.sampling.run import sample

QA = load_template("qa")
MODEL = {"name": "simulated", "revision": None}


def run(folder: Path, engine: SimulatedEngine, section: SamplingSection, **options: Any) -> Any:
    queries = options.pop("queries", None) or make_queries(len(engine.rates))[0]
    return sample(queries, engine, QA, section, folder, **{"seed": 7, "model": MODEL, **options})


def test_uniform_end_to_end(tmp_path: Path) -> None:
    engine = SimulatedEngine(make_queries(20)[1], delay=0.001)
    summary = run(tmp_path, engine, SamplingSection(policy=Uniform(k=4, cap=400)))
    journal = open_journal(tmp_path)
    assert summary.complete and journal.finished
    samples = list(journal.samples())
    assert len(samples) == summary.samples == sum(c.trials for c in journal.counts().values())
    assert all(c.correct >= 4 for c in journal.counts().values())
