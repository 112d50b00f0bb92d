"""The `training:` section of a recipe."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from dartmath.base.section import Section


class DatasetWeight(Section):
    """One data set of a mixture."""

    path: str
    """Folder of `dartmath curate`, a JSONL or Parquet file, or `hub:OWNER/NAME[@REVISION]`."""
    weight: float = Field(1.0, gt=0)
    """How often each row is seen in an epoch; fractions take a seeded sample."""
    query: str = "query"
    """The column that holds the problem."""
    response: str = "response"
    """The column that holds the response to learn."""


class Lora(Section):
    """Low-rank adapters instead of full fine-tuning."""

    rank: int = Field(16, ge=1)
    """Rank of the adapters."""
    alpha: float = Field(32, gt=0)
    """Scale of the adapters."""
    dropout: float = Field(0.0, ge=0, lt=1)
    """Dropout on the adapters' input."""
    targets: str = "all-linear"
    """Which modules get one: names with commas between (`q_proj,v_proj`), or all linear ones but the head."""
    quantize: bool = False
    """4-bit base weights (QLoRA); needs bitsandbytes."""
    merge: bool = True
    """Merge the adapters into the exported model."""


class TrainingSection(Section):
    """Supervised fine-tuning. Defaults are the paper's (§4.1, model cards)."""

    model: str | None = None
    """The base model; the sampling model when absent."""
    revision: str | None = None
    """Revision of the base model on the Hub."""
    template: str | None = None
    """Prompt template; the recipe's own when absent."""
    datasets: list[DatasetWeight] = []
    """Data sets beside (or, alone, instead of) the curated one; all are used."""
    epochs: float = Field(3.0, gt=0)
    """Passes over the data."""
    max_steps: int | None = Field(None, ge=1)
    """Stop after this many optimiser steps."""
    learning_rate: float = Field(1e-5, gt=0)
    """Peak learning rate."""
    schedule: Literal["cosine", "linear", "constant"] = "cosine"
    """Decay after the warm-up."""
    warmup: float = Field(0.03, ge=0, lt=1)
    """Share of the steps that warm up."""
    weight_decay: float = Field(0.0, ge=0)
    """AdamW weight decay."""
    max_grad_norm: float = Field(1.0, gt=0)
    """Gradients are scaled down to this norm."""
    batch_size: int = Field(64, ge=1)
    """Packed sequences per optimiser step, over all GPUs."""
    micro_batch: int = Field(1, ge=1)
    """Packed sequences per forward pass and GPU."""
    gpus: int = Field(1, ge=1)
    """Processes; batch_size = gpus x micro_batch x accumulation, refused when it does not divide."""
    max_length: int = Field(4096, ge=8)
    """Tokens of a packed sequence."""
    packing: bool = True
    """Pack examples into sequences (exact: examples never see one another)."""
    too_long: Literal["drop", "truncate", "error"] = "drop"
    """What happens to an example longer than `max_length`."""
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    """Arithmetic of training; `auto` = bfloat16 where the device is fast at it."""
    attention: Literal["auto", "eager", "sdpa", "sdpa_varlen", "flex_attention", "flash_attention_2"] = "auto"
    """Attention kernel; `auto` = FlashAttention-2 where installed; sdpa_varlen, which goes example by
    example, for packed sequences on a CPU; else sdpa."""
    gradient_checkpointing: bool | None = None
    """Trade compute for memory; when absent, on where an accelerator trains (paper) and off on a CPU."""
    liger: bool = False
    """Liger kernels, where installed."""
    compile: bool = False
    """torch.compile."""
    lora: Lora | None = None
    """Low-rank adapters; full fine-tuning when absent."""
    save_steps: int = Field(200, ge=1)
    """Optimiser steps between checkpoints."""
    log_to: list[Literal["tensorboard", "wandb", "trackio"]] = []
    """Loggers beside the journal of the run."""
    seed: int | None = None
    """Seed of shuffling and dropout; the recipe's own when absent."""
    sliding_window: bool = True
    """False switches the sliding window of a Mistral model off (paper)."""
    launch: str | None = None
    """How the processes are started and the model is sharded: `zero3` (DeepSpeed), `fsdp2`, or a
    configuration file of accelerate; torchrun (DDP) when absent."""
    keep_checkpoints: bool = False
    """Keep the checkpoints (weights and optimiser state) after a finished run."""
