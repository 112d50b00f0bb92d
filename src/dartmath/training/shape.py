"""The shape of a model: how many parameters and how much arithmetic, without loading it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dartmath.base.errors import DataError


@dataclass(frozen=True, slots=True)
class ModelShape:
    """A decoder of the Llama family (also Mistral, Qwen, Gemma).

    Attributes:
        layers, hidden, intermediate, heads, kv_heads, head_dim, vocabulary: as in config.json.
        tied: the output layer shares the embedding's weights.
        attention_bias: query, key and value projections have biases (Qwen 2).
    """

    layers: int
    hidden: int
    intermediate: int
    heads: int
    kv_heads: int
    head_dim: int
    vocabulary: int
    tied: bool = False
    attention_bias: bool = False

    @property
    def parameters(self) -> int:
        """Parameters of the whole model."""
        embeddings = self.vocabulary * self.hidden * (1 if self.tied else 2)
        return embeddings + self.layers * self._layer + self.hidden

    @property
    def linear(self) -> int:
        """Parameters of the linear layers inside the decoder: where LoRA's adapters go."""
        return self.layers * (self._attention + 3 * self.hidden * self.intermediate)

    @property
    def _attention(self) -> int:
        return 2 * self.hidden * self.head_dim * (self.heads + self.kv_heads)

    @property
    def _layer(self) -> int:
        biases = self.head_dim * (self.heads + 2 * self.kv_heads) if self.attention_bias else 0
        return self._attention + 3 * self.hidden * self.intermediate + 2 * self.hidden + biases

    def lora_parameters(self, rank: int) -> int:
        """Parameters of adapters of `rank` on every linear layer of the decoder."""
        queries, keys = self.heads * self.head_dim, self.kv_heads * self.head_dim
        sides = 2 * (self.hidden + queries) + 2 * (self.hidden + keys) + 3 * (self.hidden + self.intermediate)
        return self.layers * rank * sides

    def flops_per_token(self, length: int, *, frozen: bool = False) -> float:
        """Forward and backward arithmetic of a token in sequences of `length` (see `hardware`).

        `frozen` weights (LoRA) need no weight gradients: 4 instead of 6 FLOP per parameter.
        """
        multiplied = self.parameters - (0 if self.tied else self.vocabulary * self.hidden)
        return float((4 if frozen else 6) * multiplied + 6 * self.layers * self.hidden * length)


def model_shape(name: str, path: str, revision: str | None = None) -> ModelShape:
    """The shape of a model by its Hub id or folder; only its config.json is read."""
    table = yaml.safe_load(Path(__file__).with_name("models.yaml").read_text(encoding="utf-8"))
    if name in table:
        return ModelShape(**table[name])
    from transformers import AutoConfig

    try:
        return _from_config(AutoConfig.from_pretrained(path, revision=revision).get_text_config())
    except (OSError, ValueError, AttributeError) as error:
        raise DataError(f"cannot read the shape of model {name!r}: {error}") from error


def _from_config(config: Any) -> ModelShape:
    return ModelShape(
        layers=config.num_hidden_layers,
        hidden=config.hidden_size,
        intermediate=config.intermediate_size,
        heads=config.num_attention_heads,
        kv_heads=getattr(config, "num_key_value_heads", None) or config.num_attention_heads,
        head_dim=getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads,
        vocabulary=config.vocab_size,
        tied=bool(config.tie_word_embeddings),
        attention_bias=config.model_type == "qwen2" or bool(getattr(config, "attention_bias", False)),
    )
