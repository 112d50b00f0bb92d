"""A recipe that runs in seconds."""

from __future__ import annotations

from pathlib import Path

from dartmath.base.section import validate
from dartmath.recipe import Recipe
from training.material import write_tiny_llama


def smallest_recipe(folder: Path) -> Recipe:
    """Two queries and a random Llama, whose responses a function of the user's own takes for correct."""
    (folder / "queries.jsonl").write_text(
        '{"query": "1 + 1?", "reference": "2"}\n{"query": "2?", "reference": "2"}\n'
    )
    (folder / "checks.py").write_text("def judge(query, response):\n    return True\n")
    source = {"dataset": str(folder / "queries.jsonl"), "verifier": f"{folder / 'checks.py'}:judge"}
    data = {
        "name": "smallest",
        "run": str(folder / "run"),
        "model": {"name": write_tiny_llama(folder / "llama"), "dtype": "float32"},
        "template": "qa",
        "queries": [source],
        "sampling": {"policy": {"kind": "vrt", "trials": 2}, "max_tokens": 8, "workers": 0},
    }
    return validate(Recipe, data, where="test")
