"""A run made by the real stages with an engine that follows a script instead of a model."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from dartmath.base.manifest import new_manifest, write_manifest
from dartmath.curation.config import CurationSection
from dartmath.curation.run import curate
from dartmath.engines.protocol import Completion, Engine, Request
from dartmath.evaluation.config import EvaluationSection
from dartmath.evaluation.run import rescore
from dartmath.evaluation.score import Benchmark
from dartmath.model import ModelSection, describe_model
from dartmath.prompts.template import load_template
from dartmath.queries.config import QuerySource
from dartmath.queries.query import Query, make_query
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.policy import VRT, Prop2Diff
from dartmath.sampling.run import sample
from dartmath.training.config import TrainingSection
from dartmath.training.log import LOG_FILE
from dartmath.training.summary import TrainingSummary

HOSTILE = (
    "<script>document.title = 'broken'</script></script><img src=x onerror=\"document.title = 'broken'\">"
    "<a href=\"javascript:document.title='broken'\">here</a> "
    "$\\text{<img src=x onerror=document.title='broken'>}$ "
    "$\\href{javascript:alert(1)}{x}$ <!-- \u2028 ]]> &lt;b&gt; \\boxed{\\text{<b onclick=alert(1)>}}"
)
PASS_RATES = {"1": 0.9, "2": 0.6, "3": 0.3, "4": 0.08}
TEMPLATE = load_template("alpaca")


class ScriptedEngine:
    """Answers sums with the pass rate of their level; some responses are hostile, some too long."""

    concurrency = 16
    tokenizer = None

    async def __aenter__(self) -> ScriptedEngine:
        return self

    async def __aexit__(self, *exc: object) -> None:
        return None

    async def generate(self, request: Request) -> Completion:
        draw = random.Random(request.seed)
        question = (request.prompt.text or "").partition("What is $")[2]
        a, b = (int(part) for part in question.partition("$")[0].split(" + "))
        level = question.partition("level ")[2][0]
        length = draw.randint(10, 60) + 20 * int(level)
        if draw.random() < PASS_RATES[level]:
            steps = f"We add in {draw.randint(1, 30)} steps: $\\frac{{{a} + {b}}}{{1}} = {a + b}$."
            text = f"{steps} It is \\boxed{{{a + b}}}."
        elif draw.random() < 0.1:
            return Completion("Let me think. " * 400, "length", 40, 200)
        elif draw.random() < 0.1:
            text = HOSTILE
        else:
            wrong = a - b if level == "4" else a + b + draw.randint(1, 9)
            text = f"Surely \\boxed{{{wrong}}}."
        return Completion(text, "stop", 40, length)

    def describe(self) -> dict[str, Any]:
        return {"kind": "scripted", "replicas": 1}


def sums(per_level: int, seed: int = 0) -> list[Query]:
    draw = random.Random(seed)
    made = []
    for level in PASS_RATES:
        for i in range(per_level):
            a, b = draw.randint(1, 999), draw.randint(1, 999)
            text = f"What is ${a} + {b}$? (number {i} of level {level})"
            made.append(make_query("math/train", text, str(a + b), level=level))
    return made


class KnowingEngine(ScriptedEngine):
    """Answers from a list, and nothing else."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self.answers = answers

    async def generate(self, request: Request) -> Completion:
        known = (answer for text, answer in self.answers.items() if text in (request.prompt.text or ""))
        return Completion(f"It is \\boxed{{{next(known, '')}}}.", "stop", 40, 10)


def make_sample(
    folder: Path,
    per_level: int = 20,
    *,
    engine: Engine | None = None,
    queries: Sequence[Query] | None = None,
    **section: Any,
) -> Path:
    settings = {"policy": Prop2Diff(k=12, pilot=8, cap=60), "workers": 0, "max_tokens": 200, **section}
    sample(
        sums(per_level) if queries is None else queries,
        engine or ScriptedEngine(),
        TEMPLATE,
        SamplingSection(**settings),
        folder,
        seed=0,
        model={"name": "scripted", "revision": None, "dtype": "auto"},
    )
    return folder


def make_evaluation(folder: Path, model: str, seed: int) -> Path:
    queries = sums(20, seed=7)
    section = EvaluationSection(benchmarks=[QuerySource(dataset="math/test")], max_tokens=200)
    sample(
        queries,
        ScriptedEngine(),
        TEMPLATE,
        SamplingSection(policy=VRT(trials=1), temperature=0, workers=0, max_tokens=200),
        folder / "samples",
        seed=seed,
        model=describe_model(ModelSection(name=model)),
    )
    rescore(folder, [Benchmark("math/test", section.benchmarks[0], tuple(queries))], section)
    return folder


def make_training(folder: Path, steps: int = 30) -> Path:
    """What a training run leaves, without the weights."""
    summary = TrainingSummary(
        examples=100, dropped={}, sequences=20, efficiency=0.97, tokens=60_000, trained_tokens=20_000,
        steps=steps, epochs=3.0, seconds=93.5, tokens_per_second=640.0, first_loss=1.25, last_loss=0.75,
        parameters=1000, trainable=1000, dtype="float32", attention="sdpa",
    )  # fmt: skip
    section = TrainingSection(epochs=3, learning_rate=1e-4)
    manifest = new_manifest(
        "train",
        model={"name": "scripted", "revision": None},
        template={"name": TEMPLATE.name, "hash": TEMPLATE.hash},
        config=section.model_dump(mode="json"),
        inputs=["dataset"],
        seed=0,
    )
    folder.mkdir(parents=True)
    rows = [
        {"step": i + 1, "loss": 1.25 - i / 60, "learning_rate": 1e-4 * (1 - i / steps)} for i in range(steps)
    ]
    (folder / LOG_FILE).write_text("".join(json.dumps(row) + "\n" for row in rows))
    write_manifest(folder, {**manifest, "finished": True, "summary": asdict(summary)})
    return folder


def mislabelled(queries: list[Query]) -> list[Query]:
    """The same with a wrong reference for the first, which is easy: its responses agree on the right one."""
    first = queries[0]
    return [replace(first, references=("-1",)), *queries[1:]]


def make_run(root: Path, per_level: int = 20) -> Path:
    make_sample(root / "sample", per_level, queries=mislabelled(sums(per_level)))
    curate(root / "sample", CurationSection(), root / "dataset")
    make_training(root / "model")
    make_evaluation(root / "evaluation" / "before", "scripted", seed=1)
    make_evaluation(root / "evaluation" / "after", str(root / "model"), seed=2)
    (root / "recipe.yaml").write_text("name: made\n")
    return root
