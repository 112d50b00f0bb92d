"""Real tokens per second of packed against padded training on the same data.

    python benchmarks/training_speed.py                       (CPU: a Llama of 5 M parameters)
    python benchmarks/training_speed.py --size 0.5b           (GPU: bfloat16, with MFU)

Lengths are long-tailed as in the paper's Prop2Diff set, an eighth of them on a CPU so that a run takes a
minute; packed to 4096 (512) tokens. Every optimiser step has about as many examples, whichever way they
are laid out. The rivals are padded batches as Transformers and TRL make them: micro-batches of their
default size (8 examples), the whole batch at once, and every example padded to the packed length.

`padding` is what follows from the lengths alone: tokens with padding over tokens without, which is the
factor that packing gains where attention weighs little. Only real tokens are counted, in speed and MFU.
On a CPU, time is the CPU time of the process, which other work on the machine hardly changes.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.terminal import print_table
from dartmath.training import journal
from dartmath.training.config import TrainingSection
from dartmath.training.run import train

SIZES = {
    # name: hidden size, intermediate size, layers, heads
    "5m": (256, 704, 5, 4),
    "0.5b": (1280, 4480, 20, 20),
    "1.3b": (2048, 5632, 24, 16),
}
PACKED = 8
"""Packed sequences per optimiser step."""
WARM_UP = 2
"""Steps at the start that are not measured."""

Row = tuple[str, float, dict[str, float]]
"""Name of a way of training, its padding by arithmetic, and what was measured."""


@dataclass(frozen=True)
class Work:
    """What is trained, and how long.

    Attributes:
        folder: of the model, the rows and the runs.
        length: tokens of a packed sequence.
        examples: tokens of each example.
        steps: optimiser steps of each run.
        base: settings that all runs share.
    """

    folder: Path
    length: int
    examples: np.ndarray
    steps: int
    base: dict[str, Any]

    @property
    def batch(self) -> int:
        """Examples in as many packed sequences as a step has, to a multiple of 8."""
        return max(8, round(PACKED * self.length / self.examples.mean() / 8) * 8)

    def padding(self, micro: int) -> float:
        """Tokens with padding over tokens without, in micro-batches in a random order."""
        shuffled = np.random.default_rng(1).permutation(self.examples)
        whole = shuffled[: len(shuffled) // micro * micro].reshape(-1, micro)
        return float(whole.max(axis=1).sum() * micro / whole.sum())


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
    hidden, intermediate, layers, heads = SIZES[size]
    config = LlamaConfig(
        hidden_size=hidden,
        intermediate_size=intermediate,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        vocab_size=len(words) if size == "5m" else 32000,
        max_position_embeddings=4096,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    wrapped.save_pretrained(folder)


def make_rows(path: Path, tokens: int, scale: float) -> np.ndarray:
    """Rows of about `tokens` tokens in all, log-normal responses behind short prompts; their lengths."""
    rng = np.random.default_rng(0)
    lines, lengths = [], []
    while sum(lengths) < tokens:
        response = max(2, int(np.clip(rng.lognormal(np.log(480) - 0.18, 0.6), 16, 2048) * scale))
        query = int(np.clip(rng.normal(110, 35), 50, 400) * scale)
        texts = [" ".join(f"w{i}" for i in rng.integers(0, 2000, n)) for n in (query, response)]
        lines.append(json.dumps({"query": texts[0], "response": texts[1]}))
        lengths.append(query + response)
    path.write_text("\n".join(lines) + "\n")
    return np.asarray(lengths)


def measure(work: Work, name: str, **changes: Any) -> dict[str, float]:
    """Train, and return the log's sums over all steps but the first."""
    section = TrainingSection(**{**work.base, **changes})
    out, data = work.folder / name, [work.folder / "rows.jsonl"]
    train(section, ModelSection(name=str(work.folder / "model")), load_template("qa"), data, out)
    log = journal.read_log(out)
    last, first = log[-1], log[WARM_UP - 1]
    tokens, seconds = last["tokens"] - first["tokens"], last["seconds"] - first["seconds"]
    # The MFU of a step is proportional to its speed: the run's follows from any one of them.
    ratio = last.get("mfu", 0.0) / last["tokens_per_second"]
    return {"tokens": tokens, "seconds": seconds, "speed": tokens / seconds, "mfu": tokens / seconds * ratio}


def measure_to_length(work: Work) -> dict[str, float]:
    """Every example padded to the packed length, as with `padding="max_length"`."""
    from trl.trainer.sft_trainer import DataCollatorForLanguageModeling as Collator

    original = Collator.torch_call

    def padded(self: Any, examples: list[dict[str, Any]]) -> dict[str, Any]:
        self.pad_to_multiple_of = work.length
        return original(self, examples)

    Collator.torch_call = padded
    try:
        return measure(work, "padded-to-length", batch_size=work.batch, micro_batch=8, packing=False)
    finally:
        Collator.torch_call = original


def measure_all(work: Work, attentions: list[str], micro: list[int]) -> list[Row]:
    """Every way of training; the first is the packed one that the others are compared with."""
    rows: list[Row] = []
    for attention in attentions:
        found = measure(work, f"packed-{attention}", batch_size=PACKED, micro_batch=1, attention=attention)
        rows.append((f"packed, {attention} attention", 1.0, found))
    for size in dict.fromkeys([*micro, work.batch]):
        batch = -(-work.batch // size) * size
        found = measure(work, f"padded-{size}", batch_size=batch, micro_batch=size, packing=False)
        rows.append((f"padded, {size} examples", work.padding(size), found))
    to_length = work.length / float(work.examples.mean())
    rows.append((f"padded to {work.length}", to_length, measure_to_length(work)))
    return rows


def main() -> None:
    """Print the table."""
    import torch

    gpu = torch.cuda.is_available()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="0.5b" if gpu else "5m")
    parser.add_argument("--steps", type=int, default=25 if gpu else 6)
    parser.add_argument("--micro", type=int, nargs="+", default=[8], help="examples of a padded micro-batch")
    parser.add_argument("--attention", nargs="+", default=["auto"], help="kernels of the packed runs")
    options = parser.parse_args()
    length = 4096 if gpu else 512
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["DARTMATH_CACHE"] = name
        make_model(folder / "model", options.size)
        tokens = (options.steps + 2) * PACKED * length
        examples = make_rows(folder / "rows.jsonl", tokens, length / 4096)
        base = {"max_steps": options.steps, "max_length": length, "learning_rate": 1e-6}
        base |= {"gradient_checkpointing": False, "save_steps": 1_000_000}
        if not gpu:
            journal.time = SimpleNamespace(perf_counter=time.process_time)  # type: ignore[attr-defined]
        work = Work(folder, length, examples, options.steps, base)
        rows = measure_all(work, options.attention, options.micro)
    device = torch.cuda.get_device_name() if gpu else "CPU"
    title = f"Llama {options.size}, packed length {length}, {device}"
    print_table(title, columns(gpu), [cells(row, rows[0][2]["speed"], gpu) for row in rows])


def columns(gpu: bool) -> list[str]:
    """Column titles."""
    time_name = "seconds" if gpu else "CPU seconds"
    names = ["training", "real tokens", time_name, "real tokens/s", "packed is faster by", "padding"]
    return [*names, *(["MFU"] if gpu else [])]


def cells(row: Row, packed: float, gpu: bool) -> list[str]:
    """The texts of one line of the table."""
    name, padding, found = row
    shown = [name, f"{found['tokens']:,}", f"{found['seconds']:.1f}", f"{found['speed']:,.0f}"]
    shown += [f"{packed / found['speed']:.2f}", f"{padding:.2f}"]
    return [*shown, *([f"{found['mfu']:.1%}"] if gpu else [])]


if __name__ == "__main__":
    main()
