"""A small run in rounds of a random Llama; run by tests, also to be killed:

    python made.py FOLDER

A function of the user's own takes responses for correct by the letters in them, so that there is something to
learn.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from dartmath.base.section import validate
from dartmath.pipeline.rounds import run_rounds
from dartmath.recipe import Recipe
from training.material import write_tiny_llama

_JUDGE = "def judge(query, response):\n    return sum(letter in 'etao' for letter in response) >= 2\n"


def made(folder: Path, **keys: Any) -> Recipe:
    """The recipe in `folder`, with `keys` of its `rounds:`; its model and queries are made once."""
    if not (folder / "held.jsonl").is_file():
        write_tiny_llama(folder / "llama")
        (folder / "checks.py").write_text(_JUDGE)
        for name, start, count in (("train", 0, 8), ("held", 100, 12)):
            rows = (
                f'{{"id": "{i}", "query": "What is {i}?", "reference": "{i}"}}\n'
                for i in range(start, start + count)
            )
            (folder / f"{name}.jsonl").write_text("".join(rows))
    # Ids of their own, since others say in which file a query stands, and seeds are made of them.
    read = {"verifier": f"{folder / 'checks.py'}:judge", "columns": {"id": "id"}}
    data = {
        "name": "made",
        "seed": 3,
        "run": str(folder / "run"),
        "model": {"name": str(folder / "llama"), "dtype": "float32"},
        "template": "qa",
        "engine": {"kind": "transformers", "concurrency": 1, "device": "cpu", "threads": 1},
        "queries": [{"dataset": str(folder / "train.jsonl"), **read}],
        "sampling": {
            "policy": {"kind": "prop2diff", "k": 3, "pilot": 3, "cap": 12},
            "temperature": 1.0,
            "max_tokens": 8,
            "workers": 0,
        },
        "training": {
            "max_steps": 3,
            "epochs": 100,
            "learning_rate": 3e-3,
            "batch_size": 1,
            "max_length": 128,
            "dtype": "float32",
            "save_steps": 1,
        },
        "evaluation": {
            "max_tokens": 8,
            "temperature": 1.0,
            "trials": 2,
            "workers": 0,
            "benchmarks": [{"dataset": str(folder / "held.jsonl"), **read}],
        },
        "rounds": {"count": 3, "patience": 3, **keys},
    }
    return validate(Recipe, data, where="test")


if __name__ == "__main__":
    run_rounds(made(Path(sys.argv[1])))
