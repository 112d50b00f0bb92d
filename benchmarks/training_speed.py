"""Real tokens per second of packed against padded training on the same data.

    python benchmarks/training_speed.py                       (CPU: a Llama of 4 M parameters)
    python benchmarks/training_speed.py --size 0.5b           (GPU: bfloat16, with MFU)

Lengths are long-tailed as in the paper's Prop2Diff set, from 1/8 of them on a CPU so that a run
takes a minute; packed to 4096 (512) tokens. Padded rows pad to the longest of their micro-batch, as
the usual trainer does; `to max` pads every example to the packed length. Padding is not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.terminal import print_table
from dartmath.training.config import TrainingSection
from dartmath.training.journal import read_log
from dartmath.training.run import train

SIZES = {
    # name: hidden size, intermediate size, layers, heads
    "4m": (256, 704, 5, 4),
    "0.5b": (1280, 4480, 20, 20),
    "1.3b": (2048, 5632, 24, 16),
}


def make_model(folder: Path, size: str) -> None:
    """A random Llama with a tokenizer of single words, so that lengths are exact."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = ["<s>", "</s>", "<unk>", *(f"w{i}" for i in range(2000))]
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<unk>"
    )
    torch.manual_seed(0)
    vocabulary = len(words) if size == "4m" else 32000
    hidden, intermediate, layers, heads = SIZES[size]
    config = LlamaConfig(
        hidden_size=hidden,
        intermediate_size=intermediate,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        vocab_size=vocabulary,
        max_position_embeddings=4096,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    wrapped.save_pretrained(folder)


def make_rows(path: Path, tokens: int, scale: float) -> None:
    """Rows of about `tokens` tokens in all: log-normal responses behind short prompts."""
    rng = np.random.default_rng(0)
    lines, total = [], 0
    while total < tokens:
        response = int(np.clip(rng.lognormal(np.log(480) - 0.18, 0.6), 16, 2048) * scale)
        query = int(np.clip(rng.normal(110, 35), 50, 400) * scale)
        texts = [" ".join(f"w{i}" for i in rng.integers(0, 2000, n)) for n in (query, max(2, response))]
        lines.append(json.dumps({"query": texts[0], "response": texts[1]}))
        total += query + response
    path.write_text("\n".join(lines) + "\n")


def measure(folder: Path, name: str, base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Train and return the log's sums over all steps but the first, which warms up."""
    section = TrainingSection(**{**base, **changes})
    out = folder / name
    train(
        section, ModelSection(name=str(folder / "model")), load_template("qa"), [folder / "rows.jsonl"], out
    )
    log = read_log(out)
    tokens, seconds = log[-1]["tokens"] - log[0]["tokens"], log[-1]["seconds"] - log[0]["seconds"]
    speed = tokens / seconds
    # An MFU of a step is proportional to its speed: the run's follows from any one of them.
    ratio = log[-1].get("mfu", 0.0) / log[-1]["tokens_per_second"]
    return {"tokens": tokens, "seconds": seconds, "speed": speed, "mfu": speed * ratio}


def main() -> None:
    """Print the table."""
    import torch

    gpu = torch.cuda.is_available()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="0.5b" if gpu else "4m")
    parser.add_argument("--tokens", type=int, default=4_000_000 if gpu else 20_000)
    parser.add_argument("--padded", type=int, nargs="+", default=[8, 32])
    options = parser.parse_args()
    scale = 1.0 if gpu else 1 / 8
    length = int(4096 * scale)
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["DARTMATH_CACHE"] = name
        make_model(folder / "model", options.size)
        make_rows(folder / "rows.jsonl", options.tokens, scale)
        base = {"epochs": 1, "max_length": length, "gradient_checkpointing": False, "learning_rate": 1e-6}
        packed = measure(folder, "packed", base, batch_size=8, micro_batch=1)
        rows.append(("packed", packed))
        for micro in options.padded:
            found = measure(folder, f"padded-{micro}", base, batch_size=32, micro_batch=micro, packing=False)
            rows.append((f"padded, {micro} examples", found))
        rows.append(("padded to max", measure_to_max(folder, base, length)))
    table = []
    for name, r in rows:
        ratio = f"{packed['speed'] / r['speed']:.2f}"
        cells = (name, f"{r['tokens']:,}", f"{r['seconds']:.1f}", f"{r['speed']:,.0f}", ratio)
        table.append((*cells, *([f"{r['mfu']:.1%}"] if gpu else [])))
    columns = ["training", "real tokens", "seconds", "real tokens/s", "packed is faster by"]
    title = f"Llama {options.size}, sequences of {length}"
    print_table(title, columns + (["MFU"] if gpu else []), table)


def measure_to_max(folder: Path, base: dict[str, Any], length: int) -> dict[str, Any]:
    """Every example padded to the packed length, as with `padding="max_length"`."""
    from trl.trainer.sft_trainer import DataCollatorForLanguageModeling as Collator

    original = Collator.torch_call

    def padded(self: Any, examples: list[dict[str, Any]]) -> dict[str, Any]:
        self.pad_to_multiple_of = length
        return original(self, examples)

    Collator.torch_call = padded
    try:
        return measure(folder, "padded-max", base, batch_size=32, micro_batch=8, packing=False)
    finally:
        Collator.torch_call = original


if __name__ == "__main__":
    main()
