"""The whole pipeline, small but real: the tiny recipe with fewer queries, the real model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SMALL = {
    "queries": [
        {
            "dataset": "reasoning-gym/basic_arithmetic",
            "band": band,
            "options": {
                "operators": ["+"],
                "min_terms": 2,
                "max_terms": 2,
                "min_digits": digits,
                "max_digits": digits,
                "allow_negation": False,
                "allow_parentheses": False,
            },
            "select": {"n": 3, "seed": digits},
            "examples": [
                {"query": "Calculate 7 + 2.", "response": r"7 + 2 = 9. The answer is \boxed{9}."},
                {"query": "Calculate 31 + 14.", "response": r"31 + 14 = 45. The answer is \boxed{45}."},
            ],
        }
        for band, digits in (("easy", 1), ("hard", 2))
    ],
    "sampling.policy": {"kind": "prop2diff", "k": 2, "pilot": 3, "cap": 6},
    "sampling.shots": 2,
    "sampling.max_tokens": 32,
    "sampling.distinct": False,
    "training.max_steps": 2,
    "training.batch_size": 1,
    "evaluation.max_tokens": 24,
    "evaluation.benchmarks.0.select.n": 4,
    "evaluation.benchmarks.1.select.n": 4,
}


@pytest.fixture(scope="module")
def finished(smollm2: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run."""
    folder = tmp_path_factory.mktemp("e2e") / "run"
    done = run(folder)
    assert done.returncode == 0, done.stderr
    return folder


def run(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    settings = {**SMALL, "run": str(folder)}
    sets = [f"--set={key}={json.dumps(value)}" for key, value in settings.items()]
    command = [sys.executable, "-m", "dartmath", "run", "tiny", *sets, *more]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_stage_leaves_its_output(finished: Path) -> None:
    for name in (
        "recipe.yaml",
        "report.html",
        "sample/manifest.json",
        "dataset/train.parquet",
        "dataset/README.md",
        "model/model.safetensors",
        "model/tokenizer.json",
        "model/README.md",
        "evaluation/before/result.json",
        "evaluation/after/result.json",
    ):
        assert (finished / name).stat().st_size > 0, name


def test_every_manifest_says_finished_and_names_the_same_template(finished: Path) -> None:
    manifests = [
        json.loads(p.read_text()) for p in finished.rglob("manifest.json") if "samples" not in p.parts
    ]
    assert {m["stage"] for m in manifests} == {"sample", "curate", "train", "evaluate"}
    assert all(m["finished"] for m in manifests)
    assert len({m["template"]["hash"] for m in manifests if m.get("template")}) == 1


def test_a_finished_run_does_nothing_and_prints_the_same(finished: Path) -> None:
    before = when_written(finished)
    done = run(finished, "--json")
    assert done.returncode == 0, done.stderr
    assert when_written(finished) == before
    assert set(json.loads(done.stdout)) >= {"policies", "evaluations", "places"}


def when_written(folder: Path) -> dict[Path, int]:
    return {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file() and p.name != "lock"}


def test_another_recipe_in_the_same_folder_is_refused(finished: Path) -> None:
    recipe = (finished / "recipe.yaml").read_text()
    done = run(finished, "--set=sampling.temperature=0.3")
    assert done.returncode == 4
    assert "temperature" in done.stderr
    assert (finished / "recipe.yaml").read_text() == recipe
