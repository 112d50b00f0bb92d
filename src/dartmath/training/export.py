"""Export: the trained model as a Hugging Face folder that servers take as it is."""

from __future__ import annotations

import copy
import shutil
import tempfile
from pathlib import Path
from typing import Any

from dartmath.base.errors import ConfigError
from dartmath.base.terminal import warn
from dartmath.prompts.template import Template
from dartmath.training.chat_template import jinja_template
from dartmath.training.gguf_file import check_gguf
from dartmath.training.job import Job, is_main
from dartmath.training.load import load_trainable
from dartmath.training.rounding import round_weights
from dartmath.training.tokens import end_ids

ADAPTER = "adapter"
"""Folder of the LoRA adapters inside an exported folder, where they are merged too."""


def prepare_export(model: Any, tokenizer: Any, job: Job) -> None:
    """Before the first step: set what the export will hold, and write all of it but the weights once.

    What only the end of a run would find out (a generation configuration that transformers refuses to
    write, a tokenizer that does not come back as it was, no room for the weights) is found out here.
    All processes call this, since each looks at its model when it is trained; the main one writes.
    Raises `ConfigError`.
    """
    prepare_tokenizer(tokenizer, job.template)
    model.generation_config = generation_config(model.generation_config, tokenizer, job.template)
    if is_main():
        _dry_export(model, tokenizer, job)


def _dry_export(model: Any, tokenizer: Any, job: Job) -> None:
    if job.section.lora and not job.section.lora.merge and not job.section.sliding_window:
        warn(
            "adapters alone do not carry sliding_window: false; whoever adds them to the base has to switch "
            "its sliding window off as well (or train with lora.merge)"
        )
    if job.section.gguf:
        check_gguf(model.config.get_text_config(), tokenizer)
    job.out.mkdir(parents=True, exist_ok=True)
    _check_room(model, job)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=job.out) as folder:
        model.config.save_pretrained(folder)
        model.generation_config.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        _check_tokenizer(tokenizer, folder)


def export(trainer: Any, tokenizer: Any, job: Job) -> None:
    """Write weights, tokenizer, chat template and generation settings to `job.out`.

    All processes call this, since sharded weights are gathered from all of them. With LoRA the
    adapters are merged into the model unless `lora.merge` is off, and kept beside it.
    """
    merging = job.section.lora is not None and job.section.lora.merge
    target = job.out / ADAPTER if merging else job.out
    trainer.processing_class = tokenizer
    _gather_when_saving(trainer)
    trainer.save_model(str(target))
    if not trainer.is_world_process_zero():
        return
    trained = trainer.accelerator.unwrap_model(trainer.model)
    if merging:
        _merge(target, trained, job)
    elif job.section.lora:
        # Without a config.json, which would make a folder of adapters a whole model to transformers.
        trained.generation_config.save_pretrained(job.out)
    if job.section.export_dtype != "float32":
        round_weights(job.out, job.section.export_dtype)
    tokenizer.save_pretrained(job.out)
    (job.out / "training_args.bin").unlink(missing_ok=True)  # a pickle; manifest.json says the same
    (job.out / ADAPTER / "training_args.bin").unlink(missing_ok=True)


def _gather_when_saving(trainer: Any) -> None:
    """Let FSDP, whose checkpoints are of shards, save whole weights."""
    if plugin := getattr(trainer.accelerator.state, "fsdp_plugin", None):
        plugin.set_state_dict_type("FULL_STATE_DICT")


def prepare_tokenizer(tokenizer: Any, template: Template) -> None:
    """Give the tokenizer the training template as its chat template."""
    if not template.chat:
        tokenizer.chat_template = jinja_template(template, tokenizer)


def generation_config(base: Any, tokenizer: Any, template: Template) -> Any:
    """The generation settings of the trained model: the base's, stopping where training ended responses.

    Some models are published with a temperature but without `do_sample`, which transformers reads but
    refuses to write; they are meant to be sampled, so `do_sample` is set. Raises `ConfigError` for
    settings that cannot be written at all.
    """
    config = copy.deepcopy(base)
    known = config.eos_token_id
    ends = [*end_ids(tokenizer, template)[-1:], tokenizer.eos_token_id]
    ends += known if isinstance(known, list) else [known]
    config.eos_token_id = list(dict.fromkeys(e for e in ends if e is not None))
    if tokenizer.pad_token_id is not None:
        config.pad_token_id = tokenizer.pad_token_id
    if _refusal(config) and not config.do_sample:
        config.do_sample = True
        if is_main():
            warn("the base model's generation_config.json has sampling settings without do_sample; it is set")
    if reason := _refusal(config):
        raise ConfigError(
            f"the base model's generation_config.json cannot be written again ({reason}); mend it in a copy "
            "of the model folder and give that as --model"
        )
    return config


def _refusal(config: Any) -> str:
    """Why transformers would not write these settings; empty when it would."""
    try:
        config.validate(strict=True)
    except ValueError as error:
        return next((line for line in str(error).splitlines() if line.startswith("-")), str(error))[:300]
    return ""


def _check_tokenizer(tokenizer: Any, folder: str) -> None:
    from transformers import AutoTokenizer

    probe = "What is 2 + 2?\n\nThe answer is $\\frac{8}{2}$."
    again = AutoTokenizer.from_pretrained(folder)
    if again.encode(probe) != tokenizer.encode(probe) or again.chat_template != tokenizer.chat_template:
        raise ConfigError(
            "the base model's tokenizer does not come back as it was when it is written and read again "
            f"({type(tokenizer).__name__}); the trained model could not be used with it"
        )


def _check_room(model: Any, job: Job) -> None:
    """Raise `ConfigError` where the disk has no room for the trained weights."""
    size = sum(parameter.numel() * parameter.element_size() for parameter in model.parameters())
    free = shutil.disk_usage(job.out).free
    if size > free:
        raise ConfigError(
            f"{job.out} has {free / 1e9:.1f} GB free, and the trained weights alone take "
            f"{size / 1e9:.1f} GB; make room or give another --out"
        )


def _merge(adapter: Path, trained: Any, job: Job) -> None:
    """Merge adapters into a float copy of the base that was trained (one in 4 bits cannot be merged exactly).

    The base is loaded as training loaded it, from the same commit and with the same changes to its
    configuration, and takes the generation settings of the model in memory: the folder's own files
    know nothing of either.
    """
    import torch
    from peft import PeftModel
    from transformers.integrations.deepspeed import unset_hf_deepspeed_config

    assert job.section.lora is not None
    # With ZeRO-3 in force the base would be sharded while it loads, which one process cannot do alone.
    unset_hf_deepspeed_config()
    plain = job.section.lora.model_copy(update={"quantize": False})
    base = load_trainable(
        job.path,
        job.section.model_copy(update={"lora": plain}),
        revision=job.revision,
        dtype="bfloat16" if torch.cuda.is_available() else "float32",
        attention="sdpa",
    )
    merged = PeftModel.from_pretrained(base, adapter).merge_and_unload()
    merged.generation_config = trained.generation_config
    merged.save_pretrained(job.out)
