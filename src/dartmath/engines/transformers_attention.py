"""Attention of one new token per row, lane by lane, without copying or re-reading what is shared.

Two things are shared: the keys and values of a group of heads (grouped-query attention), and those of
a prefix that all prompts begin with. The attention over a prefix is one matrix product for all rows,
joined with that over each row's own tokens by their log-sum-exps, as in Juravsky et al., "Hydragen:
High-throughput LLM inference with shared prefixes", 2024 (https://arxiv.org/abs/2402.05099).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from dartmath.engines.transformers_cache import SlotCache

_NAME = "dartmath_grouped"
_cache: ContextVar[SlotCache | None] = ContextVar("cache", default=None)


def use_grouped_attention(model: Any) -> None:
    """Let `model` decode with grouped attention, where its own attention is plain SDPA."""
    if model.config._attn_implementation != "sdpa":
        return
    AttentionInterface.register(_NAME, _attend)
    AttentionMaskInterface.register(_NAME, sdpa_mask)
    model.set_attn_implementation(_NAME)


def slot_cache(model: Any, slots: int) -> SlotCache:
    """The cache of `slots` rows that `model` can attend to.

    In lanes where every layer attends to all tokens through grouped attention; a prefix is held apart where
    the kernel that returns its log-sum-exp is there, on the CPU.
    """
    config = model.config.get_text_config()
    whole = set(getattr(config, "layer_types", None) or ["full_attention"]) == {"full_attention"}
    sliding = getattr(config, "sliding_window", None)
    laned = model.config._attn_implementation == _NAME and whole and not sliding
    kernel = hasattr(torch.ops.aten, "_scaled_dot_product_flash_attention_for_cpu")
    return SlotCache(slots, laned=laned, sharing=laned and kernel and model.device.type == "cpu")


@contextmanager
def attending(cache: SlotCache) -> Iterator[None]:
    """Within it, a new token of every row attends to what `cache` holds."""
    token = _cache.set(cache)
    try:
        yield
    finally:
        _cache.reset(token)


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
    scale, cache = kwargs.get("scaling"), _cache.get()
    if cache is None or not cache.laned:
        out = torch.nn.functional.scaled_dot_product_attention(
            packed, key, value, attn_mask=attention_mask, scale=scale
        )
    else:
        out = _attend_lanes(packed, cache, int(module.layer_idx), scale)
    return out.reshape(rows, 1, heads, out.shape[-1]), None


def _attend_lanes(query: torch.Tensor, cache: SlotCache, layer: int, scale: float | None) -> torch.Tensor:
    """Attention of every row of query [rows, kv heads, groups, dim] to its lane, and to the prefix if any."""
    out = torch.empty(0)
    for part in cache.parts:
        own, mine = part.lane.used(layer), part.of(query)
        if cache.prefix:
            prefix = cache.prefix_keys[layer], cache.prefix_values[layer]
            found = attend_with_prefix(mine, own, prefix, part.mask, scale)
        else:
            found = torch.nn.functional.scaled_dot_product_attention(
                mine, *own, attn_mask=part.mask, scale=scale
            )
        if part.rows is None:
            return found
        if not out.numel():
            out = found.new_empty(len(query), *found.shape[1:])
        out[part.rows] = found
    return out


def attend_with_prefix(
    query: torch.Tensor,
    own: tuple[torch.Tensor, torch.Tensor],
    prefix: tuple[torch.Tensor, torch.Tensor],
    mask: torch.Tensor | None,
    scale: float | None,
) -> torch.Tensor:
    """Attention to a prefix that all rows share and to each row's own tokens, on the CPU.

    query [rows, kv heads, groups, dim]; `own` keys and values [rows, kv heads, columns, dim], of
    which the boolean mask [rows, 1, 1, columns] shows each row its part; `prefix` keys and values
    [kv heads, tokens, dim]. Returns the shape of query.
    """
    kernel = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
    bias = None
    if mask is not None:
        bias = torch.zeros(mask.shape, dtype=query.dtype).masked_fill(~mask, float("-inf"))
    near, near_weight = kernel(query, *own, 0.0, False, attn_mask=bias, scale=scale)
    rows, heads, groups, dim = query.shape
    flat = query.transpose(0, 1).reshape(1, heads, rows * groups, dim)
    far, far_weight = kernel(flat, prefix[0][None], prefix[1][None], 0.0, False, scale=scale)
    far = far.reshape(heads, rows, groups, -1).transpose(0, 1)
    far_weight = far_weight.reshape(heads, rows, groups).transpose(0, 1)
    share = torch.sigmoid(far_weight - near_weight)[..., None]
    return torch.lerp(near.float(), far.float(), share.float()).to(query.dtype)
