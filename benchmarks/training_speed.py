"""Real tokens per second of packed against padded training on the same data.

    python benchmarks/training_speed.py                       (CPU: a tenth of SmolLM2-135M)
    python benchmarks/training_speed.py --size 5m             (CPU: a Llama of 5 M parameters, short texts)
    python benchmarks/training_speed.py --size 0.5b           (GPU: bfloat16, with MFU)

Lengths are long-tailed as in the paper's Prop2Diff set (an eighth of them for `5m`), packed to 4096 (512)
tokens. Every optimiser step has about as many examples, whichever way they are laid out. The rivals are
TRL's packing, and padded micro-batches of its default size (8 examples) in a random order, grouped by length,
and the whole batch at once; with `--to-length`, every example padded to the packed length. Each is measured
with TRL's loss, as it comes, and with ours, so that packing, attention and loss can be told apart. Batches
grouped by length come sorted from transformers, so those are measured that stand at even steps among them.

`135m-tenth` is SmolLM2-135M with 3 of its 30 layers and a tenth of its vocabulary: a step costs a tenth,
and layers, attention and the head weigh as in the whole model.

`padding` is what follows from the lengths alone: tokens with padding over tokens without, which is the
factor that packing gains where attention weighs little. Only real tokens are counted, in speed and MFU.
On a CPU, time is the CPU time of the process, which other work on the machine hardly changes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from dartmath.base.terminal import print_table
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.training import log as training_log
from dartmath.training import trainer
from dartmath.training.config import TrainingSection
from dartmath.training.run import train


@dataclass(frozen=True)
class Size:
    """Shape of a Llama, and of its sequences.

    Attributes:
        hidden, intermediate, layers, heads, groups, vocabulary: `groups` are key-value heads.
        length: tokens of a packed sequence.
        packed: packed sequences per optimiser step.
    """

    hidden: int
    intermediate: int
    layers: int
    heads: int
    groups: int
    vocabulary: int
    length: int = 4096
    packed: int = 8


SIZES = {
    "5m": Size(256, 704, 5, 4, 4, 2003, length=512),
    "135m-tenth": Size(576, 1536, 3, 9, 3, 4915, packed=1),
    "0.5b": Size(1280, 4480, 20, 20, 20, 32000),
    "1.3b": Size(2048, 5632, 24, 16, 16, 32000),
}
WORDS = 2000
"""Different words of the texts."""
WARM_UP = 1
"""Steps at the start that are not measured."""
EXAMPLES = 1600
"""Of the data: so many fill the groups of 50 micro-batches of 8 that transformers sorts by length."""

Row = tuple[str, float, dict[str, float]]
"""Name of a way of training, its padding by arithmetic, and what was measured."""


@dataclass(frozen=True)
class Work:
    """What is trained, and how long.

    Attributes:
        folder: of the model, the rows and the runs.
        size: of the model and its sequences.
        examples: tokens of each example.
        steps: optimiser steps of each run.
        base: settings that all runs share.
    """

    folder: Path
    size: Size
    examples: np.ndarray
    steps: int
    base: dict[str, Any]

    @property
    def batch(self) -> int:
        """Examples in as many packed sequences as a step has, to a multiple of 8."""
        return max(8, round(self.size.packed * self.size.length / self.examples.mean() / 8) * 8)

    def padding(self, micro: int) -> float:
        """Tokens with padding over tokens without, in micro-batches in a random order."""
        return _padding(np.random.default_rng(1).permutation(self.examples), micro)

    def grouped_padding(self, micro: int) -> float:
        """The same in micro-batches of about one length."""
        order = grouped(self.examples.tolist(), micro)
        return _padding(self.examples[np.concatenate(order)], micro)


def grouped(lengths: list[int], micro: int) -> list[list[int]]:
    """Micro-batches as transformers groups examples by length, with those of a group in a mixed order.

    It sorts 50 micro-batches at a time, the longest first, of which a short run would see no other.
    """
    import torch
    from transformers.trainer_pt_utils import LengthGroupedSampler

    order = [*LengthGroupedSampler(micro, lengths=lengths, generator=torch.Generator().manual_seed(1))]
    batches = [order[i : i + micro] for i in range(0, len(order) // micro * micro, micro)]
    # 21 has no divisor in common with 50, and 50 / 21 none that a few steps would notice.
    return [
        batches[start + (i * 21 + 10) % 50] for start in range(0, len(batches) - 49, 50) for i in range(50)
    ]


def _padding(lengths: np.ndarray, micro: int) -> float:
    whole = lengths[: len(lengths) // micro * micro].reshape(-1, micro)
    return float(whole.max(axis=1).sum() * micro / whole.sum())


def make_model(folder: Path, size: Size) -> None:
    """A random Llama with a tokenizer of single words, so that lengths are exact."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = ["<s>", "</s>", "<unk>", *(f"w{i}" for i in range(WORDS))]
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<unk>"
    )
    torch.manual_seed(0)
    config = LlamaConfig(
        hidden_size=size.hidden,
        intermediate_size=size.intermediate,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        num_key_value_heads=size.groups,
        vocab_size=size.vocabulary,
        max_position_embeddings=4096,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    wrapped.save_pretrained(folder)


def make_rows(path: Path, scale: float) -> np.ndarray:
    """Rows with log-normal responses behind short prompts; their lengths."""
    rng = np.random.default_rng(0)
    lines, lengths = [], []
    for _ in range(EXAMPLES):
        response = max(2, int(np.clip(rng.lognormal(np.log(480) - 0.18, 0.6), 16, 2048) * scale))
        query = int(np.clip(rng.normal(110, 35), 50, 400) * scale)
        texts = [" ".join(f"w{i}" for i in rng.integers(0, WORDS, n)) for n in (query, response)]
        lines.append(json.dumps({"query": texts[0], "response": texts[1]}))
        lengths.append(query + response)
    path.write_text("\n".join(lines) + "\n")
    return np.asarray(lengths)


def measure(work: Work, name: str, *, plain: bool = False, **changes: Any) -> dict[str, float]:
    """Train, and return the log's sums over all steps but the first; `plain` is with the loss of TRL."""
    section = TrainingSection(**{**work.base, **changes})
    out, data = work.folder / name, [work.folder / "rows.jsonl"]
    original = trainer.use_labelled_loss
    if plain:
        trainer.use_labelled_loss = lambda model, **_: False
    try:
        train(section, ModelSection(name=str(work.folder / "model")), load_template("qa"), data, out)
    finally:
        trainer.use_labelled_loss = original
    log = training_log.read_log(out)
    last, first = log[-1], log[WARM_UP - 1]
    tokens, seconds = last["tokens"] - first["tokens"], last["seconds"] - first["seconds"]
    # The MFU of a step is proportional to its speed: the run's follows from any one of them.
    ratio = last.get("mfu", 0.0) / last["tokens_per_second"]
    return {"tokens": tokens, "seconds": seconds, "speed": tokens / seconds, "mfu": tokens / seconds * ratio}


def measure_padded(work: Work, micro: int, *, by_length: bool, plain: bool) -> dict[str, float]:
    """Micro-batches of so many examples, padded to the longest of them."""
    batch = -(-work.batch // micro) * micro
    changes = {"batch_size": batch, "micro_batch": micro, "packing": False}
    name = f"padded-{micro}-{by_length}-{plain}"
    original = trainer.CheckedTrainer._get_train_sampler

    def sampler(self: Any, *_: Any) -> Any:
        lengths = [len(row["input_ids"]) for row in self.train_dataset]
        return [i for batch in grouped(lengths, micro) for i in batch]

    if by_length:
        trainer.CheckedTrainer._get_train_sampler = sampler
    try:
        return measure(work, name, plain=plain, **changes)
    finally:
        trainer.CheckedTrainer._get_train_sampler = original


def measure_to_length(work: Work) -> dict[str, float]:
    """Every example padded to the packed length, as with `padding="max_length"`."""
    from trl.trainer.sft_trainer import DataCollatorForLanguageModeling as Collator

    original = Collator.torch_call

    def padded(self: Any, examples: list[dict[str, Any]]) -> dict[str, Any]:
        self.pad_to_multiple_of = work.size.length
        return original(self, examples)

    Collator.torch_call = padded
    changes = {"batch_size": work.batch, "micro_batch": 2, "packing": False}
    try:
        return measure(work, "padded-to-length", plain=True, **changes)
    finally:
        Collator.torch_call = original


def measure_all(work: Work, attentions: list[str], micro: list[int], *, to_length: bool) -> Iterator[Row]:
    """Every way of training; the first is the packed one that the others are compared with."""
    packed = {"batch_size": work.size.packed, "micro_batch": 1}
    for attention in attentions:
        yield (
            f"packed, {attention} attention",
            1.0,
            measure(work, f"packed-{attention}", **packed, attention=attention),
        )
    for ours in (True, False):
        loss = "our loss" if ours else "TRL's loss"
        found = measure(work, f"packed-sdpa-{ours}", plain=not ours, **packed, attention="sdpa")
        yield f"packed, sdpa attention, {loss}", 1.0, found
    for size in dict.fromkeys([*micro, work.batch]):
        for by_length in (True, False):
            padding = work.grouped_padding(size) if by_length else work.padding(size)
            order = "by length" if by_length else "at random"
            for ours in (True, False):
                loss = "our loss" if ours else "TRL's loss"
                found = measure_padded(work, size, by_length=by_length, plain=not ours)
                yield f"padded, {size} examples {order}, {loss}", padding, found
    if to_length:
        padding = work.size.length / float(work.examples.mean())
        yield f"padded to {work.size.length}", padding, measure_to_length(work)


def main() -> None:
    """Print the table."""
    import torch

    gpu = torch.cuda.is_available()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="0.5b" if gpu else "135m-tenth")
    parser.add_argument("--steps", type=int, default=25 if gpu else 4)
    parser.add_argument("--micro", type=int, nargs="+", default=[8], help="examples of a padded micro-batch")
    parser.add_argument("--to-length", action="store_true", help="measure padding to the packed length")
    parser.add_argument("--attention", nargs="+", default=["auto"], help="kernels of the packed runs")
    options = parser.parse_args()
    size = SIZES[options.size]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["DARTMATH_CACHE"] = name
        make_model(folder / "model", size)
        examples = make_rows(folder / "rows.jsonl", size.length / 4096)
        base = {"max_steps": options.steps, "max_length": size.length, "learning_rate": 1e-6}
        base |= {"gradient_checkpointing": False, "save_steps": 1_000_000}
        if not gpu:
            training_log.time = SimpleNamespace(perf_counter=time.process_time)  # type: ignore[attr-defined]
        work = Work(folder, size, examples, options.steps, base)
        rows: list[Row] = []
        ways = measure_all(work, options.attention, options.micro, to_length=options.to_length)
        for row in ways:
            rows.append(row)
            print(*cells(row, rows[0][2]["speed"], gpu), sep=" | ", file=sys.stderr, flush=True)
    device = torch.cuda.get_device_name() if gpu else "CPU"
    title = f"Llama {options.size}, packed length {size.length}, {device}"
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
