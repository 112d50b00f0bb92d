"""A small study of a random model on a made pool; run by tests, also to be killed:

python made.py FOLDER
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from dartmath.curation.config import CurationSection
from dartmath.engines.config import TransformersEngine
from dartmath.evaluation.config import EvaluationSection
from dartmath.model import ModelSection, describe_model
from dartmath.queries.config import QuerySource
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.policy import VRT, Uniform
from dartmath.sampling.run import sample
from dartmath.study.config import StudySection
from dartmath.study.design import Arm, Study
from dartmath.study.run import run_study
from dartmath.training.config import TrainingSection
from sampling.simulated import MODEL, QA, SimulatedEngine, make_queries
from training.material import write_tiny_llama

TRAINING = TrainingSection(
    max_steps=3, epochs=100, learning_rate=3e-3, batch_size=1, max_length=256, dtype="float32", save_steps=1
)
ROWS = 40


def arm(name: str, **keys: Any) -> Arm:
    """An arm that differs by keys of curation."""
    return Arm(name, CurationSection(**keys), TRAINING, {})


VRT_ARM, UNIFORM_ARM = arm("vrt", policy=VRT()), arm("uniform", policy=Uniform(cap=40))


def make(folder: Path) -> Study:
    """The study in `folder`; its pool and model are made where they are not there."""
    base, pool, asked = folder / "base", folder / "sample", folder / "asked.jsonl"
    if not asked.is_file():
        write_tiny_llama(base)
        section = SamplingSection(policy=VRT(trials=20), workers=0)
        sample(make_queries(20), SimulatedEngine(), QA, section, pool, seed=1, model=MODEL)
        rows = [{"query": f"What is {i}?", "reference": str(i), "level": str(i % 2)} for i in range(6)]
        asked.write_text("".join(json.dumps(row) + "\n" for row in rows))
    model = ModelSection(name=str(base), dtype="float32")
    columns = {"level": "level"}
    return Study(
        name="made",
        folder=folder / "study",
        pool=pool,
        sampled=VRT(trials=20),
        arms=(VRT_ARM, UNIFORM_ARM),
        section=StudySection(arms={"vrt": {}, "uniform": {}}, sizes=[{"rows": ROWS}], seeds=[1, 2]),
        base=model,
        base_identity={"fingerprint": describe_model(model)["fingerprint"]},
        template=QA,
        engine=TransformersEngine(concurrency=1, device="cpu", threads=1),
        evaluation=EvaluationSection(
            max_tokens=6,
            workers=0,
            benchmarks=[QuerySource(dataset=str(asked), columns=columns)],
        ),
        seed=1,
    )


def with_section(study: Study, **keys: Any) -> Study:
    """The study with other keys of its section."""
    return replace(study, section=study.section.model_copy(update=keys))


def main() -> None:
    """Make and run it."""
    run_study(make(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
