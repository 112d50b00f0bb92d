"""Reward functions in the shapes of TRL, verl and verifiers."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from dartmath.base.errors import DataError
from dartmath.verify.rewards import trl_reward, verifiers_reward, verl_reward

CHAT = [{"role": "assistant", "content": r"It is \boxed{4}."}]


def test_trl_with_texts_and_with_chat_messages() -> None:
    rewards = trl_reward(["p", "p", "p"], [r"\boxed{4}", CHAT, "none\nat all"], answer=["4", "4", "4"])
    assert rewards == [1.0, 1.0, 0.0]


def test_trl_passes_every_column_and_finds_the_references() -> None:
    assert trl_reward(["p"], [CHAT], completion_ids=[[1]], level=["5"], references=[["3", "4"]]) == [1.0]


def test_trl_without_references_says_what_is_missing() -> None:
    with pytest.raises(DataError, match="answer, reference"):
        trl_reward(["p"], [CHAT], level=["5"])


@pytest.mark.parametrize("reference", [None, "", "  ", [], [None], float("nan")])
def test_a_row_without_a_reference_is_never_rewarded(reference: Any) -> None:
    for response in (r"\boxed{}", "None", r"\boxed{None}", r"\boxed{nan}", "", " "):
        assert trl_reward(["p", "p"], [response, r"\boxed{4}"], answer=[reference, "4"]) == [None, 1.0]
        assert verl_reward("math", response, reference)["score"] == 0.0
        assert verl_reward("math", response, reference)["outcome"] == "error"
        assert verifiers_reward(completion=response, answer=reference) == 0.0


def test_references_may_be_numbers_and_arrays() -> None:
    numpy = pytest.importorskip("numpy")
    assert trl_reward(["p"] * 2, [CHAT, r"\boxed{0.5}"], answer=[4, 0.5]) == [1.0, 1.0]
    assert verl_reward("math", r"\boxed{4}", numpy.array(["3", "4"]))["score"] == 1.0


def test_trl_gets_the_outcomes_as_metrics_and_as_a_column() -> None:
    metrics: dict[str, float] = {}
    extra: dict[str, list[Any]] = {}
    trl_reward(
        ["p", "p"],
        [CHAT, "no\nanswer"],
        answer=["4", "4"],
        log_metric=metrics.__setitem__,
        log_extra=extra.__setitem__,
    )
    assert metrics == {"outcome/correct": 0.5, "outcome/no_answer": 0.5}
    assert extra == {"outcome": ["correct", "no_answer"]}


def test_verl_can_load_the_file_without_making_it_a_module() -> None:
    path = Path(sys.modules[verl_reward.__module__].__file__ or "")
    spec = importlib.util.spec_from_file_location("custom_module_1", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    called = {
        "data_source": "math",
        "solution_str": "#### 4",
        "ground_truth": "4",
        "extra_info": {"num_turns": None},
    }
    assert module.verl_reward(**called)["score"] == 1.0


def test_the_query_reaches_the_verifier() -> None:
    prompt = [{"role": "user", "content": "Which? (A) 3 (B) 4"}]
    assert trl_reward([prompt], [CHAT], answer=["B"]) == [1.0]


def test_trl_reward_has_the_signature_that_the_trainer_calls() -> None:
    called: dict[str, Any] = {
        "prompts": ["p"],
        "completions": [CHAT],
        "completion_ids": [[1]],
        "answer": ["5"],
        "trainer_state": None,
    }
    assert trl_reward(**called) == [0.0]


def test_verl() -> None:
    score = verl_reward("gsm8k", "so\n#### 72", "72", {"question": "How many?"})
    assert score == {"score": 1.0, "acc": 1.0, "outcome": "correct"}
    assert verl_reward("theoremqa/test", r"\boxed{1.03}", "1.0")["score"] == 1.0
    assert verl_reward("math", r"\boxed{1.03}", "1.0")["score"] == 0.0


def test_verifiers() -> None:
    assert verifiers_reward(completion=CHAT, answer="4", prompt="p", state={}, info={}) == 1.0
    assert verifiers_reward(completion=[], answer="4") == 0.0
    parts = [{"role": "assistant", "content": [{"type": "text", "text": r"\boxed{4}"}]}]
    assert verifiers_reward(completion=parts, answer="4") == 1.0
