"""Attention of packed sequences, one document after the other.

PyTorch's SDPA knows no document boundaries: for a packed sequence it gets a mask of all pairs of
tokens and computes them all, only to discard those across documents. Here the sequence is split at
its boundaries, as variable-length ("varlen") kernels of GPUs do it, so that the cost is the sum of
the squares of the documents' lengths, and a document with nothing but the causal mask needs none.

Registered through the attention interface of transformers
(https://huggingface.co/docs/transformers/attention_interface). Import only where training starts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

_NAME = "sdpa_varlen"

MaskFunction = Callable[[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]
"""From indices of batch, head, query and key to whether the query sees the key."""


@dataclass(frozen=True)
class Documents:
    """What takes the place of an attention mask.

    Attributes:
        lengths: tokens of each document of the sequence.
        masks: of each, which keys a query sees, bool [1, 1, length, length]; None = causal.
    """

    lengths: list[int]
    masks: list[torch.Tensor | None]


def with_attention(attention: str, load: Callable[[str], Any]) -> Any:
    """The model that `load` makes with a kernel of transformers, given ours where `attention` names it.

    Ours is given to a model loaded with "sdpa", so that transformers itself refuses one that does not
    support that. A model whose code does not go through the attention interface keeps SDPA.
    """
    if attention != _NAME:
        return load(attention)
    model = load("sdpa")
    AttentionInterface.register(_NAME, _attend)
    AttentionMaskInterface.register(_NAME, _documents_or_mask)
    model.set_attn_implementation(_NAME)
    return model


def _documents_or_mask(
    batch_size: int,
    q_length: int,
    kv_length: int,
    q_offset: int = 0,
    kv_offset: int = 0,
    *,
    mask_function: MaskFunction,
    attention_mask: torch.Tensor | None = None,
    allow_is_causal_skip: bool = True,
    use_vmap: bool = False,
    **kwargs: Any,
) -> Documents | torch.Tensor | None:
    """The documents of a packed sequence; anything else is left to SDPA.

    Transformers allows to skip the mask where a sequence is not packed, and asks for `use_vmap`
    where a model brings a mask function of its own, which may join documents.
    """
    whole = q_length == kv_length and q_offset == kv_offset == 0 and batch_size == 1
    if whole and attention_mask is None and not allow_is_causal_skip and not use_vmap:
        return _documents(mask_function, torch.arange(q_length, device=kwargs.get("device", "cpu")))
    return sdpa_mask(
        batch_size=batch_size,
        q_length=q_length,
        kv_length=kv_length,
        q_offset=q_offset,
        kv_offset=kv_offset,
        mask_function=mask_function,
        attention_mask=attention_mask,
        allow_is_causal_skip=allow_is_causal_skip,
        use_vmap=use_vmap,
        **kwargs,
    )


def _documents(mask_function: MaskFunction, index: torch.Tensor) -> Documents:
    """Split where a token does not see the one before it, and find each part's own mask.

    Windows and chunks of attention are in the mask function, so they need not be known here.
    """
    first = index.new_zeros(())
    joined = mask_function(first, first, index[1:], index[:-1])
    ends = [*(joined.logical_not().nonzero().flatten() + 1).tolist(), len(index)]
    lengths = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    return Documents(lengths, [_mask(mask_function, part) for part in index.split(lengths)])


def _mask(mask_function: MaskFunction, index: torch.Tensor) -> torch.Tensor | None:
    first = index.new_zeros(())
    query, key = index[:, None], index[None]
    seen = mask_function(first, first, query, key)
    return None if torch.equal(seen, query >= key) else seen[None, None]


def _attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: Documents | torch.Tensor | None,
    **kwargs: Any,
) -> tuple[torch.Tensor, None]:
    """SDPA of each document; query, key and value are [1, heads, tokens, head size]."""
    if not isinstance(attention_mask, Documents):
        return sdpa_attention_forward(module, query, key, value, attention_mask, **kwargs)  # type: ignore[no-any-return]
    parts = (tensor.split(attention_mask.lengths, dim=2) for tensor in (query, key, value))
    outputs = [
        sdpa_attention_forward(module, *part, mask, **kwargs)[0]
        for *part, mask in zip(*parts, attention_mask.masks, strict=True)
    ]
    return torch.cat(outputs, dim=1), None
