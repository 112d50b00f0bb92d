"""`--json` of every verb that has it: one JSON document on standard output, and nothing else."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from dartmath import cli
from dartmath.queries.config import QuerySource
from evaluation.memory import make_queries, write_evaluation
from training.material import examples, write_jsonl, write_tiny_llama

COLUMNS = ("--query", "problem", "--response", "text")
ASKED = "{dataset: old.jsonl, columns: {query: problem, reference: answer, repeated: true}}"
GIVEN = ("--responses", "old.jsonl", *COLUMNS, "--set", f"evaluation.benchmarks=[{ASKED}]")
TRAIN = ("--model", "tiny", "--template", "qa", "--data", "rows.jsonl", "--max-length", "256")
RECIPE: dict[str, Any] = {
    "name": "whole",
    "run": "whole",
    "model": {"name": "tiny"},
    "template": "qa",
    "queries": [{**yaml.safe_load(ASKED), "verifier": "always.py:right"}],
    "sampling": {"policy": {"kind": "vrt", "trials": 1}, "max_tokens": 4, "workers": 0},
    "training": {"batch_size": 2, "epochs": 1, "max_length": 256},
    "evaluation": {"benchmarks": [yaml.safe_load(ASKED)], "max_tokens": 4},
    "study": {
        "arms": {"all": {}, "fast": {"training.learning_rate": 0.01}},
        "sizes": [{"rows": 2}],
        "seeds": [1],
    },
}

LINES: dict[str, Sequence[Sequence[str]]] = {
    "doctor": [()],
    "init": [("asked.jsonl", "--name", "fresh", "--yes")],
    "recipes": [(), ("list",)],
    "datasets": [(), ("asked.jsonl",)],
    "verify": [("1/2", "0.5"), ("--file", "judged.jsonl")],
    "import": [("old.yaml", "old.jsonl", *COLUMNS)],
    "preview": [("whole.yaml",)],
    "status": [("runs/old",), ("runs/old/sample",)],
    "forecast": [("old.yaml", "--run", "runs/old/sample")],
    "consensus": [("runs/old/sample",), ("runs/old/sample", "--into", "agreed", "--responses", "1")],
    "curate": [("runs/old/sample",), ("runs/old/sample", "--compare")],
    "card": [("runs/old",), ("runs/old", "--print")],
    "report": [("runs/old",), ("runs/old", "--figure", "figure.svg")],
    "export": [("--list",), ("runs/old/sample", "--format", "llama-factory", "--out", "out.jsonl")],
    "evaluate": [("acme/one", *GIVEN, "--out", "one"), ("acme/two", *GIVEN, "--out", "two")],
    "compare": [("one", "two"), ("known", "--published", "dart-math-llama3-8b-uniform")],
    "regrade": [("one", "--workers", "0")],
    "tasks": [("--set", f"benchmarks=[{ASKED}]", "--out", "tasks")],
    "sample": [("whole.yaml", "--out", "sampled"), ("whole.yaml", "--out", "sampled")],
    "train": [(*TRAIN, "--plan"), (*TRAIN, "--batch-size", "2", "--out", "trained")],
    "lr-search": [
        (
            "whole.yaml",
            "--data",
            "rows.jsonl",
            "--benchmark",
            "asked.jsonl",
            "--grid",
            "1e-3",
            "--max-tokens",
            "4",
        )
    ],
    "study": [("whole.yaml", "--plan")],
    "run": [("whole.yaml",), ("whole.yaml",)],
    "push": [("whole/model", "--to", "me/whole", "--dry-run")],
}
"""The command lines of each verb, in the order of which one needs what another makes."""


def test_every_verb_with_the_flag_is_here() -> None:
    options = {verb: [one for p in cli.load_verb(verb).params for one in p.opts] for verb in cli.VERBS}
    assert {verb for verb, known in options.items() if "--json" in known} == set(LINES)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Responses of somebody's, and a recipe, a model and a training set of one's own."""
    folder = tmp_path_factory.mktemp("workplace")
    write_tiny_llama(folder / "tiny")
    write_jsonl(folder / "rows.jsonl", examples(8))
    rows = [{"problem": q, "answer": r.rpartition(" ")[2].rstrip("."), "text": r} for q, r in examples(5)]
    (folder / "old.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    asked = [{"query": row["problem"], "reference": row["answer"]} for row in rows]
    judged = [{**one, "response": row["text"]} for one, row in zip(asked, rows, strict=True)]
    for name, lines in (("asked", asked), ("judged", judged)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in lines))
    queries = make_queries(3, "gsm8k/test")
    write_evaluation(folder / "known", [(QuerySource(dataset="gsm8k/test"), queries)], [], 1)
    (folder / "always.py").write_text("def right(query, response):\n    return True\n")
    (folder / "whole.yaml").write_text(json.dumps(RECIPE))
    return folder


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _call(arguments: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["dartmath", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return int(stopped.value.code or 0)


@pytest.mark.parametrize("verb", LINES)
def test_json_is_all_that_is_printed(
    verb: str, workplace: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(workplace)
    if not (workplace / "old.yaml").is_file():
        assert _call(["init", "old.jsonl", "--yes", "--no-train"], monkeypatch) == 0
    capfd.readouterr()
    for line in LINES[verb]:
        code = _call([verb, *line, "--json"], monkeypatch)
        out, err = capfd.readouterr()
        assert code == 0, err
        assert isinstance(json.loads(out, parse_constant=_refuse), dict | list)
