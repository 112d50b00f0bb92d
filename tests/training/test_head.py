"""The loss from labelled tokens alone is TRL's, in value and gradient."""

from typing import Any

import pytest
import torch

from dartmath.training import head
from dartmath.training.head import use_labelled_loss
from dartmath.training.tokens import IGNORED

SIZE = {
    "vocab_size": 700,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "pad_token_id": 2,
}
CASES = ["no prompt", "prompts", "padding", "more labels than a chunk", "no label"]


def _model(*, tied: bool) -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM
    from trl.trainer.utils import add_fused_lm_head

    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(**SIZE, tie_word_embeddings=tied, max_position_embeddings=2048))
    for parameter in model.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.2)
    add_fused_lm_head(model, outputs=("log_probs", "entropy", "is_top1"))
    return model


def _batch(case: str) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    shape = (3, 50) if case == "padding" else (1, 1500 if case == "more labels than a chunk" else 60)
    ids = torch.randint(3, 700, shape, generator=generator)
    labels = ids.clone()
    if case == "prompts":
        labels[:, 10:30] = IGNORED
    if case == "no label":
        labels[:] = IGNORED
    if case != "padding":
        return {"input_ids": ids, "labels": labels}
    mask = torch.arange(50) < torch.tensor([[50], [20], [7]])
    return {"input_ids": ids, "labels": labels.where(mask, IGNORED), "attention_mask": mask.long()}


def _loss_and_gradients(model: Any, batch: dict[str, torch.Tensor]) -> tuple[float, list[torch.Tensor]]:
    """As TRL's trainer computes them."""
    model.zero_grad()
    output = model(**batch, use_cache=False, fused_lm_head=True)
    loss = -output.log_probs.sum() / 7
    loss.backward()
    assert output.label_mask.sum() == (batch["labels"][:, 1:] != IGNORED).sum()
    return loss.item(), [parameter.grad.clone() for parameter in model.parameters()]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("tied", [True, False])
def test_loss_and_gradients_are_those_of_trl(case: str, tied: bool) -> None:
    model, batch = _model(tied=tied), _batch(case)
    expected, gradients = _loss_and_gradients(model, batch)
    assert use_labelled_loss(model)
    loss, found = _loss_and_gradients(model, batch)
    assert loss == pytest.approx(expected, rel=1e-5)
    for one, other in zip(found, gradients, strict=True):
        assert torch.linalg.norm(one - other) <= 1e-5 * torch.linalg.norm(other)


def test_logits_are_computed_of_labelled_tokens_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    original = head._logits

    def spy(hidden: torch.Tensor, *args: Any) -> Any:
        seen.append(len(hidden))
        return original(hidden, *args)

    monkeypatch.setattr(head, "_logits", spy)
    model, batch = _model(tied=True), _batch("prompts")
    use_labelled_loss(model)
    model(**batch, use_cache=False, fused_lm_head=True)
    assert seen == [60 - 1 - 20]


@pytest.mark.parametrize("tied", [True, False])
def test_gradients_of_several_batches_are_added_up(tied: bool) -> None:
    model = _model(tied=tied)
    batches = [_batch("no prompt"), _batch("prompts")]
    alone = [_loss_and_gradients(model, batch)[1] for batch in batches]
    assert use_labelled_loss(model)
    model.zero_grad()
    for batch in batches:
        (-model(**batch, use_cache=False, fused_lm_head=True).log_probs.sum() / 7).backward()
    for parameter, *parts in zip(model.parameters(), *alone, strict=True):
        expected = sum(parts)
        assert torch.linalg.norm(parameter.grad - expected) <= 1e-5 * torch.linalg.norm(expected)


def test_without_labels_the_model_is_as_it_was() -> None:
    model, batch = _model(tied=True), _batch("padding")
    given = {name: value for name, value in batch.items() if name != "labels"}
    expected = model(**given).logits
    use_labelled_loss(model)
    assert torch.equal(model(**given).logits, expected)


@pytest.mark.parametrize("tied", [True, False])
def test_with_weights_in_bfloat16_the_loss_is_that_of_trl_but_for_rounding(tied: bool) -> None:
    model, batch = _model(tied=tied).to(torch.bfloat16), _batch("prompts")
    expected, gradients = _loss_and_gradients(model, batch)
    assert use_labelled_loss(model)
    loss, found = _loss_and_gradients(model, batch)
    assert loss == pytest.approx(expected, rel=1e-2)
    for one, other in zip(found, gradients, strict=True):
        assert torch.linalg.norm((one - other).float()) <= 3e-2 * torch.linalg.norm(other.float())


def test_a_last_layer_that_autocast_makes_bfloat16_fits_a_head_in_float32() -> None:
    from transformers import OPTConfig, OPTForCausalLM

    torch.manual_seed(0)
    sizes = {"vocab_size": 700, "ffn_dim": 64, "num_hidden_layers": 1, "num_attention_heads": 4}
    model = OPTForCausalLM(OPTConfig(**sizes, hidden_size=32, word_embed_proj_dim=16))
    batch = _batch("prompts")
    expected = model(**batch).loss
    assert use_labelled_loss(model)
    with torch.autocast("cpu", torch.bfloat16):
        output = model(**batch, fused_lm_head=True)
    assert (output.loss / output.label_mask.sum()).item() == pytest.approx(expected.item(), rel=1e-2)


@pytest.mark.parametrize("reason", ["capped logits", "scaled logits"])
def test_elsewhere_the_loss_stays_that_of_trl(reason: str) -> None:
    import transformers as t

    configs = {
        "capped logits": t.Gemma2Config(**SIZE),
        "scaled logits": t.CohereConfig(**SIZE),
    }
    model = t.AutoModelForCausalLM.from_config(configs[reason])
    before = model.forward
    assert not use_labelled_loss(model)
    assert model.forward == before
