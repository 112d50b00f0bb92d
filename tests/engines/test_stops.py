"""Where a response ends: ids and strings from the model, the template and the request."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from dartmath.engines.stops import context_length, ends
from dartmath.model import ModelSection, load_tokenizer
from dartmath.prompts.template import Template


@pytest.fixture(scope="module")
def tokenizer(smollm2: str) -> Any:
    return load_tokenizer(ModelSection(name=smollm2))


@pytest.mark.parametrize("listed", [2, [2, 0], None])
def test_ids_come_from_the_tokenizer_and_the_generation_config(tokenizer: Any, listed: Any) -> None:
    found = ends(tokenizer, SimpleNamespace(eos_token_id=listed), None)
    expected = {tokenizer.eos_token_id} | ({0} if listed == [2, 0] else set())
    assert found.ids == expected
    assert found.strings == ()


def test_a_special_token_ends_by_its_id_and_other_text_as_text(tokenizer: Any) -> None:
    template = Template("t", stop=("<|im_start|>", "\n\nUser:"), end="</s>")
    found = ends(tokenizer, None, template, ("9,", "\n\nUser:"))
    assert tokenizer.convert_tokens_to_ids("<|im_start|>") in found.ids
    assert set(found.strings) == {"\n\nUser:", "</s>", "9,"}


def test_context_is_the_models_or_else_the_tokenizers() -> None:
    tokenizer = SimpleNamespace(model_max_length=1000)
    assert context_length(SimpleNamespace(max_position_embeddings=8192), tokenizer) == 8192
    assert context_length(SimpleNamespace(), tokenizer) == 1000
    unbounded = context_length(SimpleNamespace(), SimpleNamespace(model_max_length=10**30))
    assert unbounded >= 10**9
