"""Export: the trained model as a Hugging Face folder that servers take as it is."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from dartmath.prompts.template import Template
from dartmath.training.chat_template import jinja_template
from dartmath.training.config import TrainingSection
from dartmath.training.tokens import end_ids

ADAPTER = "adapter"
"""Folder of the LoRA adapters inside an exported folder, where they are merged too."""


def export(trainer: Any, tokenizer: Any, template: Template, section: TrainingSection, out: Path) -> None:
    """Write weights, tokenizer, chat template and generation settings to `out`.

    All processes call this, since sharded weights are gathered from all of them. With LoRA the
    adapters are merged into the model unless `lora.merge` is off, and kept beside it.
    """
    prepare_tokenizer(tokenizer, template)
    merging = section.lora is not None and section.lora.merge
    target = out / ADAPTER if merging else out
    trainer.processing_class = tokenizer
    _set_generation(trainer.accelerator.unwrap_model(trainer.model), tokenizer, template)
    trainer.save_model(str(target))
    if not trainer.is_world_process_zero():
        return
    if merging:
        _merge(target, section, out)
    tokenizer.save_pretrained(out)
    (out / "training_args.bin").unlink(missing_ok=True)  # a pickle; manifest.json says the same
    (out / ADAPTER / "training_args.bin").unlink(missing_ok=True)


def prepare_tokenizer(tokenizer: Any, template: Template) -> None:
    """Give the tokenizer the training template as its chat template."""
    if not template.chat:
        tokenizer.chat_template = jinja_template(template, tokenizer)


def remove_checkpoints(folder: Path) -> None:
    """Delete the checkpoints of a finished run."""
    shutil.rmtree(folder, ignore_errors=True)


def _set_generation(model: Any, tokenizer: Any, template: Template) -> None:
    """Stop at what training ended responses with, and at the model's own end tokens."""
    config = model.generation_config
    known = config.eos_token_id
    ends = [*end_ids(tokenizer, template)[-1:], tokenizer.eos_token_id]
    ends += known if isinstance(known, list) else [known]
    config.eos_token_id = list(dict.fromkeys(e for e in ends if e is not None))
    if tokenizer.pad_token_id is not None:
        config.pad_token_id = tokenizer.pad_token_id


def _merge(adapter: Path, section: TrainingSection, out: Path) -> None:
    """Merge adapters into a float copy of their base (a 4-bit base cannot be merged exactly)."""
    import torch
    from peft import AutoPeftModelForCausalLM
    from transformers.integrations.deepspeed import unset_hf_deepspeed_config

    # With ZeRO-3 in force the base would be sharded while it loads, which one process cannot do alone.
    unset_hf_deepspeed_config()
    model = AutoPeftModelForCausalLM.from_pretrained(
        adapter, dtype=torch.bfloat16 if torch.cuda.is_available() else torch.float32
    )
    generation = model.get_base_model().generation_config
    merged = model.merge_and_unload()
    merged.generation_config = generation
    merged.save_pretrained(out)
