"""The shape of a model: how many parameters and how much arithmetic, without loading it.

The library's own model is built on PyTorch's "meta" device, which keeps shapes and no numbers, and its
parameters are counted: experts, biases and norms need no formula of ours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dartmath.base.errors import DataError


@dataclass(frozen=True, slots=True)
class ModelShape:
    """A decoder.

    Attributes:
        layers, hidden, vocabulary: as in config.json.
        parameters: of the whole model.
        active: those that one token is multiplied with: without the embedding, which is only looked up,
            and without the experts that it is not sent to.
        linears: inputs and outputs of each linear layer but the head: where LoRA's adapters go.
        config: the transformers configuration; None where the numbers alone are known.
    """

    layers: int
    hidden: int
    vocabulary: int
    parameters: int
    active: int
    linears: tuple[tuple[int, int], ...]
    config: Any = None

    @property
    def linear(self) -> int:
        """Parameters of the linear layers inside the decoder."""
        return sum(inputs * outputs for inputs, outputs in self.linears)

    def lora_parameters(self, rank: int) -> int:
        """Parameters of adapters of `rank` on every linear layer of the decoder."""
        return rank * sum(inputs + outputs for inputs, outputs in self.linears)

    def flops_per_token(self, length: int, *, frozen: bool = False) -> float:
        """Forward and backward arithmetic of a token in sequences of `length` (see `hardware`).

        `frozen` weights (LoRA) need no weight gradients: 4 instead of 6 FLOP per parameter.
        """
        return float((4 if frozen else 6) * self.active + 6 * self.layers * self.hidden * length)


def model_shape(name: str, path: str, revision: str | None = None) -> ModelShape:
    """The shape of a model by its Hub id or folder; only its config.json is read.

    Raises `DataError` where that cannot be read, or is of no causal language model.
    """
    table = yaml.safe_load(Path(__file__).with_name("models.yaml").read_text(encoding="utf-8"))
    from transformers import AutoConfig, LlamaConfig

    try:
        config = (
            LlamaConfig(**table[name])
            if name in table
            else AutoConfig.from_pretrained(path, revision=revision)
        )
        return shape_of(config.get_text_config())
    except (OSError, ValueError, AttributeError, KeyError, ImportError) as error:
        raise DataError(f"cannot read the shape of model {name!r}: {error}") from error


def shape_of(config: Any) -> ModelShape:
    """The shape of the causal language model of a transformers configuration."""
    import torch
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    head = model.get_output_embeddings()
    layers = [m for m in model.modules() if isinstance(m, torch.nn.Linear) and m is not head]
    return ModelShape(
        layers=config.num_hidden_layers,
        hidden=config.hidden_size,
        vocabulary=config.vocab_size,
        parameters=count_parameters(model),
        active=active_parameters(model),
        linears=tuple((layer.in_features, layer.out_features) for layer in layers),
        config=config,
    )


def count_parameters(model: Any, *, trainable: bool = False) -> int:
    """Parameters of a model, also where they are spread over processes; or the trained ones alone."""
    return sum(size(p) for p in model.parameters() if p.requires_grad or not trainable)


def active_parameters(model: Any) -> int:
    """Parameters that one token is multiplied with.

    Of experts as many as a token is sent to; an embedding that is only looked up does not count, one
    that is the output layer too counts once.
    """
    config = model.config.get_text_config()
    share = _expert_share(config)
    total = sum(size(p) * (share if ".experts." in name else 1) for name, p in model.named_parameters())
    looked_up = 0 if config.tie_word_embeddings else size(model.get_input_embeddings().weight)
    return round(total) - looked_up


def _expert_share(config: Any) -> float:
    """Which share of a layer's experts a token is sent to; 1 of a dense model."""
    # What families of models call the number of experts in config.json.
    names = ("num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts")
    experts = next((count for name in names if (count := getattr(config, name, None))), None)
    chosen = getattr(config, "num_experts_per_tok", None) or getattr(config, "moe_k", None)
    return chosen / experts if experts and chosen else 1.0


def size(parameter: Any) -> int:
    """Elements of a parameter, also of one whose storage says something else.

    DeepSpeed keeps the number of one that lies elsewhere in `ds_numel`; bitsandbytes keeps the shape
    of one packed to 4 bits in `quant_state`.
    """
    packed = getattr(parameter, "quant_state", None)
    if packed is not None:
        return math.prod(packed.shape)
    return int(getattr(parameter, "ds_numel", parameter.numel()))
