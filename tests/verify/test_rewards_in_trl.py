"""TRL's GRPOTrainer itself, on a tiny random model, with the reward function as documented."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dartmath.verify.rewards import trl_reward
from training.material import byte_level_tokenizer


@pytest.mark.slow
def test_grpo_trains_two_steps_with_the_reward(tmp_path: Path) -> None:
    trl = pytest.importorskip("trl")
    torch = pytest.importorskip("torch")
    from datasets import Dataset
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = byte_level_tokenizer()
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=2,
    )
    seen: list[list[float | None]] = []

    def recorded(**arguments: Any) -> list[float | None]:
        seen.append(trl_reward(**arguments))
        return seen[-1]

    trainer = trl.GRPOTrainer(
        model=LlamaForCausalLM(config),
        processing_class=tokenizer,
        reward_funcs=recorded,
        train_dataset=Dataset.from_dict({"prompt": ["2+2?", "3+3?"] * 4, "answer": ["4", None] * 4}),
        args=trl.GRPOConfig(
            output_dir=str(tmp_path),
            max_steps=2,
            num_generations=2,
            per_device_train_batch_size=4,
            max_completion_length=6,
            logging_steps=1,
            report_to="none",
            use_cpu=True,
            save_strategy="no",
        ),
    )
    trainer.train()
    assert trainer.state.global_step == 2
    rewards = [reward for batch in seen for reward in batch]
    assert len(rewards) == 8
    assert {0.0, None} == set(rewards)
    shares = [row for row in trainer.state.log_history if any("outcome/" in name for name in row)]
    assert shares, trainer.state.log_history
