"""The training section in the terms of TRL."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any

from dartmath.training.checkpoints import checkpoint_folder
from dartmath.training.config import TrainingSection
from dartmath.training.hardware import has_accelerator
from dartmath.training.layout import Layout


def quiet() -> None:
    """Silence what transformers and TRL print beside our progress line; errors still show."""
    from transformers.utils.logging import disable_progress_bar, set_verbosity_error

    disable_progress_bar()
    set_verbosity_error()
    logging.getLogger("trl").setLevel(logging.ERROR)
    # TRL and transformers rename options between versions and say so at every start.
    warnings.filterwarnings(
        "ignore", category=FutureWarning, module=r"transformers|trl|dartmath\.training\.trainer"
    )


def trainer_config(
    section: TrainingSection, layout: Layout, out: Path, *, steps: int, dtype: str, seed: int
) -> Any:
    """TRL's configuration of the run; checkpoints go to a folder in `out`."""
    from trl import DPOConfig, KTOConfig, SFTConfig

    common = _common(section, layout, out, steps=steps, dtype=dtype, seed=seed)
    preference = section.preference
    if section.objective == "dpo":
        losses = {preference.loss: 1.0, **({"sft": preference.nll_weight} if preference.nll_weight else {})}
        weights = list(losses.values())
        config: Any = DPOConfig(
            **common, beta=preference.beta, loss_type=list(losses), loss_weights=weights, max_length=None
        )
    elif section.objective == "kto":
        config = KTOConfig(**common, beta=preference.beta, max_length=None)
    else:
        config = SFTConfig(
            **common,
            loss_type=section.loss,
            # Rows come packed and tokenised; examples are kept apart by padding-free batches.
            dataset_kwargs={"skip_prepare_dataset": True},
            padding_free=section.packed,
            packing=False,
            max_length=None,
            completion_only_loss=False,
        )
    # A process trains on one device. Without a launcher, transformers would count all that are visible
    # and replicate the model over them by DataParallel, which TRL refuses.
    config._n_gpu = min(config.n_gpu, 1)
    return config


def _common(
    section: TrainingSection, layout: Layout, out: Path, *, steps: int, dtype: str, seed: int
) -> dict[str, Any]:
    """What all objectives are configured with."""
    from dartmath.training.optimizer import optimizer_arguments

    accelerated = has_accelerator()
    checkpointing = section.gradient_checkpointing
    return dict(
        output_dir=str(checkpoint_folder(out)),
        use_cpu=not accelerated,
        bf16=dtype == "bfloat16",
        fp16=False,
        num_train_epochs=section.epochs,
        max_steps=section.max_steps or -1,
        per_device_train_batch_size=layout.micro_batch,
        gradient_accumulation_steps=layout.accumulation,
        **optimizer_arguments(section, steps),
        gradient_checkpointing=accelerated if checkpointing is None else checkpointing,
        gradient_checkpointing_kwargs={"use_reentrant": False},
        use_liger_kernel=section.liger,
        torch_compile=section.compile,
        remove_unused_columns=False,
        dataloader_num_workers=2 if accelerated else 0,
        dataloader_pin_memory=accelerated,
        logging_steps=1,
        logging_first_step=True,
        logging_nan_inf_filter=False,
        disable_tqdm=True,
        run_name=str(out),
        project="dartmath",
        report_to=[name for name in section.log_to if name != "tensorboard"] or "none",
        **_evaluations(section, layout),
        save_strategy="steps",
        save_steps=_save_steps(section),
        save_total_limit=None,  # it would count a checkpoint that is not marked whole yet
        seed=seed,
        data_seed=seed,
        ddp_find_unused_parameters=False,
    )


def _save_steps(section: TrainingSection) -> int:
    """The best evaluation can be exported only where there is a checkpoint of each."""
    chosen = section.validation is not None and section.validation.best is not None
    return section.validation.steps if chosen and section.validation else section.save_steps


def _evaluations(section: TrainingSection, layout: Layout) -> dict[str, Any]:
    """Evaluations in transformers' terms; nothing without them."""
    validation = section.validation
    if validation is None:
        return {}
    chosen = {
        "load_best_model_at_end": True,
        "metric_for_best_model": f"eval_{validation.best}",
        "greater_is_better": validation.best == "pass_at_1",
    }
    return {
        "eval_strategy": "steps",
        "eval_steps": validation.steps,
        "per_device_eval_batch_size": layout.micro_batch,
        "prediction_loss_only": True,
        **(chosen if validation.best else {}),
    }
