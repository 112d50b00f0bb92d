"""Preview: prompts token by token and the loss mask, without a model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dartmath.base.errors import UnknownNameError
from dartmath.model import load_tokenizer
from dartmath.planning.preview import Preview, preview, training_example
from dartmath.prompts.template import Example, encode_prompt
from dartmath.queries.query import Query
from dartmath.recipe import load_recipe
from dartmath.sampling.policy import Prop2Diff


@pytest.fixture(scope="module")
def tiny(smollm2: str) -> Preview:
    return preview(load_recipe("tiny"))


def test_prompts_are_whole(tiny: Preview) -> None:
    text = "".join(token.text for token in tiny.prompts[0])
    assert text.startswith("<|im_start|>system") and text.endswith("<|im_start|>assistant\n")
    assert text.count("<|im_start|>user") == 4, "three worked examples and the query"


def test_signs_of_several_tokens_are_shown_whole_and_counted_as_many(smollm2: str, tmp_path: Path) -> None:
    text = "下列何者為力的單位？ 🙂 Ответ: ½."
    (tmp_path / "own.jsonl").write_text(json.dumps({"query": text, "reference": "牛頓"}) + "\n")
    source = [{"dataset": str(tmp_path / "own.jsonl")}]
    found = preview(load_recipe("tiny", {"queries": source, "sampling.shots": 0, "evaluation": None}))
    (asked,) = found.prompts
    shown = "".join(view.text for view in asked)
    assert text in shown and "\ufffd" not in shown
    tokenizer = load_tokenizer(found.recipe.model)
    assert sum(view.tokens for view in asked) == len(encode_prompt(tokenizer, shown)) > len(asked)
    assert "牛頓" in "".join(view.text for view in found.example if view.trained)


def test_the_loss_counts_the_response_and_its_end(tiny: Preview) -> None:
    trained = "".join(token.text for token in tiny.example if token.trained)
    masked = "".join(token.text for token in tiny.example if not token.trained)
    assert trained.endswith("<|im_end|>") and "boxed" in trained
    assert masked.endswith("<|im_start|>assistant\n")


@pytest.mark.parametrize("masked", [True, False])
def test_what_a_tool_printed_is_shown_as_it_is_trained(masked: bool, smollm2: str) -> None:
    recipe = load_recipe("tiny", {"training.mask_tool_output": masked})
    query = Query(id="1", text="2 + 2?", references=("4",), dataset="own")
    response = "```python\nprint(4)\n```\n```output\n4\n```\nIt is 4."
    shown = training_example(recipe, [query], {"own": [Example("1 + 1?", response)]})
    trained = "".join(token.text for token in shown if token.trained)
    assert ("```output" in trained) is not masked
    assert "print(4)" in trained and "It is 4." in trained


def test_counts_and_bounds(tiny: Preview) -> None:
    queries = sum(tiny.counts.values())
    assert len(tiny.counts) == 6, "one band per source"
    policy = tiny.recipe.sampling.policy
    assert isinstance(policy, Prop2Diff)
    assert tiny.trials == (policy.pilot * queries, policy.cap * queries)


def test_teachers_are_shown_with_their_trials_and_prices(smollm2: str) -> None:
    big = {"name": "big", "after": 18, "trials": 5, "price": {"per_million_tokens": 3}}
    given = {"sampling.teachers": [big, {"name": "hot"}], "sampling.price": {"per_million_tokens": 0.5}}
    found = preview(load_recipe("tiny", given))
    assert [(name, which, price) for name, _, which, price in found.teachers] == [
        ("main", "of the first 18, 1 share", "0.5"),
        ("big", "19 to 23, of unsolved ones", "3"),
        ("hot", "of the first 18, 1 shares", "0.5"),
    ]
    assert preview(load_recipe("tiny")).teachers == []


def test_memory_is_told_of_every_stage_that_loads_a_model(tiny: Preview) -> None:
    assert [one.stage for one in tiny.memory] == ["sample", "train", "evaluate"]
    shown = tiny.to_json()["memory"]
    assert all(one["fits"] == (one["total"] <= one["free"]) for one in shown)


def test_bad_names_are_errors_before_anything_runs(smollm2: str) -> None:
    with pytest.raises(UnknownNameError, match="dataset"):
        preview(load_recipe("tiny", {"queries.0.dataset": "gsm8k/tran", "queries.0.options": {}}))


def test_a_chat_endpoint_is_shown_messages_and_needs_no_tokenizer() -> None:
    served = {"model.name": "nobody/has-this", "engine": {"kind": "openai", "endpoint": "chat"}}
    found = preview(load_recipe("tiny", {**served, "training": None, "evaluation": None}))
    assert not found.prompts
    asked = found.messages[0][-1]
    assert asked["role"] == "user" and asked["content"].startswith("Calculate")
