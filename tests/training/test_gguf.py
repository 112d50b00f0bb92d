"""The GGUF file of a trained model is that model: llama.cpp runs it, with its tokens, answers and ends."""

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from transformers.models.auto import tokenization_auto

from dartmath.base.errors import ConfigError
from dartmath.model import ModelSection, load_model, load_tokenizer
from dartmath.prompts.template import load_template
from dartmath.training.config import Lora, TrainingSection
from dartmath.training.gguf_file import NAME, check_gguf
from dartmath.training.run import train
from engines.servers import llama_server
from training.material import TOKENIZERS, byte_level_tokenizer, examples, write_jsonl

TEXTS = [
    "What is 12 + 345?\n\nIt's  we'll 7x^2 = \\frac{1}{2}.",
    "naïve ∑ 3.14 日本 \t end ",
    "a\n\n\n b   c",
]
SIZES: dict[str, Any] = {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2}
SIZES |= {"num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 2048}
BASE: dict[str, Any] = {"batch_size": 1, "max_length": 256, "learning_rate": 5e-3, "dtype": "float32"}


def _ask(url: str, path: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(
        url.removesuffix("/v1") + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def _model(kind: str, folder: Path) -> str:
    """A random model with the byte-level tokenizer, and rows of its matrix that have no token."""
    import torch
    import transformers as t

    tokenizer = byte_level_tokenizer()
    ends = {"bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 2}
    torch.manual_seed(0)
    config = getattr(t, kind)(**SIZES, **ends, vocab_size=len(tokenizer) + 5)
    t.AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


def _greedy(folder: Path, prompt: str) -> str:
    model = load_model(ModelSection(name=str(folder), dtype="float32"), "cpu")
    tokenizer = load_tokenizer(ModelSection(name=str(folder)))
    ids = tokenizer(prompt, return_tensors="pt")["input_ids"]
    out = model.generate(ids, max_new_tokens=120, do_sample=False)[0, ids.shape[1] :]
    return str(tokenizer.decode(out, skip_special_tokens=True))


def _check(kind: str, lora: Lora | None, tmp_path: Path) -> None:
    rows = examples(4)
    data = write_jsonl(tmp_path / "rows.jsonl", rows)
    section = TrainingSection(**BASE, epochs=120, schedule="constant", lora=lora, gguf=True)
    base, out = _model(kind, tmp_path / "base"), tmp_path / "out"
    train(section, ModelSection(name=base), load_template("qa"), [data], out, seed=1)
    tokenizer, template = load_tokenizer(ModelSection(name=str(out))), load_template("qa")
    with llama_server(out / NAME) as url:
        for text in TEXTS:
            found = _ask(url, "/tokenize", {"content": text, "add_special": True})["tokens"]
            assert found == tokenizer.encode(text)
        for query, response in rows:
            prompt = template.render(query, tokenizer=tokenizer).text
            assert prompt is not None
            answer = _ask(url, "/completion", {"prompt": prompt, "n_predict": 120, "temperature": 0})
            assert answer["content"] == _greedy(out, prompt)
            assert answer["stop_type"] == "eos"
            assert answer["content"].strip() == response
            chat = {"messages": [{"role": "user", "content": query}], "temperature": 0, "max_tokens": 120}
            said = _ask(url, "/v1/chat/completions", chat)["choices"][0]
            assert said["finish_reason"] == "stop"
            assert said["message"]["content"].strip() == answer["content"].strip()


def test_llama_cpp_answers_and_stops_as_the_trained_model_does(tmp_path: Path) -> None:
    _check("LlamaConfig", None, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["MistralConfig", "Qwen2Config", "Qwen3Config"])
def test_other_architectures_do_too(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # mistral-common is here for its data files alone, without what it needs to be a tokenizer.
    monkeypatch.setitem(tokenization_auto.TOKENIZER_MAPPING_NAMES, "mistral", "TokenizersBackend")
    _check(kind, None, tmp_path)


@pytest.mark.slow
def test_merged_adapters_do_too(tmp_path: Path) -> None:
    _check("LlamaConfig", Lora(rank=16, alpha=64), tmp_path)


def test_a_finished_run_writes_the_file_when_it_is_asked_for(tiny_llama: str, tmp_path: Path) -> None:
    data = write_jsonl(tmp_path / "rows.jsonl", examples(8))
    for gguf in (False, True):
        section = TrainingSection(**BASE, max_steps=1, gguf=gguf)
        train(section, ModelSection(name=tiny_llama), load_template("qa"), [data], tmp_path / "out")
        assert (tmp_path / "out" / NAME).is_file() == gguf


def test_what_llama_cpp_would_read_as_another_model_is_refused_before_training(
    byte_tokenizer: Any, tmp_path: Path
) -> None:
    import transformers as t

    with pytest.raises(ConfigError, match=r"gemma2 models are not written here.*convert_hf_to_gguf"):
        check_gguf(t.Gemma2Config(), byte_tokenizer)
    scaled = {"rope_type": "linear", "factor": 2.0, "rope_theta": 1e4}
    with pytest.raises(ConfigError, match="positions are scaled"):
        check_gguf(t.LlamaConfig(rope_parameters=scaled), byte_tokenizer)
    for name in ("deepseek", "mistral"):
        (tmp_path / name).mkdir()
        with pytest.raises(ConfigError, match="splits text in a way"):
            check_gguf(t.LlamaConfig(), TOKENIZERS[name](tmp_path / name))
    check_gguf(t.LlamaConfig(), TOKENIZERS["smollm2"](tmp_path))
    with pytest.raises(ValueError, match=r"lora\.merge is off"):
        TrainingSection(gguf=True, lora=Lora(merge=False))
