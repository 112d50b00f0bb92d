"""Probe: does this very model keep packed examples apart?

Whether packing is exact depends on architecture, attention kernel and library versions, and
contamination is silent. So before the first step of a packed run, two short texts are scored packed
and alone, by the model as it is trained: on its device, in its number format, sharded or not, compiled
or not.

What is noise and what is contamination is told by the pack's first text: there is nothing before it that it
could see. Each of the texts is packed in both places, so that both are measured on the same tokens.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dartmath.base.errors import TrainingError

_LENGTH = 48
# What sums in another order change, in nats. In 16 bits, neighbours of 16.0 are an eighth apart.
_ROUNDING = {"float32": 3e-4, "bfloat16": 0.05}
# How much more a text behind another may change than the same text in front: over 96 tokens, noise of one
# size differs by a few tenths.
_MORE = 3.0

Score = Callable[..., Any]
"""A causal model: from `input_ids` and `position_ids` to an output with `logits`."""


def check_packing(model: Any, device: Any, *, attention: str, dtype: str, score: Score) -> None:
    """Raise `TrainingError` when an example's log-probabilities change by what it is packed with.

    `dtype` is that of the arithmetic; `score` is the model as training calls it: compiled, where it is.
    With a sharded model, all processes call this together.
    """
    noise, change = contamination(model, device, score)
    if change > _ROUNDING[dtype] + _MORE * noise:
        raise TrainingError(
            f"this {model.config.model_type} model with {attention} attention does not keep packed examples "
            f"apart (log-probabilities change by {change:.2g} nats, those of the first example by "
            f"{noise:.2g}); train with --no-packing, or choose another --attention: sdpa, eager"
        )


def contamination(model: Any, device: Any, score: Score) -> tuple[float, float]:
    """How much log-probabilities of two texts change by packing (root mean square over tokens, in nats).

    First of a text in front of the other, which is noise; then of the same texts behind the other.
    """
    import torch

    vocabulary = model.config.get_text_config().vocab_size
    generator = torch.Generator().manual_seed(0)
    texts = torch.randint(0, vocabulary, (2, 1, _LENGTH), generator=generator).to(device)
    training = model.training
    model.eval()
    with torch.no_grad():
        alone = [_log_probs(score, [text]) for text in texts]
        packs = [_log_probs(score, [texts[i], texts[1 - i]]) for i in (0, 1)]
    model.train(training)
    front = torch.stack([packs[i][0] - alone[i][0] for i in (0, 1)])
    behind = torch.stack([packs[1 - i][1] - alone[i][0] for i in (0, 1)])
    return float(front.square().mean().sqrt()), float(behind.square().mean().sqrt())


def _log_probs(score: Score, texts: list[Any]) -> list[Any]:
    """Of each packed text [1, n], the log-probabilities [n - 1] of its tokens behind the first."""
    import torch

    ids = torch.cat(texts, dim=1)
    positions = torch.arange(_LENGTH, device=ids.device).repeat(len(texts))[None]
    logits = score(input_ids=ids, position_ids=positions, use_cache=False).logits
    of_tokens = logits[0, :-1].float().log_softmax(-1).gather(1, ids[0, 1:, None])[:, 0]
    return [of_tokens[i * _LENGTH : (i + 1) * _LENGTH - 1] for i in range(len(texts))]
