"""How the sequences of an optimiser step are laid out over processes, passes and steps.

batch_size = gpus x micro_batch x accumulation. The learning rate belongs to the batch size (half
the paper's batch halves its GSM8K accuracy), so a layout that does not give exactly the
batch size is refused rather than rounded.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

from dartmath.base.errors import ConfigError
from dartmath.training.config import TrainingSection


@dataclass(frozen=True, slots=True)
class Layout:
    """Sequences per optimiser step = gpus x micro_batch x accumulation."""

    gpus: int
    micro_batch: int
    accumulation: int

    @property
    def batch_size(self) -> int:
        """Packed sequences per optimiser step."""
        return self.gpus * self.micro_batch * self.accumulation


def batch_layout(section: TrainingSection) -> Layout:
    """The layout of `section`; `ConfigError` when batch_size does not divide."""
    share = section.gpus * section.micro_batch
    if section.batch_size % share:
        raise ConfigError(
            f"batch_size {section.batch_size} is not a multiple of gpus {section.gpus} x micro_batch "
            f"{section.micro_batch} = {share}; {_suggest(section)}"
        )
    return Layout(section.gpus, section.micro_batch, section.batch_size // share)


def optimiser_steps(section: TrainingSection, sequences: int) -> int:
    """Optimiser steps of a run over `sequences` packed sequences."""
    per_epoch = -(-sequences // section.batch_size)
    steps = math.ceil(per_epoch * section.epochs)
    return min(steps, section.max_steps) if section.max_steps else steps


def warmup_steps(section: TrainingSection, steps: int) -> int:
    """Steps of the warm-up, rounded up as in the paper's trainer."""
    return math.ceil(section.warmup * steps)


def check_world(section: TrainingSection) -> None:
    """Raise `ConfigError` when the launcher started another number of processes than `gpus`."""
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if "WORLD_SIZE" in os.environ and world != section.gpus:
        raise ConfigError(
            f"{world} processes were launched, but the recipe says gpus: {section.gpus}; "
            f"launch {section.gpus}, or give --gpus {world}"
        )


def _suggest(section: TrainingSection) -> str:
    total = section.batch_size
    fits = [m for m in range(1, total + 1) if total % (section.gpus * m) == 0]
    if fits:
        nearest = min(fits, key=lambda m: abs(m - section.micro_batch))
        return f"with {section.gpus} gpus, try --micro-batch {nearest}"
    gpus = max(g for g in range(1, section.gpus + 1) if total % g == 0)
    return f"use a divisor of {total} for gpus, such as --gpus {gpus} --micro-batch 1"
