"""Preview: prompts token by token and the loss mask, without a model."""

from __future__ import annotations

import pytest

from dartmath.base.errors import UnknownNameError
from dartmath.planning.preview import Preview, preview
from dartmath.recipe import load_recipe
from dartmath.sampling.policy import Prop2Diff


@pytest.fixture(scope="module")
def tiny(smollm2: str) -> Preview:
    return preview(load_recipe("tiny"))


def test_prompts_are_whole(tiny: Preview) -> None:
    text = "".join(token.text for token in tiny.prompts[0])
    assert text.startswith("<|im_start|>system") and text.endswith("<|im_start|>assistant\n")
    assert text.count("<|im_start|>user") == 4, "three worked examples and the query"


def test_the_loss_counts_the_response_and_its_end(tiny: Preview) -> None:
    trained = "".join(token.text for token in tiny.example if token.trained)
    masked = "".join(token.text for token in tiny.example if not token.trained)
    assert trained.endswith("<|im_end|>") and "boxed" in trained
    assert masked.endswith("<|im_start|>assistant\n")


def test_counts_and_bounds(tiny: Preview) -> None:
    queries = sum(tiny.counts.values())
    assert len(tiny.counts) == 6, "one band per source"
    policy = tiny.recipe.sampling.policy
    assert isinstance(policy, Prop2Diff)
    assert tiny.trials == (policy.pilot * queries, policy.cap * queries)


def test_bad_names_are_errors_before_anything_runs(smollm2: str) -> None:
    with pytest.raises(UnknownNameError, match="dataset"):
        preview(load_recipe("tiny", {"queries.0.dataset": "gsm8k/tran", "queries.0.options": {}}))


def test_a_chat_endpoint_is_shown_messages_and_needs_no_tokenizer() -> None:
    served = {"model.name": "nobody/has-this", "engine": {"kind": "openai", "endpoint": "chat"}}
    found = preview(load_recipe("tiny", {**served, "training": None, "evaluation": None}))
    assert not found.prompts
    asked = found.messages[0][-1]
    assert asked["role"] == "user" and asked["content"].startswith("Calculate")
