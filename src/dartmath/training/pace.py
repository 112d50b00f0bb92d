"""Pace: a few real steps of a job, for a plan; nothing is kept."""

from __future__ import annotations

import resource
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dartmath.base.errors import ConfigError
from dartmath.training.job import Job

_STEPS = 3
"""Steps that are measured, behind one that makes the optimiser's state and fills caches."""
_ACCUMULATION = 4
"""Most micro-batches of a step: enough that the optimiser weighs little more than in the run itself."""


@dataclass(frozen=True, slots=True)
class StepPace:
    """What a few steps showed.

    Attributes:
        tokens_per_second: of one device, prompts included and padding not.
        peak_gib: the most memory that was taken: of the GPU, or of the process.
    """

    tokens_per_second: float
    peak_gib: float


def measure_pace(job: Job) -> StepPace:
    """Train `job` for a few steps on one device, in a folder that is deleted.

    Raises `ConfigError` where the job shards its model, which one device cannot show.
    """
    from dartmath.model import load_tokenizer
    from dartmath.training.arguments import quiet
    from dartmath.training.build import build_trainer
    from dartmath.training.hardware import choose_attention, choose_dtype
    from dartmath.training.interrupt import StopRequest
    from dartmath.training.layout import batch_layout
    from dartmath.training.log import read_log
    from dartmath.training.prepared import Prepared, layout_of, prepare_data

    if job.section.launch:
        raise ConfigError("--probe runs on one device, and `launch` shards the model; leave one of them out")
    quiet()
    accumulation = min(batch_layout(job.section).accumulation, _ACCUMULATION)
    changes: dict[str, Any] = {"gpus": 1, "max_steps": _STEPS + 1, "validation": None, "log_to": []}
    section = job.section.model_copy(update={**changes, "batch_size": job.section.micro_batch * accumulation})
    tokenizer = load_tokenizer(job.base)
    mixture, _ = prepare_data(job, tokenizer)
    prepared = Prepared(
        tokenizer,
        mixture,
        layout_of(mixture, section),
        choose_dtype(section),
        choose_attention(section),
        None,
    )
    with tempfile.TemporaryDirectory(prefix="dartmath-probe-") as folder:
        short = replace(job, section=section, out=Path(folder))
        trainer, journal, _ = build_trainer(short, prepared, StopRequest(short.out))
        trainer.args.save_strategy = "no"
        try:
            trainer.train()
        finally:
            journal.close()
        log = read_log(short.out)
    tokens, seconds = (log[-1][name] - log[0][name] for name in ("tokens", "seconds"))
    return StepPace(tokens / seconds, _peak() / 2**30)


def _peak() -> int:
    """The most bytes that were taken so far."""
    import torch

    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_reserved())
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
