"""What objectives train on, and by which trainer. Import only where training starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from dartmath.training.job import Job
from dartmath.training.mixture import Mixture
from dartmath.training.pack import Packing
from dartmath.training.preference_trainers import CheckedDPOTrainer, CheckedKTOTrainer
from dartmath.training.prepared import Prepared, layout_of
from dartmath.training.sequences import find_sequences, labelled_rows, pair_rows, sequence_rows
from dartmath.training.trainer import CheckedTrainer, NameBatch


@dataclass(frozen=True)
class Objective:
    """An objective of one job.

    Attributes:
        trainer: makes the trainer.
        rows: a `datasets.Dataset` of a mixture, with a multiple of so many rows where it can be filled up.
        name_batch: names the source rows of a batch.
        options: further arguments of the trainer.
    """

    trainer: Callable[..., Any]
    rows: Callable[..., Any]
    name_batch: NameBatch
    options: dict[str, Any] = field(default_factory=dict)


def objective_of(job: Job, prepared: Prepared) -> Objective:
    """The objective of `job`."""
    section, mixture = job.section, prepared.mixture
    if section.objective == "dpo":
        return Objective(CheckedDPOTrainer, pair_rows, partial(_name_rows, mixture))
    if section.objective == "kto":
        rows = partial(labelled_rows, group=section.micro_batch, seed=job.seed)
        return Objective(CheckedKTOTrainer, rows, partial(_name_rows, mixture))
    filler = prepared.tokenizer.eos_token_id or 0

    def sequences(part: Mixture, *, multiple_of: int) -> Any:
        packing = prepared.packing if part is mixture else layout_of(part, section)
        return sequence_rows(part, packing, multiple_of=multiple_of, filler=filler, lengths=section.packed)

    named = partial(_name_sequences, mixture, prepared.packing)
    kernel = prepared.attention if section.packed else None
    return Objective(
        CheckedTrainer, sequences, named, {"packed_attention": kernel, "weighed": mixture.weighed}
    )


def _name_sequences(mixture: Mixture, packing: Packing, batches: Sequence[Any]) -> str:
    ids = [token for batch in batches for token in batch.flatten().tolist()]
    found = find_sequences(mixture, packing, ids)
    return _named(mixture, [int(i) for number in found for i in packing[number]])


def _name_rows(mixture: Mixture, batches: Sequence[Any]) -> str:
    """Names the examples whose tokens begin a row of `batches` ([rows, tokens] each)."""
    rows = [row.tolist() for batch in batches for row in batch]
    found = [i for i, ids in ((i, mixture[i].ids) for i in range(len(mixture))) if _begins(rows, ids)]
    return _named(mixture, found)


def _begins(rows: list[list[int]], ids: list[int]) -> bool:
    return any(row[: len(ids)] == ids for row in rows)


_NAMED = 12  # examples in one message: a few lines


def _named(mixture: Mixture, examples: list[int]) -> str:
    shown = [mixture.where(i) for i in examples[:_NAMED]]
    more = len(examples) - _NAMED
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
