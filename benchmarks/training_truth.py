"""Does fine-tuning teach? Accuracy on held-out queries before, after, and after with LoRA.

    python benchmarks/training_truth.py runs/truth                                 (3 minutes of one core)
    python benchmarks/training_truth.py runs/truth --model smollm2-135m-instruct   (20 minutes of one core)

A model learns to add three numbers step by step from worked sums, and is asked (greedily) sums that
it has not seen. The small one is a Llama of 0.8 M parameters, trained here from random weights on
sums of two numbers and of one number, so that it knows addition but not how to chain it. A response
counts by its last number, so that an untrained model is not punished for its form. Every step is
resumable: the same command goes on.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dartmath.base.terminal import info, print_table
from dartmath.evaluation.intervals import wilson
from dartmath.model import ModelSection, resolve_model
from dartmath.prompts.template import Template, encode_prompt, load_template
from dartmath.training.config import Lora, TrainingSection
from dartmath.training.run import train

Sum = tuple[int, ...]


@dataclass(frozen=True)
class Setting:
    """What is trained, and on what.

    Attributes:
        template: of training and asking.
        largest: numbers are from 1 to this.
        rows: worked sums to learn from.
        full, lora: the training sections.
    """

    template: Template
    largest: int
    rows: int
    full: TrainingSection
    lora: TrainingSection


def tiny() -> Setting:
    """The Llama made here."""
    base = {"epochs": 12, "batch_size": 2, "max_length": 256, "save_steps": 100, "dtype": "float32"}
    full = TrainingSection(**base, learning_rate=1e-3)
    lora = TrainingSection(**base, learning_rate=5e-3, lora=Lora(rank=16))
    return Setting(Template("sum", after_query="?"), 9, 400, full, lora)


def chat() -> Setting:
    """A published small model."""
    base = {"epochs": 2, "batch_size": 2, "max_length": 256, "save_steps": 10}
    full = TrainingSection(**base, learning_rate=1e-4)
    lora = TrainingSection(**base, learning_rate=1e-3, lora=Lora(rank=16))
    return Setting(load_template("qa"), 39, 120, full, lora)


def sums(n: int, *, largest: int, terms: int = 3) -> list[Sum]:
    """Up to `n` different sums, in a fixed random order."""
    every = list(itertools.product(range(1, largest + 1), repeat=terms))
    random.Random(0).shuffle(every)
    return every[:n]


def query(terms: Sum) -> str:
    """The problem as a text."""
    return " + ".join(map(str, terms))


def response(terms: Sum) -> str:
    """A worked response: one addition after the other."""
    totals = list(itertools.accumulate(terms))
    steps = [f"{a} + {b} = {c}" for a, b, c in zip(totals, terms[1:], totals[1:], strict=False)]
    return ". ".join((*steps, f"The answer is {totals[-1]}."))


def write_rows(path: Path, rows: list[Sum]) -> None:
    """The training file."""
    lines = [json.dumps({"query": query(terms), "response": response(terms)}) for terms in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def responses(model: str, asked: list[Sum], template: Template, *, batch: int = 50) -> list[str]:
    """Greedy responses of `model`."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model)
    loaded = AutoModelForCausalLM.from_pretrained(model, dtype=torch.bfloat16).eval()
    found: list[str] = []
    for start in range(0, len(asked), batch):
        ids = [
            encode_prompt(tokenizer, template.render(query(t)).text or "")
            for t in asked[start : start + batch]
        ]
        found += _generate(loaded, tokenizer, ids)
    return found


def _generate(model: Any, tokenizer: Any, prompts: list[list[int]]) -> list[str]:
    import torch

    width = max(map(len, prompts))
    pad = tokenizer.eos_token_id
    ids = torch.tensor([[pad] * (width - len(p)) + p for p in prompts])
    mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in prompts])
    with torch.no_grad():
        out = model.generate(
            input_ids=ids, attention_mask=mask, max_new_tokens=48, do_sample=False, pad_token_id=pad
        )
    return [str(tokenizer.decode(row[width:], skip_special_tokens=True)) for row in out]


def is_right(terms: Sum, text: str) -> bool:
    """Whether the last number of the first paragraph is the sum."""
    numbers = re.findall(r"\d+", text.strip().split("\n\nUser:")[0])
    return bool(numbers) and int(numbers[-1]) == sum(terms)


def make_base(folder: Path, setting: Setting) -> str:
    """A Llama with one token per word or number, trained on sums of two numbers up to 3 times as large."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    start, base = folder / "random", folder / "base"
    if not start.is_dir():
        words = ["<s>", "</s>", "<pad>", "+", "=", ".", "?", "The", "answer", "is", *map(str, range(100))]
        tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="<pad>"))
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        torch.manual_seed(0)
        size = {"hidden_size": 128, "intermediate_size": 352, "num_hidden_layers": 4}
        config = LlamaConfig(**size, num_attention_heads=4, vocab_size=len(words), tie_word_embeddings=True)
        LlamaForCausalLM(config).save_pretrained(start)
        PreTrainedTokenizerFast(
            tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="<pad>"
        ).save_pretrained(start)
    pairs = list(itertools.product(range(1, 3 * setting.largest), range(1, setting.largest + 1)))
    write_rows(folder / "pairs.jsonl", [*pairs, *((n,) for n in range(1, 4 * setting.largest))])
    section = setting.full.model_copy(update={"epochs": 60.0, "learning_rate": 3e-3})
    train(section, ModelSection(name=str(start)), setting.template, [folder / "pairs.jsonl"], base)
    return str(base)


def accuracy(name: str, model: str, asked: list[Sum], setting: Setting, folder: Path) -> int:
    """Correct responses of `model`, kept in `folder`."""
    path = folder / f"{name}.json"
    if not path.is_file():
        info(f"asking: {name}")
        path.write_text(json.dumps(responses(model, asked, setting.template), indent=1), encoding="utf-8")
    texts = json.loads(path.read_text(encoding="utf-8"))
    return sum(is_right(terms, text) for terms, text in zip(asked, texts, strict=True))


def main() -> None:
    """Train, ask, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--asked", type=int, default=200)
    options = parser.parse_args()
    setting, folder = (tiny() if options.model == "tiny" else chat()), options.folder
    made = sums(setting.rows + options.asked, largest=setting.largest)
    data, asked = folder / "rows.jsonl", made[setting.rows :]
    write_rows(data, made[: setting.rows])
    base = make_base(folder, setting) if options.model == "tiny" else resolve_model(options.model)
    table = []
    for name, section in (("before", None), ("full", setting.full), ("LoRA", setting.lora)):
        model, loss = base, ""
        if section:
            done = train(section, ModelSection(name=base), setting.template, [data], folder / name)
            model, loss = str(folder / name), f"{done.first_loss:.3f} -> {done.last_loss:.3f}"
        correct = accuracy(name, model, asked, setting, folder)
        share = wilson(correct, len(asked))
        bounds = f"{share.low:.3f} to {share.high:.3f}"
        table.append((name, f"{correct}/{len(asked)}", f"{share.value:.3f}", bounds, loss))
    columns = ("model", "correct", "accuracy", "95 % interval", "loss")
    print_table(f"{options.model}: held-out sums of three numbers, greedy", columns, table)


if __name__ == "__main__":
    main()
