"""What the device is good at: number format, attention kernel, peak arithmetic, memory."""

from __future__ import annotations

import os
import re
import time
from functools import cache
from importlib.util import find_spec
from typing import Any

from dartmath.base.errors import ConfigError, MissingDependencyError
from dartmath.training.config import TrainingSection
from dartmath.training.shape import active_parameters, size

# Dense bfloat16 peak in FLOP/s and memory in GiB, from the makers' data sheets.
_GPUS = {
    "A100": (312e12, 80),
    "A800": (312e12, 80),
    "A10": (125e12, 24),
    "A16": (18e12, 16),
    "A30": (165e12, 24),
    "A40": (150e12, 48),
    "A6000": (155e12, 48),
    "L4": (121e12, 24),
    "L20": (119e12, 48),
    "L40": (181e12, 48),
    "L40S": (362e12, 48),
    "H100": (989e12, 80),
    "H100 PCIe": (756e12, 80),
    "H100 NVL": (835e12, 94),
    "H800": (989e12, 80),
    "H200": (989e12, 141),
    "H20": (148e12, 96),
    "GH200": (989e12, 96),
    "B200": (2250e12, 180),
    "GB200": (2500e12, 186),
    "B300": (2250e12, 288),
    "MI300X": (1307e12, 192),
    "RTX 6000 Ada": (364e12, 48),
    "RTX PRO 6000": (504e12, 96),
    "RTX 3090": (71e12, 24),
    "RTX 4090": (165e12, 24),
    "RTX 5090": (209e12, 32),
}
# How to install what is not part of torch.
_FLASH = {
    "flash_attention_2": (
        "run: pip install kernels (which fetches it built), or pip install flash-attn --no-build-isolation"
    ),
    "flash_attention_3": (
        "build it from the folder `hopper` of github.com/Dao-AILab/flash-attention, or use flash_attention_2"
    ),
}
PEAK_FLOPS = {name: flops for name, (flops, _) in _GPUS.items()}
MEMORY_GIB = {name: memory for name, (_, memory) in _GPUS.items()}


# Arithmetic of a step, in forward and backward passes of the trained model. A reference model scores the
# same tokens forward (a third of both passes); kto also scores mismatched responses with both models.
PASSES = {"sft": 1.0, "dpo": 4 / 3, "kto": 2.0}


def has_accelerator() -> bool:
    """Whether anything but a CPU would train."""
    import torch

    return bool(torch.cuda.is_available() or torch.backends.mps.is_available())


def known_device() -> str:
    """What plans call the device here: the name of a GPU in the table, or "CPU".

    Raises `ConfigError` for a GPU that is not in the table.
    """
    import torch

    if not torch.cuda.is_available():
        return "CPU"
    found = lookup({name: name for name in _GPUS}, torch.cuda.get_device_name())
    if found is None:
        raise ConfigError(
            f"{torch.cuda.get_device_name()} is not among the devices that plans know; name one: --device"
        )
    return str(found)


def choose_dtype(section: TrainingSection) -> str:
    """ "float32" or "bfloat16": the arithmetic of training; weights and optimiser stay float32."""
    import torch

    if section.dtype != "auto":
        return section.dtype
    if torch.cuda.is_available():
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
    fast = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return "bfloat16" if fast and not torch.backends.mps.is_available() else "float32"


def choose_attention(section: TrainingSection) -> str:
    """The attention kernel; `MissingDependencyError` or `ConfigError` for one that cannot run here."""
    import torch

    cuda = torch.cuda.is_available()
    if section.attention == "auto":
        return _best_attention(section, cuda=cuda)
    if section.attention in _FLASH:
        _check_flash(section, cuda=cuda)
    if section.attention == "flex_attention" and not cuda:
        raise ConfigError("flex_attention has no backward pass on a CPU; use --attention sdpa")
    if section.attention == "sdpa_varlen" and section.compile:
        raise ConfigError(
            "sdpa_varlen would be compiled anew for every sequence, since each has other boundaries; "
            "use --no-compile or --attention sdpa"
        )
    return section.attention


def _best_attention(section: TrainingSection, *, cuda: bool) -> str:
    if cuda and _has_flash("flash_attention_2") and choose_dtype(section) == "bfloat16":
        return "flash_attention_2"
    varlen = section.packed and not section.compile and (cuda or not has_accelerator())
    return "sdpa_varlen" if varlen else "sdpa"


def _check_flash(section: TrainingSection, *, cuda: bool) -> None:
    name = section.attention
    if not cuda:
        raise ConfigError(f"{name} needs an NVIDIA or AMD GPU; here, use --attention sdpa")
    if not _has_flash(name):
        raise MissingDependencyError(
            f"{name} is not installed; {_FLASH[name]}, or use --attention sdpa_varlen (exact as well)"
        )
    if choose_dtype(section) == "float32":
        raise ConfigError(
            f"{name} has no float32; use --dtype bfloat16, or --attention sdpa_varlen (exact as well)"
        )


def _has_flash(name: str) -> bool:
    """Whether a version of FlashAttention that trains is here.

    Version 2 may be a package, or a kernel that the package `kernels` fetches from the Hub, built for
    this torch. Of version 3, the kernel that transformers would fetch is one for inference.
    """
    from transformers.utils import is_flash_attn_2_available, is_flash_attn_3_available

    if name == "flash_attention_2":
        return bool(is_flash_attn_2_available(kernels_fallback_ok=True))
    return bool(is_flash_attn_3_available())


def loading_device(section: TrainingSection) -> str | None:
    """The GPU that weights are read onto, one after the other; None on a CPU, and where they are sharded.

    Else every process of a machine would first hold the whole model in its memory: eight times 29 GB, of
    7 billion parameters in float32.
    """
    import torch

    sharded = any(
        os.environ.get(f"ACCELERATE_USE_{kind}", "false").lower() == "true" for kind in ("FSDP", "DEEPSPEED")
    )
    if section.launch or sharded or not torch.cuda.is_available():
        return None
    return f"cuda:{os.environ.get('LOCAL_RANK', '0')}"


def check_options(section: TrainingSection) -> None:
    """Raise when an option asks for a package or device that is not here."""
    import torch

    _refuse_cut_sequences()
    if section.liger:
        if not torch.cuda.is_available():
            raise ConfigError("Liger kernels need a GPU; here, use --no-liger")
        if not find_spec("liger_kernel"):
            raise MissingDependencyError(
                "Liger kernels are not installed; run: pip install liger-kernel, or use --no-liger"
            )
    bitsandbytes = section.optimizer in ("adamw_8bit", "paged_adamw", "paged_adamw_8bit")
    if bitsandbytes and not find_spec("bitsandbytes"):
        raise MissingDependencyError(
            f"optimizer {section.optimizer} needs bitsandbytes; run: pip install bitsandbytes, "
            "or use --optimizer adafactor, which needs less memory than adamw too"
        )
    if section.launch and section.optimizer == "muon":
        raise ConfigError("optimizer muon needs whole weight matrices, and launch shards them; use adamw")
    if section.launch and section.validation and section.validation.benchmark:
        raise ConfigError(
            "validation.benchmark needs a whole model to answer queries with, and launch shards it; leave it "
            "out: the held-out loss works with sharded models"
        )
    if section.lora and section.lora.quantize and not find_spec("bitsandbytes"):
        raise MissingDependencyError(
            "QLoRA needs bitsandbytes; run: pip install bitsandbytes, or use --no-lora-quantize"
        )
    for name in section.log_to:
        if not find_spec(name):
            raise MissingDependencyError(f"log_to: {name} is not installed; run: pip install {name}")


def _refuse_cut_sequences() -> None:
    """Raise where accelerate is told to cut sequences among devices.

    The boundaries of packed examples are dropped then, without a word: TRL's own check knows its own packing
    alone. And devices that share a sequence are no devices among which a batch is divided.
    """
    for kind in ("CP", "SP"):
        if int(os.environ.get(f"PARALLELISM_CONFIG_{kind}_SIZE") or 1) > 1:
            raise ConfigError(
                f"the launcher cuts sequences among GPUs (parallelism_config_{kind.lower()}_size); "
                "packed examples would see each other: leave it out, and make room for long sequences by "
                "--launch zero3 or fsdp2 and gradient checkpointing"
            )


def lookup(table: dict[str, Any], device: str) -> Any | None:
    """The entry of the longest name in `table` that is a part, by whole words, of the device's name."""
    found = [name for name in table if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", device, re.IGNORECASE)]
    return table[max(found, key=len)] if found else None


def peak_flops(dtype: str) -> float | None:
    """Peak FLOP/s of one device here; measured on a CPU, None for an unknown GPU."""
    import torch

    if torch.cuda.is_available():
        peak = lookup(PEAK_FLOPS, torch.cuda.get_device_name())
        return None if peak is None else float(peak)
    return measured_peak(dtype)


@cache
def measured_peak(name: str) -> float:
    """FLOP/s of this CPU: the best of ever larger products of matrices, for a third of a second, once."""
    import torch

    dtype = getattr(torch, name)
    best, spent = 0.0, 0.0
    for side in (side for side in (512, 768, 1024, 1536, 2048) for _ in range(4)):
        left, right = torch.rand(side, side).to(dtype), torch.rand(side, side).to(dtype)
        begin = time.perf_counter()
        torch.mm(left, right)
        took = time.perf_counter() - begin
        best, spent = max(best, 2 * side**3 / took), spent + took
        if spent > 1 / 3:
            break
    return best


def flops_per_token(model: Any, length: float, *, labelled: float = 1.0, frozen: bool = False) -> float:
    """Forward and backward arithmetic that one token of an example of `length` tokens needs.

    6 FLOP per parameter, plus 6 x layers x hidden x length for causal attention (PaLM,
    https://arxiv.org/abs/2204.02311, appendix B, halved for the causal mask). Embeddings that are
    only looked up do not count, nor do experts that a token is not sent to, padding, recomputation, and
    what a kernel computes across examples only to mask it; the output layer counts for the `labelled`
    share of tokens, since the loss needs no logits of the others. `frozen` weights (LoRA) need no weight
    gradients: 4 FLOP per parameter.
    """
    config = model.config.get_text_config()
    parameters = float(active_parameters(model))
    parameters -= (1 - labelled) * size(model.get_output_embeddings().weight)
    attention: float = 6 * config.num_hidden_layers * config.hidden_size * length
    return (4 if frozen else 6) * parameters + attention
