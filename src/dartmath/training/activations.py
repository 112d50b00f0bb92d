"""What a forward pass keeps for the backward pass, counted on tensors that hold no numbers.

Formulas of activations are of one architecture at a time, and forget what libraries add: copies of weights
that autocast makes, norms in float32, repeated heads. So the library's own model runs on PyTorch's fake
tensors, and what autograd saves is added up.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from dartmath.training.config import TrainingSection

_NAME = "counted"


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes that stay until the backward pass, of one micro-batch.

    Attributes:
        outside: outside the layers.
        layers: of each layer.
        inputs: the input of each layer, which is all that checkpointing keeps of it.
    """

    outside: int
    layers: tuple[int, ...]
    inputs: int

    def total(self, *, checkpointing: bool) -> int:
        """All of it; with checkpointing, the inputs of layers, and one layer in full."""
        if checkpointing:
            return self.outside + self.inputs * len(self.layers) + max(self.layers)
        return self.outside + sum(self.layers)


# What was counted, by all that it depends on: a model of 80 layers takes seconds.
_COUNTED: dict[tuple[Any, ...], Kept | None] = {}


def count_kept(config: Any, section: TrainingSection, dtype: str, *, half: bool = False) -> Kept | None:
    """What a micro-batch of `section` keeps in a model of a transformers configuration, trained in `dtype`.

    Weights are in float32 beside that arithmetic, or `half` of it: in 16 bits, as they are where sharded.
    None where the model cannot run without numbers: which expert a token is sent to depends on them.
    """
    lora = section.lora and section.lora.model_dump_json()
    known = (config.to_json_string(), section.micro_batch, section.max_length, lora, dtype, half)
    if known not in _COUNTED:
        _COUNTED[known] = _try(config, section, dtype, half=half)
    return _COUNTED[known]


def _try(config: Any, section: TrainingSection, dtype: str, *, half: bool) -> Kept | None:
    from torch._subclasses.fake_tensor import FakeTensorMode

    try:
        with _silent("torch._subclasses.fake_tensor"), FakeTensorMode(allow_non_fake_inputs=True):
            return _count(_model(config, section, dtype, half=half), section, dtype)
    except (RuntimeError, ValueError, NotImplementedError, TypeError):
        return None


@contextmanager
def _silent(name: str) -> Iterator[None]:
    logger = logging.getLogger(name)
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def _model(config: Any, section: TrainingSection, dtype: str, *, half: bool) -> Any:
    """The model as it is trained: in float32 or, of `half`, 16 bits; or adapters on a base in `dtype`."""
    import torch
    from transformers import AttentionInterface, AttentionMaskInterface, AutoModelForCausalLM

    from dartmath.training.load import lora_config

    kept = getattr(torch, dtype if section.lora or half else "float32")
    model = AutoModelForCausalLM.from_config(config, attn_implementation="sdpa", dtype=kept)
    # PyTorch's SDPA takes the way that keeps all scores where tensors are fake; no kernel that trains does.
    AttentionInterface.register(_NAME, _attend)
    AttentionMaskInterface.register(_NAME, lambda *_, **__: None)
    model.set_attn_implementation(_NAME)
    if section.lora is None:
        return model.train()
    from peft import get_peft_model

    return get_peft_model(model, lora_config(section.lora, model)).train()


def _count(model: Any, section: TrainingSection, dtype: str) -> Kept:
    import torch

    base = model.get_base_model().base_model if section.lora else model.base_model
    owned = {_key(tensor) for tensor in (*model.parameters(), *model.buffers())}
    found: dict[int, torch.Tensor] = {}  # with the tensors, so that no storage is used again
    marks: list[int] = []

    def total(*_: Any) -> int:
        return sum(tensor.untyped_storage().nbytes() for tensor in found.values())

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        if _key(tensor) not in owned:
            found.setdefault(_key(tensor), tensor)
        return tensor

    layers = max((m for m in base.modules() if isinstance(m, torch.nn.ModuleList)), key=len)
    for layer in layers:
        layer.register_forward_pre_hook(lambda *_: marks.append(total()))
        layer.register_forward_hook(lambda *_: marks.append(total()))
    ids = torch.zeros(section.micro_batch, section.max_length, dtype=torch.long)
    # A fake device of any kind: kernels of GPUs keep what those of a CPU keep.
    with (
        torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor),
        torch.autocast("cpu", torch.bfloat16, enabled=dtype == "bfloat16"),
    ):
        hidden = base(input_ids=ids, use_cache=False).last_hidden_state
    each = tuple(marks[i + 1] - marks[i] for i in range(0, len(marks), 2))
    return Kept(total() - sum(each), each, hidden.numel() * hidden.element_size())


def _attend(module: Any, query: Any, key: Any, value: Any, attention_mask: Any, **_: Any) -> tuple[Any, None]:
    """What kernels of attention keep: query, key, value [batch, heads, tokens, size], output, its scale."""
    import torch

    class Attention(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, query: Any, key: Any, value: Any) -> Any:
            output = torch.empty_like(query)
            ctx.save_for_backward(
                query, key, value, output, output.new_empty(query.shape[:3], dtype=torch.float32)
            )
            return output

        @staticmethod
        def backward(ctx: Any, *_: Any) -> None:
            raise NotImplementedError  # nothing is computed here

    given = (query, key, value)
    if torch.is_autocast_enabled("cpu"):
        given = tuple(tensor.to(torch.get_autocast_dtype("cpu")) for tensor in given)
    return Attention.apply(*given).transpose(1, 2), None


def _key(tensor: Any) -> int:
    return int(tensor.untyped_storage()._cdata)
