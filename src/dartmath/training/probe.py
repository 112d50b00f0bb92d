"""Probe: does this very model keep packed examples apart?

Whether packing is exact depends on architecture, attention kernel and library versions, and
contamination is silent. So before a packed run, two short texts are scored packed and alone.
"""

from __future__ import annotations

from typing import Any

from dartmath.errors import TrainingError

_LENGTH = 24


def check_packing(model: Any, *, attention: str) -> None:
    """Raise `TrainingError` when an example's log-probabilities change by what it is packed with."""
    worst = contamination(model)
    limit = 1e-3 if str(model.dtype) == "torch.float32" else 0.5
    if worst > limit:
        raise TrainingError(
            f"{type(model).__name__} with {attention} attention does not keep packed examples apart "
            f"(log-probabilities change by {worst:.2g} nats); train with --no-packing, "
            "or choose another --attention: sdpa, eager"
        )


def contamination(model: Any) -> float:
    """Largest change, in nats, of a token's log-probability by packing its text behind another."""
    import torch

    vocabulary = model.get_input_embeddings().weight.shape[0]
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(0, vocabulary, (1, 2 * _LENGTH), generator=generator).to(model.device)
    position_ids = torch.arange(_LENGTH, device=model.device).repeat(2)[None]
    training = model.training
    model.eval()
    with torch.no_grad():
        packed = _log_probs(model, ids, position_ids)[:, _LENGTH:]
        alone = _log_probs(model, ids[:, _LENGTH:], position_ids[:, :_LENGTH])
    model.train(training)
    picked = ids[:, _LENGTH + 1 :, None]
    return float((packed[:, :-1].gather(2, picked) - alone[:, :-1].gather(2, picked)).abs().max())


def _log_probs(model: Any, ids: Any, position_ids: Any) -> Any:
    logits = model(input_ids=ids, position_ids=position_ids, use_cache=False).logits
    return logits.float().log_softmax(-1)
