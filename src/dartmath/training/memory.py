"""Memory of one device while it trains, from what lies in it.

`python benchmarks/plan_memory.py` compares the sums with the peaks of real runs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from dartmath.training.activations import count_kept
from dartmath.training.config import TrainingSection
from dartmath.training.layout import batch_layout
from dartmath.training.shape import ModelShape

_GIB = 2**30
# What Python and its libraries take on a CPU before a model is loaded (measured: 0.50 GiB); on a GPU the CUDA
# context, workspaces of cuBLAS, and the fragmentation that allocators leave.
LIBRARIES = {"cpu": 0.5, "gpu": 2.0}
# What the allocator holds, over what it was asked for: glibc keeps what is freed between pieces in use
# (measured: 1.05 to 1.10). What PyTorch's own holds on a GPU is in the constant above.
_HELD = {"cpu": 1.1, "gpu": 1.0}
# Tokens whose logits are computed at a time on a CPU (head.py), and by TRL's kernel on a GPU; and how many
# arrays of them lie there: logits and their gradient, and on a CPU what TRL's loss makes of them in between.
_CHUNK = {"cpu": 128, "gpu": 256}
_ARRAYS, _ARRAYS_OF_TRL = 2, 9


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of one device in GiB under one way of sharding.

    Attributes:
        weights, gradients, optimiser: of the model, and of its copies.
        activations: what the forward pass of a micro-batch keeps.
        buffers: what comes and goes: logits of a chunk, the largest gradient, buckets that are sent.
        libraries: what is taken before a model is loaded.
        held: what the allocator holds, over what it was asked for.
        together: whether gradients of earlier micro-batches lie there while activations are made.
    """

    sharding: str
    weights: float
    gradients: float
    optimiser: float
    activations: float
    buffers: float
    libraries: float
    held: float
    together: bool

    @property
    def total(self) -> float:
        """The most that lies there at a time."""
        return self.libraries + self.held * (self._named + self.buffers)

    @property
    def beside(self) -> float:
        """What is no part of the model, its optimiser or its activations."""
        return self.total - self._named

    @property
    def _named(self) -> float:
        passing = (self.gradients, self.activations)
        return self.weights + self.optimiser + (sum(passing) if self.together else max(passing))


def memory_table(
    section: TrainingSection, shape: ModelShape, *, place: str = "gpu", dtype: str = "bfloat16"
) -> list[Memory]:
    """Memory per device ("gpu" or "cpu") trained in `dtype`: alone, by ZeRO stage, or by FSDP.

    One device, and DDP: 4 bytes of weights and 4 of gradients per parameter, the states of its optimiser, and
    copies of weights that autocast makes. Sharded (https://arxiv.org/abs/1910.02054, section 3): 2 of
    weights, 2 of gradients and 12 of states; stage 1 shards the states, stage 2 gradients too, stage 3 (and
    FSDP) weights too.
    """
    parameters, gpus = shape.parameters / _GIB, section.gpus
    rest = _Rest(section, shape, place, dtype)
    if section.lora:
        return [_adapters(section, shape, rest)]
    # Preferences are measured against a copy of the base, which lies beside it in float32.
    copies = 4 * parameters if section.objective != "sft" else 0.0
    states = state_bytes(section, shape) / _GIB
    name = "one GPU each (DDP)" if gpus > 1 else "one device"
    # DDP copies gradients into buckets that it sends.
    buckets = 4 * parameters if gpus > 1 else 0.0
    passing = buckets + rest.casts(shape)
    table = [rest.memory(name, 4 * parameters + copies, 4 * parameters, states, passing)]
    rest = _Rest(section, shape, place, dtype, sharded=True)
    shards = {"ZeRO-1": (1, 1, gpus), "ZeRO-2": (1, gpus, gpus), "ZeRO-3 / FSDP2": (gpus, gpus, gpus)}
    return table + [
        rest.memory(one, 2 * parameters / w + copies, 2 * parameters / g, (4 * parameters + states) / o, 0.0)
        for one, (w, g, o) in shards.items()
        if gpus > 1
    ]


def state_bytes(section: TrainingSection, shape: ModelShape) -> int:
    """Bytes of the states of full fine-tuning's optimiser.

    AdamW keeps two moments in float32, in 8 bits with bitsandbytes; Muon one of weight matrices; Adafactor
    rows and columns of the second.
    """
    inner, outer = shape.linear, shape.parameters - shape.linear
    # Embedding and head, or one of them where they are tied; what is left are vectors, kept as they are.
    matrices, vectors = divmod(outer, max(1, shape.vocabulary * shape.hidden))
    edges = sum(inputs + outputs for inputs, outputs in shape.linears)
    edges += matrices * (shape.hidden + shape.vocabulary) + vectors
    return {
        "adamw": 8 * shape.parameters,
        "paged_adamw": 8 * shape.parameters,
        "adamw_8bit": 2 * shape.parameters,
        "paged_adamw_8bit": 2 * shape.parameters,
        "muon": 4 * inner + 8 * outer,
        "adafactor": 4 * edges,
    }[section.optimizer]


def _adapters(section: TrainingSection, shape: ModelShape, rest: _Rest) -> Memory:
    """Adapters in float32, on a base in the arithmetic's format or NF4 (0.5 bytes and 0.02 of scales)."""
    assert section.lora is not None
    adapters = shape.lora_parameters(section.lora.rank) / _GIB
    total, linear = shape.parameters / _GIB, shape.linear / _GIB
    width = 4 if rest.dtype == "float32" else 2
    base = width * (total - linear) + (0.52 if section.lora.quantize else width) * linear
    name = "QLoRA" if section.lora.quantize else "LoRA"
    return rest.memory(name, base + 4 * adapters, 4 * adapters, 8 * adapters, 0.0)


class _Rest:
    """What lies beside weights, gradients and states, however they are sharded."""

    def __init__(
        self, section: TrainingSection, shape: ModelShape, place: str, dtype: str, *, sharded: bool = False
    ) -> None:
        self.dtype, self._place = dtype, place
        checkpointing = section.gradient_checkpointing
        self._checkpointing = place == "gpu" if checkpointing is None else checkpointing
        self._own_loss = place == "cpu" and section.objective == "sft" and section.loss == "nll"
        self._together = batch_layout(section).accumulation > 1
        # Both sides of a pair go through the model at once.
        sides = 2 if section.objective == "dpo" else 1
        whole = sides * _activations(
            section, shape, dtype, checkpointing=self._checkpointing, sharded=sharded and dtype == "bfloat16"
        )
        self._activations = whole / _GIB
        self._buffers = self._passing(section, shape) / _GIB

    def memory(self, name: str, weights: float, gradients: float, optimiser: float, buffers: float) -> Memory:
        return Memory(
            name,
            weights,
            gradients,
            optimiser,
            self._activations,
            self._buffers + buffers,
            LIBRARIES[self._place],
            _HELD[self._place],
            self._together,
        )

    def _passing(self, section: TrainingSection, shape: ModelShape) -> int:
        """Bytes of what comes and goes: logits of a chunk, the largest gradient."""
        matrix = shape.vocabulary * shape.hidden
        arrays = _ARRAYS if self._own_loss or self._place == "gpu" else _ARRAYS_OF_TRL
        logits = arrays * 4 * _CHUNK[self._place] * shape.vocabulary
        largest = max((i * o for i, o in shape.linears), default=0)
        # The gradients of embedding and head are added in place by our loss alone.
        gradient = 4 * max(largest, 0 if self._own_loss else matrix) if section.lora is None else 0
        return logits + gradient

    def casts(self, shape: ModelShape) -> float:
        """GiB of the copies of weights in 16 bits that autocast keeps to the end of the forward pass.

        Without checkpointing, autograd keeps them: they are counted with the activations. With our own loss
        (`trainer.py`) none is kept.
        """
        kept = self.dtype == "bfloat16" and self._checkpointing and not self._own_loss
        return 2 * shape.linear / _GIB if kept else 0.0


def _activations(
    section: TrainingSection, shape: ModelShape, dtype: str, *, checkpointing: bool, sharded: bool
) -> float:
    """Bytes of activations of one forward pass: counted, where the model can run without numbers.

    Else 34 bytes per token and hidden unit in each layer (https://arxiv.org/abs/2205.05198, section 4.1,
    scores excluded as no kernel keeps them), times 2.5: what today's architectures keep beside.
    """
    kept = count_kept(shape.config, section, dtype, half=sharded) if shape.config is not None else None
    if kept is not None:
        return float(kept.total(checkpointing=checkpointing))
    tokens = section.micro_batch * section.max_length
    layer = 2.5 * 34 * tokens * shape.hidden
    return 4.0 * tokens * shape.hidden * shape.layers + layer if checkpointing else shape.layers * layer


def disk_bytes(section: TrainingSection, shape: ModelShape, tokens: int) -> int:
    """Bytes on disk at the most: tokens, the export, and three checkpoints, the oldest of which goes last."""
    trained = shape.lora_parameters(section.lora.rank) if section.lora else shape.parameters
    states = 8 * trained if section.lora else state_bytes(section, shape)
    merged = 4 * shape.parameters if section.lora is None or section.lora.merge else 0
    return math.ceil(4 * tokens + 3 * (4 * trained + states) + merged + (4 * trained if section.lora else 0))
