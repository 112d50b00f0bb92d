"""Reward functions in the shapes of TRL, verl and verifiers."""

from __future__ import annotations

import pytest

from dartmath.errors import DataError
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


def test_the_query_reaches_the_verifier() -> None:
    prompt = [{"role": "user", "content": "Which? (A) 3 (B) 4"}]
    assert trl_reward([prompt], [CHAT], answer=["B"]) == [1.0]


def test_trl_reward_has_the_signature_that_the_trainer_calls() -> None:
    called = {
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
