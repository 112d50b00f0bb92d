"""Attention document by document is that of the whole sequence with its mask."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AttentionInterface, AutoModelForCausalLM, LlamaConfig
from transformers.masking_utils import create_causal_mask, create_chunked_causal_mask
from transformers.masking_utils import create_sliding_window_causal_mask as create_window_mask

from dartmath.training.attention import Documents, with_attention

HEADS, SIZE = {"num_attention_heads": 4, "num_key_value_heads": 2}, 8
CONFIG = LlamaConfig(
    **HEADS,
    hidden_size=32,
    intermediate_size=32,
    num_hidden_layers=1,
    vocab_size=50,
    attn_implementation="sdpa",
)
LENGTHS = st.lists(st.integers(1, 40), min_size=2, max_size=6)


@pytest.fixture(scope="module")
def model() -> Any:
    torch.manual_seed(0)
    return with_attention(
        "sdpa_varlen", lambda kernel: AutoModelForCausalLM.from_config(CONFIG, attn_implementation=kernel)
    )


def _mask(create: Any, model: Any, positions: torch.Tensor, **options: Any) -> Any:
    """What transformers passes to the layers of `model` as their mask."""
    config = model.config
    config.sliding_window, config.attention_chunk_size = options.get("window"), options.get("chunk")
    embeddings = torch.zeros(1, positions.shape[1], 32)
    return create(
        config=config,
        inputs_embeds=embeddings,
        attention_mask=None,
        past_key_values=None,
        position_ids=positions,
    )


def _positions(lengths: list[int]) -> torch.Tensor:
    return torch.cat([torch.arange(n) for n in lengths])[None]


def _attend(model: Any, mask: Any, name: str, tokens: int) -> list[torch.Tensor]:
    """The output of attention, and the gradients of query, key and value."""
    generator = torch.Generator().manual_seed(tokens)
    given_ = [
        torch.randn(1, heads, tokens, SIZE, generator=generator).requires_grad_() for heads in (4, 2, 2)
    ]
    layer = model.model.layers[0].self_attn
    output, _ = AttentionInterface()[name](layer, *given_, mask, scaling=0.3, dropout=0.0)
    weights = torch.randn(output.shape, generator=generator)
    (output * weights).sum().backward()
    return [output, *(tensor.grad for tensor in given_)]


@settings(max_examples=40)
@given(lengths=LENGTHS, window=st.integers(1, 50), kind=st.sampled_from(["causal", "window", "chunk"]))
def test_outputs_and_gradients_are_those_of_the_whole_sequence(
    model: Any, lengths: list[int], window: int, kind: str
) -> None:
    positions = _positions(lengths)
    create, options = {
        "causal": (create_causal_mask, {}),
        "window": (create_window_mask, {"window": window}),
        "chunk": (create_chunked_causal_mask, {"chunk": window}),
    }[kind]
    documents = _mask(create, model, positions, **options)
    found = _attend(model, documents, "sdpa_varlen", sum(lengths))
    model.config._attn_implementation = "sdpa"
    whole = _mask(create, model, positions, **options)
    model.config._attn_implementation = "sdpa_varlen"
    expected = _attend(model, whole, "sdpa", sum(lengths))
    for one, other in zip(found, expected, strict=True):
        assert torch.allclose(one, other, atol=1e-5)


def test_a_document_without_a_window_needs_no_mask(model: Any) -> None:
    documents = _mask(create_causal_mask, model, _positions([7, 1, 30]))
    assert documents == Documents([7, 1, 30], [None, None, None])


def test_only_documents_longer_than_the_window_have_a_mask(model: Any) -> None:
    documents = _mask(create_window_mask, model, _positions([7, 1, 30]), window=9)
    assert documents.lengths == [7, 1, 30]
    assert [mask is None for mask in documents.masks] == [True, True, False]


def test_what_is_not_packed_is_left_to_sdpa(model: Any) -> None:
    assert _mask(create_causal_mask, model, _positions([30])) is None
    padded = torch.ones(2, 9, dtype=torch.long)
    padded[1, 5:] = 0
    ids = torch.arange(18).reshape(2, 9)
    found = model(ids, attention_mask=padded).logits
    model.set_attn_implementation("sdpa")
    expected = model(ids, attention_mask=padded).logits
    model.set_attn_implementation("sdpa_varlen")
    assert torch.equal(found, expected)


def test_generation_goes_on_with_a_cache(model: Any) -> None:
    found = model.generate(torch.arange(9)[None], max_new_tokens=5, do_sample=False)
    model.set_attn_implementation("sdpa")
    expected = model.generate(torch.arange(9)[None], max_new_tokens=5, do_sample=False)
    model.set_attn_implementation("sdpa_varlen")
    assert torch.equal(found, expected)


def test_a_mask_function_of_the_model_is_left_to_sdpa(model: Any) -> None:
    """One that joins documents, as for the parts of an image, cannot be split."""
    mask = create_causal_mask(
        config=model.config,
        inputs_embeds=torch.zeros(1, 12, 32),
        attention_mask=None,
        past_key_values=None,
        position_ids=_positions([5, 7]),
        or_mask_function=lambda batch, head, query, key: key == 0,
    )
    assert mask.shape == (1, 1, 12, 12)
