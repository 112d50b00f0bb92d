"""Tokens that the base never learnt are found, and adapters train them or say that they do not."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from dartmath.base.errors import UnknownNameError
from dartmath.model import ModelSection, load_model, load_tokenizer
from dartmath.prompts.template import load_template
from dartmath.training.config import Lora, TrainingSection
from dartmath.training.head import use_labelled_loss
from dartmath.training.log import read_log
from dartmath.training.run import train
from dartmath.training.untrained import template_tokens, untrained_tokens
from training.material import byte_level_tokenizer, examples, write_jsonl

RESERVED = ["<|im_start|>", "<|im_end|>", "<|tool|>", "<|file|>"]
CHAT = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def _write_base(folder: Path, *, tied: bool = False, rows: str = "same") -> str:
    """A model that reserves tokens for chats: their rows are the "same", near "zero", or "learnt"."""
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = byte_level_tokenizer(bos=False)
    tokenizer.add_special_tokens({"additional_special_tokens": RESERVED})
    tokenizer.chat_template = CHAT
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer) + 8, hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=1, eos_token_id=1, tie_word_embeddings=tied,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    ids = tokenizer.convert_tokens_to_ids(RESERVED)
    with torch.no_grad():
        for layer in (model.get_input_embeddings(), model.get_output_embeddings()):
            if rows == "same":
                layer.weight[ids] = layer.weight[ids[0]].clone()
            elif rows == "zero":
                layer.weight[ids] = 1e-12
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


def _loaded(folder: str) -> tuple[Any, Any]:
    section = ModelSection(name=folder, dtype="float32")
    return load_model(section, "cpu"), load_tokenizer(section)


@pytest.mark.parametrize(
    ("rows", "expected"), [("same", RESERVED[:2]), ("zero", RESERVED[:2]), ("learnt", [])]
)
@pytest.mark.parametrize("tied", [False, True])
def test_rows_that_are_near_zero_or_like_each_other_were_never_learnt(
    rows: str, expected: list[str], tied: bool, tmp_path: Path
) -> None:
    model, tokenizer = _loaded(_write_base(tmp_path, tied=tied, rows=rows))
    tokens = template_tokens(tokenizer, load_template("chat"))
    assert tokenizer.convert_ids_to_tokens(untrained_tokens(model, tokenizer, tokens)) == expected


def test_of_a_published_model_the_reserved_tokens_and_not_those_of_its_chats() -> None:
    model, tokenizer = _loaded("smollm2-135m-instruct")
    added = sorted(tokenizer.added_tokens_decoder)
    found = tokenizer.convert_ids_to_tokens(untrained_tokens(model, tokenizer, added))
    assert not {"<|im_start|>", "<|im_end|>", "<|endoftext|>"} & set(found)
    assert {"<file_sep>", "<gh_stars>", "<jupyter_start>", "<empty_output>"} <= set(found)
    assert len(found) == 11
    ordinary = list(range(max(added) + 1, max(added) + 3001))
    assert untrained_tokens(model, tokenizer, ordinary) == [190]  # the NUL byte, which texts do not hold


def _train(base: str, out: Path, **changes: Any) -> None:
    lora = changes.pop("lora", Lora(rank=8))
    keys = {"epochs": 60, "batch_size": 4, "max_length": 256, "learning_rate": 1e-2, "dtype": "float32"}
    section = TrainingSection(**{**keys, **changes}, lora=lora)
    data = write_jsonl(out.parent / "rows.jsonl", examples(8))
    train(section, ModelSection(name=base), load_template("chat"), [data], out, seed=1)


def _end_row(folder: Path) -> torch.Tensor:
    model, tokenizer = _loaded(str(folder))
    row = model.get_output_embeddings().weight[tokenizer.convert_tokens_to_ids("<|im_end|>")]
    return row.detach()


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("merge", [True, False])
def test_adapters_train_the_rows_that_the_base_never_learnt(tied: bool, merge: bool, tmp_path: Path) -> None:
    base = _write_base(tmp_path / "base", tied=tied)
    _train(base, tmp_path / "out", lora=Lora(rank=4, merge=merge), max_steps=3)
    settings = tmp_path / "out" / ("adapter" if merge else ".") / "adapter_config.json"
    assert json.loads(settings.read_text())["trainable_token_indices"]
    assert not torch.equal(_end_row(tmp_path / "out"), _end_row(Path(base)))
    written, before = _loaded(str(tmp_path / "out"))[0], _loaded(base)[0]
    changed = (written.get_output_embeddings().weight != before.get_output_embeddings().weight).any(dim=1)
    tokenizer = load_tokenizer(ModelSection(name=base))
    assert tokenizer.convert_ids_to_tokens(changed.nonzero().flatten().tolist()) == RESERVED[:2]


def test_rows_are_left_alone_with_a_word_where_they_are_not_to_be_trained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = _write_base(tmp_path / "base")
    _train(base, tmp_path / "out", lora=Lora(rank=4, trainable_tokens="none"), max_steps=1)
    assert "never learnt <|im_start|>, <|im_end|>" in " ".join(capsys.readouterr().err.split())
    assert torch.equal(_end_row(tmp_path / "out"), _end_row(Path(base)))


def test_named_tokens_are_trained_and_unknown_ones_refused(tmp_path: Path) -> None:
    base = _write_base(tmp_path / "base", rows="learnt")
    _train(base, tmp_path / "out", lora=Lora(rank=4, trainable_tokens="<|im_end|>"), max_steps=2)
    assert not torch.equal(_end_row(tmp_path / "out"), _end_row(Path(base)))
    with pytest.raises(UnknownNameError, match=r"'<\|im_ends\|>'; did you mean"):
        _train(base, tmp_path / "other", lora=Lora(trainable_tokens="<|im_ends|>"), max_steps=1)
    with pytest.raises(UnknownNameError, match=r"lora\.modules_to_save"):
        _train(base, tmp_path / "other", lora=Lora(modules_to_save="lm_heads"), max_steps=1)


@pytest.mark.parametrize(
    "lora",
    [
        Lora(rank=4, dora=True),
        Lora(rank=4, rslora=True),
        Lora(rank=4, modules_to_save="lm_head"),
        Lora(rank=4, modules_to_save="embed_tokens,lm_head"),
    ],
    ids=["dora", "rslora", "head", "embeddings"],
)
@pytest.mark.parametrize("tied", [False, True])
def test_every_kind_of_adapter_is_written_as_it_was_trained(lora: Lora, tied: bool, tmp_path: Path) -> None:
    # The run compares what it wrote with what it trained, and fails where they differ.
    base = _write_base(tmp_path / "base", tied=tied)
    _train(base, tmp_path / "out", lora=lora, max_steps=2)
    _train(base, tmp_path / "alone", lora=lora.model_copy(update={"merge": False}), max_steps=2)


def test_the_loss_on_a_cpu_is_trls_where_rows_of_the_head_are_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, used = _write_base(tmp_path / "base"), []

    def noted(model: Any, **where: Any) -> bool:
        used.append(use_labelled_loss(model, **where))
        return used[-1]

    monkeypatch.setattr("dartmath.training.trainer.use_labelled_loss", noted)
    _train(base, tmp_path / "ours", max_steps=6)
    assert used == [True]
    monkeypatch.setattr("dartmath.training.trainer.use_labelled_loss", lambda model, **_: False)
    _train(base, tmp_path / "trl", max_steps=6)
    ours, theirs = ([row["loss"] for row in read_log(tmp_path / name)] for name in ("ours", "trl"))
    assert ours == pytest.approx(theirs, rel=1e-5)
