"""Small real models and tokenizers for the tests of training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from training.material import TOKENIZERS, byte_level_tokenizer, write_tiny_llama


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Tokenised data of a test goes to a folder of its own."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr("dartmath.training.store.cache_dir", lambda: folder)
    return folder


@pytest.fixture(scope="session")
def byte_tokenizer() -> Any:
    """The byte-level tokenizer of `tiny_llama`."""
    return byte_level_tokenizer()


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with a random Llama of 60,000 parameters and the byte-level tokenizer."""
    return write_tiny_llama(tmp_path_factory.mktemp("tiny-llama"))


@pytest.fixture(scope="session", params=TOKENIZERS)
def real_tokenizer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Each of four published tokenizers in turn."""
    return TOKENIZERS[request.param](tmp_path_factory.mktemp(request.param))
