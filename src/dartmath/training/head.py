"""The loss on a CPU: logits of the labelled tokens alone, a few hundred at a time.

On a GPU, TRL's kernel does so. Without one it computes logits and statistics of every token, prompts
and all, which for a small model with a large vocabulary takes as long as many of its layers. PyTorch's
chunked `linear_cross_entropy` takes half the time, and as little memory. Import only where training starts.
"""

from __future__ import annotations

import functools
import types
from typing import Any

import torch

from dartmath.training.tokens import IGNORED

_CHUNK = 512  # logits of so many tokens at a time
# What some architectures do to logits (the names that TRL's own head reads).
_CHANGES = (
    "final_logit_softcapping",
    "logit_scale",
    "output_multiplier",
    "lm_head_multiplier",
    "logits_scaling",
)

STATISTICS = ("entropy", "mean_token_accuracy")
"""Metrics of TRL that this loss does not compute."""


def use_labelled_loss(model: Any) -> bool:
    """Let a model in TRL's trainer compute its loss from labelled tokens; False where it cannot.

    It cannot off the CPU, with an architecture that changes its logits or adds a loss of its own, or
    before PyTorch 2.13: there, the loss stays TRL's.
    """
    if not hasattr(torch.nn, "LinearCrossEntropyOptions"):
        return False
    config = model.config.get_text_config()
    changed = any(getattr(config, name, None) is not None for name in _CHANGES)
    head = model.get_output_embeddings()
    # PEFT wraps a head of which rows, or which as a whole, are trained; its `weight` is then the trained one.
    layer = getattr(head, "original_module", head)
    plain = isinstance(layer, torch.nn.Linear) and layer.weight.is_floating_point()
    on_cpu = all(parameter.device.type == "cpu" for parameter in model.parameters())
    if not (on_cpu and plain) or changed or hasattr(config, "output_router_logits"):
        return False
    original = model.forward

    @functools.wraps(type(model).forward)
    def forward(self: Any, *args: Any, fused_lm_head: bool = False, **kwargs: Any) -> Any:
        if not fused_lm_head:
            return original(*args, **kwargs)
        labels = kwargs.pop("labels")
        hidden = self.base_model(*args, **kwargs).last_hidden_state
        return _output(hidden[:, :-1], labels[:, 1:], self.get_output_embeddings())

    model.forward = types.MethodType(forward, model)
    return True


def complete_head(model: Any) -> None:
    """Give a head of which single rows are trained the `bias` that TRL asks for, and PEFT's wrapper lacks."""
    head = model.get_output_embeddings()
    layer = getattr(head, "original_module", None)
    if layer is not None and not hasattr(head, "bias"):
        object.__setattr__(head, "bias", layer.bias)  # not as a parameter, which would be saved twice


def _output(hidden: torch.Tensor, labels: torch.Tensor, head: Any) -> Any:
    """TRL's output, with the sum of the log-probabilities, which is all that its loss takes of them.

    `hidden` is [1, tokens, size] of the positions that predict `labels` [1, tokens]. Logits are in
    float32 whatever the model is in: PyTorch computes them so on a CPU, but would round their sum.
    """
    from torch.nn.functional import linear_cross_entropy
    from trl.trainer.utils import FusedCausalLMOutput

    labelled = labels != IGNORED
    scored = labelled if labelled.any() else torch.ones_like(labels, dtype=torch.bool)
    total = linear_cross_entropy(
        hidden[scored].float(),
        head.weight.float(),
        labels[scored].clamp(min=0),
        linear_bias=None if head.bias is None else head.bias.float(),
        reduction="sum",
        options=torch.nn.LinearCrossEntropyOptions(
            batch_chunk_size=_CHUNK, chunking_method=None, acc_policy="accurate"
        ),
    )
    # Without a label: loss 0 and gradients of 0, since other processes wait for every gradient.
    total = total * labelled.any()
    unknown = total.new_zeros(1)
    return FusedCausalLMOutput(
        loss=total, log_probs=-total, entropy=unknown, is_top1=unknown, label_mask=labelled
    )
