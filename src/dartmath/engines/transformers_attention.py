"""Attention of one new token per row, without copying the keys and values that heads share."""

from __future__ import annotations

from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

_NAME = "dartmath_grouped"


def use_grouped_attention(model: Any) -> None:
    """Let `model` decode with grouped attention, where its own attention is plain SDPA."""
    if model.config._attn_implementation != "sdpa":
        return
    AttentionInterface.register(_NAME, _attend)
    AttentionMaskInterface.register(_NAME, sdpa_mask)
    model.set_attn_implementation(_NAME)


def _attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    **kwargs: Any,
) -> tuple[torch.Tensor, None]:
    """SDPA; with one query per row, the query heads of a key-value head stand in for query positions.

    query [rows, heads, 1, dim] becomes [rows, kv heads, heads per kv head, dim], so that neither
    `repeat_kv` nor the slow grouped path of the CPU kernel is needed (3 to 4 times faster there).
    """
    rows, heads, length, dim = query.shape
    groups = heads // key.shape[1]
    if length != 1 or (attention_mask is not None and attention_mask.shape[1] != 1):
        return sdpa_attention_forward(module, query, key, value, attention_mask, **kwargs)  # type: ignore[no-any-return]
    packed = query.reshape(rows, heads // groups, groups, dim)
    out = torch.nn.functional.scaled_dot_product_attention(
        packed, key, value, attn_mask=attention_mask, scale=kwargs.get("scaling")
    )
    return out.reshape(rows, 1, heads, out.shape[-1]), None
