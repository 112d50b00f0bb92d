"""A trainer that tests kill: a module of its own, which a fresh process can import by its name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.training.config import TrainingSection
from dartmath.training.run import train

# More steps than are left after the kills before the last ones, each some steps behind the last checkpoint.
STEPS = 60
BASE: dict[str, Any] = {
    "batch_size": 4, "max_length": 64, "learning_rate": 3e-3, "dtype": "float32",
    "max_steps": STEPS, "epochs": 99, "save_steps": 2, "too_long": "truncate",
}  # fmt: skip


def train_one(settings: dict[str, Any], model: str, data: str, out: str, place: dict[str, str]) -> None:
    """One trainer; `place` is what a launcher tells it in its environment."""
    os.environ.update(place)
    section = TrainingSection(**settings)
    train(section, ModelSection(name=model), load_template("qa"), [Path(data)], Path(out), seed=1)
