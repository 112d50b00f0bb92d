"""What a training run did, in numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrainingSummary:
    """What a run did; the `summary` of its manifest.

    Attributes:
        examples: examples trained on per epoch.
        dropped: rows left out, by reason.
        sequences: packed sequences per epoch.
        efficiency: share of the packed sequences that holds tokens.
        tokens: tokens of the whole run, prompts included.
        trained_tokens: tokens with loss, per epoch.
        steps: optimiser steps.
        epochs: passes over the data.
        seconds: training time, over all sessions.
        tokens_per_second: mean speed.
        first_loss, last_loss: mean loss per token of the first and the last tenth of the steps.
        parameters, trainable: of the model, and those that were trained.
        dtype, attention: what the arithmetic was.
        held_out: examples that evaluations scored, and which were not trained on.
        exported_step: the step whose weights were exported; None without evaluations.
        held_out_loss, held_out_pass_at_1: what the evaluation of these weights found.
    """

    examples: int
    dropped: dict[str, int]
    sequences: int
    efficiency: float
    tokens: int
    trained_tokens: int
    steps: int
    epochs: float
    seconds: float
    tokens_per_second: float
    first_loss: float
    last_loss: float
    parameters: int
    trainable: int
    dtype: str
    attention: str
    held_out: int = 0
    exported_step: int | None = None
    held_out_loss: float | None = None
    held_out_pass_at_1: float | None = None
