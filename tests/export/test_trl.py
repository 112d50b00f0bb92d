"""TRL's own trainers take two steps on the exports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dartmath.export import ExportSection, export
from dartmath.verify.rewards import trl_reward
from export.pool import make_pool
from training.material import write_tiny_llama

TEMPLATE = "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}{{ eos_token }}{% endfor %}"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = write_tiny_llama(tmp_path_factory.mktemp("llama"))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.chat_template = TEMPLATE
    return AutoModelForCausalLM.from_pretrained(folder), tokenizer


def rows(tmp_path: Path, template: str, name: str) -> Any:
    from datasets import load_dataset

    path = tmp_path / "rows.parquet"
    export(make_pool(tmp_path / "sample", template=template), name, path, section=ExportSection(pairs=2))
    return load_dataset("parquet", data_files=str(path), split="train", cache_dir=str(tmp_path / "cache"))


def two_steps(trainer: str, config: str, model: Any, *, data: Any, out: Path, **settings: Any) -> None:
    trl = pytest.importorskip("trl")
    args = getattr(trl, config)(
        output_dir=str(out),
        max_steps=2,
        per_device_train_batch_size=2,
        report_to=[],
        use_cpu=True,
        bf16=False,
        save_strategy="no",
        **settings.pop("args", {}),
    )
    made = getattr(trl, trainer)(
        model[0], args=args, train_dataset=data, processing_class=model[1], **settings
    )
    made.train()
    assert made.state.global_step == 2


@pytest.mark.slow
@pytest.mark.parametrize("template", ["alpaca", "chat-boxed"])
@pytest.mark.parametrize(
    ("name", "trainer", "config"),
    [
        ("prompt-completion", "SFTTrainer", "SFTConfig"),
        ("preference", "DPOTrainer", "DPOConfig"),
        ("kto", "KTOTrainer", "KTOConfig"),
    ],
)
def test_tuning_takes_two_steps(
    *, name: str, trainer: str, config: str, template: str, model: Any, tmp_path: Path
) -> None:
    two_steps(trainer, config, model, data=rows(tmp_path, template, name), out=tmp_path / "out")


@pytest.mark.slow
@pytest.mark.parametrize("template", ["alpaca", "chat-boxed"])
def test_grpo_takes_two_steps(template: str, model: Any, tmp_path: Path) -> None:
    seen: list[Any] = []

    def reward(prompts: Any, completions: Any, **columns: Any) -> list[float | None]:
        seen.extend(columns["answer"])
        return trl_reward(prompts, completions, **columns)

    args = {"num_generations": 2, "max_completion_length": 8}
    data = rows(tmp_path, template, "trl-grpo")
    given = {"data": data, "out": tmp_path / "out", "reward_funcs": reward}
    two_steps("GRPOTrainer", "GRPOConfig", model, args=args, **given)
    assert set(seen) == {"42"}
