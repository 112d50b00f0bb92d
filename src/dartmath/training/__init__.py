"""Fine-tuning on responses or preferences: tokens and loss mask, exact packing, TRL underneath, resumable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dartmath.base.lazy import lazily

if TYPE_CHECKING:
    from dartmath.training.config import DatasetWeight, Lora, Preference, TrainingSection, Validation
    from dartmath.training.run import train
    from dartmath.training.summary import TrainingSummary

_HOMES = {
    "DatasetWeight": "dartmath.training.config",
    "Lora": "dartmath.training.config",
    "Preference": "dartmath.training.config",
    "TrainingSection": "dartmath.training.config",
    "TrainingSummary": "dartmath.training.summary",
    "Validation": "dartmath.training.config",
    "train": "dartmath.training.run",
}
__all__ = [
    "DatasetWeight",
    "Lora",
    "Preference",
    "TrainingSection",
    "TrainingSummary",
    "Validation",
    "train",
]

__getattr__ = lazily(__name__, _HOMES)
