"""Small real models and tokenizers for the tests of training."""

from __future__ import annotations

from typing import Any

import pytest

from training.material import TOKENIZERS, byte_level_tokenizer


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokenised data of a test goes to a folder of its own."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr("dartmath.training.store.cache_dir", lambda: folder)


@pytest.fixture(scope="session")
def byte_tokenizer() -> Any:
    """The byte-level tokenizer of `tiny_llama`."""
    return byte_level_tokenizer()


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with a random Llama of 60,000 parameters and the byte-level tokenizer."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    folder = tmp_path_factory.mktemp("tiny-llama")
    tokenizer = byte_level_tokenizer()
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=2048,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=2,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="session", params=TOKENIZERS)
def real_tokenizer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Each of four published tokenizers in turn."""
    return TOKENIZERS[request.param](tmp_path_factory.mktemp(request.param))
