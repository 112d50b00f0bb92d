"""The data of a session: tokenised, mixed, split and packed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dartmath.training.config import TrainingSection
from dartmath.training.hardware import has_accelerator
from dartmath.training.job import Job
from dartmath.training.mixture import Mixture, hold_out, mix
from dartmath.training.pack import Packing, alone, pack
from dartmath.training.store import PairStore, Store, tokenise
from dartmath.training.tokens import Encoder

# How long trainers wait for one another. The group is made here, so that this reaches it: torch's own
# 10 minutes end a finished run while the main process merges and writes what 70 billion parameters take.
_PATIENCE = timedelta(hours=2)


@dataclass(frozen=True)
class Prepared:
    """What a session trains with.

    Attributes:
        tokenizer: of the base model.
        mixture: the tokenised examples of all data sets.
        packing: their sequences.
        dtype: arithmetic of training.
        attention: attention kernel.
        held_out: the examples that evaluations score; None without evaluations.
    """

    tokenizer: Any
    mixture: Mixture
    packing: Packing
    dtype: str
    attention: str
    held_out: Mixture | None


def tokenise_all(job: Job, tokenizer: Any) -> list[Store]:
    """The token stores of all data sets of a job, from the cache or made now."""
    section = job.section
    encoder = Encoder(
        tokenizer,
        job.template,
        max_length=section.max_length,
        too_long=section.too_long,
        mask_outputs=section.mask_tool_output and section.objective == "sft",
    )
    stores = [
        tokenise(s.path, encoder, (s.query, s.response), section.objective, s.row_weight) for s in job.sources
    ]
    return [PairStore(store) for store in stores] if section.objective == "dpo" else [*stores]


def prepare_data(job: Job, tokenizer: Any) -> tuple[Mixture, Mixture | None]:
    """The tokenised mixture of all data sets of a job, and what of it is held out for evaluations."""
    from accelerate import PartialState

    section = job.section
    with PartialState(cpu=not has_accelerator(), timeout=_PATIENCE).local_main_process_first():
        stores = tokenise_all(job, tokenizer)
    mixture = mix(stores, [source.weight for source in job.sources], seed=job.seed)
    if section.validation is None:
        return mixture, None
    return hold_out(mixture, section.validation.share, seed=job.seed)


def layout_of(mixture: Mixture, section: TrainingSection) -> Packing:
    """The sequences of a mixture: packed, or one example each."""
    return (pack if section.packed else alone)(mixture.lengths, section.max_length)
