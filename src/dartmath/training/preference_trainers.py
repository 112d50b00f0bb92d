"""TRL's trainers of preferences with our checks. Import only where training starts."""

from __future__ import annotations

from typing import Any

from trl import DPOTrainer, KTOTrainer

from dartmath.training.trainer import Checked


class _Tokenised(Checked):
    """Takes rows that are tokenised as they are."""

    def _prepare_dataset(self, dataset: Any, *_: Any, **__: Any) -> Any:
        return dataset


class CheckedDPOTrainer(_Tokenised, DPOTrainer):  # type: ignore[misc]
    """DPOTrainer on pairs that are tokenised as sampling and supervised fine-tuning tokenise."""


class CheckedKTOTrainer(_Tokenised, KTOTrainer):  # type: ignore[misc]
    """KTOTrainer on labelled responses that are tokenised as sampling and supervised fine-tuning do."""
