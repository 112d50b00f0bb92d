"""Probe: does this very model keep packed examples apart?

Whether packing is exact depends on architecture, attention kernel and library versions, and
contamination is silent. So before the first step of a packed run, two short texts are scored packed
and alone, by the model as it is trained: on its device, in its number format, sharded or not.
"""

from __future__ import annotations

from typing import Any

from dartmath.base.errors import TrainingError

_LENGTH = 24


def check_packing(model: Any, device: Any, *, attention: str, dtype: str) -> None:
    """Raise `TrainingError` when an example's log-probabilities change by what it is packed with.

    `dtype` is that of the arithmetic, which decides what is noise. With a sharded model, all processes
    call this together.
    """
    worst = contamination(model, device)
    limit = 1e-3 if dtype == "float32" else 0.5
    if worst > limit:
        raise TrainingError(
            f"this {model.config.model_type} model with {attention} attention does not keep packed examples "
            f"apart (log-probabilities change by {worst:.2g} nats); train with --no-packing, "
            "or choose another --attention: sdpa, eager"
        )


def contamination(model: Any, device: Any) -> float:
    """Largest change, in nats, of a token's log-probability by packing its text behind another."""
    import torch

    vocabulary = model.config.get_text_config().vocab_size
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(0, vocabulary, (1, 2 * _LENGTH), generator=generator).to(device)
    position_ids = torch.arange(_LENGTH, device=device).repeat(2)[None]
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
