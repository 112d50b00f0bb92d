"""The libraries that exports are for load them, where they are installed: `pip install verl torchtune`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dartmath.export import ExportSection, export
from dartmath.verify.rewards import verl_reward
from export.pool import TRIALS, make_pool
from training.material import write_tiny_llama

pytestmark = pytest.mark.slow
TEMPLATE = "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}{{ eos_token }}{% endfor %}"


def exported(tmp_path: Path, name: str, suffix: str = ".parquet") -> Path:
    path = tmp_path / f"rows{suffix}"
    export(make_pool(tmp_path / "sample", template="chat-boxed"), name, path, section=ExportSection())
    return path


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from transformers import AutoTokenizer

    made = AutoTokenizer.from_pretrained(write_tiny_llama(tmp_path_factory.mktemp("llama")))
    made.chat_template = TEMPLATE
    return made


def test_verl(tmp_path: Path, tokenizer: Any) -> None:
    """Its data set keeps every prompt, and its rows hold what its reward manager gives to our reward."""
    module = pytest.importorskip("verl.utils.dataset.rl_dataset")
    config = pytest.importorskip("omegaconf").OmegaConf.create(
        {
            "cache_dir": str(tmp_path / "cache"),
            "max_prompt_length": 512,
            "filter_overlong_prompts_workers": 1,
            "return_raw_chat": True,
        }
    )
    rows = module.RLHFDataset(str(exported(tmp_path, "verl")), tokenizer=tokenizer, config=config)
    assert len(rows) == len(TRIALS)
    batch = module.collate_fn([rows[place] for place in range(len(rows))])
    for place, query in enumerate(TRIALS):
        assert query in batch["raw_prompt"][place][-1]["content"]
        truth, source = batch["reward_model"][place]["ground_truth"], batch["data_source"][place]
        about = batch["extra_info"][place]
        scores = [verl_reward(source, f"So \\boxed{{{n}}}.", truth, about)["score"] for n in (42, 41)]
        assert scores == [1.0, 0.0]


def test_torchtune(tmp_path: Path, tokenizer: Any) -> None:
    """Its chat data set masks the prompt and trains on the response."""
    datasets = pytest.importorskip("torchtune.datasets")

    class Transform:
        """A tokenizer as torchtune has them: messages become tokens and a mask."""

        def __call__(self, sample: dict[str, Any], inference: bool = False) -> dict[str, Any]:
            tokens: list[int] = []
            mask: list[bool] = []
            for message in sample.pop("messages"):
                found = tokenizer.encode(message.text_content, add_special_tokens=False)
                tokens, mask = tokens + found, mask + [message.masked] * len(found)
            return {**sample, "tokens": tokens, "mask": mask}

    path = exported(tmp_path, "torchtune", ".jsonl")
    rows = datasets.chat_dataset(
        Transform(),
        source="json",
        data_files=str(path),
        conversation_column="messages",
        conversation_style="openai",
        split="train",
        cache_dir=str(tmp_path / "cache"),
    )
    written = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == len(written) > 0
    for row, one in zip((rows[place] for place in range(len(rows))), written, strict=True):
        trained = [token for token, label in zip(row["tokens"], row["labels"], strict=True) if label != -100]
        assert tokenizer.decode(trained) == tokenizer.decode(
            tokenizer.encode(one["messages"][-1]["content"], add_special_tokens=False)
        )
