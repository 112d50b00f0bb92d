"""Plan: what a run will take (steps, tokens, memory, hours), before anything is loaded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dartmath.base.errors import UnknownNameError
from dartmath.training.config import TrainingSection
from dartmath.training.hardware import MEMORY_GIB, PASSES, PEAK_FLOPS, choose_dtype, measured_peak
from dartmath.training.layout import Layout, batch_layout, optimiser_steps, warmup_steps
from dartmath.training.memory import Memory, disk_bytes, memory_table
from dartmath.training.pace import StepPace
from dartmath.training.shape import ModelShape

if TYPE_CHECKING:
    from dartmath.training.pack import Packing

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
class Plan:
    """What a run will do on given hardware.

    Attributes:
        parameters, trainable: of the model, and those trained.
        layout: gpus x micro-batch x accumulation.
        steps, warmup: optimiser steps, and those of them that warm up.
        tokens: tokens of the whole run.
        memory: per GPU, one entry for each way of sharding.
        disk_gib: on disk at the most: tokens, checkpoints, the export.
        device, device_gib: the device, and its memory.
        hours: at the measured pace, or at the given share of the device's peak.
        mfu: that share.
        pace: what a few real steps showed; None where none were made.
    """

    data: DataSize
    parameters: int
    trainable: int
    layout: Layout
    steps: int
    warmup: int
    tokens: int
    memory: list[Memory]
    disk_gib: float
    device: str
    device_gib: float
    hours: float
    mfu: float
    pace: StepPace | None = None


def plan(
    section: TrainingSection,
    shape: ModelShape,
    data: DataSize,
    *,
    device: str = "A100",
    mfu: float = 0.4,
    pace: StepPace | None = None,
) -> Plan:
    """The plan of a run of `section` on devices called `device`: a GPU, or "CPU", this machine's own.

    Its time follows from a measured `pace`, or from the model FLOP utilisation `mfu`. Raises `ConfigError`
    when the batch does not divide, `UnknownNameError` for an unknown device.
    """
    layout = batch_layout(section)
    steps = optimiser_steps(section, data.sequences)
    tokens = round(data.tokens * steps * section.batch_size / max(1, data.sequences))
    flops = tokens * shape.flops_per_token(section.max_length, frozen=section.lora is not None)
    flops *= PASSES[section.objective]
    known = _device(device, section)
    speed = pace.tokens_per_second if pace else known.peak * mfu * tokens / max(flops, 1)
    return Plan(
        data=data,
        parameters=shape.parameters,
        trainable=shape.lora_parameters(section.lora.rank) if section.lora else shape.parameters,
        layout=layout,
        steps=steps,
        warmup=warmup_steps(section, steps),
        tokens=tokens,
        memory=memory_table(section, shape, place=known.place, dtype=known.dtype),
        disk_gib=disk_bytes(section, shape, data.tokens) / 2**30,
        device=device,
        device_gib=known.gib,
        hours=tokens / (speed * section.gpus) / 3600,
        mfu=mfu,
        pace=pace,
    )


@dataclass(frozen=True, slots=True)
class _Device:
    """A device to plan for: "cpu" or "gpu", its FLOP/s, its memory, and the arithmetic of training on it."""

    place: str
    peak: float
    gib: float
    dtype: str


def _device(name: str, section: TrainingSection) -> _Device:
    if name == "CPU":
        import psutil

        dtype = choose_dtype(section)
        return _Device("cpu", measured_peak(dtype), psutil.virtual_memory().total / 2**30, dtype)
    if name not in PEAK_FLOPS:
        raise UnknownNameError("device", name, ["CPU", *PEAK_FLOPS])
    dtype = "bfloat16" if section.dtype == "auto" else section.dtype
    return _Device("gpu", PEAK_FLOPS[name], float(MEMORY_GIB[name]), dtype)


def assumed_size(rows: int, tokens_per_row: float, section: TrainingSection, source: str) -> DataSize:
    """The size of data that is known by its means alone; packed sequences are 99.5 % full."""
    tokens = round(rows * tokens_per_row)
    return DataSize(rows, tokens, math.ceil(tokens / (0.995 * section.max_length)), source)


def measured_size(packing: Packing, rows: int, source: str) -> DataSize:
    """The size of data that is tokenised and packed."""
    return DataSize(rows, packing.tokens, len(packing), source)
