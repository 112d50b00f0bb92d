"""One session of a training job: load, train from where it stopped, export."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from dartmath.base.errors import ConfigError, TrainingError
from dartmath.base.terminal import info, warn
from dartmath.model import load_tokenizer
from dartmath.queries.config import QuerySource, Selector
from dartmath.queries.load import load
from dartmath.queries.query import Query
from dartmath.training.arguments import quiet, sft_config
from dartmath.training.checkpoints import checkpoint_folder, newest_checkpoint, remove_broken, step_of
from dartmath.training.config import TrainingSection
from dartmath.training.export import export, prepare_export, remove_checkpoints
from dartmath.training.export_check import affordable, check_export, look_at_trained
from dartmath.training.hardware import (
    choose_attention,
    choose_dtype,
    flops_per_token,
    has_accelerator,
    peak_flops,
)
from dartmath.training.interrupt import StopRequest, interrupted, is_launched, on_interrupt
from dartmath.training.job import Job, is_main
from dartmath.training.journal import Meter, read_log, rewind_log
from dartmath.training.layout import batch_layout, optimiser_steps
from dartmath.training.load import check_vocabulary, load_model, lora_config, tokens_to_train
from dartmath.training.mixture import Mixture, hold_out, mix
from dartmath.training.pack import Packing, alone, pack
from dartmath.training.sequences import find_sequences, sequence_rows
from dartmath.training.shape import count_parameters
from dartmath.training.store import TokenStore, tokenise
from dartmath.training.summary import TrainingSummary
from dartmath.training.tokens import Encoder
from dartmath.training.validation import best_evaluation, read_evaluations, rewind_evaluations

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


def run_session(job: Job) -> TrainingSummary:
    """Train `job` to its end and export it to `job.out`."""
    from transformers import set_seed

    section = job.section
    quiet()
    set_seed(job.seed)
    tokenizer = load_tokenizer(job.base)
    mixture, held_out = prepare_data(job, tokenizer)
    packing = layout_of(mixture, section)
    prepared = Prepared(
        tokenizer, mixture, packing, choose_dtype(section), choose_attention(section), held_out
    )
    _announce(job, prepared)
    stop = StopRequest(job.out)
    if not is_launched():
        stop.clear()
    trainer, journal, stopping = _trainer(job, prepared, stop)
    try:
        with on_interrupt(stop.ask, abort=not is_launched()):
            _train(trainer, job)
    finally:
        journal.close()
        if is_main():
            stop.clear()
    if stopping.stopped_after is not None:
        raise interrupted(stopping.stopped_after)
    summary = _summarise(job, prepared, trainer.model)
    _export(trainer, prepared, job)
    if is_main() and not section.keep_checkpoints:
        remove_checkpoints(checkpoint_folder(job.out))
    return summary


def _export(trainer: Any, prepared: Prepared, job: Job) -> None:
    """Write the model, read it again, and raise `TrainingError` where it is not the one in memory."""
    # Without autocast, which would round what is compared to 16 bits.
    model = trainer.accelerator.unwrap_model(trainer.model, keep_fp32_wrapper=False)
    trained = None
    try:
        trained = look_at_trained(model, prepared.mixture, trainer.args.device, lora=job.section.lora)
    except RuntimeError as error:
        # What was trained is worth more than the look at it.
        warn(f"the written model is not compared with the trained one, which could not be run here: {error}")
    export(trainer, prepared.tokenizer, job)
    if trained is not None and is_main() and affordable(model):
        check_export(job.out, trained, prepared.tokenizer)


def _train(trainer: Any, job: Job) -> None:
    """Run the trainer; failures of memory and disk become messages that say what to do."""
    import torch
    from safetensors import SafetensorError

    try:
        trainer.train(resume_from_checkpoint=_resume_point(job))
    except torch.OutOfMemoryError as error:
        raise TrainingError(
            f"out of GPU memory ({str(error).splitlines()[0]}); lower --micro-batch, switch "
            "--gradient-checkpointing on, shard with --launch zero3, or train adapters: "
            "--lora-rank 16. `dartmath train --plan` estimates what fits"
        ) from error
    except (OSError, SafetensorError) as error:
        raise TrainingError(
            f"could not write to {job.out} ({error}); make room, and the same command goes on from the "
            "last whole checkpoint"
        ) from error


def tokenise_all(job: Job, tokenizer: Any) -> list[TokenStore]:
    """The token stores of all data sets of a job, from the cache or made now."""
    section = job.section
    encoder = Encoder(tokenizer, job.template, max_length=section.max_length, too_long=section.too_long)
    return [tokenise(s.path, encoder, (s.query, s.response)) for s in job.sources]


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
    return (pack if section.packing else alone)(mixture.lengths, section.max_length)


def _trainer(job: Job, prepared: Prepared, stop: StopRequest) -> tuple[Any, Any, Any]:
    """The trainer, and those of its callbacks that outlive the training."""
    from transformers.trainer_callback import PrinterCallback

    from dartmath.training.callbacks import CheckpointCallback, JournalCallback, StopCallback, tensorboard
    from dartmath.training.trainer import CheckedTrainer

    section, layout, packing = job.section, batch_layout(job.section), prepared.packing
    steps = optimiser_steps(section, len(packing))
    # Before the model is loaded: it tells transformers about DeepSpeed, which then shards at load.
    arguments = sft_config(section, layout, job.out, steps=steps, dtype=prepared.dtype, seed=job.seed)
    model = load_model(
        job.path, section, revision=job.revision, dtype=prepared.dtype, attention=prepared.attention
    )
    check_vocabulary(model, prepared.tokenizer)
    prepare_export(model, prepared.tokenizer, job)
    journal = JournalCallback(job.out, _meter(job, model, prepared))
    stopping = StopCallback(stop)
    filler = prepared.tokenizer.eos_token_id or 0
    trainer = CheckedTrainer(
        model=model,
        args=arguments,
        train_dataset=sequence_rows(
            prepared.mixture, packing, multiple_of=layout.batch_size, filler=filler, lengths=section.packing
        ),
        eval_dataset=_held_out_rows(prepared, section, filler),
        section=section,
        validator=_validator(job, prepared),
        processing_class=prepared.tokenizer,
        peft_config=_adapters(job, model, prepared.tokenizer),
        callbacks=[journal, CheckpointCallback(), stopping],
        name_batch=partial(_name_batch, prepared.mixture, packing),
        packed_attention=prepared.attention if section.packing else None,
    )
    _check_sharding(trainer)
    trainer.remove_callback(PrinterCallback)
    if "tensorboard" in section.log_to and is_main():
        trainer.add_callback(tensorboard(job.out))
    return trainer, journal, stopping


def _held_out_rows(prepared: Prepared, section: TrainingSection, filler: int) -> Any:
    """The sequences that evaluations score, as many for each process; None without evaluations."""
    held_out, share = prepared.held_out, section.gpus * section.micro_batch
    if held_out is None:
        return None
    packing = layout_of(held_out, section)
    return sequence_rows(held_out, packing, multiple_of=share, filler=filler, lengths=section.packing)


def _validator(job: Job, prepared: Prepared) -> Any:
    """What evaluates the run; None without evaluations."""
    from dartmath.training.validator import Validator

    section = job.section.validation
    if section is None:
        return None
    if is_main():
        rewind_evaluations(job.out, _resume_step(job))
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


def _meter(job: Job, model: Any, prepared: Prepared) -> Meter:
    done = rewind_log(job.out, _resume_step(job)) if is_main() else []
    peak = peak_flops(prepared.dtype)
    mixture = prepared.mixture
    flops = flops_per_token(
        model,
        mixture.attended,
        labelled=mixture.trained_tokens / int(mixture.lengths.sum()),
        frozen=job.section.lora is not None,
    )
    return Meter(done, flops_per_token=flops, peak=peak and peak * job.section.gpus)


def _name_batch(mixture: Mixture, packing: Packing, ids: list[int]) -> str:
    examples = [int(i) for number in find_sequences(mixture, packing, ids) for i in packing[number]]
    shown = [mixture.where(i) for i in examples[:12]]
    more = f" and {len(examples) - 12} more" if len(examples) > 12 else ""
    return ", ".join(shown) + more


def _resume_step(job: Job) -> int:
    found = newest_checkpoint(checkpoint_folder(job.out))
    return step_of(found) if found else 0


def _resume_point(job: Job) -> str | None:
    folder = checkpoint_folder(job.out)
    if is_main():
        for path in remove_broken(folder):
            info(f"deleted the half-written checkpoint {path.name}")
    found = newest_checkpoint(folder)
    if found and is_main():
        info(f"going on after step {step_of(found)}")
    return str(found) if found else None


def _announce(job: Job, prepared: Prepared) -> None:
    if not is_main():
        return
    section, mixture, packing = job.section, prepared.mixture, prepared.packing
    if section.packing and section.micro_batch > 1 and prepared.attention in ("sdpa", "eager"):
        # Padding-free batches are one long sequence to kernels that know no boundaries.
        warn(
            f"{prepared.attention} attention takes time in the square of micro_batch x max_length; "
            "--micro-batch 1 gives the same result faster (the rest accumulates), as does FlashAttention-2 "
            "on a GPU (pip install flash-attn --no-build-isolation)"
        )
    info(
        f"template {job.template.name} · {len(mixture):,} examples · "
        f"{sum(mixture.dropped.values()):,} rows dropped · "
        f"{packing.tokens:,} tokens in {len(packing):,} sequences, {packing.efficiency:.1%} full · "
        f"{optimiser_steps(section, len(packing)):,} steps of {section.batch_size} sequences · "
        f"{prepared.dtype}, {prepared.attention} attention, {os.environ.get('WORLD_SIZE', '1')} process(es)"
    )


def _summarise(job: Job, prepared: Prepared, model: Any) -> TrainingSummary:
    mixture, packing = prepared.mixture, prepared.packing
    log = read_log(job.out) if is_main() else []
    if is_main() and not log:
        raise TrainingError(f"no optimiser step was made; see {job.out}")
    last: dict[str, Any] = log[-1] if log else {"tokens": 0, "seconds": 0.0, "step": 0, "epoch": 0.0}
    tenth = max(1, len(log) // 10)
    return TrainingSummary(
        examples=len(mixture),
        dropped=mixture.dropped,
        sequences=len(packing),
        efficiency=round(packing.efficiency, 5),
        tokens=last["tokens"],
        trained_tokens=mixture.trained_tokens,
        steps=last["step"],
        epochs=last["epoch"],
        seconds=last["seconds"],
        tokens_per_second=round(last["tokens"] / last["seconds"], 1) if last["seconds"] else 0.0,
        first_loss=_mean([row["loss"] for row in log[:tenth]]),
        last_loss=_mean([row["loss"] for row in log[-tenth:]]),
        parameters=count_parameters(model),
        trainable=count_parameters(model, trainable=True),
        dtype=prepared.dtype,
        attention=model.config._attn_implementation,
        **_exported(job, prepared, last["step"]),
    )


def _exported(job: Job, prepared: Prepared, last: int) -> dict[str, Any]:
    """What evaluations say of the weights that are exported; nothing without them."""
    section = job.section.validation
    rows = read_evaluations(job.out)
    if section is None or prepared.held_out is None or not rows:
        return {}
    best = best_evaluation(rows, section.best) if section.best else rows[-1]
    assert best is not None  # there are rows
    return {
        "held_out": len(prepared.held_out),
        "exported_step": best.step if section.best else last,
        "held_out_loss": best.loss,
        "held_out_pass_at_1": best.pass_at_1,
    }


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else float("nan")
