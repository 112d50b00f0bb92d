"""Tokens that a base model has rows for and never learnt.

A base model reserves tokens for chats. Their rows of the embeddings were never trained: near zero, or the
same as those of other reserved tokens, so that no hidden state can tell the end of a turn from its
neighbours. Adapters leave the rows as they are, and such a model does not learn to stop.
"""

from __future__ import annotations

from typing import Any

from dartmath.prompts.template import Template, encode_prompt
from dartmath.training.tokens import end_ids, special_ids

# Share of the median norm of a row. Reserved tokens of SmolLM2-135M-Instruct lie within 0.0003 of one
# another, and the two of its chat turns, which a short tuning has moved, 0.12 from the nearest.
_SAME = 0.02
# Rows behind the tokenizer's last token are padding of the matrix: some of them are enough to compare with.
_PADDING = 16


def template_tokens(tokenizer: Any, template: Template) -> list[int]:
    """The special tokens in a prompt of `template` and at the end of its responses."""
    text = template.render("1", tokenizer=tokenizer).text or ""
    ids = [*encode_prompt(tokenizer, text), *end_ids(tokenizer, template)]
    return sorted(special_ids(tokenizer).intersection(ids))


def untrained_tokens(model: Any, tokenizer: Any, tokens: list[int]) -> list[int]:
    """Those of `tokens` whose rows of the input or output embeddings were never trained.

    Empty where the rows lie on other devices (sharded weights).
    """
    found: set[int] = set()
    for layer in (model.get_input_embeddings(), model.get_output_embeddings()):
        if layer is None:
            continue
        match tuple(layer.weight.shape):
            case (rows, _) if rows:
                found |= _untrained_rows(layer.weight.detach(), tokenizer, tokens)
    return sorted(found)


def _untrained_rows(weight: Any, tokenizer: Any, tokens: list[int]) -> set[int]:
    """The rows of `tokens` in `weight` [rows, size] that are near zero, or near another special token's."""
    import torch

    known = max(tokenizer.get_vocab().values()) + 1
    padding = range(known, min(known + _PADDING, len(weight)))
    reference = sorted({*special_ids(tokenizer), *padding, *tokens})
    rows = weight[reference].float()
    same = _SAME * float(weight[:: max(1, len(weight) // 4096)].float().norm(dim=1).median())
    distance = torch.cdist(rows, rows, compute_mode="donot_use_mm_for_euclid_dist")
    distance.fill_diagonal_(torch.inf)
    bad = (distance.min(dim=1).values < same) | (rows.norm(dim=1) < same)
    return {token for token, is_bad in zip(reference, bad.tolist(), strict=True) if is_bad} & set(tokens)
