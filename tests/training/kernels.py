"""Attention kernels of GPUs on a CPU: PyTorch does their arithmetic, everything before it is as on a GPU.

So what is tested with them is what reaches a kernel (boundaries, windows, number formats), on the real
path through transformers. The kernels themselves are tested where there is a GPU.
"""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

HALF = (torch.float16, torch.bfloat16)


def use_flex(patch: pytest.MonkeyPatch) -> None:
    """Let flex attention run uncompiled, which has a backward pass on a CPU too."""
    from torch.nn.attention import flex_attention as torch_flex

    path = "transformers.integrations.flex_attention.WrappedFlexAttention"
    masks = torch_flex.create_block_mask

    def uncompiled(*args: Any, _compile: bool = False, **kwargs: Any) -> Any:
        return masks(*args, **kwargs)

    patch.setattr(torch_flex, "_validate_device", lambda *tensors: None)
    patch.setattr(path, lambda training: lambda: torch_flex.flex_attention)
    patch.setattr("transformers.masking_utils.create_block_mask", uncompiled)


def use_flash(patch: pytest.MonkeyPatch, *, formats: tuple[torch.dtype, ...] = HALF) -> None:
    """Let FlashAttention-2 be "installed"; like the real one, it refuses other number `formats`."""
    from transformers import PreTrainedModel
    from transformers import modeling_flash_attention_utils as flash

    def whole(
        q: torch.Tensor,
        k: torch.Tensor,
        v: torch.Tensor,
        *,
        softmax_scale: float | None = None,
        causal: bool = False,
        window_size: tuple[int, int] = (-1, -1),
    ) -> torch.Tensor:
        """[batch, tokens, heads, head size], as flash_attn_func has it."""
        assert causal
        if q.dtype not in formats:
            raise RuntimeError("FlashAttention only support fp16 and bf16 data type")
        index = torch.arange(q.shape[1])
        ago = index[:, None] - index[None]
        seen = (ago >= 0) & ((ago <= window_size[0]) | (window_size[0] < 0))
        query, key, value = (tensor.transpose(1, 2) for tensor in (q, k, v))
        out = scaled_dot_product_attention(
            query, key, value, attn_mask=seen, scale=softmax_scale, enable_gqa=True
        )
        return out.transpose(1, 2)

    def varlen(
        q: torch.Tensor,
        k: torch.Tensor,
        v: torch.Tensor,
        *,
        cu_seqlens_q: torch.Tensor,
        cu_seqlens_k: torch.Tensor,
        max_seqlen_q: int,
        max_seqlen_k: int,
        softmax_scale: float | None = None,
        causal: bool = False,
        window_size: tuple[int, int] = (-1, -1),
    ) -> torch.Tensor:
        """[tokens, heads, head size], as flash_attn_varlen_func has it."""
        assert torch.equal(cu_seqlens_q, cu_seqlens_k)
        assert max_seqlen_q == max_seqlen_k == cu_seqlens_q.diff().max()
        parts = zip(*(tensor.split(cu_seqlens_q.diff().tolist()) for tensor in (q, k, v)), strict=True)
        given: dict[str, Any] = {
            "softmax_scale": softmax_scale,
            "causal": causal,
            "window_size": window_size,
        }
        return torch.cat([whole(*(tensor[None] for tensor in part), **given)[0] for part in parts])

    patch.setattr(flash, "_loaded_implementation", None)
    patch.setattr(flash, "_lazy_imports", lambda *args, **kwargs: (whole, varlen, None, None, None))
    patch.setattr(PreTrainedModel, "_flash_attn_can_dispatch", lambda self, *args, **kwargs: True)
