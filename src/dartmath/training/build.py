"""Building the trainer of a job. Import only where training starts."""

from __future__ import annotations

import os
from typing import Any

from transformers.trainer_callback import PrinterCallback

from dartmath.base.errors import ConfigError
from dartmath.queries.config import QuerySource, Selector
from dartmath.queries.load import load
from dartmath.queries.query import Query
from dartmath.training.arguments import trainer_config
from dartmath.training.callbacks import CheckpointCallback, JournalCallback, StopCallback, tensorboard
from dartmath.training.checkpoints import resume_step
from dartmath.training.export import prepare_export
from dartmath.training.hardware import PASSES, flops_per_token, loading_device, peak_flops
from dartmath.training.interrupt import StopRequest
from dartmath.training.job import Job, is_main
from dartmath.training.layout import batch_layout, optimiser_steps
from dartmath.training.load import check_vocabulary, load_trainable, lora_config, tokens_to_train
from dartmath.training.log import StepMeter, rewind_log
from dartmath.training.objectives import objective_of
from dartmath.training.prepared import Prepared
from dartmath.training.validation import rewind_evaluations
from dartmath.training.validator import Validator


def build_trainer(
    job: Job, prepared: Prepared, stop: StopRequest
) -> tuple[Any, JournalCallback, StopCallback]:
    """The trainer, and those of its callbacks that outlive the training."""
    section, layout = job.section, batch_layout(job.section)
    steps = optimiser_steps(section, len(prepared.packing))
    # Before the model is loaded: it tells transformers about DeepSpeed, which then shards at load.
    arguments = trainer_config(section, layout, job.out, steps=steps, dtype=prepared.dtype, seed=job.seed)
    model = _load(job, prepared)
    check_vocabulary(model, prepared.tokenizer)
    prepare_export(model, prepared.tokenizer, job)
    journal = JournalCallback(job.out, _meter(job, model, prepared))
    stopping = StopCallback(stop)
    objective = objective_of(job, prepared)
    trainer = objective.trainer(
        model=model,
        args=arguments,
        train_dataset=objective.rows(prepared.mixture, multiple_of=layout.batch_size),
        eval_dataset=prepared.held_out
        and objective.rows(prepared.held_out, multiple_of=section.gpus * section.micro_batch),
        section=section,
        validator=_validator(job, prepared),
        processing_class=prepared.tokenizer,
        peft_config=_adapters(job, model, prepared.tokenizer),
        callbacks=[journal, CheckpointCallback(), stopping],
        name_batch=objective.name_batch,
        **(objective.options if section.objective == "sft" else {"ref_model": _reference(job, prepared)}),
    )
    _check_sharding(trainer)
    trainer.remove_callback(PrinterCallback)
    if "tensorboard" in section.log_to and is_main():
        trainer.add_callback(tensorboard(job.out))
    return trainer, journal, stopping


def _load(job: Job, prepared: Prepared) -> Any:
    """The base model as it is trained."""
    return load_trainable(
        job.path,
        job.section,
        revision=job.revision,
        dtype=prepared.dtype,
        attention=prepared.attention,
        device=loading_device(job.section),
    )


def _reference(job: Job, prepared: Prepared) -> Any:
    """The model that preferences are measured against: the base anew; None with adapters, which it lacks.

    TRL would load it by the name in the configuration, at another revision and with another window.
    """
    return None if job.section.lora else _load(job, prepared)


def _validator(job: Job, prepared: Prepared) -> Any:
    """What evaluates the run; None without evaluations."""

    section = job.section.validation
    if section is None:
        return None
    if is_main():
        rewind_evaluations(job.out, resume_step(job.out))
    queries: list[Query] = []
    if section.benchmark:
        queries = load(QuerySource(dataset=section.benchmark, select=Selector(n=section.n)))
    return Validator(job.out, section, job.template, prepared.tokenizer, queries)


def _adapters(job: Job, model: Any, tokenizer: Any) -> Any:
    """PEFT's configuration of the job's adapters; None of full fine-tuning."""
    lora = job.section.lora
    if lora is None:
        return None
    tokens = tokens_to_train(lora, model, tokenizer, job.template)
    return lora_config(lora, model, tokens=tokens, revision=job.revision)


def _check_sharding(trainer: Any) -> None:
    """Raise `ConfigError` where accelerate would ignore that sharding is asked for, and replicate."""
    kind = str(trainer.accelerator.distributed_type.value)
    for wanted in ("DEEPSPEED", "FSDP"):
        if os.environ.get(f"ACCELERATE_USE_{wanted}", "false").lower() == "true" and kind != wanted:
            raise ConfigError(
                f"the launcher asks for {wanted}, but accelerate runs {kind} here, which does not shard the "
                "model; it shards over GPUs only"
            )


def _meter(job: Job, model: Any, prepared: Prepared) -> StepMeter:
    done = rewind_log(job.out, resume_step(job.out)) if is_main() else []
    peak = peak_flops(prepared.dtype)
    mixture = prepared.mixture
    flops = flops_per_token(
        model,
        mixture.attended,
        labelled=mixture.trained_tokens / int(mixture.lengths.sum()),
        frozen=job.section.lora is not None,
    )
    flops *= PASSES[job.section.objective]
    return StepMeter(done, flops_per_token=flops, peak=peak and peak * job.section.gpus)
