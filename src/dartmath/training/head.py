"""The loss on a CPU: logits of the labelled tokens alone, a few hundred at a time.

On a GPU, TRL's kernel does so. Without one it computes logits and statistics of every token, prompts
and all, which for a small model with a large vocabulary takes as long as many of its layers.

The gradients of the output layer and of the embedding, which are as large as the matrices themselves, are
added to `.grad` in place (gradient accumulation fusion, as in Megatron-LM), instead of being made in full
and added then. Import only where training starts.
"""

from __future__ import annotations

import functools
import types
from typing import Any, NamedTuple

import torch
from torch.nn.functional import embedding

from dartmath.training.sequences import LOSS_WEIGHTS
from dartmath.training.tokens import IGNORED

# Logits of so many tokens at a time: 25 MB of a vocabulary of 49,152. Larger pieces are no faster.
_CHUNK = 128
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


def use_labelled_loss(model: Any, *, anywhere: bool = False) -> bool:
    """Let a model in TRL's trainer compute its loss from labelled tokens; False where it cannot.

    It cannot off the CPU (unless `anywhere`), or with an architecture that changes its logits or adds a
    loss of its own: there, the loss stays TRL's.
    """
    config = model.config.get_text_config()
    changed = any(getattr(config, name, None) is not None for name in _CHANGES)
    head = model.get_output_embeddings()
    # PEFT wraps a head of which rows, or which as a whole, are trained; its `weight` is then the trained one.
    layer = getattr(head, "original_module", head)
    plain = isinstance(layer, torch.nn.Linear) and layer.weight.is_floating_point()
    on_cpu = all(parameter.device.type == "cpu" for parameter in model.parameters())
    if not ((on_cpu or anywhere) and plain) or changed or hasattr(config, "output_router_logits"):
        return False
    original = model.forward

    @functools.wraps(type(model).forward)
    def forward(self: Any, *args: Any, fused_lm_head: bool = False, **kwargs: Any) -> Any:
        if not fused_lm_head:
            return original(*args, **kwargs)
        labels, weights = kwargs.pop("labels"), kwargs.pop(LOSS_WEIGHTS, None)
        hidden = self.base_model(*args, **kwargs).last_hidden_state
        targets = _Targets(labels[:, 1:], None if weights is None else weights[:, 1:])
        return _output(hidden[:, :-1], targets, self.get_output_embeddings())

    model.forward = types.MethodType(forward, model)
    _add_in_place(model.get_input_embeddings())
    return True


def _add_in_place(layer: Any) -> None:
    """Let an embedding add its gradient in place; one that does more than look rows up stays as it is."""
    if type(layer) is not torch.nn.Embedding or layer.max_norm or layer.scale_grad_by_freq or layer.sparse:
        return

    def forward(self: Any, ids: torch.Tensor) -> torch.Tensor:
        if _is_added_to(self.weight):
            return _Lookup.apply(ids, self.weight, self.padding_idx)
        return embedding(ids, self.weight, self.padding_idx)

    layer.forward = types.MethodType(forward, layer)


def complete_head(model: Any) -> None:
    """Give a head of which single rows are trained the `bias` that TRL asks for, and PEFT's wrapper lacks."""
    head = model.get_output_embeddings()
    layer = getattr(head, "original_module", None)
    if layer is not None and not hasattr(head, "bias"):
        object.__setattr__(head, "bias", layer.bias)  # not as a parameter, which would be saved twice


def take_few_tokens() -> None:
    """Have TRL's own loss, of preferences among others, take as few tokens at a time as ours does.

    It takes 4,096. A GPU's kernel works in place; on a CPU nine arrays of their logits lie there at a time:
    1.1 GiB of a pair of 512 tokens each and a vocabulary of 32,000.
    """
    from trl.kernels import chunked_logprob

    chunked_logprob.TOKEN_CHUNK_SIZE = _CHUNK


class _Targets(NamedTuple):
    """Labels and, where they have any, weights of tokens, of one shape."""

    labels: torch.Tensor
    weights: torch.Tensor | None

    def at(self, chosen: Any) -> _Targets:
        """Those of the chosen places."""
        return _Targets(self.labels[chosen], None if self.weights is None else self.weights[chosen])


def _output(hidden: torch.Tensor, targets: _Targets, head: Any) -> Any:
    """TRL's output, with the sum of the log-probabilities, which is all that its loss takes of them.

    `hidden` is [1, tokens, size] of the positions that predict `targets` [1, tokens]. Logits are in
    float32 whatever the model is in.
    """
    from trl.trainer.utils import FusedCausalLMOutput

    labelled = targets.labels != IGNORED
    scored = labelled if labelled.any() else torch.ones_like(labelled)
    chosen = targets.at(scored)
    # Autocast would round logits, and with them the loss, to 16 bits.
    with torch.autocast(hidden.device.type, enabled=False):
        total = _Loss.apply(
            hidden[scored].float(),
            head.weight,
            None if head.bias is None else head.bias.float(),
            chosen._replace(labels=chosen.labels.clamp(min=0)),
        )
    # Without a label: loss 0 and gradients of 0, since other processes wait for every gradient.
    total = total * labelled.any()
    unknown = total.new_zeros(1)
    return FusedCausalLMOutput(
        loss=total, log_probs=-total, entropy=unknown, is_top1=unknown, label_mask=labelled
    )


def _is_added_to(weight: torch.Tensor) -> bool:
    """Whether a gradient may be added to `.grad` by hand: where nothing else waits for it.

    DistributedDataParallel does, to send it; a matrix that is computed from others hands it on.
    """
    parallel = torch.distributed.is_available() and torch.distributed.is_initialized()
    return weight.requires_grad and weight.is_leaf and not parallel


def _gradient(weight: torch.Tensor) -> torch.Tensor:
    """The gradient of `weight` that is added to; zeros at first."""
    if weight.grad is None:
        weight.grad = torch.zeros_like(weight)
    return weight.grad


class _Lookup(torch.autograd.Function):  # type: ignore[misc]
    """Rows of an embedding matrix [rows, size]; its gradient is added in place."""

    @staticmethod
    def forward(ctx: Any, ids: torch.Tensor, weight: torch.Tensor, padding: int | None) -> torch.Tensor:
        ctx.save_for_backward(ids)
        ctx.weight, ctx.padding = weight, padding
        return embedding(ids, weight)

    @staticmethod
    def backward(ctx: Any, *outputs: torch.Tensor) -> tuple[None, None, None]:
        (ids,), (output,) = ctx.saved_tensors, outputs
        seen = torch.ones_like(ids, dtype=torch.bool) if ctx.padding is None else ids != ctx.padding
        _gradient(ctx.weight).index_add_(0, ids[seen], output[seen].to(ctx.weight.dtype))
        return None, None, None


class _Loss(torch.autograd.Function):  # type: ignore[misc]
    """The summed cross entropy of `targets` [tokens] under the logits of `hidden` [tokens, size].

    Logits are computed a chunk at a time, and again for the gradient: one product of matrices more than
    were they kept, and never more than a chunk of them in memory.
    """

    @staticmethod
    def forward(
        ctx: Any,
        hidden: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        targets: _Targets,
    ) -> torch.Tensor:
        ctx.save_for_backward(hidden, bias, *targets)
        # In 16 bits the sum over chunks would be rounded again and again.
        ctx.weight, ctx.in_place = weight, _is_added_to(weight) and weight.dtype == torch.float32
        table = weight.float()
        losses = []
        for start in range(0, len(hidden), _CHUNK):
            label, weight_of = targets.at(slice(start, start + _CHUNK))
            logits = _logits(hidden[start : start + _CHUNK], table, bias)
            largest = logits.amax(-1, keepdim=True)
            picked = (logits.gather(1, label[:, None]) - largest)[:, 0]
            # In place, as all that is as large as the logits.
            each = logits.sub_(largest).exp_().sum(-1).log() - picked
            losses.append((each if weight_of is None else each * weight_of).sum())
        return torch.stack(losses).sum()

    @staticmethod
    def backward(ctx: Any, *outputs: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (hidden, bias, *targets), (scale,) = ctx.saved_tensors, outputs
        table, to_hidden = ctx.weight.float(), torch.empty_like(hidden)
        to_weight = None
        if ctx.needs_input_grad[1]:
            to_weight = _gradient(ctx.weight) if ctx.in_place else torch.zeros_like(table)
        to_bias = None if bias is None else torch.zeros_like(bias)
        for start in range(0, len(hidden), _CHUNK):
            part, chunk = hidden[start : start + _CHUNK], slice(start, start + _CHUNK)
            label, weight_of = _Targets(*targets).at(chunk)
            error = _logits(part, table, bias)
            error.sub_(error.amax(-1, keepdim=True)).exp_()
            error /= error.sum(-1, keepdim=True)
            error[torch.arange(len(label), device=label.device), label] -= 1
            error *= scale if weight_of is None else scale * weight_of[:, None]
            torch.mm(error, table, out=to_hidden[start : start + _CHUNK])
            if to_weight is not None:
                to_weight.addmm_(error.T, part)
            if to_bias is not None:
                to_bias += error.sum(0)
        given = None if to_weight is None or ctx.in_place else to_weight.to(ctx.weight.dtype)
        return to_hidden, given, to_bias, None


def _logits(hidden: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
    return torch.nn.functional.linear(hidden, weight, bias)
