"""Optimisers and schedules in the terms of transformers. Import only where training starts."""

from __future__ import annotations

import math
from typing import Any

import torch

from dartmath.training.config import TrainingSection
from dartmath.training.layout import warmup_steps

_MATRIX = 2  # dimensions; Muon takes no other weights
# Our names in transformers'; "muon" is not one of its own.
_NAMES = {
    "adamw": "adamw_torch_fused",
    "adamw_8bit": "adamw_bnb_8bit",
    "paged_adamw": "paged_adamw_32bit",
    "paged_adamw_8bit": "paged_adamw_8bit",
    "adafactor": "adafactor",
    "muon": "adamw_torch_fused",
}


def optimizer_arguments(section: TrainingSection, steps: int) -> dict[str, Any]:
    """Optimiser and schedule of `section` over `steps` optimiser steps, as arguments of transformers."""
    kind, options = _schedule(section, steps)
    return {
        "optim": _NAMES[section.optimizer],
        "learning_rate": section.learning_rate,
        "lr_scheduler_type": kind,
        "lr_scheduler_kwargs": options,
        "warmup_steps": warmup_steps(section, steps),
        "weight_decay": section.weight_decay,
        "max_grad_norm": section.max_grad_norm,
    }


def _schedule(section: TrainingSection, steps: int) -> tuple[str, dict[str, Any]]:
    """Name and options of a schedule in transformers (`transformers.optimization`)."""
    lowest = section.min_learning_rate_ratio
    if section.schedule == "constant":
        return "constant_with_warmup", {}
    if section.schedule == "wsd":
        # 1 - sqrt is the decay that Haegele et al. found best, arXiv 2405.18392, section 3.
        decay = {"num_decay_steps": math.ceil(section.decay * steps), "decay_type": "1-sqrt"}
        return "warmup_stable_decay", {**decay, "min_lr_ratio": lowest}
    if not lowest:
        return section.schedule, {}
    if section.schedule == "cosine":
        return "cosine_with_min_lr", {"min_lr_rate": lowest}
    return "polynomial", {"lr_end": lowest * section.learning_rate, "power": 1.0}


def forget(optimizer: Any) -> None:
    """Free the state of an optimiser that has made its last step: of AdamW, twice the size of the weights."""
    for part in getattr(optimizer, "parts", [optimizer]):
        part.state.clear()


class MuonAdamW(torch.optim.Optimizer):  # type: ignore[misc]
    """PyTorch's Muon for the weight matrices between the embeddings, its AdamW for all other parameters.

    Muon's updates are scaled to the size of AdamW's, so that learning rates carry over
    (Liu et al., arXiv 2502.16982, section 2.2). `parts` are the optimisers of either kind.
    """

    def __init__(self, model: Any, *, learning_rate: float, weight_decay: float) -> None:
        ends = (model.get_input_embeddings(), model.get_output_embeddings())
        outer = {id(p) for layer in ends if layer is not None for p in layer.parameters()}
        trained = [p for p in model.parameters() if p.requires_grad]
        inner = [p for p in trained if p.dim() == _MATRIX and id(p) not in outer]
        rest = [p for p in trained if p.dim() != _MATRIX or id(p) in outer]
        self.parts: list[torch.optim.Optimizer] = []
        if inner:
            muon = torch.optim.Muon(
                inner, lr=learning_rate, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw"
            )
            self.parts.append(muon)
        if rest:
            self.parts.append(torch.optim.AdamW(rest, lr=learning_rate, weight_decay=weight_decay))
        super().__init__(trained, {"lr": learning_rate})
        self._share()

    def _share(self) -> None:
        """Let schedules, which look at `param_groups`, and savers, which look at `state`, see the parts."""
        self.param_groups = [group for part in self.parts for group in part.param_groups]
        self.state.clear()
        for part in self.parts:
            self.state.update(part.state)

    def step(self, closure: Any = None) -> Any:
        """One step of every part."""
        loss = closure() if closure else None
        for part in self.parts:
            part.step()
        return loss

    def state_dict(self) -> dict[str, Any]:
        """The states of the parts, in their order."""
        return {"parts": [part.state_dict() for part in self.parts]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take the states of the parts."""
        for part, state in zip(self.parts, state_dict["parts"], strict=True):
            part.load_state_dict(state)
        self._share()
