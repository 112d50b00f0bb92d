"""Plan: what a run will take (steps, tokens, memory, hours), before anything is loaded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dartmath.base.errors import UnknownNameError
from dartmath.training.config import TrainingSection
from dartmath.training.hardware import MEMORY_GIB, PASSES, PEAK_FLOPS
from dartmath.training.layout import Layout, batch_layout, optimiser_steps, warmup_steps
from dartmath.training.shape import ModelShape

if TYPE_CHECKING:
    from dartmath.training.pack import Packing

_GIB = 2**30
# The CUDA context, cuBLAS workspaces and the fragmentation that allocators leave.
_OVERHEAD_GIB = 2.0

# Rows and mean response tokens of the paper's data sets (arXiv 2407.13690 and data set cards), by policy.
# The baseline's mean is not published; it is estimated from the size of its file (805 bytes per row
# against 1592 of the Prop2Diff set).
PUBLISHED_DATA = {"prop2diff": (585_392, 480.3), "uniform": (590_705, 273.8), "vrt": (590_601, 212.0)}
PROMPT_TOKENS = 110
"""Mean prompt of GSM8K and MATH queries in the Alpaca template: assumed where no data is at hand."""


@dataclass(frozen=True, slots=True)
class DataSize:
    """How much data there is.

    Attributes:
        rows: examples.
        tokens: of all examples, prompts included.
        sequences: packed sequences.
        source: where the numbers come from, for people.
    """

    rows: int
    tokens: int
    sequences: int
    source: str


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of one GPU in GiB under one way of sharding."""

    sharding: str
    weights: float
    gradients: float
    optimiser: float
    activations: float

    @property
    def total(self) -> float:
        """All of it, with what the libraries take."""
        return self.weights + self.gradients + self.optimiser + self.activations + _OVERHEAD_GIB


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will do on given hardware.

    Attributes:
        parameters, trainable: of the model, and those trained.
        layout: gpus x micro-batch x accumulation.
        steps, warmup: optimiser steps, and those of them that warm up.
        tokens: tokens of the whole run.
        memory: per GPU, one entry for each way of sharding.
        device, device_gib: the GPU, and its memory.
        hours: at the given share of the device's peak.
        mfu: that share.
    """

    data: DataSize
    parameters: int
    trainable: int
    layout: Layout
    steps: int
    warmup: int
    tokens: int
    memory: list[Memory]
    device: str
    device_gib: float
    hours: float
    mfu: float


def plan(
    section: TrainingSection, shape: ModelShape, data: DataSize, *, device: str = "A100", mfu: float = 0.4
) -> Plan:
    """The plan of a run of `section` on GPUs called `device` at model FLOP utilisation `mfu`.

    Raises `ConfigError` when the batch does not divide, `UnknownNameError` for an unknown device.
    """
    if device not in PEAK_FLOPS:
        raise UnknownNameError("device", device, PEAK_FLOPS)
    layout = batch_layout(section)
    steps = optimiser_steps(section, data.sequences)
    tokens = round(data.tokens * steps * section.batch_size / max(1, data.sequences))
    flops = tokens * shape.flops_per_token(section.max_length, frozen=section.lora is not None)
    flops *= PASSES[section.objective]
    return Plan(
        data=data,
        parameters=shape.parameters,
        trainable=shape.lora_parameters(section.lora.rank) if section.lora else shape.parameters,
        layout=layout,
        steps=steps,
        warmup=warmup_steps(section, steps),
        tokens=tokens,
        memory=memory_table(section, shape),
        device=device,
        device_gib=float(MEMORY_GIB[device]),
        hours=flops / (PEAK_FLOPS[device] * mfu * section.gpus) / 3600,
        mfu=mfu,
    )


def assumed_size(rows: int, tokens_per_row: float, section: TrainingSection, source: str) -> DataSize:
    """The size of data that is known by its means alone; packed sequences are 99.5 % full."""
    tokens = round(rows * tokens_per_row)
    return DataSize(rows, tokens, math.ceil(tokens / (0.995 * section.max_length)), source)


def measured_size(packing: Packing, rows: int, source: str) -> DataSize:
    """The size of data that is tokenised and packed."""
    return DataSize(rows, packing.tokens, len(packing), source)


def memory_table(section: TrainingSection, shape: ModelShape) -> list[Memory]:
    """Memory per GPU by ZeRO stage (https://arxiv.org/abs/1910.02054, section 3) or FSDP.

    Mixed-precision Adam: 2 bytes of weights, 2 of gradients and 12 of optimiser state (float32
    weights, momentum, variance) per parameter. Stage 1 shards the optimiser, stage 2 gradients
    too, stage 3 (and FSDP) weights too.
    """
    activations = _activations(section, shape) / _GIB
    if section.lora:
        return [_lora_memory(section, shape, activations)]
    parameters, gpus = shape.parameters / _GIB, section.gpus
    # Preferences are measured against a copy of the base, which lies beside it in float32.
    copies = 2 if section.objective == "sft" else 6
    shards = {"one GPU each (DDP)": (1, 1, 1), "ZeRO-1": (1, 1, gpus), "ZeRO-2": (1, gpus, gpus)}
    shards["ZeRO-3 / FSDP2"] = (gpus, gpus, gpus)
    return [
        Memory(name, copies * parameters / w, 2 * parameters / g, 12 * parameters / o, activations)
        for name, (w, g, o) in shards.items()
        if gpus > 1 or "ZeRO" not in name
    ]


def _lora_memory(section: TrainingSection, shape: ModelShape, activations: float) -> Memory:
    """The frozen base in bfloat16, or NF4 (0.5 bytes and 0.02 of scales), and adapters in float32."""
    assert section.lora is not None
    adapters = shape.lora_parameters(section.lora.rank) / _GIB
    total = shape.parameters / _GIB
    linear = shape.linear / _GIB
    base = 2 * (total - linear) + 0.52 * linear if section.lora.quantize else 2 * total
    name = "QLoRA" if section.lora.quantize else "LoRA"
    return Memory(name, base + 4 * adapters, 4 * adapters, 8 * adapters, activations)


def _activations(section: TrainingSection, shape: ModelShape) -> float:
    """Bytes of activations of one forward pass.

    34 bytes per token and hidden unit in each layer, scores excluded as no kernel keeps them
    (https://arxiv.org/abs/2205.05198, section 4.1); with checkpointing, a layer's input (2 bytes)
    each, and one layer in full.
    """
    tokens = section.micro_batch * section.max_length
    layer = 34 * tokens * shape.hidden
    if section.gradient_checkpointing is False:
        return float(shape.layers * layer)
    return float(2 * tokens * shape.hidden * shape.layers + layer)
