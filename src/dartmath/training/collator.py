"""Batches with the weights of tokens. Import only where training starts."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn.utils.rnn import pad_sequence

from dartmath.training.sequences import LOSS_WEIGHTS


class WeighedCollator:
    """TRL's collator `plain`, with the weights of tokens beside what it makes of the rest."""

    def __init__(self, plain: Any) -> None:
        self._plain = plain

    def __call__(self, examples: list[dict[str, Any]]) -> dict[str, Any]:
        """A batch; `loss_weights` has the shape of `labels`, and 0 where those are padding."""
        weights = [torch.tensor(example[LOSS_WEIGHTS]) for example in examples]
        rest = [{k: v for k, v in example.items() if k != LOSS_WEIGHTS} for example in examples]
        batch: dict[str, Any] = self._plain(rest)
        rows, width = batch["labels"].shape
        # Padding-free batches are one row of all examples.
        laid = torch.cat(weights)[None] if rows == 1 else pad_sequence(weights, batch_first=True)
        batch[LOSS_WEIGHTS] = torch.nn.functional.pad(laid, (0, width - laid.shape[1]))
        return batch
