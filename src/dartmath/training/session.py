"""One session of a training job: load, train from where it stopped, export."""

from __future__ import annotations

import os
from typing import Any

from dartmath.base.errors import TrainingError
from dartmath.base.memory import give_back_freed
from dartmath.base.terminal import info, warn
from dartmath.model import load_tokenizer
from dartmath.training.arguments import quiet
from dartmath.training.checkpoints import checkpoint_folder, newest_checkpoint, remove_broken, step_of
from dartmath.training.export import export
from dartmath.training.export_check import affordable, check_export, look_at_trained
from dartmath.training.hardware import (
    choose_attention,
    choose_dtype,
)
from dartmath.training.interrupt import StopRequest, interrupted, is_launched, on_interrupt
from dartmath.training.job import Job, is_main
from dartmath.training.layout import optimiser_steps
from dartmath.training.log import read_log
from dartmath.training.prepared import Prepared, layout_of, prepare_data
from dartmath.training.shape import count_parameters
from dartmath.training.summary import TrainingSummary
from dartmath.training.validation import best_evaluation, read_evaluations


def run_session(job: Job) -> TrainingSummary:
    """Train `job` to its end and export it to `job.out`."""
    from transformers import set_seed

    from dartmath.training.build import build_trainer

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
    trainer, journal, stopping = build_trainer(job, prepared, stop)
    give_back_freed()  # of libraries, texts and files of weights that were read
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
    trainer.forget_optimizer()
    give_back_freed()
    _export(trainer, prepared, job)
    return summary


def _export(trainer: Any, prepared: Prepared, job: Job) -> None:
    """Write the model, read it again, and raise `TrainingError` where it is not the one in memory."""
    # Without autocast, which would round what is compared to 16 bits.
    model = trainer.accelerator.unwrap_model(trainer.model, keep_fp32_wrapper=False)
    trained = None
    try:
        trained = look_at_trained(model, prepared.mixture, trainer.args.device, section=job.section)
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
    if section.packed and section.micro_batch > 1 and prepared.attention in ("sdpa", "eager"):
        # Padding-free batches are one long sequence to kernels that know no boundaries.
        warn(
            f"{prepared.attention} attention takes time in the square of micro_batch x max_length; "
            "--micro-batch 1 gives the same result faster (the rest accumulates), as do --attention "
            "sdpa_varlen and, on a GPU, FlashAttention-2 (pip install kernels)"
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
